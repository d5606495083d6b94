"""The second half of the memo: everything that went into the forecast, and what it takes for granted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

from mlmgmt_widgets.timeline import capacity, wording
from mlmgmt_widgets.timeline.durations import in_words
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.plan import Learned, Plan, Research, Task, Team
from mlmgmt_widgets.timeline.workdays import DAYS
from mlmgmt_widgets.ui.document import Bullets, Heading, Part, Rows, Words

_LISTED = 12  # free days that are named


def parts(forecast: Forecast) -> Iterator[Part]:
    """The plan as it was simulated, then the assumptions."""
    plan = forecast.plan
    yield Heading("What went in")
    yield Bullets([*_team(plan), *_research(plan)])
    if plan.overrun:
        yield Words(
            f"Overrun is switched on: a task takes the median of what stands here times one of {len(plan.overrun)} "
            "ratios of what earlier tasks took to what was estimated for them. Nothing else of its range counts."
        )
    if plan.tasks:
        rows = [(task.name, _takes(plan, task), _after(plan, task)) for task in plan.tasks]
        yield Rows(["Task", "Takes", "Comes after"], rows)
    if plan.risks:
        risks = [
            (risk.name, f"{100 * risk.probability:g} %", in_words(risk.weeks), plan.name_of(risk.delays))
            for risk in plan.risks
        ]
        yield Rows(["Risk", "Chance", "If it happens, adds", "To"], risks, right=["Chance"])
    yield Heading("Assumptions")
    yield Bullets(list(_assumptions(forecast)))


def _team(plan: Plan) -> Iterator[str]:
    deadline = "" if plan.deadline is None else f" The deadline is {wording.day(plan.deadline)}."
    yield f"Work starts on {wording.day(plan.start)}.{deadline}"
    team = plan.team
    if team is not None and team.people is not None:
        yield (
            f"The team: {_people(team.people)}, {100 * team.availability:g} % of whose time goes into work; "
            f"{100 * team.research_share:g} % of that is kept for research."
        )
    elif team is not None and team.availability < 1:
        yield f"{100 * team.availability:g} % of people's time goes into work."


def _research(plan: Plan) -> Iterator[str]:
    research = plan.research
    if research is None:
        yield "There is no research: every trial ends in delivery."
        return
    side_by_side = capacity.slots(plan.team, research)
    yield f"An experiment takes {in_words(research.timebox_weeks)}. {_chance(research)}"
    yield (
        f"At most {_number(research.max_experiments, 'experiment')}, {side_by_side} at a time"
        f"{_why(plan.team, research)}; the first round in which one passes ends the research, and when all are spent "
        "without one, it is a no-go."
    )


def _chance(research: Research) -> str:
    success = research.success
    if isinstance(success, Learned):
        return (
            f"How likely one passes its gate is learned from earlier ones, {success.successes} of {success.trials} of "
            f"which passed (a Beta({1 + success.successes}, {1 + success.trials - success.successes}) posterior)."
        )
    return f"It passes its gate with a chance of {100 * success:g} %."


def _why(team: Team | None, research: Research) -> str:
    if research.parallel is not None:
        return ""
    known = team is not None and team.people is not None
    return " (what the research share of the team pays for)" if known else " (the plan does not say how many)"


def _takes(plan: Plan, task: Task) -> str:
    if task.effort_weeks is None:
        return in_words(task.amount)
    effort = re.sub(r"\bweek", "person-week", in_words(task.effort_weeks))
    return f"Effort of {effort}, shared by {_people(capacity.people(plan, task))}"


def _after(plan: Plan, task: Task) -> str:
    return "; ".join(plan.name_of(before) for before in dict.fromkeys(task.after)) or "the start"


def _assumptions(forecast: Forecast) -> Iterator[str]:
    plan = forecast.plan
    yield (
        f"One week is {_number_word(DAYS)} working days; weekends are free. {_holidays(plan)}{_free_days(forecast)} "
        "Free days move dates, not durations."
    )
    listed = "listed above" if plan.risks else "(this plan lists none)"
    yield (
        "Every task, experiment and risk is drawn independently: apart from the risks "
        f"{listed}, nothing here makes several things late together."
    )
    yield _overrun(plan)
    yield "Nobody waits for people: tasks that may run side by side do, whoever works on them."
    yield (
        f"{forecast.draws:,} trials with seed {forecast.seed}; the same plan, trials and seed give the same numbers. "
        f"{_exact(forecast)}"
    )
    yield "Probabilities above 95 % or below 5 % are not told apart: a model of estimates does not know them better."


def _holidays(plan: Plan) -> str:
    team = plan.team
    country = "No country's holidays are free, since the plan names none."
    if team is not None and team.holidays:
        country = f"The holidays of {team.holidays} are free."
    if team is None or not team.days_off:
        return f"{country} There are no further days off."
    return f"{country} Days off beside them: {_some([wording.day(day) for day in sorted(set(team.days_off))])}."


def _free_days(forecast: Forecast) -> str:
    if not forecast.delivers:
        return ""
    plan, last = forecast.plan, forecast.date(0.95)
    free = plan.workdays.free_days(plan.start, last)
    if not free:
        return ""
    named = [f"{_short(day)} ({name})" for day, name in free.items()]
    return f" Free from the start to P95: {_some(named)}."


def _overrun(plan: Plan) -> str:
    if not plan.overrun:
        return "Overrun is off: tasks take what was estimated, whatever became of earlier estimates."
    ratios = sorted(plan.overrun)
    middle = (ratios[(len(ratios) - 1) // 2] + ratios[len(ratios) // 2]) / 2
    return (
        f"Overrun is on, from {len(ratios)} earlier tasks: in the middle they took {middle:.2f} times their estimate, "
        f"from {ratios[0]:.2f} to {ratios[-1]:.2f}. It stretches tasks; experiments and risks stay as they are."
    )


def _exact(forecast: Forecast) -> str:
    if not forecast.delivers:
        return "None of them ends in delivery."
    error = forecast.error_p80
    if math.isnan(error):
        return "Deliveries are too rare among them to say how exact P80 is."
    return (
        f"P80 has a standard error of {error:.2f} weeks, so other trials would move it by up to {2 * error:.2f} weeks. "
        "That is how exactly the plan is simulated, not how good its estimates are."
    )


def _some(items: list[str]) -> str:
    more = len(items) - _LISTED
    return ", ".join(items[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _number(count: float, thing: str) -> str:
    return f"{count:g} {thing}{'' if count == 1 else 's'}"


def _people(count: float) -> str:
    return f"{count:.3g} {'person' if count == 1 else 'people'}"


def _number_word(number: int) -> str:
    return {5: "five"}.get(number, str(number))
