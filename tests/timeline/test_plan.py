"""Plans as files: what is read, and what is refused with its line, its field, what was found and what was expected."""

import contextlib
import math
import pickle
import subprocess
import sys
import warnings
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.rubrics import written
from tests.timeline.shapes import plan, plans, serial

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import History, Learned, Percentiles, Plan, Range, Risk, Task, Team, load_plan, simulate

HEAD = "title: A plan\nstart: 2027-01-04\n"  # two lines
ONE_TASK = "tasks:\n  - {id: build, weeks: 2}\n"

# The plan of the contract, as it stands there.
CONTRACT = """\
title: New ranking model
start: 2027-01-04
team: {people: 5, availability: 0.85, research_share: 0.25, holidays: GB, days_off: [2027-02-12]}
research:
  timebox_weeks: {low: 2, likely: 3, high: 4}
  success: 0.35
  max_experiments: 5
  parallel: 1
tasks:
  - {id: pipeline, title: Training pipeline, weeks: {low: 1, likely: 3, high: 8}, after: [research]}
  - {id: serving, weeks: {p10: 2, p90: 8}, after: [research]}
  - {id: rollout, weeks: 2, after: [pipeline, serving]}
risks:
  - {id: data-access, probability: 0.2, weeks: {low: 1, likely: 2, high: 6}, delays: pipeline}
deadline: 2027-06-30
"""


def faults(folder, text):
    """Line, field, found and expected of every fault of a file."""
    path = written(folder, text, "plan.yaml")
    with pytest.raises(ContentError) as caught:
        load_plan(path)
    for fault, line in zip(caught.value.faults, str(caught.value).splitlines(), strict=False):
        assert line.startswith(f"{path}:{fault.line}: ")
    return [(fault.line, fault.field, fault.found, fault.expected) for fault in caught.value.faults]


def task(*lines):
    return HEAD + "tasks:\n  - id: build\n" + "".join(f"    {line}\n" for line in lines)


def research(*lines):
    return HEAD + "research:\n" + "".join(f"  {line}\n" for line in lines)


def risk(*lines):
    return HEAD + ONE_TASK + "risks:\n  - id: late\n" + "".join(f"    {line}\n" for line in lines)


def team(*lines):
    return HEAD + ONE_TASK + "team:\n" + "".join(f"  {line}\n" for line in lines)


# What is read


def test_the_contract_s_plan(tmp_path):
    made = load_plan(written(tmp_path, CONTRACT, "plan.yaml"))
    assert made.title == "New ranking model"
    assert made.start == date(2027, 1, 4)
    assert made.deadline == date(2027, 6, 30)
    assert made.team == Team(
        people=5, availability=0.85, research_share=0.25, holidays="GB", days_off=(date(2027, 2, 12),)
    )
    assert made.research.timebox_weeks == Range(low=2, likely=3, high=4)
    assert (made.research.success, made.research.max_experiments, made.research.parallel) == (0.35, 5, 1)
    assert [task.weeks for task in made.tasks] == [Range(low=1, likely=3, high=8), Percentiles(p10=2, p90=8), 2.0]
    assert made.tasks_by_id["rollout"].after == ("pipeline", "serving")
    assert made.risks == (
        Risk(id="data-access", probability=0.2, weeks=Range(low=1, likely=2, high=6), delays="pipeline"),
    )
    assert made.summary == "New ranking model, 3 tasks"
    assert not made.workdays.is_working_day(date(2027, 2, 12))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2", float),
        ("0", float),
        ("{low: 1, likely: 2, high: 3}", Range),
        ("{low: 1, likely: 2, high: 3, distribution: triangular}", Range),
        ("{low: 2, likely: 2, high: 2}", Range),
        ("{p10: 1, p90: 3}", Percentiles),
        ("{history: [3, 1, 2, 5, 4]}", History),
        ("520", float),
    ],
)
def test_the_keys_say_which_kind_of_duration_it_is(tmp_path, text, kind):
    assert isinstance(load_plan(written(tmp_path, task(f"weeks: {text}"))).tasks[0].weeks, kind)


def test_a_chance_is_a_number_or_what_was_learned(tmp_path):
    lines = ["timebox_weeks: 2", "max_experiments: 3"]
    assert load_plan(written(tmp_path, research(*lines, "success: 1"))).research.success == 1
    learned = load_plan(written(tmp_path, research(*lines, "success: {successes: 3, trials: 10}"))).research.success
    assert learned == Learned(successes=3, trials=10)
    assert load_plan(written(tmp_path, research(*lines, "success: {successes: 0, trials: 0}"))).research


def test_tasks_are_ordered_after_what_they_come_after_and_else_as_in_the_file():
    made = plan(
        {"id": "d", "weeks": 1, "after": ["b"]},
        {"id": "c", "weeks": 1},
        {"id": "b", "weeks": 1, "after": ["a", "research"]},
        {"id": "a", "weeks": 1},
        research={"timebox_weeks": 1, "success": 1, "max_experiments": 1},
    )
    assert made.order == ("c", "a", "b", "d")


@given(plans())
@settings(max_examples=60)
def test_the_order_of_any_plan_puts_everything_after_what_it_waits_for(data):
    made = Plan.model_validate(data)
    place = {name: i for i, name in enumerate(made.order)}
    assert sorted(place) == sorted(made.tasks_by_id)
    for each in made.tasks:
        assert all(place[before] < place[each.id] for before in each.after if before != "research")


@given(plans())
@settings(max_examples=60)
def test_any_plan_survives_json_python_yaml_and_pickle(data):
    made = Plan.model_validate(data)
    short = made.model_dump(mode="json", exclude_defaults=True)
    assert Plan.model_validate_json(made.model_dump_json()) == made
    assert Plan.model_validate(made.model_dump()) == made
    assert Plan.model_validate(yaml.safe_load(yaml.safe_dump(short))) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes


def test_names_are_titles_or_else_ids_in_words():
    made = plan(
        {"id": "feature-store", "weeks": 1},
        {"id": "b", "title": "The service", "weeks": 1},
        risks=[{"id": "data-access", "probability": 0.1, "weeks": 1, "delays": "b"}],
    )
    names = [made.name_of(node) for node in ("feature-store", "b", "data-access", "research", "unknown")]
    assert names == ["Feature store", "The service", "Data access", "Research", "unknown"]


def test_a_plan_made_in_python_is_refused_for_the_same_reasons():
    with pytest.raises(ValidationError, match="neither weeks nor effort_weeks"):
        Task(id="a")
    with pytest.raises(ValidationError, match="a second time"):
        Plan(title="P", start=date(2027, 1, 4), tasks=(Task(id="a", weeks=1), Task(id="a", weeks=2)))
    with pytest.raises(ValidationError, match="at most 3"):
        Range(low=4, likely=2, high=3)
    with pytest.raises(ValidationError, match="frozen"):
        serial(1).title = "Another"


# What is refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Durations
        (task("weeks: -1"), (5, "tasks[0].weeks", "-1", "a number of weeks from 0 to 520")),
        (task("weeks: 521"), (5, "tasks[0].weeks", "521", "a number of weeks from 0 to 520")),
        (
            task("weeks:", "  low: -1", "  likely: 2", "  high: 3"),
            (6, "tasks[0].weeks.low", "-1", "a number of at least 0"),
        ),
        (
            task("weeks:", "  low: 4", "  likely: 2", "  high: 3"),
            (6, "tasks[0].weeks.low", "4", "a number of at most 3, the high"),
        ),
        (
            task("weeks:", "  low: 2", "  likely: 5", "  high: 3"),
            (7, "tasks[0].weeks.likely", "5", "a number of at most 3, the high"),
        ),
        (
            task("weeks:", "  low: 2", "  likely: 1", "  high: 3"),
            (7, "tasks[0].weeks.likely", "1", "a number of at least 2, the low"),
        ),
        (task("weeks:", "  p10: 5", "  p90: 3"), (6, "tasks[0].weeks.p10", "5", "a number below 3, the p90")),
        (task("weeks:", "  p10: 3", "  p90: 3"), (6, "tasks[0].weeks.p10", "3", "a number below 3, the p90")),
        (task("weeks:", "  p10: 0", "  p90: 3"), (6, "tasks[0].weeks.p10", "0", "a number of at least 0.01")),
        (task("weeks: {history: [1, 2]}"), (5, "tasks[0].weeks.history", "2", "at least 5 of them")),
        (
            task("weeks:", "  history:", "    - 1", "    - 2", "    - 3", "    - 4", "    - -1"),
            (11, "tasks[0].weeks.history[4]", "-1", "a number of at least 0"),
        ),
        (
            task("weeks: .nan"),
            (5, "tasks[0].weeks", "nan", "a number of weeks, {low, likely, high}, {p10, p90} or {history: [...]}"),
        ),
        (
            task("weeks: .inf"),
            (5, "tasks[0].weeks", "inf", "a number of weeks, {low, likely, high}, {p10, p90} or {history: [...]}"),
        ),
        (
            task("weeks:", "  low: 1", "  likely: 2", "  high: .inf"),
            (8, "tasks[0].weeks.high", "inf", "a finite number"),
        ),
        (
            task("weeks:", "  low: .nan", "  likely: 2", "  high: 3"),
            (6, "tasks[0].weeks.low", "nan", "a finite number"),
        ),
        (
            task("weeks: two"),
            (5, "tasks[0].weeks", "'two'", "a number of weeks, {low, likely, high}, {p10, p90} or {history: [...]}"),
        ),
        (
            task("weeks: true"),
            (5, "tasks[0].weeks", "true", "a number of weeks, {low, likely, high}, {p10, p90} or {history: [...]}"),
        ),
        (
            task("weeks: {low: 1, likely: 2, high: 3, distribution: normal}"),
            (5, "tasks[0].weeks.distribution", "'normal'", "one of 'pert' or 'triangular'"),
        ),
        (
            task("effort_weeks: -2", "people: 2"),
            (5, "tasks[0].effort_weeks", "-2", "a number of weeks from 0 to 520"),
        ),
        # Amounts and people
        (
            task("effort_weeks: 3"),
            (4, "tasks[0]", "effort_weeks without people", "people, for the task or for the team"),
        ),
        (
            task("weeks: 3", "effort_weeks: 3", "people: 2"),
            (6, "tasks[0].effort_weeks", "effort_weeks beside weeks", "one of them"),
        ),
        (
            task("weeks: 3", "people: 2"),
            (6, "tasks[0].people", "people beside weeks", "people only with effort_weeks, which they share"),
        ),
        (task("title: Build it"), (4, "tasks[0]", "neither weeks nor effort_weeks", "one of them")),
        (task("effort_weeks: 3", "people: 0"), (6, "tasks[0].people", "0", "a number of at least 0.01")),
        # Ids and links
        (
            task("weeks: 1", "after: [build]"),
            (
                6,
                "tasks[0].after",
                "a circle of tasks that wait for each other: build → build",
                "an order in which they can start",
            ),
        ),
        (
            HEAD
            + "tasks:\n  - {id: training, weeks: 1}\n"
            + "  - id: b\n    weeks: 1\n    after:\n      - training\n      - traning\n",
            (9, "tasks[1].after[1]", "the unknown task 'traning'", "'training'"),
        ),
        (
            task("weeks: 1", "after: [research]"),
            (
                6,
                "tasks[0].after[0]",
                "the unknown task 'research'",
                "the id of a task, or 'research' where there is one",
            ),
        ),
        (
            risk("probability: 0.5", "weeks: 1", "delays: biuld"),
            (9, "risks[0].delays", "the unknown task 'biuld'", "'build'"),
        ),
        (
            HEAD + "tasks:\n  - {id: a, weeks: 1}\n  - weeks: 1\n    id: a\n",
            (6, "tasks[1].id", "'a' a second time", "an id of its own (first used at tasks[0])"),
        ),
        (
            HEAD
            + "tasks:\n  - {id: a, weeks: 1}\nrisks:\n  - probability: 0.1\n    weeks: 1\n    delays: a\n    id: a\n",
            (9, "risks[0].id", "'a' a second time", "an id of its own (first used at tasks[0])"),
        ),
        (
            HEAD + "tasks:\n  - weeks: 1\n    id: research\n",
            (5, "tasks[0].id", "'research', the name of the research phase", "an id of its own"),
        ),
        (
            HEAD + "tasks:\n  - weeks: 1\n    id: Build it\n",
            (5, "tasks[0].id", "'Build it'", "a kebab-case id such as data-quality"),
        ),
        # Chances
        (
            risk("probability: 1.2", "weeks: 1", "delays: build"),
            (7, "risks[0].probability", "1.2", "a number of at most 1"),
        ),
        (
            risk("probability: -0.1", "weeks: 1", "delays: build"),
            (7, "risks[0].probability", "-0.1", "a number of at least 0"),
        ),
        (risk("probability: .nan", "weeks: 1", "delays: build"), (7, "risks[0].probability", "nan", "a finite number")),
        (
            research("timebox_weeks: 2", "success: 1.2", "max_experiments: 3"),
            (5, "research.success", "1.2", "a probability from 0 to 1, or {successes, trials}"),
        ),
        (
            research("timebox_weeks: 2", "success: .nan", "max_experiments: 3"),
            (5, "research.success", "nan", "a probability from 0 to 1, or {successes, trials}"),
        ),
        (
            research("timebox_weeks: 2", "success:", "  successes: 5", "  trials: 3", "max_experiments: 3"),
            (6, "research.success.successes", "5", "a whole number of at most 3, the trials"),
        ),
        (
            research("timebox_weeks: 2", "success:", "  successes: 0.5", "  trials: 3", "max_experiments: 3"),
            (6, "research.success.successes", "0.5", "a whole number"),
        ),
        (
            research("timebox_weeks: 2", "success: 0.3", "max_experiments: 0"),
            (6, "research.max_experiments", "0", "a number of at least 1"),
        ),
        (
            research("timebox_weeks: 2", "success: 0.3", "max_experiments: 101"),
            (6, "research.max_experiments", "101", "a number of at most 100"),
        ),
        (
            research("timebox_weeks: 2", "success: 0.3", "max_experiments: 3", "parallel: 1.5"),
            (7, "research.parallel", "1.5", "a whole number"),
        ),
        # Days
        (
            "title: A plan\nstart: 2027-01-03\n" + ONE_TASK,
            (2, "start", "2027-01-03, a Sunday", "a weekday (the next is 2027-01-04, a Monday)"),
        ),
        ("title: A plan\nstart: 2027-02-30\n" + ONE_TASK, (2, "start", "'2027-02-30'", "a day such as 2027-01-31")),
        ("title: A plan\nstart: 20270104\n" + ONE_TASK, (2, "start", "20270104", "a day such as 2027-01-31")),
        (
            HEAD + ONE_TASK + "deadline: 2027-01-01\n",
            (5, "deadline", "2027-01-01", "a day from 2027-01-04, the start, on"),
        ),
        (HEAD + ONE_TASK + "deadline: soon\n", (5, "deadline", "'soon'", "a day such as 2027-01-31")),
        # Team
        (team("people: -2"), (6, "team.people", "-2", "a number of at least 0.01")),
        (team("people: 5", "availability: 1.2"), (7, "team.availability", "1.2", "a number of at most 1")),
        (team("people: 5", "availability: 0"), (7, "team.availability", "0", "a number of at least 0.01")),
        (team("people: 5", "research_share: 1"), (7, "team.research_share", "1", "a number below 1")),
        (team("holidays: gb"), (6, "team.holidays", "'gb'", "a country's code such as GB or DE-BY (nearest: GB)")),
        (team("holidays: Narnia"), (6, "team.holidays", "'Narnia'", "a country's code such as GB or DE-BY")),
        (
            team("holidays: GB-LDN"),
            (6, "team.holidays", "'GB-LDN'", "GB alone or with one of its subdivisions (ENG, NIR, SCT, WLS)"),
        ),
        (
            team("days_off:", "  - 2027-02-12", "  - 2027-02-30"),
            (8, "team.days_off[1]", "'2027-02-30'", "a day such as 2027-01-31"),
        ),
        # Keys and types
        (HEAD + ONE_TASK + "deadlin: 2027-06-30\n", (5, "deadlin", "the unknown key 'deadlin'", "'deadline'")),
        (
            team("peoples: 5"),
            (6, "team.peoples", "the unknown key 'peoples'", "'people'"),
        ),
        (task("weeks: 1", "after: data"), (6, "tasks[0].after", "'data'", "a list")),
        (HEAD + "tasks: build\n", (3, "tasks", "'build'", "a list")),
        (HEAD + "tasks:\n  - build\n", (4, "tasks[0]", "'build'", "a mapping of keys to values")),
        (HEAD + ONE_TASK + "research: true\n", (5, "research", "true", "a mapping of keys to values")),
        (HEAD + ONE_TASK + "overrun: [1, 2]\n", (5, "overrun", "2", "at least 5 of them")),
        (HEAD + ONE_TASK + "overrun: [1, 2, 3, 4, 0]\n", (5, "overrun[4]", "0", "a number above 0")),
        (HEAD, (1, "", "neither tasks nor research", "at least one of them")),
        ("title: A plan\n" + ONE_TASK, (1, "start", "nothing", "'start'")),
        ("start: 2027-01-04\ntitle: 5\n" + ONE_TASK, (2, "title", "5", "text (with quotes, if it is meant as text)")),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{value[1]}-{value[2]}",
)
def test_a_fault_is_told_with_its_line_and_field(tmp_path, text, expected):
    assert faults(tmp_path, text) == [expected]


def test_a_misspelt_key_is_told_with_the_nearest_and_with_what_is_then_missing(tmp_path):
    assert faults(tmp_path, task("weeks:", "  low: 1", "  likly: 2", "  high: 3")) == [
        (5, "tasks[0].weeks.likely", "nothing", "'likely'"),
        (7, "tasks[0].weeks.likly", "the unknown key 'likly'", "'likely'"),
    ]
    assert (5, "tasks[0].week", "the unknown key 'week'", "'weeks'") in faults(tmp_path, task("week: 1"))


def test_a_circle_names_its_tasks_in_the_order_in_which_they_wait(tmp_path):
    text = (
        HEAD + "tasks:\n"
        "  - {id: free, weeks: 1}\n"
        "  - id: serving\n    weeks: 1\n    after: [rollout]\n"
        "  - id: pipeline\n    weeks: 1\n    after: [serving]\n"
        "  - id: rollout\n    weeks: 1\n    after: [free, pipeline]\n"
    )
    ((line, field, found, expected),) = faults(tmp_path, text)
    turns = [["serving", "rollout", "pipeline"], ["rollout", "pipeline", "serving"], ["pipeline", "serving", "rollout"]]
    names = found.removeprefix("a circle of tasks that wait for each other: ").split(" → ")
    assert names[:3] in turns
    assert names[3:] == names[:1]
    place = {"serving": (7, 1), "pipeline": (10, 2), "rollout": (13, 3)}[names[0]]
    assert (line, field) == (place[0], f"tasks[{place[1]}].after")
    assert expected == "an order in which they can start"


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path):
    text = (
        "title: A plan\nstart: 2027-01-03\ntasks:\n"
        "  - {id: a, weeks: -1}\n"
        "  - {id: a, weeks: 1, after: [b]}\n"
        "risks:\n"
        "  - {id: r, probability: 2, weeks: 1, delays: a}\n"
        "deadline: 2026-01-01\n"
    )
    assert [(line, field) for line, field, _, _ in faults(tmp_path, text)] == [
        (2, "start"),
        (4, "tasks[0].weeks"),
        (5, "tasks[1].id"),
        (5, "tasks[1].after[0]"),
        (7, "risks[0].probability"),
        (8, "deadline"),
    ]


def test_faults_are_lines_of_text(tmp_path):
    path = written(tmp_path, task("weeks: -1"), "plan.yaml")
    with pytest.raises(ContentError) as caught:
        load_plan(path)
    assert str(caught.value) == f"{path}:5: tasks[0].weeks: found -1, expected a number of weeks from 0 to 520"


def ten_thousand_tasks(after):
    tasks = (f"  - {{id: t{i}, weeks: 1, after: [{after(i)}]}}\n" for i in range(10_000))
    return HEAD + "tasks:\n" + "".join(tasks)


@pytest.mark.parametrize(
    ("after", "more"),
    [(lambda i: f"t{i - 1}" if i else "", []), (lambda i: f"t{(i + 1) % 10_000}", ["tasks[0].after"])],
    ids=["in a row", "in a circle"],
)
def test_ten_thousand_tasks_are_refused(tmp_path, after, more):
    found = faults(tmp_path, ten_thousand_tasks(after))
    assert found[0] == (3, "tasks", "10000", "at most 500 of them")
    assert [field for _, field, _, _ in found[1:]] == more


def test_ten_thousand_tasks_after_unknown_ones_are_refused_before_anybody_gives_up_waiting(tmp_path):
    path = written(tmp_path, ten_thousand_tasks(lambda i: f"u{i}"), "plan.yaml")
    command = [sys.executable, "-m", "mlmgmt_widgets", "check", str(path)]
    found = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert found.returncode == 2
    told = found.stderr.splitlines()
    assert told[0] == f"{path}:3: tasks: found 10000, expected at most 500 of them"
    assert told[1].startswith(f"{path}:4: tasks[0].after[0]: found the unknown task 'u0', expected ")


def test_tasks_have_no_more_links_than_a_person_could_follow(tmp_path):
    tasks = (f"  - {{id: t{i}, weeks: 1, after: [{', '.join(f't{j}' for j in range(i))}]}}\n" for i in range(101))
    assert faults(tmp_path, HEAD + "tasks:\n" + "".join(tasks)) == [
        (3, "tasks", "5050 links between tasks", "at most 5000")
    ]


@pytest.mark.parametrize("what", ["risks", "tasks"])
def test_plans_have_a_largest_size(tmp_path, what):
    count = {"risks": 201, "tasks": 501}[what]
    text = yaml.safe_dump(
        {
            "title": "A plan",
            "start": "2027-01-04",
            "tasks": [{"id": f"t{i}", "weeks": 1} for i in range(count if what == "tasks" else 1)],
            "risks": [
                {"id": f"r{i}", "probability": 0.1, "weeks": 1, "delays": "t0"}
                for i in range(count if what == "risks" else 0)
            ],
        },
        sort_keys=False,
    )
    ((_, field, found, _),) = faults(tmp_path, text)
    assert (field, found) == (what, str(count))


def test_an_unknown_plan_is_refused_with_the_nearest_shipped_one():
    with pytest.raises(ContentError, match="nearest: new-model"):
        load_plan("new-modle")


JUNK = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5), st.sampled_from(["t0", "research"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["id", "weeks", "low", "likely", "high", "p10", "p90", "history", "after", "successes", "trials"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@given(plans(fewest=1, research=True), st.data(), JUNK)
@settings(max_examples=80)
def test_whatever_stands_in_a_plan_is_read_or_refused_and_never_a_crash(data, choice, junk):
    key = choice.draw(st.sampled_from(["title", "start", "team", "research", "tasks", "risks", "overrun", "deadline"]))
    if key in {"team", "research"} and choice.draw(st.booleans()):
        data = {**data, key: {**data[key], choice.draw(st.sampled_from([*data[key], "parallel", "holidays"])): junk}}
    elif key == "tasks" and choice.draw(st.booleans()):
        name = choice.draw(st.sampled_from(["id", "title", "weeks", "effort_weeks", "people", "after"]))
        data = {**data, "tasks": [{**data["tasks"][0], name: junk}, *data["tasks"][1:]]}
    else:
        data = {**data, key: junk}
    with contextlib.suppress(ValidationError):
        simulate(Plan.model_validate(data), draws=256)


# Numbers at the edge of what is allowed


@pytest.mark.parametrize(
    "made",
    [
        {"tasks": [{"id": "a", "effort_weeks": 5, "people": 1e-10}]},
        {"tasks": [{"id": "a", "effort_weeks": 5, "people": 1e-300}]},
        {
            "tasks": [{"id": "a", "effort_weeks": 5}],
            "team": {"people": 1e-200, "availability": 1e-200},
        },
        {"tasks": [{"id": "a", "weeks": {"p10": 1e-320, "p90": 500}}]},
        {"tasks": [], "research": {"timebox_weeks": 1, "success": 5e-324, "max_experiments": 3}},
        {"tasks": [{"id": "a", "weeks": {"low": 1, "likely": 1 + 1e-15, "high": 1 + 2e-15}}]},
        {"tasks": [{"id": "a", "weeks": {"low": 0, "likely": 520, "high": 520}}]},
        {"tasks": [{"id": "a", "weeks": 1}], "overrun": [1e-300, 1e-300, 1, 2, 100]},
    ],
    ids=["few people", "hardly any people", "nobody", "wide lognormal", "tiny chance", "narrow", "skewed", "overruns"],
)
def test_numbers_at_the_edge_are_refused_or_give_a_forecast_and_no_warning(made):
    with warnings.catch_warnings(), contextlib.suppress(Refusal, ValidationError):
        warnings.simplefilter("error")
        forecast = simulate(plan(**made), draws=256)
        if forecast.delivers:
            assert all(math.isfinite(week) for week in forecast.quantiles([0.1, 0.5, 0.95]))
            assert forecast.date(0.5) <= forecast.date(0.95)
