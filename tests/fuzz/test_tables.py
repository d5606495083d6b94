"""Whatever stands in a table of answers or of past estimates, it is read, or refused in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.strange import TEXTS, edited, in_words, printed, share

from mlmgmt_widgets.assessment import load_rubric, read_responses, score
from mlmgmt_widgets.assessment.outcome import Outcome
from mlmgmt_widgets.assessment.responses import write_responses
from mlmgmt_widgets.content import ContentError, shipped
from mlmgmt_widgets.timeline.past_estimates import parse_past_estimates, read_past_estimates

RUBRIC = load_rubric("pulse")
EXAMPLES = shipped() / "examples"
FEW = "respondent,role,question,answer,comment\n" + "".join(
    f"r{person},Product,{question},{answer},{comment}\n"
    for person in range(3)
    for question, answer, comment in (("pulse-data", 1, ""), ("pulse-people", "dk", '"a, ""b""\nc"'))
)
PAST = "\n".join((EXAMPLES / "past-estimates.csv").read_text(encoding="utf-8").splitlines()[:12])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("strange") / "strange.csv"


def cells() -> st.SearchStrategy[bytes]:
    """Rows of the right width with strange cells, and rows of other widths."""
    cell = st.sampled_from([*TEXTS, "pulse-data", "pulse-people", "r1", "dk", "na", "3", '"', "'=1"])
    row = st.lists(cell, min_size=4, max_size=6).map(",".join)
    lines = st.lists(row, max_size=6).map(lambda rows: "\n".join(["respondent,role,question,answer,comment", *rows]))
    return lines.map(lambda text: text.encode("utf-8", "surrogatepass"))


@share(3)
@given(edited(FEW) | cells() | st.binary(max_size=80))
def test_answers_are_read_or_refused_and_what_was_read_can_be_used(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    try:
        responses = read_responses(RUBRIC, file)
    except ContentError as refused:
        in_words(refused, raw)
        return
    result = score(RUBRIC, responses)
    assert result.to_dict()
    assert Outcome.of(RUBRIC, responses, anonymous=False).shared_rows is not None
    write_responses(file, responses)  # what is read and written reads as the same
    assert score(RUBRIC, read_responses(RUBRIC, file)).to_dict() == result.to_dict()


@share(3)
@given(edited(PAST) | st.binary(max_size=80))
def test_past_estimates_are_read_or_refused(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    for read in (
        lambda: read_past_estimates(file),
        lambda: parse_past_estimates(raw.decode("utf-8", "surrogateescape")),  # as a page hands it over
    ):
        try:
            for each in read():
                assert each.ratio > 0
        except ContentError as refused:
            printed(refused)


HEAD = b"respondent,role,question,answer,comment\n"
TRICKS = {
    "a cell that never ends": (HEAD + b'r1,,pulse-data,"' + b"x" * 200_000, "field larger than field limit"),
    "a NUL in a name": (HEAD + b"r\x001,,pulse-data,1,\n", ""),
    "UTF-16": (FEW.encode("utf-16"), "text in UTF-8"),
    "half a pair of surrogates": (HEAD + b"\xed\xa0\x80,,pulse-data,1,\n", "text in UTF-8"),
    "ten thousand columns": (b"," * 10_000 + b"\n", "unknown column"),
    "a hundred thousand faults": (HEAD + b"r,,nope,1,\n" * 100_000, "more faults"),
    "an answer of a hundred thousand digits": (HEAD + b"r,,pulse-data," + b"9" * 100_000 + b",\n", "found"),
    "an answer beyond all bounds": (HEAD + b"r,,pulse-data,1e999,\n", "found '1e999'"),
    "digits of another script": (HEAD + "r,,pulse-data,٣,\n".encode(), "found '٣'"),
    "no rows and no header": (b"", "header"),
    "only commas": (HEAD + b",,,,\n", None),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_it_is_refused_with_a_sentence(trick: str, file: Path) -> None:
    raw, sentence = TRICKS[trick]
    file.write_bytes(raw)
    if not sentence:  # in order: nothing in it is more than text
        assert read_responses(RUBRIC, file).rubric is RUBRIC
        return
    with pytest.raises(ContentError) as refused:
        read_responses(RUBRIC, file)
    in_words(refused.value, raw)
    assert sentence in str(refused.value)
