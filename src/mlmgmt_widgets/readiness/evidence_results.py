"""Evidence from the results of Evidently, Great Expectations and pandera: JSON that those write themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mlmgmt_widgets.content import shown
from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.evidence_files import Files, Unreadable
from mlmgmt_widgets.readiness.evidence_parts import Check, Outcome, day_in, json_of, matching, pattern_for, tally

# -- Evidently -----------------------------------------------------------------------------------------------------

_EVIDENTLY = "an Evidently result with tests"
# A warning is a test that failed and was declared not to be critical; Evidently's own summary counts it as a success.
_STATUSES: dict[str, Outcome] = {
    "SUCCESS": "passed",
    "WARNING": "passed",
    "FAIL": "failed",
    "ERROR": "failed",
    "SKIPPED": "skipped",
}


def evidently(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """How the tests of an Evidently report or test suite went.

    Raises:
        Absent: if there is no result, or none of its tests matches the rule.
        Unreadable: if it is no Evidently result.
    """
    path = evidence.evidently or ""
    data = json_of(files.bytes(path), path, _EVIDENTLY)
    checks = [_evidently_test(test, path) for test in _evidently_tests(data, path)]
    matched = matching(checks, pattern_for(item, "evidently"), "test", path)
    on = day_in(data.get("timestamp")) or files.day(path)
    return evidence.model_copy(update={"checks": tally(matched), "on": on})


def _evidently_tests(data: Any, path: str) -> Iterator[Any]:
    """What `json()` and `save_json` write, of a report and of an older test suite, and a snapshot's own form."""
    if isinstance(data, Mapping) and isinstance(data.get("tests"), list | Mapping):
        yield from _values(data["tests"])
    elif isinstance(data, Mapping) and isinstance(data.get("metric_results"), Mapping):
        for result in data["metric_results"].values():
            yield from _values(result.get("tests") if isinstance(result, Mapping) else None)
    else:
        raise Unreadable(f"JSON without tests in {path}", _EVIDENTLY)


def _evidently_test(test: Any, path: str) -> Check:
    name, status = (test.get("name"), test.get("status")) if isinstance(test, Mapping) else (None, None)
    if not isinstance(name, str) or not isinstance(status, str) or status.upper() not in _STATUSES:
        found = f"a test with the status {shown(status)}" if isinstance(name, str) else "a test without a name"
        raise Unreadable(f"{found} in {path}", _EVIDENTLY)
    return Check(name, _STATUSES[status.upper()])


# -- Great Expectations --------------------------------------------------------------------------------------------

_EXPECTATIONS = "a Great Expectations validation or checkpoint result"


def great_expectations(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """How the expectations of a validation, or of all validations of a checkpoint, went.

    Raises:
        Absent: if there is no result, or none of its expectations matches the rule.
        Unreadable: if it is no result of Great Expectations.
    """
    path = evidence.great_expectations or ""
    data = json_of(files.bytes(path), path, _EXPECTATIONS)
    validations = _validations(data, path)
    checks = [_expectation(each, path) for validation in validations for each in _results(validation)]
    matched = matching(checks, pattern_for(item, "great_expectations"), "expectation", path)
    runs = [data.get("run_id"), *(_get(validation.get("meta"), "run_id") for validation in validations)]
    days = [day for day in (day_in(_get(run, "run_time")) for run in runs) if day]
    return evidence.model_copy(update={"checks": tally(matched), "on": _newest(days) or files.day(path)})


def _validations(data: Any, path: str) -> list[Mapping[str, Any]]:
    """One validation, or those of a checkpoint: under the names of the runs, or listed by `describe`."""
    if not isinstance(data, Mapping):
        several = []
    elif _results(data) is not None:
        several = [data]
    else:
        several = [_get(each, "validation_result") or each for each in _values(data.get("run_results"))]
        several += _values(data.get("validation_results"))
    if not several or any(not isinstance(each, Mapping) or _results(each) is None for each in several):
        raise Unreadable(f"JSON without validation results in {path}", _EXPECTATIONS)
    return several


def _results(validation: Mapping[str, Any]) -> Any:
    found = validation.get("results", validation.get("expectations"))
    return found if isinstance(found, list) else None


def _expectation(result: Any, path: str) -> Check:
    config = _get(result, "expectation_config") or result
    kind = _get(config, "type") or _get(config, "expectation_type")
    success = _get(result, "success")
    if not isinstance(kind, str) or not isinstance(success, bool):
        raise Unreadable(f"an expectation without its type or its success in {path}", _EXPECTATIONS)
    column = _get(_get(config, "kwargs"), "column")
    name = f"{kind}({column})" if isinstance(column, str) else kind
    return Check(name, "passed" if success else "failed", (kind, column) if isinstance(column, str) else ())


# -- pandera -------------------------------------------------------------------------------------------------------

_PANDERA = "a pandera error report or a table of failure cases"
_REPORT = {"SCHEMA", "DATA", "checks"}
_MOST_CHECKS = 100_000


def pandera(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """Which checks of a lazy validation failed.

    pandera writes down failures only: the message of its `SchemaErrors`, or their `failure_cases`. A report without
    any is written by hand, as `{}` or `[]`, after a validation that passed; the validation as a whole is then one check
    that passed. Who knows how many checks there were may say so in the report, as `checks`.

    Raises:
        Absent: if there is no report.
        Unreadable: if it is none of pandera's.
    """
    path = evidence.pandera or ""
    data = json_of(files.bytes(path), path, _PANDERA)
    pattern = pattern_for(item, "pandera")
    failed = {check.name: check for check in _failures(data, path)}  # a check that fails in many rows is one check
    matched = [check for check in failed.values() if check.matches(pattern)]
    total = data.get("checks") if isinstance(data, Mapping) and pattern == "*" else None
    passed = (0 if matched else 1) if total is None else max(total - len(matched), 0)
    checks = tally(matched).model_copy(update={"passed": passed})
    return evidence.model_copy(update={"checks": checks, "on": files.day(path)})


def _failures(data: Any, path: str) -> Iterator[Check]:
    for case in _cases(data, path):
        check, column = _get(case, "check"), _get(case, "column")
        if not isinstance(check, str):
            raise Unreadable(f"a failure without its check in {path}", _PANDERA)
        name = f"{column}: {check}" if isinstance(column, str) else check
        yield Check(name, "failed", (check, column) if isinstance(column, str) else (check,))


def _cases(data: Any, path: str) -> list[Any]:
    """The failures: listed, in a table by columns or by rows, or in a report by kind and reason."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        if isinstance(data.get("data"), list) and isinstance(data.get("schema"), Mapping):
            return list(data["data"])
        if isinstance(data.get("check"), Mapping):
            columns = data.get("column")
            return [{"check": check, "column": _get(columns, row)} for row, check in data["check"].items()]
        if set(data) <= _REPORT and _is_count(data.get("checks", 0)):
            reasons = [_get(data, kind) or {} for kind in ("SCHEMA", "DATA")]
            if all(isinstance(each, Mapping) for each in reasons):
                return [case for each in reasons for cases in each.values() for case in _values(cases)]
    raise Unreadable(f"JSON of another shape in {path}", _PANDERA)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_CHECKS


# -- looking into JSON ---------------------------------------------------------------------------------------------


def _get(data: Any, name: str) -> Any:
    return data.get(name) if isinstance(data, Mapping) else None


def _values(data: Any) -> list[Any]:
    return list(data.values()) if isinstance(data, Mapping) else data if isinstance(data, list) else []


def _newest(days: list[date]) -> date | None:
    return max(days, default=None)
