"""Two plans side by side, trial by trial: both share their draws, so their difference is the change alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import wording
from mlmgmt_widgets.timeline.changes import Changes, Edit
from mlmgmt_widgets.timeline.draws import Values
from mlmgmt_widgets.timeline.plan import Plan, Team
from mlmgmt_widgets.timeline.simulation import simulate
from mlmgmt_widgets.timeline.whatif import POINT, TELLS, likelier, points, shifted
from mlmgmt_widgets.timeline.workdays import DAYS, Workdays

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

_ROUNDING = 1e-9
"""Weeks: what sums in another order may differ by is no difference."""
_MOST = 0.5
"""What a part must have of the whole to be most of it."""


@dataclass(frozen=True)
class Change:
    """One difference between two plans, and what it does alone.

    Attributes:
        where: what is changed: the id of a task or a risk, `research`, `team`, `start`, `deadline`, `overrun`.
        title: what changed, in words: "Serving: 2 to 6 weeks, likely 3 (PERT) instead of 4 weeks (fixed)".
        success: what it adds to the probability of delivery, alone; None where it cannot stand alone.
        p50: weeks that it adds to P50, alone; None where one side delivers nothing, or the change cannot stand alone.
        p80: the same for P80.
        alone: whether it could be made alone.
        on_time: what it adds to the chance of the deadline, alone; None unless there is one before and after.
    """

    where: str
    title: str
    success: float | None
    p50: float | None
    p80: float | None
    alone: bool = True
    on_time: float | None = None


@dataclass(frozen=True)
class Comparison:
    """What changes from plan A to plan B.

    Weeks are weeks of work, so that those from A to A are 0 and those of a week's more work are 1. Where the plans
    start on different days, the working days between the starts count too. Where their holidays or days off differ,
    it is the working days between the two days of delivery that count: all but those on which nobody works in either
    plan.

    Attributes:
        earlier: of the futures in which both deliver, the share in which B is earlier.
        same: the share in which neither is.
        later: the share in which B is later.
        both: the share of all futures in which both deliver.
        only_a: the share in which only A delivers.
        only_b: the share in which only B does.
        middle: weeks from A to B in the middle of the futures in which both deliver (negative: B is earlier); None
            where there are none.
        p50: weeks from A's P50 to B's; None where one of them delivers nothing.
        p80: weeks from A's P80 to B's.
        success: from A's probability of delivery to B's.
        on_time: from A's chance of its deadline to B's; None unless both have one.
        changes: what was changed, each with what it does alone, the largest effect on P80 first.
    """

    earlier: float
    same: float
    later: float
    both: float
    only_a: float
    only_b: float
    middle: float | None
    p50: float | None
    p80: float | None
    success: float
    on_time: float | None
    changes: tuple[Change, ...]


def compare(a: Forecast, b: Forecast) -> Comparison:
    """What changes from A to B.

    Args:
        a: the forecast of plan A.
        b: that of plan B, with the same draws and seed.

    Raises:
        Refusal: if draws or seed differ: then each has futures of its own.

    Example:
        >>> from mlmgmt_widgets.timeline.plan import load_plan
        >>> forecast = simulate(load_plan("new-model"))
        >>> sentence(compare(forecast, forecast))
        'A and B are the same in every future.'
    """
    if (a.draws, a.seed) != (b.draws, b.seed):
        raise Refusal(
            f"A has {a.draws} draws of seed {a.seed}, B has {b.draws} of seed {b.seed}; future by future, only "
            "forecasts with the same draws and seed can be compared."
        )
    return replace(_difference(a, b), changes=changes(a, b))


def changes(a: Forecast, b: Forecast) -> tuple[Change, ...]:
    """What was changed from A's plan to B's, each with what it does alone, the largest effect on P80 first."""
    found = Changes(a.plan, b.plan)
    # A single change is B itself.
    alone = [_alone(a, found, edit) if len(found.edits) > 1 else _change(edit, a, b) for edit in found.edits]
    return tuple(sorted(alone, key=lambda change: (-abs(change.p80 or 0), -abs(change.success or 0))))


def _alone(a: Forecast, found: Changes, edit: Edit) -> Change:
    try:
        plan = found.made([edit])
    except ValidationError:
        return Change(edit.where, edit.title, None, None, None, alone=False)
    return _change(edit, a, simulate(plan, a.draws, a.seed))


def _change(edit: Edit, a: Forecast, b: Forecast) -> Change:
    weeks_a, weeks_b = on_one_axis(a, b)
    return Change(
        where=edit.where,
        title=edit.title,
        success=b.success_probability - a.success_probability,
        p50=_between(weeks_a[a.trials.delivered], weeks_b[b.trials.delivered], 0.5),
        p80=_between(weeks_a[a.trials.delivered], weeks_b[b.trials.delivered], 0.8),
        on_time=_on_time(a, b),
    )


def _difference(a: Forecast, b: Forecast) -> Comparison:
    weeks_a, weeks_b = on_one_axis(a, b)
    in_a, in_b = a.trials.delivered, b.trials.delivered
    both = in_a & in_b
    moved = (weeks_b - weeks_a)[both]
    ways = (moved < -_ROUNDING, np.abs(moved) <= _ROUNDING, moved > _ROUNDING)
    earlier, same, later = (float(np.mean(way)) if len(moved) else 0.0 for way in ways)
    return Comparison(
        earlier=earlier,
        same=same,
        later=later,
        both=float(both.mean()),
        only_a=float((in_a & ~in_b).mean()),
        only_b=float((in_b & ~in_a).mean()),
        middle=float(np.median(moved)) if len(moved) else None,
        p50=_between(weeks_a[in_a], weeks_b[in_b], 0.5),
        p80=_between(weeks_a[in_a], weeks_b[in_b], 0.8),
        success=b.success_probability - a.success_probability,
        on_time=_on_time(a, b),
        changes=(),
    )


def _between(a: Values, b: Values, share: float) -> float | None:
    """Weeks from a quantile of A's deliveries to that of B's."""
    if not len(a) or not len(b):
        return None
    return float(np.quantile(b, share, method="hazen") - np.quantile(a, share, method="hazen"))


def _on_time(a: Forecast, b: Forecast) -> float | None:
    return None if a.on_time is None or b.on_time is None else b.on_time - a.on_time


# -- one axis of time for two calendars ---------------------------------------------------------------------------


def on_one_axis(a: Forecast, b: Forecast) -> tuple[Values, Values]:
    """When each trial of both ends, in weeks from the first day of work of whichever starts first.

    Nothing here asks which is A and which is B, so that from B to A it is exactly the opposite.
    """
    starts = [each.plan.workdays.starts(0) for each in (a, b)]
    first = min(starts)
    since = min(a.plan.start, b.plan.start)
    free_a, free_b = (_free_weekdays(each.plan, since) for each in (a, b))
    calendar = np.busdaycalendar(holidays=sorted(free_a & free_b))
    if free_a == free_b:
        later_a, later_b = (float(np.busday_count(first, start, busdaycal=calendar)) / DAYS for start in starts)
        return a.trials.weeks + later_a, b.trials.weeks + later_b
    ends = (each.plan.workdays.ends(each.trials.weeks) for each in (a, b))
    days_a, days_b = (np.busday_count(first, end, busdaycal=calendar) for end in ends)
    return days_a / DAYS, days_b / DAYS


def _free_weekdays(plan: Plan, since: date) -> frozenset[date]:
    """The holidays and days off that fall on no weekend, from a day on."""
    team = plan.team or Team()
    calendar = plan.workdays if plan.start == since else Workdays(since, team.holidays, team.days_off)
    return frozenset(day for day in calendar.holidays if day >= since and day.weekday() < DAYS)


# -- words --------------------------------------------------------------------------------------------------------


def sentence(comparison: Comparison) -> str:
    """A comparison in words: when B delivers, how likely, and which change did it.

    Example:
        >>> def serving(weeks):
        ...     tasks = [{"id": "serving", "weeks": weeks}]
        ...     return simulate(Plan(title="Toy", start="2027-01-04", tasks=tasks))
        >>> sentence(compare(serving(4), serving(3)))[:75]
        'B is earlier in more than 95 % of futures, by 1 week in the middle. It come'
    """
    if not comparison.both:
        parts = [_apart(comparison)]
    elif not (comparison.earlier or comparison.later or comparison.only_a or comparison.only_b):
        parts = ["A and B are the same in every future."]
    else:
        parts = [_when(comparison), _p80(comparison), _whether(comparison)]
    return " ".join(part for part in [*parts, _deadline(comparison), _why(comparison)] if part)


def _apart(comparison: Comparison) -> str:
    """There is no future in which both deliver."""
    if not comparison.only_a and not comparison.only_b:
        return "Neither A nor B delivers in any of the simulated futures."
    if comparison.only_a and comparison.only_b:
        return "In none of the simulated futures do both A and B deliver."
    never, other, share = ("B", "A", comparison.only_a) if comparison.only_a else ("A", "B", comparison.only_b)
    return f"{never} delivers in none of the simulated futures, {other} in {wording.percent(share)}."


def _when(comparison: Comparison) -> str:
    earlier, later, middle = comparison.earlier, comparison.later, comparison.middle or 0.0
    b = "B is" if comparison.only_a == comparison.only_b == 0 == 1 - comparison.both else "Where both deliver, B is"
    if not earlier and not later:
        return f"{b} as early as A in every future."
    (more, usual), (less, rare) = sorted([(earlier, "earlier"), (later, "later")], key=lambda side: -side[0])
    start = f"{b} {usual} in {wording.percent(more)} of futures"
    if more > _MOST:
        return f"{start}, by {_weeks(middle)} in the middle."
    rest = [f"{rare} in {wording.percent(less)}"] if less else []
    rest += ["the same in the others"] if comparison.same else []
    return f"{start}{', ' if len(rest) > 1 else ' and '}{' and '.join(rest)}."


def _weeks(value: float) -> str:
    return wording.weeks(abs(value)) if abs(value) >= TELLS else "next to nothing"


def _p80(comparison: Comparison) -> str:
    """How P80 moves, where the futures in which both deliver do not say it already."""
    p80, middle = comparison.p80 or 0.0, comparison.middle or 0.0
    if abs(p80) < TELLS or (p80 * middle > 0 and max(comparison.earlier, comparison.later) > _MOST):
        return ""
    moved = shifted(p80)
    if not comparison.earlier and not comparison.later:
        who = "B" if not comparison.only_a else "A" if not comparison.only_b else "one of them"
        return f"Its P80 is {moved}, because of the futures in which only {who} delivers."
    return f"Its P80 is{' nevertheless' if p80 * middle < 0 else ''} {moved}."


def _whether(comparison: Comparison) -> str:
    if not comparison.success:
        return ""
    before, after = comparison.both + comparison.only_a, comparison.both + comparison.only_b
    return f"B is {likelier(before, after)} to deliver."


def _deadline(comparison: Comparison) -> str:
    difference = comparison.on_time or 0.0
    if not comparison.both or abs(difference) < POINT / 2:
        return ""
    return f"B is {points(difference)} {'more' if difference > 0 else 'less'} likely to make its deadline."


def _why(comparison: Comparison) -> str:
    """Which of the changes did it: the one that does most of the same alone."""
    chance = "success" if abs(comparison.success) >= POINT / 2 else ""
    explained = [name for name in (_time(comparison), chance) if name]
    if len(comparison.changes) == 1 and (explained or comparison.earlier or comparison.later):
        return f"It comes from one change: “{comparison.changes[0].title}”."
    if not explained or not comparison.changes:
        return ""
    causes = {_cause(comparison, name, "it") for name in explained}
    if len(causes) > 1:
        return " ".join(_cause(comparison, name, _WHAT[name]) for name in explained)
    return causes.pop()


def _time(comparison: Comparison) -> str:
    """Which quantile shows the difference in time that the sentence speaks of; none where there is none to explain."""
    for name in ("p80", "p50"):
        value = getattr(comparison, name) or 0.0
        if abs(value) >= TELLS and value * (comparison.middle or 0.0) >= 0:
            return name
    return ""


_WHAT = {
    "p80": "the difference in time",
    "p50": "the difference in time",
    "success": "the difference in likelihood",
}


def _cause(comparison: Comparison, name: str, what: str) -> str:
    """The change with the largest effect in the direction of the whole, and what works against it."""
    total: float = getattr(comparison, name)
    least = POINT / 2 if name == "success" else TELLS
    effects = [(effect, change.title) for change in comparison.changes if (effect := getattr(change, name))]
    along = [(abs(effect), title) for effect, title in effects if effect * total > 0 and abs(effect) >= least]
    against = [(abs(effect), title) for effect, title in effects if effect * total < 0]
    if not along:
        return f"No change does it alone: {what} comes from several together."
    size, title = max(along)
    how_much = "Most" if size >= _MOST * abs(total) else "The largest part"
    cause = f"{how_much} of {what} comes from “{title}”."
    if against and max(against)[0] >= _MOST * abs(total):
        return f"{cause} “{max(against)[1]}” works against it."
    return cause
