"""Files of a review: it comes back as it was, and other programs read the same verdict in them."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans import NASTY, TYPED, identifiers, texts
from tests.readiness import shapes
from tests.readiness.shapes import TODAY, checklist, item, review

from mlmgmt_widgets import documents
from mlmgmt_widgets.content import shipped, validate
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Checklist, Evidence, Review, Verdict, evaluate, export, load_review
from mlmgmt_widgets.readiness.evidence import read_upload
from mlmgmt_widgets.readiness.evidence_files import UploadedFile
from mlmgmt_widgets.readiness.export_yaml import to_yaml
from mlmgmt_widgets.readiness.judging import Finding

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LOOSE = settings(max_examples=60)
REVIEWS = sorted((shipped() / "examples").rglob("*review*.yaml")) + sorted(
    (shipped() / "examples" / "releases").glob("*.yaml")
)


def read(text: str) -> Review:
    """A review as `load_review` and `mlmgmt gate` read it."""
    return validate(documents.parse_document("review.yaml", text.encode("utf-8")), Review)


def judged(asked: Checklist, made: Review) -> Verdict:
    return evaluate(asked, made, stage=asked.stages[-1], today=TODAY)


# -- YAML -----------------------------------------------------------------------------------------------------------


def numbers() -> st.SearchStrategy[float]:
    return st.one_of(
        st.integers(-(10**18), 10**18), st.floats(-1e100, 1e100), st.sampled_from([0.1, -0.0, 1e-300, 1e22])
    )


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


COUNTS = st.integers(0, 10**7)
CHECKS = st.one_of(
    st.fixed_dictionaries({"passed": COUNTS}, optional={"failed": COUNTS, "skipped": COUNTS}),
    st.fixed_dictionaries({"passed": COUNTS, "failed": st.integers(3, 100), "failing": st.lists(texts(), max_size=3)}),
)
ABOUT = {"by": texts(), "on": st.dates(), "version": texts()}
SOURCE = st.one_of(
    st.builds(lambda text: {"link": text}, texts()),
    st.builds(lambda text, value: {"metric": text, "value": value}, texts(), numbers()),
    st.builds(
        lambda text, path, where, at: {"metric": text, "file": path, "where": where, "at": at},
        texts(),
        texts(),
        st.dictionaries(texts(), texts(), min_size=1, max_size=3),
        texts(),
    ),
    st.builds(lambda path, checks: {"junit": path, "checks": checks}, texts(), CHECKS),
    st.builds(lambda tag, found: {"tag": tag, "found": found}, texts(), st.booleans()),
    st.builds(lambda path, age: {"file": path, "younger_than_days": age}, texts(), st.integers(0, 36_500)),
)
PIECES = st.builds(
    lambda *parts: {k: v for part in parts for k, v in part.items()}, SOURCE, maybe(note=texts(), **ABOUT)
)


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """What is said of an item at one moment, of any shape."""
    fields = maybe(role=identifiers(), note=texts(), owner=texts(), due=st.dates(), reason=texts(), **ABOUT)
    values = draw(fields) | draw(maybe(evidence=st.lists(PIECES, max_size=3)))
    status = draw(st.sampled_from(("pass", "fail", "na", "waived", "unknown")))
    needed = {"na": ("reason",), "waived": ("reason", "by")}.get(status, ())
    values |= {name: draw(texts()) for name in needed}
    return values | {"status": status} | ({"until": draw(st.dates())} if status == "waived" else {})


CHANGES = st.builds(
    lambda by, on, was, more: {"by": by, "on": on, "was": was, **more},
    texts(),
    st.dates(),
    states(),
    maybe(role=identifiers()),
)
ENTRIES = st.builds(lambda state, history: {**state, **history}, states(), maybe(history=st.lists(CHANGES, max_size=3)))
SIGNED = st.builds(
    lambda role, by, on, more: {"role": role, "by": by, "on": on, **more},
    identifiers(),
    texts(),
    st.dates(),
    maybe(version=texts(), stage=identifiers(), decision=st.sampled_from(("go", "no-go")), note=texts()),
)
TIERS = st.builds(
    lambda by, on, more: {"by": by, "on": on, **more}, texts(), st.dates(), maybe(was=identifiers(), reason=texts())
)


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """A review of any shape, of no particular checklist."""
    head = {"checklist": "no@1.0.0", "subject": draw(texts()), "version": draw(texts())}
    rest = maybe(
        tier=identifiers(),
        tier_reason=texts(),
        risk=st.dictionaries(identifiers(), st.sampled_from(("yes", "no", "unsure")), max_size=3),
        items=st.dictionaries(identifiers(), ENTRIES, max_size=4),
        sign_offs=st.lists(SIGNED, max_size=3),
        tier_history=st.lists(TIERS, max_size=2),
    )
    return Review.model_validate({**head, **draw(rest)})


@LOOSE
@given(reviews())
def test_a_review_of_any_shape_is_read_back_as_it_was(made: Review) -> None:
    text = to_yaml(made)
    assert read(text) == made
    assert to_yaml(read(text)) == text
    # PyYAML reads YAML 1.1, in which other texts are no texts: it finds the same values.
    assert yaml.safe_load(text) == _lists(made.model_dump(exclude_defaults=True))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(each) for name, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("text", NASTY)
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    said = {"status": "na", "reason": text, "evidence": [{"note": text, "by": text}, {"junit": text}]}
    made = review({"floor": said}, subject=text, version=text)
    assert read(to_yaml(made)) == made


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.stem)
def test_the_example_reviews_come_back_as_they_were(path: Path) -> None:
    made = load_review(path)
    assert read(to_yaml(made)) == made


def test_a_review_is_written_to_be_read_in_a_diff() -> None:
    made = review(
        {
            "rollback-plan": {
                "status": "pass",
                "by": "Di: “yes”",
                "version": "3",
                "evidence": [
                    {"metric": "auc", "value": 0.83, "at_least": 0.8},
                    {"link": "https://example.org/" + "long/" * 20, "note": "as agreed"},
                    {"junit": "a.xml", "checks": {"passed": 3, "failing": []}},
                ],
                "history": [{"by": "Di", "on": "2026-11-01", "was": {"status": "unknown"}}],
            }
        },
        tier="high",
        sign_offs=[{"role": "ml-engineer", "by": "Di", "on": "2026-11-01", "decision": "no-go"}],
    )
    assert to_yaml(made).replace("'on'", "on") == (
        "checklist: toy@1.0.0\n"
        "subject: churn-model\n"
        "version: '3'\n"
        "tier: high\n"
        "items:\n"
        "  rollback-plan:\n"
        "    status: pass\n"
        "    by: 'Di: “yes”'\n"
        "    version: '3'\n"
        "    evidence:\n"
        "      - {metric: auc, value: 0.83, at_least: 0.8}\n"
        "      - link: https://example.org/" + "long/" * 20 + "\n"
        "        note: as agreed\n"
        "      - {junit: a.xml, checks: {passed: 3}}\n"
        "    history:\n"
        "      - by: Di\n"
        "        on: 2026-11-01\n"
        "        was: {}\n"
        "sign_offs:\n"
        "  - {role: ml-engineer, by: Di, on: 2026-11-01, decision: no-go}\n"
    )


def test_a_review_that_is_too_large_to_be_read_is_refused() -> None:
    with pytest.raises(Refusal, match="this review would have more than the 2,000,000 bytes"):
        to_yaml(review({"floor": {"note": "x" * documents.SIZE_LIMIT}}))


# -- CSV and JSON ---------------------------------------------------------------------------------------------------


def rows(asked: Checklist, made: Review) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.to_csv(judged(asked, made)))))


@LOOSE
@given(shapes.reviewed())
def test_pandas_reads_the_verdict_in_the_csv(pair: tuple[Checklist, Review]) -> None:
    asked, made = pair
    verdict = judged(asked, made)
    name, data = export.file(asked, made, verdict, "csv", made_at=NOW)
    frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert name == f"churn-model-3-{verdict.stage}-2026-11-24.csv"
    assert tuple(frame.columns) == export.COLUMNS
    assert frame["item"].tolist() == [finding.item.id for finding in verdict.findings]
    assert frame["outcome"].tolist() == [finding.outcome for finding in verdict.findings]
    assert frame["reason"].tolist() == [finding.reason or "" for finding in verdict.findings]
    assert frame["until"].tolist() == [str(finding.until or "") for finding in verdict.findings]
    blocking = frame[(frame.outcome == "open") & (frame.severity == "blocking")]
    assert blocking["item"].tolist() == [each["item"] for each in verdict.to_dict()["blockers"]]


def test_a_row_says_who_and_when_and_of_which_version() -> None:
    asked = checklist(item(theme="rollback", title="A plan", owner="ml-engineer", expires_after_days=30))
    said = {"status": "pass", "by": "Di", "on": "2026-11-01", "owner": "Ana", "due": "2026-12-01", "version": "3"}
    (row,) = rows(asked, review({"floor": {**said, "evidence": [{"metric": "auc", "value": 0.83}, {"link": "x"}]}}))
    assert row == {
        "stage": "prototype-exit", "theme": "rollback", "item": "floor", "title": "A plan", "severity": "blocking",
        "outcome": "passed", "reason": "", "said": "auc 0.83; x", "owner": "ml-engineer", "person": "Ana",
        "due": "2026-12-01", "by": "Di", "on": "2026-11-01", "version": "3", "until": "2026-12-01",
        "evidence": "auc 0.83; x",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "'=1", "''@x", "\t=1\0", "=\x07cmd"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    asked = checklist(item(title=text))
    said = {"status": "fail", "reason": text, "by": text, "owner": text, "version": text, "evidence": [{"note": text}]}
    (row,) = rows(asked, review({"floor": said}))
    assert not [cell for cell in row.values() if re.match(r"'*[=+@\t-]", cell) and not cell.startswith("'")]
    assert not [cell for cell in row.values() if "\0" in cell or "\x07" in cell]
    assert text.strip().replace("\0", "").replace("\x07", "") in row["by"]


def test_json_has_the_review_and_what_the_command_prints() -> None:
    asked, made = checklist(), review({"floor": {"status": "pass", "on": "2026-11-01"}})
    contents = json.loads(export.file(asked, made, judged(asked, made), "json", made_at=NOW)[1])
    assert contents["verdict"] == judged(asked, made).to_dict()
    assert contents["today"] == "2026-11-24"
    assert Review.model_validate(contents["review"]) == made


# -- JUnit ----------------------------------------------------------------------------------------------------------


def cases(xml: str) -> dict[str, Any]:
    """The test cases by their names, read by a parser of its own."""
    return {case.get("name"): case for case in ElementTree.fromstring(xml).iter("testcase")}


@LOOSE
@given(shapes.reviewed())
def test_every_item_is_a_test_case_that_fails_where_it_blocks(pair: tuple[Checklist, Review]) -> None:
    asked, made = pair
    verdict = judged(asked, made)
    xml = export.to_junit(asked, verdict)
    found = cases(xml)
    assert list(found) == [finding.item.id for finding in verdict.findings]
    outcomes = {name: [child.tag for child in case] for name, case in found.items()}
    assert outcomes == {finding.item.id: _expected(finding) for finding in verdict.findings}
    suite = ElementTree.fromstring(xml).find("testsuite")
    counted = [int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")]
    flat = [tag for tags in outcomes.values() for tag in tags]
    assert counted == [len(found), flat.count("failure"), 0, flat.count("skipped")]
    for finding in verdict.findings:
        case = found[finding.item.id]
        assert case.get("classname") == f"readiness.{finding.item.stage}.{finding.item.group}"
        if finding.blocks:
            assert case.find("failure").get("type") == finding.reason
            assert (finding.said or "nothing") in case.find("failure").get("message")


def _expected(finding: Finding) -> list[str]:
    if finding.blocks:
        return ["failure"]
    return [] if finding.outcome == "passed" else ["skipped"]


def test_a_failure_says_what_was_found_what_is_needed_and_who_sees_to_it() -> None:
    asked = checklist(item(owner="ml-engineer", rule={"metric": "auc", "at_least": 0.8}))
    made = review({"floor": {"owner": "Ana", "evidence": [{"metric": "auc", "value": 0.79}]}})
    failure = cases(export.to_junit(asked, judged(asked, made)))["floor"].find("failure")
    assert failure.get("message") == "failed: auc 0.79, needs at least 0.8"
    assert failure.text.splitlines()[1:] == [
        "found: auc 0.79, needs at least 0.8",
        "needed: the metric auc of at least 0.8",
        "owner: Ana (ML engineer)",
        "what to do: Put it right, then show it",
    ]


def test_what_was_skipped_says_why() -> None:
    items = [item("a"), item("b"), item("c", severity="advisory")]
    waived = {"status": "waived", "reason": "the pager moves", "by": "Di", "until": "2026-12-01"}
    made = review({"a": {"status": "na", "reason": "a batch"}, "b": waived})
    asked = checklist(*items)
    found = {
        name: case.find("skipped").get("message")
        for name, case in cases(export.to_junit(asked, judged(asked, made))).items()
    }
    assert found == {
        "a": "not applicable: a batch",
        "b": "waived by Di until 1 December 2026: the pager moves",
        "c": "advisory, missing: nothing is said of it",
    }


@pytest.mark.parametrize("text", [*NASTY, TYPED, "]]>", "&lol;", '"/><x a="', "\x1b[31m \x0b \ufffe \uffff"])
def test_what_people_typed_stays_text_in_xml(text: str) -> None:
    asked = checklist(item(title=text, evidence=text))
    made = review({"floor": {"status": "fail", "reason": text, "owner": text}}, subject=text)
    xml = export.to_junit(asked, judged(asked, made))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]", xml)
    (case,) = ElementTree.fromstring(xml).iter("testcase")
    assert [child.tag for child in case] == ["failure"]
    kept = re.sub("[\x00-\x1f\x7f-\x9f\ufffe\uffff]", "", text).split()
    assert "".join(kept) in "".join(re.sub("[\x00-\x1f\x7f-\x9f]", "", case.find("failure").text).split())


def test_our_own_reader_counts_the_same() -> None:
    """What the reader of evidence, which reads what pytest writes, makes of it."""
    asked = checklist(item("a"), item("b"), item("c", severity="advisory"))
    made = review({"a": {"status": "pass", "on": "2026-11-01"}})
    upload = UploadedFile("r.xml", export.to_junit(asked, judged(asked, made)).encode(), TODAY)
    rule = Checklist.model_validate(checklist(item(rule={"junit": "*"})).model_dump()).items[0]
    checks = read_upload(rule, Evidence(junit="r.xml"), upload).checks
    assert checks is not None
    assert (checks.passed, checks.failed, checks.skipped) == (1, 1, 1)


# -- files ----------------------------------------------------------------------------------------------------------


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    asked, made = checklist(), review()
    with pytest.raises(Refusal, match="yaml, json, csv, markdown, html, junit, card"):
        export.file(asked, made, judged(asked, made), "exe", made_at=NOW)


@pytest.mark.parametrize(
    ("subject", "name"),
    [(TYPED, "script-alert-x-script-bold-quoted-hyperlink-1-3"), ("🚀", "3"), ("../../etc/passwd", "etc-passwd-3")],
)
def test_a_file_is_named_after_model_version_and_day(subject: str, name: str) -> None:
    asked, made = checklist(), review(subject=subject)
    assert export.file(asked, made, judged(asked, made), "yaml", made_at=NOW)[0] == f"{name}-2026-11-24.yaml"


@pytest.mark.parametrize("kind", ["yaml", "json", "csv", "markdown", "html", "junit", "card"])
def test_a_file_of_the_same_review_has_the_same_bytes_and_a_name_of_its_own(kind: str) -> None:
    asked, made = checklist(), review()
    one, two = (export.file(asked, made, judged(asked, made), kind, made_at=NOW) for _ in range(2))
    assert one == two
    others = {export.file(asked, made, judged(asked, made), each, made_at=NOW)[0] for each in ("yaml", "json", "csv")}
    assert kind in {"yaml", "json", "csv"} or one[0] not in others


def test_the_yaml_says_how_to_ask_again() -> None:
    asked, made = checklist(tiers=("low", "high")), review(tier="low")
    verdict = evaluate(asked, made, stage="shadow", tier="high", today=TODAY)
    name, data = export.file(asked, made, verdict, "yaml", made_at=NOW)
    assert data.decode().splitlines()[0] == (
        f"# The verdict: mlmgmt gate toy {name} --stage shadow --tier high --today 2026-11-24"
    )
    assert read(data.decode()) == made
