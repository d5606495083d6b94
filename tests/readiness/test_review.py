"""Reviews as files: what is read, and what is refused with its line, its field, what was found and expected."""

import pickle
import time
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from pydantic import ValidationError
from tests.readiness.shapes import TIERS, checklist, item, review, reviewed
from tests.rubrics import written

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Checks, Entry, Evidence, Review, load_review
from mlmgmt_widgets.readiness.entries import SOURCES
from mlmgmt_widgets.readiness.review import fitting, parse_review, plain

# The review of the contract, as it stands there.
CONTRACT = """\
checklist: model-readiness@1.0.0
subject: churn-model
version: "3"                 # of the model under review
tier: high
items:
  rollback-plan: {status: pass, evidence: [{link: "..."}], by: "...", on: 2026-11-01}
  auc-floor: {evidence: [{metric: auc, value: 0.83}]}
  shadow-run: {status: na, reason: "..."}
  bias-audit: {status: waived, reason: "...", until: 2026-12-01, by: "..."}
"""
HEAD = 'checklist: toy@1.0.0\nsubject: churn-model\nversion: "3"\n'  # three lines
RESULTS = ("junit", "evidently", "great_expectations", "pandera")


def faults(folder, text, asked=None):
    """Line, field, found and expected of every fault of a file."""
    path = written(folder, text, "review.yaml")
    with pytest.raises(ContentError) as caught:
        load_review(path, asked)
    for fault, line in zip(caught.value.faults, str(caught.value).splitlines(), strict=False):
        assert line.startswith(f"{path}:{fault.line}: ")
    return [(fault.line, fault.field, fault.found, fault.expected) for fault in caught.value.faults]


def entry(*lines):
    """A file that says something of one item, from line 6 on."""
    return HEAD + "items:\n  plan:\n" + "".join(f"    {line}\n" for line in lines)


def piece(*lines):
    """A file with one piece of evidence, from line 7 on."""
    first, *more = lines
    return entry("evidence:", f"  - {first}", *(f"    {line}" for line in more))


# What is read


def test_the_contract_s_review(tmp_path):
    made = load_review(written(tmp_path, CONTRACT, "review.yaml"))
    assert (made.checklist, made.subject, made.version, made.tier) == (
        "model-readiness@1.0.0",
        "churn-model",
        "3",
        "high",
    )
    assert made.items == {
        "rollback-plan": Entry(status="pass", evidence=(Evidence(link="..."),), by="...", on=date(2026, 11, 1)),
        "auc-floor": Entry(evidence=(Evidence(metric="auc", value=0.83),)),
        "shadow-run": Entry(status="na", reason="..."),
        "bias-audit": Entry(status="waived", reason="...", until=date(2026, 12, 1), by="..."),
    }
    assert made.entry("auc-floor").status == "unknown"
    assert made.entry("not-mentioned") == Entry()
    assert made.summary == "churn-model 3, model-readiness@1.0.0"


def test_the_contract_s_review_comes_back_as_it_was_written():
    assert plain(parse_review(CONTRACT, "review.yaml")) == {
        "checklist": "model-readiness@1.0.0",
        "subject": "churn-model",
        "version": "3",
        "tier": "high",
        "items": {
            "rollback-plan": {"status": "pass", "evidence": [{"link": "..."}], "by": "...", "on": "2026-11-01"},
            "auc-floor": {"evidence": [{"metric": "auc", "value": 0.83}]},
            "shadow-run": {"status": "na", "reason": "..."},
            "bias-audit": {"status": "waived", "reason": "...", "until": "2026-12-01", "by": "..."},
        },
    }


def test_a_file_and_its_text_say_the_same(tmp_path):
    assert parse_review(CONTRACT, "review.yaml") == load_review(written(tmp_path, CONTRACT, "review.yaml"))


@pytest.mark.parametrize("source", SOURCES)
def test_evidence_can_be_read_from_each_of_these(tmp_path, source):
    (made,) = load_review(written(tmp_path, piece(f"{source}: a/b-1"))).entry("plan").evidence
    assert (made.read_from, made.is_read) == (source, False)


@pytest.mark.parametrize(
    ("values", "is_read"),
    [
        ({"junit": "a.xml"}, False),
        ({"junit": "a.xml", "checks": {"passed": 0}}, True),
        ({"tag": "v3", "found": True}, True),
        ({"tag": "v3", "found": False}, False),
        ({"tag": "v3", "missing": "no such tag"}, False),
        ({"metric": "auc", "file": "a.json"}, False),
        ({"metric": "auc", "file": "a.json", "value": 0}, True),
        ({"link": "x"}, False),
    ],
)
def test_evidence_knows_whether_it_was_read(values, is_read):
    assert Evidence(**values).is_read == is_read


@given(reviewed())
@settings(max_examples=60)
def test_any_review_survives_json_python_yaml_and_pickle(made):
    _, said = made
    assert Review.model_validate_json(said.model_dump_json()) == said
    assert Review.model_validate(said.model_dump()) == said
    assert Review.model_validate(plain(said)) == said
    assert parse_review(yaml.safe_dump(dict(plain(said)), allow_unicode=True), "review.yaml") == said
    assert pickle.loads(pickle.dumps(said)) == said  # noqa: S301 - our own bytes


@given(reviewed())
@settings(max_examples=20)
def test_a_review_that_fits_is_given_back_itself(made):
    asked, said = made
    assert fitting(said, asked) is said


def test_a_review_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        review().tier = "high"
    with pytest.raises(ValidationError, match="frozen"):
        Entry().status = "pass"


# What is refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Keys and types
        (entry("sttus: pass"), (6, "items.plan.sttus", "the unknown key 'sttus'", "'status'")),
        (
            piece("lnk: https://example.org", "note: seen"),
            (7, "items.plan.evidence[0].lnk", "the unknown key 'lnk'", "'link'"),
        ),
        (HEAD + "itms: {}\n", (4, "itms", "the unknown key 'itms'", "'items'")),
        (
            entry("status: passed"),
            (6, "items.plan.status", "'passed'", "one of 'pass', 'fail', 'na', 'waived' or 'unknown'"),
        ),
        (entry("status: true"), (6, "items.plan.status", "true", "one of 'pass', 'fail', 'na', 'waived' or 'unknown'")),
        (HEAD + "items:\n  plan: pass\n", (5, "items.plan", "'pass'", "a mapping of keys to values")),
        (HEAD + "items:\n  - plan\n", (4, "items", "a list", "a mapping of keys to values")),
        (
            HEAD + "items:\n  Rollback plan: {}\n",
            (5, "items.Rollback plan", "'Rollback plan'", "a kebab-case id such as data-quality"),
        ),
        (HEAD + "risk: {people: maybe}\n", (4, "risk.people", "'maybe'", "one of 'yes', 'no' or 'unsure'")),
        (HEAD.replace('"3"', "3"), (3, "version", "3", "text (with quotes, if it is meant as text)")),
        (HEAD.replace('"3"', "3.10"), (3, "version", "3.1", "text (with quotes, if it is meant as text)")),
        (HEAD.replace('"3"', '""'), (3, "version", "''", "text that is not blank")),
        (HEAD.replace("churn-model", '" "'), (2, "subject", "''", "text that is not blank")),
        ("subject: churn-model\nversion: '3'\n", (1, "checklist", "nothing", "'checklist'")),
        (entry("version: 3"), (6, "items.plan.version", "3", "text (with quotes, if it is meant as text)")),
        (entry("by: 5"), (6, "items.plan.by", "5", "text (with quotes, if it is meant as text)")),
        (
            HEAD + "items:\n  plan: {}\n  plan: {status: pass}\n",
            (6, "items.plan", "'plan' a second time", "each key once (first on line 5)"),
        ),
        # An exception
        (entry("status: na"), (5, "items.plan.reason", "nothing", "'reason', since the status is na")),
        (entry("status: na", "reason: ' '"), (7, "items.plan.reason", "''", "text that is not blank")),
        (
            entry("status: waived", "until: 2026-12-01", "by: Ada"),
            (5, "items.plan.reason", "nothing", "'reason', since the status is waived"),
        ),
        (
            entry("status: waived", "reason: agreed", "by: Ada"),
            (5, "items.plan.until", "nothing", "'until', since the status is waived"),
        ),
        (
            entry("status: waived", "reason: agreed", "until: 2026-12-01"),
            (5, "items.plan.by", "nothing", "'by', since the status is waived"),
        ),
        (
            entry("status: pass", "until: 2026-12-01"),
            (7, "items.plan.until", "a last day without a waiver", "'status: waived'"),
        ),
        (entry("until: 2026-12-01"), (6, "items.plan.until", "a last day without a waiver", "'status: waived'")),
        # Days
        (entry("on: 2026-02-30"), (6, "items.plan.on", "'2026-02-30'", "a day such as 2027-01-31")),
        (entry("on: 2026-11-31"), (6, "items.plan.on", "'2026-11-31'", "a day such as 2027-01-31")),
        (entry("on: 20261101"), (6, "items.plan.on", "20261101", "a day such as 2027-01-31")),
        (entry("on: 1.11.2026"), (6, "items.plan.on", "'1.11.2026'", "a day such as 2027-01-31")),
        (entry("on: '2026-11-01T12:00:00'"), (6, "items.plan.on", "'2026-11-01T12:00:00'", "a day such as 2027-01-31")),
        (entry("on: 2026-W45-1"), (6, "items.plan.on", "'2026-W45-1'", "a day such as 2027-01-31")),
        (entry("due: tomorrow"), (6, "items.plan.due", "'tomorrow'", "a day such as 2027-01-31")),
        (
            entry("status: waived", "reason: agreed", "by: Ada", "until: soon"),
            (9, "items.plan.until", "'soon'", "a day such as 2027-01-31"),
        ),
        (
            piece("note: seen", "on: 2026-13-01"),
            (8, "items.plan.evidence[0].on", "'2026-13-01'", "a day such as 2027-01-31"),
        ),
        # Evidence
        (
            piece("junit: a.xml", "tag: v3"),
            (8, "items.plan.evidence[0].tag", "'tag' beside 'junit'", "evidence that is read from one place"),
        ),
        (
            piece("metric: auc"),
            (
                7,
                "items.plan.evidence[0].metric",
                "a metric without a value",
                "'value', or 'file' or 'mlflow' to read it from",
            ),
        ),
        (
            piece("note: seen", "value: 0.8"),
            (8, "items.plan.evidence[0].value", "a value without a metric", "'metric' beside it"),
        ),
        (piece("metric: auc", "value: .nan"), (8, "items.plan.evidence[0].value", "nan", "a finite number")),
        (piece("metric: auc", "value: '0.8'"), (8, "items.plan.evidence[0].value", "'0.8'", "a number")),
        (
            piece("metric: auc", "value: 0.8", "at_least: 0.9", "at_most: 0.7"),
            (9, "items.plan.evidence[0].at_least", "0.9", "a number of at most 0.7, the greatest value"),
        ),
        (
            piece("note: seen", "at_most: 1"),
            (8, "items.plan.evidence[0].at_most", "a bound without a metric", "'metric' beside it"),
        ),
        (
            piece("metric: auc", "value: 1", "at: test.auc"),
            (9, "items.plan.evidence[0].at", "'at' without 'file'", "'file' beside it"),
        ),
        (
            piece("metric: auc", "value: 1", "where: {a: b}"),
            (9, "items.plan.evidence[0].where", "'where' without 'file'", "'file' beside it"),
        ),
        (
            piece("tag: v3", "younger_than_days: 3"),
            (8, "items.plan.evidence[0].younger_than_days", "'younger_than_days' without 'file'", "'file' beside it"),
        ),
        (
            piece("file: a", "tracking: sqlite"),
            (8, "items.plan.evidence[0].tracking", "'tracking' without 'mlflow'", "'mlflow' beside it"),
        ),
        (
            piece("junit: a.xml", "checks: {passed: -1}"),
            (8, "items.plan.evidence[0].checks.passed", "-1", "a number of at least 0"),
        ),
        (
            piece("junit: a.xml", "checks: {passed: 1.5}"),
            (8, "items.plan.evidence[0].checks.passed", "1.5", "a whole number"),
        ),
        (
            piece("junit: a.xml", "checks: {failed: 1}"),
            (8, "items.plan.evidence[0].checks.passed", "nothing", "'passed'"),
        ),
        (piece("tag: v3", "found: 1"), (8, "items.plan.evidence[0].found", "1", "true or false")),
        (entry("evidence: seen"), (6, "items.plan.evidence", "'seen'", "a list")),
        # What was before, and sign-offs
        (
            entry("history:", "  - by: Ada", "    was: {status: pass}"),
            (7, "items.plan.history[0].on", "nothing", "'on'"),
        ),
        (
            entry("history:", "  - by: Ada", "    on: 2026-11-01", "    was: {status: na}"),
            (9, "items.plan.history[0].was.reason", "nothing", "'reason', since the status is na"),
        ),
        (
            HEAD + "sign_offs:\n  - role: ml-engineer\n    by: Ada\n    on: 2026-11-01\n    decision: yes\n",
            (8, "sign_offs[0].decision", "'yes'", "one of 'go' or 'no-go'"),
        ),
        (HEAD + "sign_offs:\n  - by: Ada\n    on: 2026-11-01\n", (5, "sign_offs[0].role", "nothing", "'role'")),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{value[1]}-{value[2]}",
)
def test_a_fault_is_told_with_its_line_and_field(tmp_path, text, expected):
    assert faults(tmp_path, text) == [expected]


def test_evidence_of_nothing_is_told_what_it_may_be(tmp_path):
    expected = "a link, a note, a metric, or one of " + ", ".join(SOURCES)
    assert faults(tmp_path, piece("by: Ada")) == [(7, "items.plan.evidence[0]", "evidence of nothing", expected)]
    assert faults(tmp_path, entry("evidence: [{}]")) == [(6, "items.plan.evidence[0]", "evidence of nothing", expected)]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"note": "trust me", "found": True}, "found"),
        ({"link": "x", "checks": {"passed": 3}}, "checks"),
        ({"metric": "auc", "value": 0.8, "found": True}, "found"),
        ({"tag": "v3", "checks": {"passed": 3}}, "checks"),
        ({"junit": "a.xml", "found": True}, "found"),
        ({"note": "seen", "missing": "gone"}, "missing"),
    ],
)
def test_what_was_read_stands_only_beside_what_it_can_be_read_from(values, name):
    """Else a note would decide an item by itself."""
    with pytest.raises(ValidationError, match=f"'{name}' of nothing"):
        Evidence(**values)


@pytest.mark.parametrize("source", RESULTS)
def test_the_results_of_tests_may_be_typed_in_the_place_of_reading_them(source):
    assert Evidence(**{source: "a"}, checks={"passed": 3}).checks == Checks(passed=3)


def test_checks_do_not_name_failures_that_they_did_not_count():
    """From "3 of 3 checks passed (test_a)" nobody can tell whether test_a failed."""
    with pytest.raises(ValidationError):
        Checks(passed=3, failed=0, failing=["test_a"])
    with pytest.raises(ValidationError):
        Checks(passed=3, failed=1, failing=["test_a", "test_b"])


def test_a_waiver_without_anything_is_told_all_that_it_needs(tmp_path):
    assert [each[1] for each in faults(tmp_path, entry("status: waived"))] == [
        "items.plan.reason",
        "items.plan.until",
        "items.plan.by",
    ]


@pytest.mark.parametrize("key", ["toy", "model-readiness", "toy@", "toy@one", "@1.0.0", "Toy@1.0.0", "toy@1.0.0 "])
def test_a_checklist_is_named_with_its_version(tmp_path, key):
    """What is missing is the version, not another id: the hint shows both."""
    ((line, field, found, expected),) = faults(tmp_path, f"checklist: '{key}'\nsubject: m\nversion: '3'\n")
    assert (line, field) == (1, "checklist")
    assert found.startswith(f"'{key.strip()}")
    assert "@" in expected


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path):
    text = (
        "checklist: toy@1.0.0\nversion: 3\nitems:\n"
        "  a:\n    status: na\n"
        "  b:\n    on: never\n    evidence:\n      - by: Ada\n      - {metric: auc, value: high}\n"
        "  c: {until: 2026-12-01}\n"
        "tire: high\n"
    )
    assert [each[:2] for each in faults(tmp_path, text)] == [
        (1, "subject"),
        (2, "version"),
        (4, "items.a.reason"),
        (7, "items.b.on"),
        (9, "items.b.evidence[0]"),
        (10, "items.b.evidence[1].value"),
        (11, "items.c.until"),
        (12, "tire"),
    ]


# What does not fit the checklist


RISK = [{"id": "people", "question": "Does it decide about people?", "tier": "high", "because": "it does"}]
ASKED = checklist(item("rollback-plan"), item("auc-floor"), tiers=TIERS, risk=RISK)


def test_an_unknown_item_is_told_with_its_line_and_the_nearest(tmp_path):
    text = HEAD + "items:\n  auc-floor: {status: pass}\n  rolback-plan:\n    status: pass\n"
    ((line, field, found, expected),) = faults(tmp_path, text, ASKED)
    assert (line, field, found) == (6, "items.rolback-plan", "'rolback-plan'")
    assert "toy@1.0.0" in expected
    assert "nearest: rollback-plan" in expected
    assert load_review(tmp_path / "review.yaml").entry("rolback-plan").status == "pass"  # without the checklist


def test_an_unknown_question_is_told_in_words(tmp_path):
    ((line, field, found, expected),) = faults(tmp_path, HEAD + "risk:\n  peple: yes\n", ASKED)
    assert (line, field, found) == (5, "risk.peple", "'peple'")
    assert "nearest: people" in expected
    assert "one of the risk of" not in expected  # it is one of the questions about risk


@pytest.mark.parametrize("key", ["toy@1.0.1", "toy@2.0.0", "other@1.0.0", "toy@1.0"])
def test_a_review_of_another_checklist_is_told_which_one_is_at_hand(tmp_path, key):
    text = HEAD.replace("toy@1.0.0", key)
    assert faults(tmp_path, text, ASKED) == [(1, "checklist", f"'{key}'", "'toy@1.0.0', the checklist at hand")]


def test_an_unknown_tier_is_told_with_its_line(tmp_path):
    assert faults(tmp_path, HEAD + "tier: top\n", ASKED) == [(4, "tier", "'top'", "one of low, medium, high")]
    assert faults(tmp_path, HEAD + "tier: top\n", checklist(item())) == [
        (4, "tier", "'top'", "none, since the checklist has no tiers")
    ]


def test_a_sign_off_of_an_unknown_stage_is_told_with_its_line(tmp_path):
    text = (
        HEAD
        + "sign_offs:\n  - {role: dpo, by: Bo, on: 2026-11-01}\n  - {role: dpo, by: Bo, on: 2026-11-02, stage: %s}\n"
    )
    assert load_review(written(tmp_path, text % ASKED.stages[0], "review.yaml"), ASKED).sign_offs
    near = ASKED.stages[0] + "x"
    ((line, field, found, expected),) = faults(tmp_path, text % near, ASKED)
    assert (line, field, found) == (6, "sign_offs[1].stage", f"'{near}'")
    assert f"nearest: {ASKED.stages[0]}" in expected


def test_all_that_does_not_fit_is_told_at_once(tmp_path):
    text = HEAD.replace("1.0.0", "2.0.0") + "tier: top\nitems:\n  a: {}\n  b: {}\n"
    assert [each[:2] for each in faults(tmp_path, text, ASKED)] == [
        (1, "checklist"),
        (4, "tier"),
        (6, "items.a"),
        (7, "items.b"),
    ]


# Sizes


def test_ten_thousand_items_are_refused_quickly(tmp_path):
    path = written(tmp_path, HEAD + "items:\n" + "".join(f"  i{n}: {{sttus: pass}}\n" for n in range(10_000)))
    begun = time.process_time()
    with pytest.raises(ContentError) as caught:
        load_review(path)
    assert time.process_time() - begun < 8  # less than a second where nobody else is at work
    assert len(str(caught.value).splitlines()) <= 51
    fine = written(tmp_path, HEAD + "items:\n" + "".join(f"  i{n}: {{status: pass}}\n" for n in range(10_000)))
    with pytest.raises(ContentError, match="at most 500"):
        load_review(fine)


def test_of_many_unknown_items_the_nearest_is_sought_for_the_first_few():
    """A page that is served looks for them while others wait."""
    asked = checklist(*(item(f"item-number-{n}") for n in range(500)))
    said = review({f"itm-numer-{n}": {} for n in range(500)})
    with pytest.raises(ContentError) as caught:
        fitting(said, asked)
    hinted = ["(nearest: item-number-" in fault.expected for fault in caught.value.faults]
    assert hinted == [True] * 20 + [False] * 480


def test_a_history_of_two_thousand_changes_is_read(tmp_path):
    change = "        - {by: Ada, on: 2026-11-01, was: {status: pass}}\n"
    text = entry("history:") + change * 2000
    assert len(load_review(written(tmp_path, text)).entry("plan").history) == 2000
    assert faults(tmp_path, text + change) == [(6, "items.plan.history", "2001", "at most 2000 of them")]
