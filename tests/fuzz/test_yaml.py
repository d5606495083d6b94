"""Whatever stands in a YAML file, it is read as what it is, or refused in plain words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.strange import as_json, edited, in_words, nearly, printed, share, values

from mlmgmt_widgets.assessment import score
from mlmgmt_widgets.content import ContentError, FrozenModel, shipped, validate
from mlmgmt_widgets.documents import parse_document
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.kinds import KINDS
from mlmgmt_widgets.readiness import evaluate, load_checklist
from mlmgmt_widgets.readiness.review import fitting
from mlmgmt_widgets.timeline import simulate

SHIPPED = sorted(path for path in shipped().rglob("*.yaml") if path.parent.name in {"rubrics", "plans", "checklists"})
REVIEWS = sorted((shipped() / "examples").glob("*.yaml"))
FILES = {**{path: path.parent.name.removesuffix("s") for path in SHIPPED}, **dict.fromkeys(REVIEWS, "review")}
STARTS = {path: path.read_text(encoding="utf-8") for path in FILES}
TREES = {path: parse_document(path.name, text.encode()).data for path, text in STARTS.items()}
CHECKLIST = load_checklist("model-readiness")
DAY = date(2026, 11, 24)


def read(raw: bytes, kind: str) -> FrozenModel | None:
    """What a file holds; None where it was refused, in words and on lines that are there."""
    try:
        return validate(parse_document("strange.yaml", raw), KINDS[kind].model())
    except ContentError as refused:
        in_words(refused, raw)
        return None


def used(found: Any, kind: str) -> None:
    """Work with what was read: it is worked out, or refused in words."""
    try:
        if kind == "rubric":
            score(found, []).to_dict()
        elif kind == "plan":
            simulate(found, 64).to_dict()
        elif kind == "checklist":
            review = {"checklist": found.key, "subject": "a", "version": "1", "tier": (found.tiers or (None,))[0]}
            evaluate(found, KINDS["review"].model().model_validate(review), stage=found.stages[0], today=DAY).to_dict()
        else:
            evaluate(CHECKLIST, fitting(found, CHECKLIST), stage="production", today=DAY).to_dict()
    except Refusal as refused:
        printed(refused)


@share()
@given(st.data())
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_file_with_edited_lines_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    found = read(data.draw(edited(STARTS[path])), FILES[path])
    if found is not None:
        used(found, FILES[path])


@share()
@given(st.data())
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_file_with_other_values_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    found = read(as_json(data.draw(nearly(TREES[path]))), FILES[path])
    if found is not None:
        used(found, FILES[path])


@share(2)
@given(
    st.sampled_from(sorted(KINDS)),
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | values().map(as_json),
)
def test_anything_at_all_is_read_or_refused(kind: str, raw: bytes) -> None:
    read(raw, kind)
