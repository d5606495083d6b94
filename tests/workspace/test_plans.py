"""Saving plans with versions: nothing is overwritten, and nobody saves over what they have not seen."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update
from tests.workspace.conftest import toy_plan

from mlmgmt_widgets.content import names
from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.timeline.plan import load_plan
from mlmgmt_widgets.workspace import PlanConflict, UnknownPlan, Workspace, WorkspaceError, checks, plans
from mlmgmt_widgets.workspace.records import PlanSummary, PlanVersion
from mlmgmt_widgets.workspace.tables import Base, PlanVersionRow

FORECAST = {
    "plan": "A toy plan",
    "draws": 16384,
    "seed": 0,
    "success_probability": 0.78,
    "weeks": {"mean": 5.5, "p50": 5.4, "p80": 6.7},
    "dates": {"p50": "2027-02-10", "p80": "2027-02-19"},
    "on_time": None,
}


@pytest.fixture
def clock(monkeypatch):
    """Moments a day apart."""
    moments = (datetime(2027, 1, day, 9, 5, tzinfo=UTC) for day in range(1, 29))
    monkeypatch.setattr(plans, "now", lambda: next(moments))


def rows(workspace: Workspace, table: str) -> int:
    with workspace._database.reading() as session:
        return session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))


# Saving and reading


def test_a_new_plan_is_version_one_and_comes_back_as_it_was(workspace, plan):
    before = datetime.now(UTC)
    saved = workspace.plans.save("  Ranking \n model ", plan, FORECAST, note=" The first guess ")
    assert (saved.name, saved.version, saved.note, saved.unchanged) == ("Ranking model", 1, "The first guess", False)
    assert (saved.plan, saved.forecast) == (plan, FORECAST)
    assert saved.saved_at.utcoffset() == timedelta(0)
    assert before <= saved.saved_at <= datetime.now(UTC)
    assert workspace.plans.get("ranking MODEL") == saved


@pytest.mark.parametrize("name", names("plans"))
def test_every_shipped_plan_comes_back_the_same_from_another_process_opening(address, name):
    with Workspace.open(address) as workspace:
        workspace.plans.save(name, load_plan(name), FORECAST)
    with Workspace.open(address) as workspace:
        assert workspace.plans.get(name).plan == load_plan(name)


def test_a_plan_with_every_kind_of_value_comes_back_the_same(workspace, make_plan):
    everything = make_plan(
        team={"people": 5, "availability": 0.85, "holidays": "GB", "days_off": ["2027-02-12"]},
        research={
            "timebox_weeks": {"low": 2, "likely": 3, "high": 4, "distribution": "triangular"},
            "success": {"successes": 3, "trials": 10},
            "max_experiments": 5,
        },
        tasks=[
            {
                "id": "pipeline",
                "title": "Pipeline \u2192 \U0001f680",
                "weeks": {"p10": 2, "p90": 8},
                "after": ["research"],
            },
            {"id": "serving", "weeks": {"history": [1, 2.5, 3, 0.1, 4]}},
            {"id": "rollout", "effort_weeks": 3, "people": 2, "after": ["pipeline", "serving"]},
        ],
        risks=[{"id": "data", "probability": 0.2, "weeks": 1, "delays": "pipeline"}],
        deadline="2027-06-30",
    )
    workspace.plans.save("Everything", everything, FORECAST)
    assert workspace.plans.get("Everything").plan == everything


@pytest.mark.parametrize(
    "value",
    [
        0.1 + 0.2,
        1e-300,
        1.7976931348623157e308,
        -0.0,
        2**53 + 1,
        None,
        True,
        "",
        "a\x00b",
        "\ud800",
        "\U0001f680",
        [],
        {},
    ],
    ids=repr,
)
def test_a_forecast_comes_back_to_the_last_digit_and_character(workspace, plan, value):
    forecast = {"value": value, "deeper": [{"a": [value]}]}
    workspace.plans.save("Ranking", plan, forecast)
    kept = workspace.plans.get("Ranking").forecast
    assert repr(kept) == repr(forecast)


def test_what_is_saved_reads_alike_whether_it_was_just_saved_or_fetched(workspace, plan):
    saved = workspace.plans.save("Ranking", plan, {"trials": (1, 2), 7: "seven"})
    assert saved.forecast == {"trials": [1, 2], "7": "seven"}
    assert workspace.plans.get("Ranking") == saved


@pytest.mark.usefixtures("clock")
def test_every_version_stays_as_it_was_saved(workspace, make_plan):
    made = [make_plan(title=f"Plan {number}") for number in (1, 2, 3)]
    for base, each in zip([None, 1, 2], made, strict=True):
        workspace.plans.save("Ranking", each, {"of": each.title}, note=f"note {each.title}", base=base)

    for number, each in enumerate(made, 1):
        saved = workspace.plans.get("Ranking", number)
        assert (saved.version, saved.plan, saved.forecast) == (number, each, {"of": each.title})
    assert workspace.plans.get("Ranking").version == 3
    assert workspace.plans.versions("RANKING") == [
        PlanVersion(
            "Ranking", number, f"Plan {number}", datetime(2027, 1, number, 9, 5, tzinfo=UTC), f"note Plan {number}"
        )
        for number in (3, 2, 1)
    ]


@pytest.mark.usefixtures("clock")
def test_plans_are_listed_with_what_their_newest_version_says_last_saved_first(workspace, make_plan):
    workspace.plans.save("Ranking", make_plan(), FORECAST)
    workspace.plans.save("Churn", make_plan(title="Churn model"), FORECAST)
    workspace.plans.save("Ranking", make_plan(title="New title"), FORECAST, note="after the review", base=1)
    assert workspace.plans.all() == [
        PlanSummary("Ranking", "New title", 2, datetime(2027, 1, 3, 9, 5, tzinfo=UTC), "after the review"),
        PlanSummary("Churn", "Churn model", 1, datetime(2027, 1, 2, 9, 5, tzinfo=UTC), ""),
    ]


def test_an_empty_workspace_has_no_plans(workspace):
    assert workspace.plans.all() == []


# The same again


def test_saving_the_same_again_makes_no_version_and_says_so(workspace, plan, make_plan):
    first = workspace.plans.save("Ranking", plan, FORECAST, note="The first guess")
    for base in (1, None):  # a request that was sent twice does not know that it was heard the first time
        again = workspace.plans.save("ranking", make_plan(), dict(reversed(FORECAST.items())), base=base)
        assert again.unchanged
        assert (again.version, again.saved_at, again.note) == (1, first.saved_at, "The first guess")
    assert len(workspace.plans.versions("Ranking")) == 1


@pytest.mark.parametrize("another", ["plan", "forecast", "note"])
def test_another_plan_forecast_or_note_is_a_new_version(workspace, plan, make_plan, another):
    given_first = {"plan": plan, "forecast": FORECAST, "note": "The first guess"}
    changed = {"plan": make_plan(title="Another"), "forecast": FORECAST | {"draws": 1024}, "note": "Another note"}
    workspace.plans.save("Ranking", **given_first)
    second = workspace.plans.save("Ranking", **given_first | {another: changed[another]}, base=1)
    assert (second.version, second.unchanged) == (2, False)
    assert getattr(second, another) == changed[another]


def test_going_back_to_an_earlier_plan_is_a_new_version(workspace, plan, make_plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    workspace.plans.save("Ranking", make_plan(title="Another"), FORECAST, base=1)
    third = workspace.plans.save("Ranking", plan, FORECAST, base=2)
    assert (third.version, third.unchanged, third.plan) == (3, False, plan)


# Conflicts


@pytest.mark.usefixtures("clock")
def test_nobody_saves_over_a_version_that_they_have_not_seen(workspace, plan, make_plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    theirs = workspace.plans.save("Ranking", make_plan(title="Theirs"), FORECAST, base=1)
    with pytest.raises(
        PlanConflict, match=r"“Ranking” .* version 1: .* version 2, saved on 2 January 2027 at 09:05 UTC"
    ) as refused:
        workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST, base=1)
    assert isinstance(refused.value, WorkspaceError)
    assert refused.value.newest == PlanVersion("Ranking", 2, "Theirs", theirs.saved_at, "")
    assert workspace.plans.get("Ranking") == theirs

    mine = workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST, base=refused.value.newest.version)
    assert mine.version == 3
    assert workspace.plans.get("Ranking", 2) == theirs


def test_the_name_of_another_plan_is_not_taken_by_chance(workspace, plan, make_plan):
    theirs = workspace.plans.save("Ranking", plan, FORECAST)
    with pytest.raises(
        PlanConflict, match=r"There is a plan with this name already: “Ranking”, version 1, saved on"
    ) as refused:
        workspace.plans.save("RANKING", make_plan(title="Mine"), FORECAST)
    assert refused.value.newest.version == 1
    assert workspace.plans.get("Ranking") == theirs
    assert workspace.plans.save("Ranking (mine)", make_plan(title="Mine"), FORECAST).version == 1


@pytest.mark.parametrize("gone", ["deleted", "renamed"])
def test_a_plan_that_is_gone_is_not_saved_as_if_it_were_there(workspace, plan, make_plan, gone):
    workspace.plans.save("Ranking", plan, FORECAST)
    if gone == "deleted":
        workspace.plans.delete("Ranking")
    else:
        workspace.plans.rename("Ranking", "Search ranking")
    left = workspace.plans.all()
    with pytest.raises(PlanConflict, match="“Ranking” is not there any more: it was deleted or renamed") as refused:
        workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST, base=1)
    assert refused.value.newest is None
    assert workspace.plans.all() == left
    assert workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST).version == 1


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_name_that_somebody_takes_between_our_looking_and_our_writing_is_a_conflict(
    workspace, address, plan, make_plan
):
    """On a server two may look at once; on SQLite whoever saves has the file for themselves."""
    with Workspace.open(address) as other:
        theirs = []

        def come_first(_connection, _cursor, statement, *_):
            if statement.startswith("INSERT INTO plans ") and not theirs:
                theirs.append(other.plans.save("Ranking", plan, FORECAST))

        event.listen(workspace._database._engine, "before_cursor_execute", come_first)
        with pytest.raises(PlanConflict, match="There is a plan with this name already: “Ranking”, version 1"):
            workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST)
        assert [other.plans.get("Ranking")] == theirs


@settings(max_examples=60)
@given(saves=st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 1)), min_size=1, max_size=12))
def test_whatever_several_authors_do_versions_only_ever_follow_what_their_author_saw(saves):
    """Each of three authors looks at the newest version, or does not, and saves one of two plans."""
    drawn = [toy_plan(title=f"Plan {number}") for number in (0, 1)]
    with Workspace.open("sqlite://") as workspace:
        stored: list[int] = []
        seen: list[int | None] = [None, None, None]
        for author, looks, chosen in saves:
            if looks and stored:
                seen[author] = workspace.plans.get("Shared").version
            same = stored[-1:] == [chosen]
            if not same and seen[author] != (len(stored) or None):
                with pytest.raises(PlanConflict) as refused:
                    workspace.plans.save("Shared", drawn[chosen], FORECAST, base=seen[author])
                assert refused.value.newest.version == len(stored)
                continue
            saved = workspace.plans.save("Shared", drawn[chosen], FORECAST, base=seen[author])
            stored += [] if same else [chosen]
            assert (saved.version, saved.unchanged) == (len(stored), same)
            seen[author] = saved.version
        assert [workspace.plans.get("Shared", n).plan for n in range(1, len(stored) + 1)] == [drawn[n] for n in stored]


# Renaming and deleting


def test_a_renamed_plan_keeps_its_versions(workspace, plan, make_plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    second = workspace.plans.save("Ranking", make_plan(title="Another"), FORECAST, base=1)
    assert workspace.plans.rename("ranking", "  Search\tranking ") == "Search ranking"
    assert [each.version for each in workspace.plans.versions("search ranking")] == [2, 1]
    assert workspace.plans.get("Search ranking").plan == second.plan
    with pytest.raises(UnknownPlan):
        workspace.plans.get("Ranking")
    assert workspace.plans.save("Search ranking", plan, FORECAST, base=2).version == 3


def test_a_plan_may_be_spelt_anew_and_saving_keeps_that_spelling(workspace, plan, make_plan):
    workspace.plans.save("ranking", plan, FORECAST)
    assert workspace.plans.rename("ranking", "RANKING") == "RANKING"
    assert workspace.plans.save("Ranking", make_plan(title="Another"), FORECAST, base=1).name == "RANKING"
    assert [each.name for each in workspace.plans.all()] == ["RANKING"]


def test_a_plan_does_not_take_the_name_of_another(workspace, plan, make_plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    workspace.plans.save("Churn", make_plan(title="Churn model"), FORECAST)
    before = workspace.plans.all()
    with pytest.raises(WorkspaceError, match="Another plan is called “RANKING” already; please choose another name"):
        workspace.plans.rename("Churn", "RANKING")
    assert workspace.plans.all() == before


@pytest.mark.parametrize("name", ["Straße", "ΑΣ", "İ" * 80])
def test_names_that_differ_in_case_only_are_one_name_in_every_script(workspace, plan, name):
    workspace.plans.save(name, plan, FORECAST)
    assert workspace.plans.get(name.casefold() if len(name) < 80 else name).name == name
    assert len(workspace.plans.all()) == 1


def test_deleting_takes_every_version_and_leaves_other_plans(workspace, plan, make_plan):
    for name in ("Ranking", "Churn"):
        workspace.plans.save(name, plan, FORECAST)
        workspace.plans.save(name, make_plan(title="Another"), FORECAST, base=1)
    workspace.plans.delete("RANKING")
    with pytest.raises(UnknownPlan):
        workspace.plans.versions("Ranking")
    assert [each.version for each in workspace.plans.versions("Churn")] == [2, 1]
    assert (rows(workspace, "plans"), rows(workspace, "plan_versions")) == (1, 2)


def test_on_sqlite_a_deleted_plan_is_nowhere_in_the_files(tmp_path, make_plan):
    with Workspace.open(f"sqlite:///{tmp_path}/workspace.sqlite") as workspace:
        workspace.plans.save("Ranking", make_plan(title="Wilhelmina"), {"secret": "elephant"}, note="the mole")

        def bytes_kept() -> bytes:
            return b"".join(path.read_bytes() for path in tmp_path.iterdir())

        for word in (b"Wilhelmina", b"elephant", b"the mole"):
            assert word in bytes_kept()
        workspace.plans.delete("Ranking")
        for word in (b"Wilhelmina", b"elephant", b"the mole"):
            assert word not in bytes_kept()


# What is refused


@pytest.mark.parametrize("name", ["Nothing", "%", "' OR 1=1"])
def test_every_method_says_when_there_is_no_such_plan(workspace, plan, name):
    workspace.plans.save("Ranking", plan, FORECAST)
    for attempt in (
        lambda: workspace.plans.get(name),
        lambda: workspace.plans.get(name, 1),
        lambda: workspace.plans.versions(name),
        lambda: workspace.plans.rename(name, "Another"),
        lambda: workspace.plans.delete(name),
    ):
        with pytest.raises(UnknownPlan, match=f"There is no plan called “{name}”"):
            attempt()


def test_a_version_that_is_not_there_is_a_sentence(workspace, plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    for number in (2, 2**31 - 1):
        with pytest.raises(UnknownPlan, match=f"“Ranking” has no version {number}; its newest is 1"):
            workspace.plans.get("ranking", number)


@pytest.mark.parametrize("number", [0, -1, True, 1.0, "1", math.nan, 2**31, 10**4000])
def test_what_is_no_number_of_a_version_is_refused(workspace, plan, make_plan, number):
    workspace.plans.save("Ranking", plan, FORECAST)
    for attempt in (
        lambda: workspace.plans.get("Ranking", number),
        lambda: workspace.plans.save("Ranking", make_plan(title="Mine"), FORECAST, base=number),
    ):
        with pytest.raises(WorkspaceError, match="not the number of a version"):
            attempt()
    assert len(workspace.plans.versions("Ranking")) == 1


def circle() -> dict[str, object]:
    made: dict[str, object] = {}
    made["again"] = made
    return made


def deep() -> dict[str, object]:
    made: dict[str, object] = {}
    for _ in range(100_000):
        made = {"deeper": made}
    return made


NO_MAPPING = "The forecast must be a mapping of names to values."
NO_JSON = (
    "The forecast holds something that cannot be saved; it may hold text, finite numbers, true and false, lists and "
    "mappings."
)
REFUSED = {
    "a blank name": ({"name": " \n "}, "Please give the plan a name."),
    "a long name": ({"name": "x" * 81}, "A plan's name may have 80 characters at most."),
    "a name that is no text": ({"name": None}, "A plan's name must be text."),
    "a long note": ({"note": "x" * 2001}, "A note may have 2000 characters at most."),
    "a note that is no text": ({"note": None}, "A note must be text."),
    "no forecast": ({"forecast": None}, NO_MAPPING),
    "a list": ({"forecast": [1, 2]}, NO_MAPPING),
    "NaN": ({"forecast": {"weeks": {"p50": math.nan}}}, NO_JSON),
    "infinity": ({"forecast": {"weeks": [math.inf]}}, NO_JSON),
    "a moment": ({"forecast": {"start": datetime(2027, 1, 4, tzinfo=UTC)}}, NO_JSON),
    "a number without end": ({"forecast": {"draws": 10**5000}}, NO_JSON),
    "a circle": ({"forecast": circle()}, NO_JSON),
    "a depth without end": ({"forecast": deep()}, NO_JSON),
    "a large forecast": (
        {"forecast": {"text": "x" * 1_000_000}},
        "The forecast is too large to be saved; 1 MB are kept at most.",
    ),
    "a large plan": (
        {"plan": toy_plan(title="x" * 1_000_000)},
        "The plan is too large to be saved; 1 MB are kept at most.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_saved_is_refused_and_nothing_is_stored(workspace, plan, case):
    instead, sentence = REFUSED[case]
    chosen = {"name": "Ranking", "plan": plan, "forecast": FORECAST} | instead
    with pytest.raises(WorkspaceError) as refused:
        workspace.plans.save(**chosen)
    assert str(refused.value) == sentence
    assert (rows(workspace, "plans"), rows(workspace, "plan_versions")) == (0, 0)


def test_a_forecast_just_within_the_limit_is_saved(workspace, plan):
    frame = len('{"text": ""}')
    forecast = {"text": "x" * (checks.MOST_JSON - frame)}
    workspace.plans.save("Ranking", plan, forecast)
    assert workspace.plans.get("Ranking").forecast == forecast


def test_characters_that_no_database_keeps_are_left_out_of_names_and_notes(workspace, make_plan):
    saved = workspace.plans.save("Ran\x00king", make_plan(title="A\x00title"), FORECAST, note="one\x00\r\ntwo")
    assert (saved.name, saved.note, saved.plan.title) == ("Ran king", "one\ntwo", "A\x00title")
    assert workspace.plans.get("Ran king") == saved
    assert workspace.plans.all()[0].title == "Atitle"


# Other versions of the program


def test_a_plan_that_this_program_cannot_read_is_listed_and_says_so_when_opened(workspace, plan, make_plan):
    workspace.plans.save("Ranking", plan, FORECAST)
    workspace.plans.save("Ranking", make_plan(title="Another"), FORECAST, base=1)
    with workspace._database.writing() as session:
        strange = {"title": "Another", "start": "2027-01-04", "sprints": 3}
        session.execute(update(PlanVersionRow).where(PlanVersionRow.version == 2).values(plan=strange))

    assert [(each.name, each.title) for each in workspace.plans.all()] == [("Ranking", "Another")]
    assert [each.version for each in workspace.plans.versions("Ranking")] == [2, 1]
    with pytest.raises(WorkspaceError, match="Version 2 of the plan “Ranking” was saved by another version") as refused:
        workspace.plans.get("Ranking")
    assert "sprints" in in_full(refused.value)
    assert workspace.plans.get("Ranking", 1).plan == plan
    assert workspace.plans.save("Ranking", plan, FORECAST, base=2).version == 3
