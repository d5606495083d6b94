"""Whatever a file of evidence holds, something is found in it, or it is refused in plain words."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.strange import as_json, edited, nearly, printed, share, values

from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Evidence
from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.evidence import UploadedFile, read_upload
from mlmgmt_widgets.readiness.evidence_files import SIZE_LIMIT

CHURN = shipped() / "examples" / "churn"
JUNIT = (CHURN / "junit.xml").read_text(encoding="utf-8")
SLICES = (CHURN / "slices.csv").read_text(encoding="utf-8")
EXPECTATIONS = json.loads((CHURN / "great-expectations.json").read_text(encoding="utf-8"))
METRICS = json.loads((CHURN / "metrics.json").read_text(encoding="utf-8"))
# The shapes that the tools write, by their own documentation; tests/readiness has files that the tools made.
PANDERA = {
    "SCHEMA": {
        "WRONG_DATATYPE": [{"schema": "s", "column": "a", "check": "dtype('int64')", "error": "expected int64"}]
    },
    "DATA": {"DATAFRAME_CHECK": [{"schema": "s", "column": "b", "check": "in_range(0, 1)", "error": "failed"}]},
}
EVIDENTLY = {
    "metrics": [{"id": "1", "metric_id": "DriftedColumnsCount()", "value": {"count": 1.0, "share": 0.1}}],
    "tests": [
        {"id": "a", "name": "Drift", "description": "1 of 10", "status": "SUCCESS", "metric_config": {}},
        {"id": "b", "name": "Missing", "description": "too many", "status": "FAIL", "metric_config": {}},
    ],
}  # fmt: skip
ITEM = Item.model_validate({"id": "rollback-plan", "stage": "shadow", "question": "?"})
DAY = date(2026, 11, 24)
JSON: dict[str, tuple[dict[str, Any], Any]] = {
    "great_expectations": ({"great_expectations": "f"}, EXPECTATIONS),
    "pandera": ({"pandera": "f"}, PANDERA),
    "evidently": ({"evidently": "f"}, EVIDENTLY),
    "metric": ({"metric": "auc", "file": "f.json"}, METRICS),
    "metric at": ({"metric": "auc", "file": "f.json", "at": "test.auc"}, METRICS),
}


def found(evidence: dict[str, Any], content: bytes) -> Evidence | None:
    """What is found in a file that somebody uploaded; None where it is refused, in one sentence that can be sent."""
    try:
        read = read_upload(ITEM, Evidence.model_validate(evidence), UploadedFile("f", content, DAY))
    except Refusal as refused:
        (sentence,) = printed(refused).splitlines()
        assert sentence.endswith(".")
        assert len(sentence) < 1000
        return None
    read.model_dump_json()
    Evidence.model_validate(read.model_dump())  # it is as good as typed
    return read


@share()
@given(st.data())
@pytest.mark.parametrize("kind", JSON)
def test_a_result_with_other_values_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    evidence, right = JSON[kind]
    found(evidence, data.draw(nearly(right).map(as_json) | values().map(as_json) | edited(json.dumps(right, indent=1))))


@share(2)
@given(edited(JUNIT) | st.binary(max_size=80))
def test_a_junit_report_is_read_or_refused(raw: bytes) -> None:
    found({"junit": "f"}, raw)


@share(2)
@given(edited(SLICES) | st.binary(max_size=80), st.sampled_from(["auc", "value", "slice", "", "\x00"]))
def test_a_table_of_metrics_is_read_or_refused(raw: bytes, metric: str) -> None:
    found({"metric": metric.strip() or "x", "file": "f.csv", "where": {"slice": "all"}}, raw)


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]><testsuite><testcase name='rollback-plan &j;'/></testsuite>"  # fmt: skip
READ_A_FILE = (
    '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="rollback-plan &x;"/></testsuite>'
)
TRICKS: dict[str, tuple[dict[str, Any], bytes]] = {
    "billion laughs": ({"junit": "f"}, LAUGHS.encode()),
    "an entity that is a file of the server": ({"junit": "f"}, READ_A_FILE.encode()),
    "elements in elements without end": ({"junit": "f"}, b"<testsuite>" * 300_000),
    "UTF-16 that is no UTF-16": ({"junit": "f"}, b'<?xml version="1.0" encoding="utf-16"?><testsuite/>'),
    "an encoding that nobody has": ({"junit": "f"}, b'<?xml version="1.0" encoding="klingon"?><testsuite/>'),
    "an encoding that is none": ({"junit": "f"}, b'<?xml version="1.0" encoding="hex"?><testsuite/>'),
    "a NUL": ({"junit": "f"}, b"<testsuite><testcase name='rollback-plan\x00'/></testsuite>"),
    "lists in lists without end": ({"metric": "auc", "file": "f.json"}, b"[" * 1_000_000),
    "mappings in mappings without end": ({"metric": "auc", "file": "f.json"}, b'{"a":' * 500_000),
    "thousands of digits": ({"metric": "auc", "file": "f.json"}, b'{"auc": ' + b"9" * 5000 + b"}"),
    "no number": ({"metric": "auc", "file": "f.json"}, b'{"auc": NaN}'),
    "infinity": ({"metric": "auc", "file": "f.json"}, b'{"auc": -Infinity}'),
    "beyond all bounds": ({"metric": "auc", "file": "f.json"}, b'{"auc": 1e999}'),
    "true for a number": ({"metric": "auc", "file": "f.json"}, b'{"auc": true}'),
    "a number in quotes": ({"metric": "auc", "file": "f.json"}, b'{"auc": "0.9"}'),
    "half a pair of surrogates": ({"metric": "auc", "file": "f.json"}, b'{"auc": "\\ud800"}'),
    "UTF-16 JSON": ({"metric": "auc", "file": "f.json"}, '{"auc": 0.9}'.encode("utf-16")),
    "more than is read": ({"metric": "auc", "file": "f.json"}, b" " * (SIZE_LIMIT + 1)),
    "a cell that never ends": ({"metric": "auc", "file": "f.csv"}, b'auc\n"' + b"x" * 200_000),
    "nothing": ({"pandera": "f"}, b""),
    "a list of nothing": ({"evidently": "f"}, b"[null]"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_it_is_refused_with_a_sentence(trick: str) -> None:
    assert found(*TRICKS[trick]) is None
