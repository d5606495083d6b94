"""The memo: a manager's words around the forecast's own numbers."""

import re
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from tests.pages import Page
from tests.plans import TYPED, a_plan, plans

from mlmgmt_widgets.timeline import linter, memo, scenarios, whatif, wording
from mlmgmt_widgets.timeline.durations import in_words
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.plan import Plan, load_plan
from mlmgmt_widgets.timeline.simulation import simulate

DRAWS = 1024
TODAY = date(2026, 11, 24)
READER = MarkdownIt("commonmark", {"html": True}).enable("table")
SURE = {"timebox_weeks": 2, "success": 0.99, "max_experiments": 3, "parallel": 1}
NEVER = {"timebox_weeks": 2, "success": 0, "max_experiments": 2}


@dataclass(frozen=True)
class Memo:
    """One memo in both forms."""

    forecast: Forecast
    options: dict[str, object] = field(default_factory=dict)

    def page(self, form: str) -> Page:
        """What a browser makes of it, Markdown read by a reader of its own."""
        text = self.text(form)
        return Page(READER.render(text) if form == "markdown" else text)

    def text(self, form: str) -> str:
        """As it is written."""
        made = memo.markdown if form == "markdown" else memo.html
        return made(self.forecast, made_on=TODAY, **self.options)  # type: ignore[arg-type]


FORMS = pytest.mark.parametrize("form", ["markdown", "html"])


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return simulate(load_plan("new-model"), DRAWS, 3)


def squeezed(text: str) -> str:
    return " ".join(text.split())


# -- the numbers ----------------------------------------------------------------------------------------------------


@FORMS
def test_dates_and_weeks_are_those_of_the_forecast(forecast: Forecast, form: str) -> None:
    said = forecast.to_dict()
    assert Memo(forecast).page(form).only_table("If it is delivered") == [
        [words, wording.day(date.fromisoformat(said["dates"][p])), f"{said['weeks'][p]:.1f}"]
        for words, p in (
            ("Half of the time (P50)", "p50"),
            ("Eight times in ten (P80)", "p80"),
            ("19 times in 20 (P95)", "p95"),
        )
    ]


@FORMS
def test_drivers_are_those_of_the_forecast_and_make_up_the_whole(forecast: Forecast, form: str) -> None:
    rows = Memo(forecast).page(form).only_table("What")
    top = forecast.to_dict()["drivers"][:5]
    assert [share for _, share in rows[:5]] == [f"{100 * driver['share']:.0f} %" for driver in top]
    assert rows[5][0].startswith("Everything else")
    assert sum(int(share.removesuffix(" %")) for _, share in rows) == pytest.approx(100, abs=3)


@FORMS
def test_the_answer_the_deadline_and_the_no_go_are_said(forecast: Forecast, form: str) -> None:
    text = squeezed(Memo(forecast).page(form).text)
    assert wording.answer(forecast) in text
    assert wording.deadline(forecast) in text
    assert f"No-go: {wording.percent(1 - forecast.to_dict()['success_probability'])}." in text
    assert "Decision memo · 24 November 2026" in text


@FORMS
def test_every_task_has_its_dates_and_how_often_it_decides(forecast: Forecast, form: str) -> None:
    rows = Memo(forecast).page(form).only_table("Task", "Begins (P50)")
    bars = {bar.title: bar for bar in forecast.schedule()}
    assert [row[0] for row in rows] == list(bars)
    for title, _, usual, late, critical in rows:
        days = [forecast.plan.workdays.day(weeks) for weeks in bars[title].ends[1:]]
        assert [usual, late] == [f"{day.day} {day:%b %Y}" for day in days]
        assert critical == f"{100 * bars[title].criticality:.0f} %"


@FORMS
def test_seed_trials_and_the_error_of_p80_are_said_with_what_it_means(forecast: Forecast, form: str) -> None:
    text = squeezed(Memo(forecast).page(form).text)
    assert "1,024 trials with seed 3" in text
    assert f"P80 has a standard error of {forecast.to_dict()['error_p80']:.2f} weeks" in text
    assert "how exactly the plan is simulated, not how good its estimates are" in text


# -- what went in ---------------------------------------------------------------------------------------------------


@FORMS
@pytest.mark.parametrize("name", ["new-model", "replace-model", "llm-feature", "data-pipeline-first"])
def test_every_input_is_there_with_the_name_of_its_distribution(name: str, form: str) -> None:
    plan = load_plan(name)
    page = Memo(simulate(plan, 256)).page(form)
    tasks = page.only_table("Task", "Takes", "Comes after")
    assert [row[0] for row in tasks] == [task.name for task in plan.tasks]
    for task, (_, takes, after) in zip(plan.tasks, tasks, strict=True):
        assert takes.replace("person-week", "week").startswith(
            ("Effort of " * bool(task.effort_weeks)) + in_words(task.amount)
        )
        assert after == ("; ".join(plan.name_of(each) for each in task.after) or "the start")
    assert page.only_table("Risk") == [
        [risk.name, f"{100 * risk.probability:g} %", in_words(risk.weeks), plan.name_of(risk.delays)]
        for risk in plan.risks
    ]
    text = squeezed(page.text)
    if plan.research:
        assert f"An experiment takes {in_words(plan.research.timebox_weeks)}." in text
        assert f"At most {plan.research.max_experiments} experiments" in text
    if plan.team:
        assert f"The holidays of {plan.team.holidays} are free." in text


@FORMS
def test_shared_effort_says_by_how_many_people(form: str) -> None:
    team = {"people": 6, "availability": 0.8, "research_share": 0.25}
    tasks = [
        {"id": "own", "effort_weeks": {"low": 4, "likely": 6, "high": 14}, "people": 2},
        {"id": "all", "effort_weeks": {"history": [1, 2, 3, 4, 5]}},
        {"id": "one", "effort_weeks": 1, "people": 1},
    ]
    rows = Memo(simulate(a_plan(team=team, tasks=tasks), 256)).page(form).only_table("Task", "Takes")
    assert [row[1] for row in rows] == [
        "Effort of 4 to 14 person-weeks, likely 6 (PERT), shared by 2 people",
        "Effort of resampled from 5 past values, shared by 4.5 people",
        "Effort of 1 person-week (fixed), shared by 1 person",
    ]


@FORMS
def test_overrun_is_never_silent(form: str) -> None:
    text = squeezed(Memo(simulate(a_plan(overrun=[1, 1.5, 0.8, 2, 1.2, 3]), 256)).page(form).text)
    assert "Overrun is switched on: a task takes the median of what stands here times one of 6 ratios" in text
    assert (
        "Overrun is on, from 6 earlier tasks: in the middle they took 1.35 times their estimate, from 0.80 to 3.00"
        in text
    )
    off = squeezed(Memo(simulate(a_plan(), 256)).page(form).text)
    assert "Overrun is off" in off
    assert "switched on" not in off


@FORMS
def test_the_calendar_is_spelt_out(form: str) -> None:
    plan = a_plan(team={"holidays": "GB", "days_off": ["2027-02-12"]}, start="2027-01-01")
    text = squeezed(Memo(simulate(plan, 256)).page(form).text)
    assert "The holidays of GB are free. Days off beside them: 12 February 2027." in text
    assert "1 Jan 2027 (New Year's Day)" in text
    none = squeezed(Memo(simulate(a_plan(), 256)).page(form).text)
    assert "No country's holidays are free, since the plan names none." in none


# -- what else it says ----------------------------------------------------------------------------------------------


@FORMS
def test_hints_and_options_are_those_of_their_own_modules(forecast: Forecast, form: str) -> None:
    text = squeezed(Memo(forecast).page(form).text)
    hints = linter.lint(forecast.plan, forecast)
    steps = whatif.one_more(forecast.plan, forecast)
    assert hints
    assert steps
    for sentence in (*(hint.sentence for hint in hints), *steps):
        assert squeezed(sentence) in text


@FORMS
def test_a_comparison_says_what_changed_and_what_each_change_does(form: str) -> None:
    a = simulate(a_plan(), DRAWS)
    b = simulate(
        a_plan(
            research={"timebox_weeks": 2, "success": 0.5, "max_experiments": 4, "parallel": 1},
            tasks=[{"id": "rollout", "weeks": 2, "after": ["research"]}],
        ),
        DRAWS,
    )
    compared = a.compare(b)
    page = Memo(b, {"comparison": compared}).page(form)
    assert squeezed(scenarios.sentence(compared)) in squeezed(page.text)
    rows = page.only_table("What was changed, and what it does alone")
    assert [row[0] for row in rows] == [change.title for change in compared.changes]
    (rollout,) = [row for row in rows if "ollout" in row[0]]
    assert rollout[1:] == ["−1.0", "−1.0", "0"]
    assert "Compared with the plan" not in Memo(b).text(form)


@FORMS
def test_nothing_is_said_to_be_nearly_certain(form: str) -> None:
    forecast = simulate(a_plan(research=SURE, deadline="2027-12-31"), DRAWS)
    text = squeezed(Memo(forecast).page(form).text)
    answer = text[: text.index("What went in")]
    assert "More than 95 % likely to deliver at all" in answer
    assert "The chance to make the deadline of 31 December 2027 is more than 95 %" in answer
    assert "No-go: less than 5 %." in answer
    assert not re.search(r"\b(9[6-9]|100|[0-4]) % likely", answer)


@FORMS
def test_a_plan_that_never_delivers_has_no_dates(form: str) -> None:
    forecast = simulate(a_plan(research=NEVER), DRAWS)
    page = Memo(forecast).page(form)
    assert wording.answer(forecast) in squeezed(page.text)
    assert "None of them ends in delivery." in page.text
    assert [rows[0][:2] for rows in page.tables] == [["Task", "Takes"]]
    assert "nan" not in page.text.lower()


@FORMS
def test_a_plan_without_research_or_risks_says_so(form: str) -> None:
    plan = Plan.model_validate({"title": "T", "start": "2027-01-04", "tasks": [{"id": "a", "weeks": 2}]})
    text = squeezed(Memo(simulate(plan, 256)).page(form).text)
    assert "There is no research: every trial ends in delivery." in text
    assert "No-go" not in text
    assert "this plan lists none" in text
    assert "Nothing in this plan is uncertain" in text


# -- text that people typed -----------------------------------------------------------------------------------------


def everywhere(text: str) -> Plan:
    """A plan with a text in every place that has one."""
    return a_plan(
        title=text,
        tasks=[
            {"id": "a", "title": text, "weeks": 3, "after": ["research"]},
            {"id": "b", "title": text, "weeks": {"low": 1, "likely": 2, "high": 5}, "after": ["a"]},
        ],
        risks=[{"id": "r", "title": text, "probability": 0.2, "weeks": 2, "delays": "a"}],
    )


@FORMS
@pytest.mark.parametrize("text", [TYPED, "</style></title><script>x</script>", "# 1. - [x](javascript:y) ![z](w)"])
def test_what_people_typed_stays_text(text: str, form: str) -> None:
    before = simulate(everywhere(text), 256)
    after = simulate(
        everywhere(text).model_copy(update={"title": f"{text} 2", "tasks": everywhere(text).tasks[:1]}), 256
    )
    page = Memo(after, {"note": f"{text}\n\n{text}", "comparison": before.compare(after)}).page(form)
    assert not {"script", "a", "img", "i", "b"} & {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("em") == (form == "markdown")  # its first line
    # Title, note (twice), schedule, inputs, risk and its task, at least.
    assert squeezed(page.text).count(squeezed(text)) >= 7


@settings(max_examples=25)
@given(plans())
def test_any_plan_has_a_memo_without_markup_of_its_own(plan: Plan) -> None:
    page = Memo(simulate(plan, 256), {"note": plan.title}).page("markdown")
    allowed = {"h1", "h2", "p", "em", "strong", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in page.tags} <= allowed
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_a_note_keeps_its_lines(forecast: Forecast) -> None:
    note = "First line.\n\n  Second line.  "
    assert "> First line.\n>\n> Second line.\n" in Memo(forecast, {"note": note}).text("markdown")
    assert "<blockquote>First line.\nSecond line.</blockquote>" in Memo(forecast, {"note": note}).text("html")


# -- HTML -----------------------------------------------------------------------------------------------------------


def test_the_page_has_no_script_and_no_outside_references(forecast: Forecast) -> None:
    text = Memo(forecast).text("html")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not {"src", "href", "xlink:href", "srcset"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"@import|url\(|http", text)


def test_the_page_has_the_charts_as_images_with_words(forecast: Forecast) -> None:
    drawings = [attributes for tag, attributes in Page(Memo(forecast).text("html")).tags if tag == "svg"]
    assert len(drawings) == 3
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in drawings)


def test_both_forms_say_the_same_words(forecast: Forecast) -> None:
    markdown = Memo(forecast).page("markdown")
    page = Page(re.sub(r"<figure.*?</figure>", "", Memo(forecast).text("html"), flags=re.DOTALL))
    body = page.text[page.text.index("Decision memo") :]
    assert squeezed(body) == squeezed(markdown.text[markdown.text.index("Decision memo") :])
    assert page.tables == markdown.tables
