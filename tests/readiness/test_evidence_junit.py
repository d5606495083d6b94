"""JUnit reports: those that pytest writes in this very run, those of other tools, and those that attack a parser."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.readiness.evidence_shapes import judged, modified, read, refused

from mlmgmt_widgets.readiness import Checks
from mlmgmt_widgets.readiness.evidence_junit import tests_in as cases_in

SUITE = """
import pytest

def test_rollback_plan_restores():
    pass

@pytest.mark.parametrize("region", ["eu", "us"])
def test_rollback_plan_in(region):
    assert region == "eu"

@pytest.mark.skip(reason="later")
def test_rollback_plan_at_night():
    pass

@pytest.mark.xfail(reason="known")
def test_rollback_plan_known():
    assert False

@pytest.fixture
def broken():
    raise RuntimeError("no database")

def test_rollback_plan_needs_a_database(broken):
    pass

def test_rollback_planning():
    assert False, "another thing"

class TestSerialised:
    def test_model(self):
        pass

def test_with_property(record_property):
    record_property("readiness", "fire-drill")
    record_property("owner", "on-call")

def test_fire_drill_by_name():
    assert False
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("junit")
    (folder / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=."]
    command += ["--junitxml=junit.xml", "test_suite.py"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 1, run.stdout + run.stderr  # some failed
    return folder


def checks(folder, rule=None, **values):
    return read(folder, {"junit": "junit.xml"}, rule and {"junit": rule}, **values).checks


def test_without_a_rule_an_item_has_the_tests_whose_name_carries_its_id(folder):
    """The id's words as a run of words: `rollback_planning` is none of them."""
    assert checks(folder) == Checks(
        passed=2,
        failed=2,
        skipped=2,
        failing=("test_suite.test_rollback_plan_in[us]", "test_suite.test_rollback_plan_needs_a_database"),
    )


def test_a_property_says_which_item_a_test_is_for_and_then_names_do_not(folder):
    """`test_fire_drill_by_name` failed, and is not asked."""
    assert checks(folder, id="fire-drill") == Checks(passed=1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("test_rollback_plan_restores", (1, 0, 0)),
        ("test_rollback_plan_in", (1, 1, 0)),  # with all its parameters
        ("test_rollback_plan_in[[]us]", (0, 1, 0)),
        ("test_rollback_plan_in[eu]", (1, 0, 0)),
        ("test_suite.test_rollback_plan_*", (2, 2, 2)),
        ("test_suite.TestSerialised.*", (1, 0, 0)),
        ("fire-drill", (1, 0, 0)),
        ("on-call", (1, 0, 0)),
        ("*", (4, 4, 2)),
    ],
)
def test_a_rules_pattern_is_held_against_names_classes_and_properties(folder, pattern, expected):
    counted = checks(folder, pattern)
    assert (counted.passed, counted.failed, counted.skipped) == expected


def test_the_day_is_the_one_that_the_suite_ran_on(folder):
    on = read(folder, {"junit": "junit.xml"}).on
    assert abs(on - datetime.now(tz=UTC).date()) <= timedelta(days=1)


def test_no_test_is_missing_evidence(folder):
    assert read(folder, {"junit": "junit.xml"}, {"junit": "restore*"}).missing == (
        "no test in junit.xml matches restore*"
    )


def test_failing_tests_fail_the_item_and_are_named(folder):
    finding = judged(folder, {"junit": "junit.xml"}, {"junit": "test_rollback_plan_in"})
    assert (finding.outcome, finding.reason) == ("open", "failed")
    assert finding.said == "1 of 2 checks passed (test_suite.test_rollback_plan_in[us])"


def test_passing_tests_pass_it_and_skipped_ones_alone_do_not(folder):
    rule = {"junit": "test_rollback_plan_restores"}
    assert judged(folder, {"junit": "junit.xml"}, rule).outcome == "passed"
    skipped = judged(folder, {"junit": "junit.xml"}, {"junit": "test_rollback_plan_at_night"})
    assert (skipped.reason, skipped.said) == ("failed", "no check ran, 1 skipped")


# -- reports of other tools ----------------------------------------------------------------------------------------

NESTED = """\
<testsuites timestamp="2026-01-01T00:00:00">
  <testsuite name="outer" timestamp="2026-02-01T00:00:00Z">
    <testsuite name="inner" timestamp="2026-03-01T23:30:00+02:00">
      <testcase name="rollback-plan restores"/>
      <testcase name="a rollback plan, rehearsed"><failure/></testcase>
    </testsuite>
    <testsuite name="silent"><testcase name="Rollback_Plan"/></testsuite>
    <testsuite name="later" timestamp="2026-09-01T00:00:00"><testcase name="something else"/></testsuite>
  </testsuite>
</testsuites>
"""


def written(folder, text, name="junit.xml"):
    content = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(content)
    return folder


def test_nested_suites_are_walked_and_the_newest_day_of_the_matched_ones_counts(tmp_path):
    evidence = read(written(tmp_path, NESTED), {"junit": "junit.xml"})
    assert evidence.checks == Checks(passed=2, failed=1, failing=("a rollback plan, rehearsed",))
    assert evidence.on == date(2026, 3, 1)


def test_without_a_timestamp_the_report_is_as_old_as_its_file(tmp_path):
    text = '<testsuite timestamp="yesterday"><testcase name="rollback-plan"/></testsuite>'
    report = written(tmp_path, text) / "junit.xml"
    evidence = read(tmp_path, {"junit": "junit.xml"})
    assert evidence.on == modified(report)


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", "passed"),
        ("<system-out>failure</system-out>", "passed"),
        ("<rerunFailure/>", "passed"),  # it passed in the end
        ("<failure/>", "failed"),
        ("<error/>", "failed"),
        ("<skipped/>", "skipped"),
        ("<skipped/><failure/>", "failed"),
    ],
)
def test_what_an_element_means(inside, outcome):
    (case,) = cases_in(f'<testsuite><testcase name="a">{inside}</testcase></testsuite>'.encode(), "r")
    assert case.outcome == outcome


def test_a_test_that_a_reporter_marks_as_not_run_is_skipped():
    (case,) = cases_in(b'<testsuite><testcase name="a" status="notrun"/></testsuite>', "r")
    assert case.outcome == "skipped"


@pytest.mark.parametrize(
    ("name", "carries"),
    [
        ("test_rollback_plan", True),
        ("test_Rollback-Plan[eu]", True),
        ("test[rollback-plan]", True),
        ("test_rollback_plans", False),
        ("test_prerollback_plan", False),
        ("test_rollback", False),
        ("test_rollback_plan2", False),
    ],
)
def test_a_name_carries_an_id_as_a_run_of_words(tmp_path, name, carries):
    written(tmp_path, f'<testsuite><testcase name="{name}"/></testsuite>')
    assert (read(tmp_path, {"junit": "junit.xml"}).checks is not None) == carries


def test_a_namespace_and_a_byte_order_mark_do_not_matter(tmp_path):
    written(tmp_path, '\ufeff<testsuite xmlns="urn:x"><testcase name="rollback-plan"/></testsuite>')
    assert read(tmp_path, {"junit": "junit.xml"}).checks == Checks(passed=1)


# -- what is no report ---------------------------------------------------------------------------------------------

BILLION_LAUGHS = """\
<!DOCTYPE testsuite [
  <!ENTITY a "ha">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<testsuite><testcase name="&c;"/></testsuite>
"""
QUADRATIC = f'<!DOCTYPE t [<!ENTITY a "{"a" * 50_000}">]><testsuite>{"&a;" * 50_000}</testsuite>'
EXTERNAL = """<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&x;"/></testsuite>"""
ENTITIES = "a document type, in which entities hide, in junit.xml"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BILLION_LAUGHS, ENTITIES),
        (QUADRATIC, ENTITIES),
        (EXTERNAL, ENTITIES),
        ("<!DOCTYPE testsuite><testsuite/>", ENTITIES),
        ("<testsuite>\n<testcase>\n", "broken XML in junit.xml, line 3"),
        ("", "broken XML in junit.xml, line 1"),
        (b"<testsuite>\n\xff</testsuite>", "broken XML in junit.xml, line 2"),
        ("<testsuite/>".encode("utf-16") + b"<", "broken XML in junit.xml, line 1"),
        ('<?xml version="1.0" encoding="no-such"?><testsuite/>', "XML in an unknown encoding in junit.xml"),
        ("<html/>", "the element <html> in junit.xml"),
        ('{"tests": []}', "broken XML in junit.xml, line 1"),
    ],
)
def test_what_is_no_report_is_a_fault(tmp_path, text, found):
    field, said, expected = refused(written(tmp_path, text), {"junit": "junit.xml"})
    assert (field, expected) == ("items.rollback-plan.evidence[0].junit", "a JUnit report")
    assert said == found
    assert "root:" not in said


def test_suites_may_be_nested_as_deep_as_a_file_is_long(tmp_path):
    depth = 100_000
    written(tmp_path, "<testsuite>" * depth + '<testcase name="rollback-plan"/>' + "</testsuite>" * depth)
    assert read(tmp_path, {"junit": "junit.xml"}).checks == Checks(passed=1)


def test_a_report_of_a_thousand_failures_names_the_first_twenty(tmp_path):
    cases = "".join(f'<testcase name="rollback-plan {n} {"x" * 500}"><failure/></testcase>' for n in range(1000))
    counted = read(written(tmp_path, f"<testsuite>{cases}</testsuite>"), {"junit": "junit.xml"}).checks
    assert (counted.failed, len(counted.failing)) == (1000, 20)
    assert max(map(len, counted.failing)) <= 120
