"""Results of data checks: pandera's, made in this very run, and those of Evidently and Great Expectations.

The latter two are not installed here; what stands below was written by hand in the forms that their documentation and
their sources give.
"""

import json
from datetime import date

import pandas as pd
import pandera.pandas as pa
import pytest
from tests.readiness.evidence_shapes import judged, modified, read, refused

from mlmgmt_widgets.readiness import Checks


def written(folder, content):
    (folder / "r.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


# -- pandera -------------------------------------------------------------------------------------------------------

SCHEMA = pa.DataFrameSchema(
    {
        "age": pa.Column(int, pa.Check.ge(0)),
        "name": pa.Column(str, pa.Check.isin(["ann", "bob"])),
        "zip": pa.Column(str),
    }
)
GOOD = pd.DataFrame({"age": [30, 40], "name": ["ann", "bob"], "zip": ["1", "2"]})
BAD = pd.DataFrame({"age": [-1, -2], "name": ["ann", "x"]})  # two ages, one name, and a column that is not there

AGE, NAME, ZIP = "age: greater_than_or_equal_to(0)", "name: isin(['ann', 'bob'])", "column_in_dataframe"


def report(frame):
    """What a team's job does: validate, and write down what pandera says."""
    try:
        SCHEMA.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return errors
    return None


FORMS = {
    "message": lambda errors: errors.message,
    "text": str,
    "records": lambda errors: errors.failure_cases.to_json(orient="records"),
    "columns": lambda errors: errors.failure_cases.to_json(),
    "table": lambda errors: errors.failure_cases.to_json(orient="table", index=False),
}


@pytest.mark.parametrize("form", FORMS)
def test_pandera_names_what_failed_in_each_of_its_forms(tmp_path, form):
    written(tmp_path, FORMS[form](report(BAD)))
    checks = read(tmp_path, {"pandera": "r.json"}).checks
    assert (checks.passed, checks.failed) == (0, 3)  # a check that fails in two rows is one check
    assert {AGE, NAME} < set(checks.failing)
    assert any(ZIP in name for name in checks.failing)
    assert judged(tmp_path, {"pandera": "r.json"}, {"pandera": "*"}).reason == "failed"


@pytest.mark.parametrize("form", FORMS)
def test_the_rule_says_which_of_panderas_checks_count(tmp_path, form):
    written(tmp_path, FORMS[form](report(BAD)))
    for pattern, failing in (("age", (AGE,)), ("isin*", (NAME,)), ("age: *", (AGE,))):
        assert read(tmp_path, {"pandera": "r.json"}, {"pandera": pattern}).checks == Checks(
            passed=0, failed=1, failing=failing
        )
    # What is not among the failures did not fail.
    assert read(tmp_path, {"pandera": "r.json"}, {"pandera": "income*"}).checks == Checks(passed=1)


@pytest.mark.parametrize("empty", [{}, [], {"SCHEMA": {}, "DATA": {}}, {"check": {}, "column": {}}])
def test_a_validation_that_passed_is_one_check_that_passed(tmp_path, empty):
    assert report(GOOD) is None
    assert read(written(tmp_path, empty), {"pandera": "r.json"}).checks == Checks(passed=1)


def test_who_knows_the_number_of_checks_may_say_so(tmp_path):
    written(tmp_path, {**report(BAD).message, "checks": 8})
    assert read(tmp_path, {"pandera": "r.json"}).checks.passed == 5
    finding = judged(written(tmp_path, {"checks": 8}), {"pandera": "r.json"}, {"pandera": "*"})
    assert (finding.outcome, finding.said) == ("passed", "8 of 8 checks passed")


@pytest.mark.parametrize(
    "content",
    [
        {"auc": 0.8},
        {"tests": []},
        3,
        None,
        "text",
        [1],
        [{"column": "a"}],
        {"SCHEMA": 3},
        {"checks": True},
        {"checks": -1},
    ],
)
def test_json_that_is_not_panderas_never_passes(tmp_path, content):
    written(tmp_path, json.dumps(content))
    field, _, expected = refused(tmp_path, {"pandera": "r.json"})
    assert field == "items.rollback-plan.evidence[0].pandera"
    assert expected == "a pandera error report or a table of failure cases"


# -- Evidently -----------------------------------------------------------------------------------------------------

TESTS = [
    {"id": "1", "name": "Share of Drifted Columns", "description": "...", "status": "SUCCESS", "metric_config": {}},
    {"id": "2", "name": "Mean Value: age", "description": "...", "status": "FAIL"},
    {"id": "3", "name": "Missing Values", "description": "...", "status": "WARNING"},
    {"id": "4", "name": "Mean Value: income", "description": "...", "status": "ERROR"},
    {"id": "5", "name": "Not Run", "description": "...", "status": "SKIPPED"},
]
REPORT = {"metrics": [{"id": "a", "value": 0.1}], "tests": TESTS}
SUITE = {
    "version": "0.4.30",
    "timestamp": "2026-03-04 10:11:12.131415",
    "tests": [{**test, "group": "data_drift", "parameters": {}} for test in TESTS],
    "summary": {"all_passed": False, "total_tests": 5, "success_tests": 2, "failed_tests": 1},
}
SNAPSHOT = {
    "timestamp": "2026-03-04T10:11:12",
    "metric_results": {"a": {"value": 0.1, "tests": TESTS[:2]}, "b": {"tests": TESTS[2:]}, "c": {"value": 1}},
}


@pytest.mark.parametrize(("result", "on"), [(REPORT, None), (SUITE, date(2026, 3, 4)), (SNAPSHOT, date(2026, 3, 4))])
def test_evidentlys_tests_are_counted(tmp_path, result, on):
    evidence = read(written(tmp_path, result), {"evidently": "r.json"})
    assert evidence.checks == Checks(passed=2, failed=2, skipped=1, failing=("Mean Value: age", "Mean Value: income"))
    assert evidence.on == (on or modified(tmp_path / "r.json"))


def test_the_rule_says_which_of_evidentlys_tests_count(tmp_path):
    written(tmp_path, REPORT)
    assert judged(tmp_path, {"evidently": "r.json"}, {"evidently": "Share of*"}).outcome == "passed"
    failed = judged(tmp_path, {"evidently": "r.json"}, {"evidently": "Mean*"})
    assert failed.said == "0 of 2 checks passed (Mean Value: age, Mean Value: income)"
    missing = read(tmp_path, {"evidently": "r.json"}, {"evidently": "Max*"}).missing
    assert missing == "no test in r.json matches Max*"


def test_a_report_without_tests_is_missing_evidence(tmp_path):
    assert read(written(tmp_path, {"metrics": [], "tests": []}), {"evidently": "r.json"}).missing == "no test in r.json"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"metrics": []}, "JSON without tests in r.json"),
        ([], "JSON without tests in r.json"),
        ({"tests": [3]}, "a test without a name in r.json"),
        ({"tests": [{"name": "a", "status": "MAYBE"}]}, "a test with the status 'MAYBE' in r.json"),
        ({"tests": [{"name": "a"}]}, "a test with the status nothing in r.json"),
        ("{", "broken JSON in r.json, line 1"),
    ],
)
def test_what_is_not_evidentlys_is_a_fault(tmp_path, content, found):
    written(tmp_path, content)
    assert refused(tmp_path, {"evidently": "r.json"})[1:] == (found, "an Evidently result with tests")


# -- Great Expectations --------------------------------------------------------------------------------------------


def expected(kind, column, success, *, named="type"):
    kwargs = {"column": column} if column else {}
    return {"success": success, "expectation_config": {named: kind, "kwargs": kwargs}, "result": {}, "meta": {}}


NEWER = {
    "success": False,
    "results": [
        expected("expect_column_values_to_not_be_null", "id", True),
        expected("expect_column_values_to_be_unique", "id", False),
        expected("expect_table_row_count_to_be_between", None, True),
    ],
    "suite_name": "orders",
    "statistics": {"evaluated_expectations": 3, "successful_expectations": 2, "unsuccessful_expectations": 1},
    "meta": {"run_id": {"run_name": None, "run_time": "2026-05-06T23:30:00.123456+00:00"}},
}
OLDER = {
    **NEWER,
    "results": [
        expected(
            each["expectation_config"]["type"],
            each["expectation_config"]["kwargs"].get("column"),
            each["success"],
            named="expectation_type",
        )
        for each in NEWER["results"]
    ],
    "meta": {"run_id": {"run_time": "20260506T233000.123456Z"}, "expectation_suite_name": "orders"},
}
PLAIN_RUN = {**NEWER, "meta": {"run_id": "test_100"}}
CHECKPOINT = {
    "run_id": {"run_name": "nightly", "run_time": "2026-05-06T23:30:00+00:00"},
    "run_results": {"ValidationResultIdentifier::orders/1": {"validation_result": PLAIN_RUN, "actions_results": {}}},
    "success": False,
}
NEWER_CHECKPOINT = {**CHECKPOINT, "run_results": {"orders": NEWER}}
DESCRIBED = {
    "success": False,
    "statistics": {"evaluated_validations": 1},
    "validation_results": [
        {
            "success": False,
            "expectations": [
                {
                    "expectation_type": "expect_column_values_to_not_be_null",
                    "success": True,
                    "kwargs": {"column": "id"},
                },
                {"expectation_type": "expect_column_values_to_be_unique", "success": False, "kwargs": {"column": "id"}},
                {"expectation_type": "expect_table_row_count_to_be_between", "success": True, "kwargs": {}},
            ],
        }
    ],
}
RUN = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("result", "on"),
    [
        (NEWER, RUN),
        (OLDER, RUN),
        (CHECKPOINT, RUN),
        (NEWER_CHECKPOINT, RUN),
        (PLAIN_RUN, None),
        (DESCRIBED, None),
        (DESCRIBED["validation_results"][0], None),
    ],
)
def test_expectations_are_counted(tmp_path, result, on):
    evidence = read(written(tmp_path, result), {"great_expectations": "r.json"})
    assert evidence.checks == Checks(passed=2, failed=1, failing=("expect_column_values_to_be_unique(id)",))
    assert evidence.on == (on or modified(tmp_path / "r.json"))


def test_a_checkpoint_is_all_its_validations(tmp_path):
    run_results = {"orders": {"validation_result": NEWER}, "clients": {"validation_result": NEWER}}
    checks = read(written(tmp_path, {"run_results": run_results}), {"great_expectations": "r.json"}).checks
    assert (checks.passed, checks.failed) == (4, 2)


@pytest.mark.parametrize(
    ("pattern", "passed", "failed"),
    [("id", 1, 1), ("*unique", 0, 1), ("*null(id)", 1, 0), ("expect_table*", 1, 0), ("*", 2, 1)],
)
def test_the_rule_says_which_expectations_count(tmp_path, pattern, passed, failed):
    checks = read(written(tmp_path, NEWER), {"great_expectations": "r.json"}, {"great_expectations": pattern}).checks
    assert (checks.passed, checks.failed) == (passed, failed)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"success": True}, "JSON without validation results in r.json"),
        ({"run_results": {}}, "JSON without validation results in r.json"),
        ({"run_results": {"a": 3}}, "JSON without validation results in r.json"),
        ({"run_results": {"a": {"validation_result": {"success": True}}}}, "JSON without validation results in r.json"),
        ([], "JSON without validation results in r.json"),
        ({"results": [{"success": True}]}, "an expectation without its type or its success in r.json"),
        (
            {"results": [{"expectation_config": {"type": "a"}}]},
            "an expectation without its type or its success in r.json",
        ),
        ({"results": [3]}, "an expectation without its type or its success in r.json"),
    ],
)
def test_what_is_no_validation_result_is_a_fault(tmp_path, content, found):
    said = refused(written(tmp_path, content), {"great_expectations": "r.json"})
    assert said[1:] == (found, "a Great Expectations validation or checkpoint result")


def test_a_validation_without_expectations_is_missing_evidence(tmp_path):
    written(tmp_path, {"success": True, "results": []})
    assert read(tmp_path, {"great_expectations": "r.json"}).missing == "no expectation in r.json"
    assert judged(tmp_path, {"great_expectations": "r.json"}, {"great_expectations": "*"}).reason == "missing"


def test_a_name_that_no_text_can_hold_is_no_traceback(tmp_path):
    failed = '{"success": false, "expectation_config": {"type": "expect_\\ud800", "kwargs": {"column": "a\\ud800"}}}'
    (tmp_path / "gx.json").write_text(f'{{"success": false, "results": [{failed}]}}')
    assert read(tmp_path, {"great_expectations": "gx.json"}).checks.failed == 1
