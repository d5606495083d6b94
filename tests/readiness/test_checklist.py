"""Checklists as files: what is read, and what is refused with its line, its field, what was found and expected."""

import pickle
import time

import pytest
import yaml
from hypothesis import given, settings
from pydantic import ValidationError
from tests.readiness.shapes import STAGES, TIERS, checklist, item, reviewed
from tests.rubrics import written

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import Checklist, IfOpen, Item, RiskQuestion, Rule, load_checklist
from mlmgmt_widgets.readiness.item_rule import SUBJECTS, Weeks

# The checklist of the contract, as it stands there.
CONTRACT = """\
id: model-readiness
version: 1.0.0
title: ...
stages: [shadow, production]
tiers: [low, medium, high]
items:
  - id: rollback-plan
    stage: production
    question: "..."
    why: "..."
    severity: blocking       # or advisory
    tiers: [medium, high]    # left out: all
    owner: ml-engineer
    expires_after_days: 90   # evidence older than that no longer counts
    waivable: false
    rule: {metric: auc, at_least: 0.8}     # also at_most, or {junit: PATTERN} ...: the verdict follows the evidence
"""
HEAD = "id: toy\nversion: 1.0.0\ntitle: A toy\nstages: [shadow, production]\ntiers: [low, medium, high]\n"  # 5 lines
ONE = "items:\n  - {id: plan, stage: shadow, question: Is there a plan?}\n"


def faults(folder, text):
    """Line, field, found and expected of every fault of a file."""
    path = written(folder, text, "checklist.yaml")
    with pytest.raises(ContentError) as caught:
        load_checklist(path)
    for fault, line in zip(caught.value.faults, str(caught.value).splitlines(), strict=False):
        assert line.startswith(f"{path}:{fault.line}: ")
    return [(fault.line, fault.field, fault.found, fault.expected) for fault in caught.value.faults]


def one(*lines):
    """A file with one item: lines 7 to 9 are its id, its stage and its question."""
    body = ["- id: plan", "  stage: shadow", "  question: Is there a plan?", *(f"  {line}" for line in lines)]
    return HEAD + "items:\n" + "".join(f"  {line}\n" for line in body)


def rule(*lines):
    """A file whose rule begins in line 11."""
    return one("rule:", *(f"  {line}" for line in lines))


# What is read


def test_the_contract_s_checklist(tmp_path):
    made = load_checklist(written(tmp_path, CONTRACT, "checklist.yaml"))
    assert (made.id, made.version, made.title, made.key) == ("model-readiness", "1.0.0", "...", "model-readiness@1.0.0")
    assert (made.stages, made.tiers) == (("shadow", "production"), ("low", "medium", "high"))
    (only,) = made.items
    assert only == Item(
        id="rollback-plan",
        stage="production",
        question="...",
        why="...",
        severity="blocking",
        tiers=("medium", "high"),
        owner="ml-engineer",
        expires_after_days=90,
        waivable=False,
        rule=Rule(metric="auc", at_least=0.8),
    )
    assert (only.carries_over, only.rule.at_most, only.rule.subject, only.rule.pattern) == (
        False,
        None,
        "metric",
        "auc",
    )
    assert made.summary == "model-readiness@1.0.0, 1 item"


def test_what_is_left_out_blocks_at_every_tier_may_be_waived_and_does_not_age():
    only = checklist(item(), tiers=TIERS).items[0]
    assert (only.severity, only.waivable, only.carries_over, only.expires_after_days) == ("blocking", True, False, None)
    assert all(only.is_asked_at(tier) for tier in (*TIERS, None))
    assert (only.group, only.rule, only.if_open) == ("other", None, None)


def test_a_name_is_the_title_or_else_the_id_in_words():
    made = checklist(item("rollback-plan"), item("b", title="Who may pull it"), item("auc-floor", theme="performance"))
    assert [each.name for each in made.items] == ["Rollback plan", "Who may pull it", "AUC floor"]
    assert made.themes == ("other", "performance")
    assert list(made.items_by_id) == ["rollback-plan", "b", "auc-floor"]
    assert made.summary == "toy@1.0.0, 3 items"


def test_the_roles_are_those_that_own_items_and_those_that_sign_off():
    made = checklist(item("a", owner="zoologist"), item("b"), sign_offs={STAGES[1]: ["ml-engineer", "auditor"]})
    assert made.roles == ("auditor", "ml-engineer", "zoologist")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_rule_can_be_about_each_of_these(tmp_path, subject):
    more = ["at_least: 0"] if subject == "metric" else []
    made = load_checklist(written(tmp_path, rule(f"{subject}: some-name", *more))).items[0].rule
    assert (made.subject, made.pattern) == (subject, "some-name")


def test_the_bounds_of_a_rule_may_be_one_number_and_may_be_nought():
    assert Rule(metric="auc", at_least=0.8, at_most=0.8).at_most == 0.8
    assert Rule(metric="bias", at_most=0).at_most == 0
    assert Rule(file="a", younger_than_days=0).younger_than_days == 0


def test_what_an_open_item_means_for_a_plan(tmp_path):
    text = one("if_open: {title: Rehearse it, weeks: {low: 0.4, likely: 1, high: 2}, probability: 0.3}")
    made = load_checklist(written(tmp_path, text)).items[0].if_open
    assert made == IfOpen(title="Rehearse it", weeks=Weeks(low=0.4, likely=1, high=2), probability=0.3)
    assert load_checklist(written(tmp_path, one("if_open: {weeks: 2}"))).items[0].if_open == IfOpen(weeks=2.0)


def test_a_checklist_without_tiers_asks_everything():
    made = checklist(item("a"), item("b", stage=STAGES[2]))
    assert [each.id for each in made.asked(STAGES[2], None)] == ["a", "b"]
    with pytest.raises(ValueError, match="not in"):
        made.asked("nowhere", None)


@given(reviewed())
@settings(max_examples=40)
def test_any_checklist_survives_json_python_yaml_and_pickle(made):
    asked, _ = made
    short = asked.model_dump(mode="json", exclude_defaults=True)
    assert Checklist.model_validate_json(asked.model_dump_json()) == asked
    assert Checklist.model_validate(asked.model_dump()) == asked
    assert Checklist.model_validate(yaml.safe_load(yaml.safe_dump(short))) == asked
    assert pickle.loads(pickle.dumps(asked)) == asked  # noqa: S301 - our own bytes


def test_a_checklist_made_in_python_is_refused_for_the_same_reasons():
    with pytest.raises(ValidationError, match="a second time"):
        checklist(item("a"), item("a"))
    with pytest.raises(ValidationError, match="a rule about one thing"):
        Rule(junit="*", tag="v*")
    with pytest.raises(ValidationError, match="a rule about nothing"):
        Rule()
    with pytest.raises(ValidationError, match="nearest: shadow"):
        checklist(item(stage="shadwo"))
    with pytest.raises(ValidationError, match="frozen"):
        checklist().title = "Another"
    question = RiskQuestion(id="people", question="?", tier="hihg", because="it does")
    with pytest.raises(ValidationError, match="nearest: high"):
        checklist(item(), tiers=TIERS, risk=[question])


# What is refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Keys and types
        (one("sevrity: blocking"), (10, "items[0].sevrity", "the unknown key 'sevrity'", "'severity'")),
        (
            one("expires_after: 90"),
            (10, "items[0].expires_after", "the unknown key 'expires_after'", "'expires_after_days'"),
        ),
        (
            rule("metrik: auc", "at_least: 1", "metric: auc"),
            (11, "items[0].rule.metrik", "the unknown key 'metrik'", "'metric'"),
        ),
        (HEAD + ONE + "itmes: []\n", (8, "itmes", "the unknown key 'itmes'", "'items'")),
        (one("severity: blocker"), (10, "items[0].severity", "'blocker'", "one of 'blocking' or 'advisory'")),
        (one("waivable: no"), (10, "items[0].waivable", "'no'", "true or false")),
        (one("carries_over: 1"), (10, "items[0].carries_over", "1", "true or false")),
        (one("owner: ML engineer"), (10, "items[0].owner", "'ML engineer'", "a kebab-case id such as data-quality")),
        (one("why: 5"), (10, "items[0].why", "5", "text (with quotes, if it is meant as text)")),
        (one("expires_after_days: 0"), (10, "items[0].expires_after_days", "0", "a number of at least 1")),
        (one("expires_after_days: -3"), (10, "items[0].expires_after_days", "-3", "a number of at least 1")),
        (one("expires_after_days: 30.5"), (10, "items[0].expires_after_days", "30.5", "a whole number")),
        (one("expires_after_days: ninety"), (10, "items[0].expires_after_days", "'ninety'", "a whole number")),
        (one("expires_after_days: 99999"), (10, "items[0].expires_after_days", "99999", "a number of at most 36500")),
        (one("tiers: high"), (10, "items[0].tiers", "'high'", "a list")),
        (HEAD + "items: []\n", (6, "items", "0", "at least 1 of them")),
        (HEAD, (1, "items", "nothing", "'items'")),
        (HEAD + "items:\n  - plan\n", (7, "items[0]", "'plan'", "a mapping of keys to values")),
        (HEAD.replace("1.0.0", "one") + ONE, (2, "version", "'one'", "a version such as 1.0.0")),
        (HEAD.replace("1.0.0", "1.0") + ONE, (2, "version", "1.0", "text (with quotes, if it is meant as text)")),
        # Ids
        (
            HEAD + ONE + "  - stage: shadow\n    question: ?\n    id: plan\n".replace("?", "Is it?"),
            (10, "items[1].id", "'plan' a second time", "each of them once"),
        ),
        (
            HEAD.replace("production]", "production, shadow]") + ONE,
            (4, "stages[2]", "'shadow' a second time", "each of them once"),
        ),
        (HEAD.replace("high]", "high, low]") + ONE, (5, "tiers[3]", "'low' a second time", "each of them once")),
        (HEAD.replace("id: toy", "id: My toy") + ONE, (1, "id", "'My toy'", "a kebab-case id such as data-quality")),
        # Stages and tiers
        (
            HEAD + "items:\n  - id: plan\n    question: Is it?\n    stage: prodution\n",
            (9, "items[0].stage", "'prodution'", "one of shadow, production (nearest: production)"),
        ),
        (
            HEAD + "items:\n  - id: plan\n    question: Is it?\n    stage: xyz\n",
            (9, "items[0].stage", "'xyz'", "one of shadow, production"),
        ),
        (one("tiers: [high, hgih]"), (10, "items[0].tiers[1]", "'hgih'", "one of low, medium, high (nearest: high)")),
        (one("tiers: [low]"), (10, "items[0].tiers", "low", "low and every tier above it: low, medium, high")),
        (
            one("tiers: [low, high]"),
            (10, "items[0].tiers", "low and high", "low and every tier above it: low, medium, high"),
        ),
        (
            one("tiers: [low, medium]"),
            (10, "items[0].tiers", "low and medium", "low and every tier above it: low, medium, high"),
        ),
        (one("tiers: [medium]"), (10, "items[0].tiers", "medium", "medium and every tier above it: medium, high")),
        (one("tier_reason: It is risky"), (10, "items[0].tier_reason", "a reason for no tiers", "'tiers' beside it")),
        (
            HEAD + ONE + "sign_offs:\n  shadw: [ml-engineer]\n",
            (9, "sign_offs.shadw", "'shadw'", "one of shadow, production (nearest: shadow)"),
        ),
        (
            HEAD + ONE + "risk:\n  - id: people\n    question: Does it?\n    because: it does\n    tier: hgh\n",
            (12, "risk[0].tier", "'hgh'", "one of low, medium, high (nearest: high)"),
        ),
        (
            HEAD.replace("[low, medium, high]", "[]")
            + "items:\n  - {id: plan, stage: shadow, question: Is it?, tiers: [high]}\n",
            (7, "items[0].tiers[0]", "'high'", "none, since there are none"),
        ),
        # Rules
        (
            rule("tag: v*", "younger_than_days: 3"),
            (12, "items[0].rule.younger_than_days", "an age without a file", "'file' beside it"),
        ),
        (rule("junit: '*'", "tag: v*"), (12, "items[0].rule.tag", "'tag' beside 'junit'", "a rule about one thing")),
        (
            rule("metric: auc"),
            (11, "items[0].rule.metric", "a metric without a bound", "'at_least' or 'at_most' beside it"),
        ),
        (
            rule("metric: auc", "at_least: 0.9", "at_most: 0.8"),
            (12, "items[0].rule.at_least", "0.9", "a number of at most 0.8, the greatest value"),
        ),
        (
            rule("tag: v*", "at_least: 0.9"),
            (12, "items[0].rule.at_least", "a bound without a metric", "'metric' beside it"),
        ),
        (rule("metric: auc", "at_least: .nan"), (12, "items[0].rule.at_least", "nan", "a finite number")),
        (rule("metric: auc", "at_least: .inf"), (12, "items[0].rule.at_least", "inf", "a finite number")),
        (rule("metric: auc", "at_least: high"), (12, "items[0].rule.at_least", "'high'", "a number")),
        (rule("metric: auc", "at_least: true"), (12, "items[0].rule.at_least", "true", "a number")),
        (
            rule("file: a", "younger_than_days: -1"),
            (12, "items[0].rule.younger_than_days", "-1", "a number of at least 0"),
        ),
        (
            rule("sign_off: ML engineer"),
            (11, "items[0].rule.sign_off", "'ML engineer'", "a kebab-case id such as data-quality"),
        ),
        (rule("junit: ''"), (11, "items[0].rule.junit", "''", "text that is not blank")),
        # What it means for a plan
        (
            one("if_open: {weeks: -1}"),
            (10, "items[0].if_open.weeks", "-1", "a number of weeks from 0 to 520, or {low, likely, high}"),
        ),
        (
            one("if_open: {weeks: .nan}"),
            (10, "items[0].if_open.weeks", "nan", "a number of weeks from 0 to 520, or {low, likely, high}"),
        ),
        (
            one("if_open:", "  weeks:", "    low: 2", "    likely: 1", "    high: 3"),
            (13, "items[0].if_open.weeks.likely", "1", "a number of at least 2, the low"),
        ),
        (
            one("if_open:", "  weeks:", "    low: 1", "    likely: 4", "    high: 3"),
            (13, "items[0].if_open.weeks.likely", "4", "a number of at most 3, the high"),
        ),
        (
            one("if_open:", "  weeks: 1", "  probability: 0"),
            (12, "items[0].if_open.probability", "0", "a number above 0"),
        ),
        (
            one("if_open:", "  weeks: 1", "  probability: 1.2"),
            (12, "items[0].if_open.probability", "1.2", "a number of at most 1"),
        ),
        (one("if_open: {title: Do it}"), (10, "items[0].if_open.weeks", "nothing", "'weeks'")),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{value[1]}-{value[2]}",
)
def test_a_fault_is_told_with_its_line_and_field(tmp_path, text, expected):
    assert faults(tmp_path, text) == [expected]


def test_a_rule_about_nothing_names_what_there_is(tmp_path):
    assert faults(tmp_path, one("rule: {}")) == [
        (10, "items[0].rule", "a rule about nothing", "one of " + ", ".join(SUBJECTS))
    ]


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path):
    text = (
        "id: Toy\nversion: one\nstages: [shadow, shadow]\ntiers: [low, high]\nitems:\n"
        "  - id: plan\n    stage: shdow\n    question: Is it?\n    sevrity: blocking\n    tiers: [low]\n"
        "  - id: plan\n    stage: shadow\n    rule: {metric: auc}\n"
    )
    assert [each[:2] for each in faults(tmp_path, text)] == [
        (1, "id"),
        (1, "title"),
        (2, "version"),
        (3, "stages[1]"),
        (7, "items[0].stage"),
        (9, "items[0].sevrity"),
        (10, "items[0].tiers"),
        (11, "items[1].id"),
        (11, "items[1].question"),
        (13, "items[1].rule.metric"),
    ]


@pytest.mark.parametrize(
    "each",
    [
        "  - {{id: i{}, stage: shadow, question: '?'}}\n",
        "  - {{id: i{}, stage: shdow, question: '?', tiers: [hgih], sevrity: x}}\n",
        "  - {{id: i, stage: shadow, question: '?'}}\n",
    ],
    ids=["fine otherwise", "all misspelt", "all the same"],
)
def test_ten_thousand_items_are_refused_quickly(tmp_path, each):
    path = written(tmp_path, HEAD + "items:\n" + "".join(each.format(n) for n in range(10_000)), "checklist.yaml")
    begun = time.process_time()
    with pytest.raises(ContentError) as caught:
        load_checklist(path)
    assert time.process_time() - begun < 8  # a second or two where nobody else is at work
    assert len(str(caught.value).splitlines()) <= 51


def test_five_hundred_items_are_a_checklist():
    made = checklist(*(item(f"i{n}") for n in range(500)))
    assert len(made.asked(STAGES[0], None)) == 500
    with pytest.raises(ValidationError, match="at most 500"):
        checklist(*(item(f"i{n}") for n in range(501)))


@pytest.mark.parametrize("name", ["model-readiness", "llm-feature"])
def test_the_shipped_ones_load_by_name(name):
    made = load_checklist(name)
    assert made.id == name
    assert load_checklist(name) == made


def test_a_misspelt_name_is_told_with_the_nearest():
    with pytest.raises(ContentError, match="nearest: model-readiness"):
        load_checklist("model-readines")
