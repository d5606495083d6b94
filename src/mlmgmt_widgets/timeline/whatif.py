"""What would change if one thing were another: one more experiment, a second one beside it, more time for research.

Every variant is simulated with the draws of the plan itself, so that what moves is worth what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.timeline import capacity, wording
from mlmgmt_widgets.timeline.draws import USUAL
from mlmgmt_widgets.timeline.plan import MOST_EXPERIMENTS, Learned, Plan, Research, Team
from mlmgmt_widgets.timeline.simulation import simulate

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

MOST_VALUES = 12
"""So many values of one number are looked at, if nobody asks for more."""
_FEWEST_EXPERIMENTS = 8  # that the curve ends at, so that it is one
_BEYOND = 3  # experiments beyond those of the plan
_SIDE_BY_SIDE = 5
_STEPS = 20  # chances and shares go by twentieths
_HIGHEST_SHARE = 0.6
_RECORDS = 21
_TEN_POINTS = 0.1
_P80 = 0.8
TELLS = 0.05
"""Weeks: less is written as 0."""
POINT = 0.01
"""A point of probability."""
_MOST_NAMED = 3
_SURE = 0.95
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Variant:
    """The forecast of a plan with one number changed.

    Attributes:
        value: the number: experiments at most, experiments side by side, a chance of success, or a research share.
        current: whether it is the plan as it stands.
        success_probability: the share of trials that end in delivery.
        p50: weeks within which half of the delivered trials are delivered; None where nothing is delivered.
        p80: the same for eight in ten.
        on_time: the chance of the deadline; None without one.
        parallel: experiments that run side by side; None where the plan has no research.
        label: the number in words: "6 experiments", "3 of 10 passed", "25 %".
    """

    value: float
    current: bool
    success_probability: float
    p50: float | None
    p80: float | None
    on_time: float | None
    parallel: int | None
    label: str = ""


def more_experiments(plan: Plan, draws: int = USUAL, seed: int = 0, upto: int | None = None) -> list[Variant]:
    """The plan with other numbers of experiments at most.

    Args:
        plan: as it stands.
        draws: as for `simulate`.
        seed: as for `simulate`.
        upto: the largest number; left out, a few more than the plan's.

    Returns:
        One variant for each number, the plan's own among them: from 1 on, or at most `MOST_VALUES` of them where
        nobody said up to where. None where the plan has no research.

    Example:
        >>> from mlmgmt_widgets.timeline.plan import load_plan
        >>> [variant.value for variant in more_experiments(load_plan("new-model"), upto=6)]
        [1, 2, 3, 4, 5, 6]
    """
    research = plan.research
    if research is None:
        return []
    now = research.max_experiments
    last = min(max(now, upto or max(now + _BEYOND, _FEWEST_EXPERIMENTS)), MOST_EXPERIMENTS)
    first = 1 if upto else max(1, last - MOST_VALUES + 1)

    def variant(most: int) -> Variant:
        label = f"{most} experiment{'' if most == 1 else 's'}"
        return _variant(_researching(plan, max_experiments=most), draws, seed, (most, label, most == now))

    return [variant(most) for most in range(first, last + 1)]


def side_by_side(plan: Plan, draws: int = USUAL, seed: int = 0) -> list[Variant]:
    """The plan with one experiment at a time, with two, and so on; none where the plan has no research.

    Up to five, or as many as there are experiments; the plan's own number is always among them.
    """
    if plan.research is None:
        return []
    most, now = plan.research.max_experiments, _slots(plan, plan.research)

    def variant(n: int) -> Variant:
        return _variant(_researching(plan, parallel=n), draws, seed, (n, f"{_number(n)} at a time", n == now))

    return [variant(n) for n in sorted({*range(1, min(most, _SIDE_BY_SIDE) + 1), now})]


def success_chances(plan: Plan, draws: int = USUAL, seed: int = 0) -> list[Variant]:
    """The plan with other chances of success of an experiment; none where the plan has no research.

    A plain chance goes from 5 to 95 %, the plan's own among them. Where it is learned from a record, it is the record
    that is another one: as many experiments, of which more or fewer passed (of no experiments: one that failed, and
    one that passed). So what is not known about the chance stays as large as it is, and the plan's own forecast lies
    on the curve; a variant's value is then the mean of the chance, (1 + passed) / (2 + experiments).
    """
    if plan.research is None:
        return []
    now = plan.research.success
    known: list[tuple[float | Learned, float, str]]
    if isinstance(now, Learned):
        known = [(record, _mean(record), _record(record)) for record in _records(now)]
    else:
        known = [(chance, chance, _share(chance)) for chance in _with(now, range(1, _STEPS))]
    return [
        _variant(_researching(plan, success=success), draws, seed, (value, label, success == now))
        for success, value, label in known
    ]


def research_shares(plan: Plan, draws: int = USUAL, seed: int = 0) -> list[Variant]:
    """The plan with other shares of the team's time kept for research, from none to 60 % and the plan's own.

    The experiments side by side and the tasks given as effort follow (see `capacity`); `share_in_words` says
    which. None where there is no team with people.
    """
    team = plan.team
    if team is None or team.people is None:
        return []
    _, tasks = capacity.moves_with_research_share(plan)
    known: dict[object, Variant] = {}
    found = []
    for share in _with(team.research_share, range(round(_HIGHEST_SHARE * _STEPS) + 1)):
        other = plan.model_copy(update={"team": team.model_copy(update={"research_share": share})})
        number = (share, _share(share), share == team.research_share)
        # Without tasks that follow, all that changes is how many experiments run side by side.
        what = share if tasks else other.research and _slots(other, other.research)
        if what not in known:
            known[what] = _variant(other, draws, seed, number)
        found.append(replace(known[what], value=number[0], label=number[1], current=number[2]))
    return found


def share_in_words(plan: Plan) -> str:
    """What the research share changes in this plan, in a sentence; where it changes nothing, why."""
    if plan.team is None or plan.team.people is None:
        return "The plan has no team with people, so there is no time to share out."
    experiments, tasks = capacity.moves_with_research_share(plan)
    no_tasks = "no task is given as effort without people of its own"
    if plan.research is None:
        fixed = "there is no research"
    else:
        fixed = f"experiments side by side are set to {_number(_slots(plan, plan.research)).lower()}"
    if not experiments and not tasks:
        return f"The research share changes nothing here: {fixed}, and {no_tasks}."
    if not tasks:
        return f"More time for research runs more experiments side by side. It costs nothing here, since {no_tasks}."
    names = _named([f"“{plan.name_of(task)}”" for task in tasks])
    if not experiments:
        return f"More time for research slows {names} down. It buys nothing here, since {fixed}."
    return f"More time for research runs more experiments side by side and slows {names} down."


# -- one step, in words -------------------------------------------------------------------------------------------


def one_more(plan: Plan, forecast: Forecast) -> list[str]:
    """What one step would change, a sentence each: one more experiment, one more side by side, a better chance.

    Args:
        plan: as it stands.
        forecast: of that plan; the steps are simulated with its draws and seed.

    Returns:
        As many sentences as there are steps to take; none where the plan has no research.

    Example:
        >>> research = {"timebox_weeks": 2, "success": 0.3, "max_experiments": 2}
        >>> plan = Plan(title="Toy", start="2027-01-04", research=research)
        >>> one_more(plan, simulate(plan))[0]
        'One more experiment (3 instead of 2): 15 points more likely to deliver, P80 2 weeks later if it is delivered.'
    """
    return [
        f"{step}: {effect(forecast, simulate(other, forecast.draws, forecast.seed))}.{remark}"
        for step, other, remark in _steps(plan)
    ]


def _steps(plan: Plan) -> Iterator[tuple[str, Plan, str]]:
    """Each step in words, the plan after it, and what else is to be said."""
    research = plan.research
    if research is None:
        return
    most, now = research.max_experiments, _slots(plan, research)
    if most < MOST_EXPERIMENTS:
        yield f"One more experiment ({most + 1} instead of {most})", _researching(plan, max_experiments=most + 1), ""
    if now < most:
        step = f"{_number(now + 1)} at a time instead of {_number(now).lower()}"
        yield step, _researching(plan, parallel=now + 1), _paid_by(plan.team, research, now + 1)
    success = research.success
    if isinstance(success, Learned):
        better = Learned.model_construct(successes=success.successes + 1, trials=success.trials + 1)
        step = f"One more success on record ({_record(better)} instead of {success.successes} of {success.trials})"
        yield step, _researching(plan, success=better), ""
    elif success + _TEN_POINTS <= 1:
        step = f"A chance of success of {100 * (success + _TEN_POINTS):g} % instead of {100 * success:g} %"
        yield step, _researching(plan, success=success + _TEN_POINTS), ""


def _paid_by(team: Team | None, research: Research, slots: int) -> str:
    """The research share that so many experiments side by side would take, where it is the share that sets them."""
    if research.parallel is not None or team is None or team.people is None:
        return ""
    share = slots / (team.people * team.availability)
    if share >= 1:
        return " The team is too small for that."
    needed = f"a research share of {100 * share:.0f} %"
    return f" It takes {needed}, whose cost to other tasks is not counted here."


def effect(before: Forecast, after: Forecast) -> str:
    """What a step changes: the chance to deliver, P80 of the deliveries, and the chance of the deadline."""
    was, now = ((each.success_probability, _quantile(each, _P80), each.on_time) for each in (before, after))
    if was == now:
        return "nothing changes"
    parts = [f"{likelier(was[0], now[0])} to deliver"]
    if was[1] is not None and now[1] is not None:
        parts.append(f"P80 {shifted(now[1] - was[1])} if it is delivered")
    if was[2] is not None and now[2] is not None:
        parts.append(_deadline(wording.percent(was[2]), wording.percent(now[2])))
    return ", ".join(parts)


def likelier(before: float, after: float) -> str:
    """From one probability to another, promising no more than `wording.percent` does.

    Example:
        >>> likelier(0.78, 0.824), likelier(0.78, 0.77), likelier(0.93, 0.97), likelier(0.96, 0.99)
        ('4 points more likely', '1 point less likely', 'more than 95 % instead of 93 % likely', \
'still more than 95 % likely')
    """
    if before == after:
        return "as likely"
    was, now = wording.percent(before), wording.percent(after)
    if "than" in was or "than" in now:
        return f"still {now} likely" if was == now else f"{now} instead of {was} likely"
    direction = "more" if after > before else "less"
    return (
        f"{points(after - before)} {direction} likely"
        if abs(after - before) >= POINT / 2
        else f"hardly {direction} likely"
    )


def points(difference: float) -> str:
    """A difference of probabilities, without its sign; never one from nothing to certainty.

    Example:
        >>> points(0.062), points(-0.01), points(1)
        ('6 points', '1 point', 'more than 95 points')
    """
    if abs(difference) > _SURE:
        return f"more than {_SURE / POINT:.0f} points"
    text = f"{abs(difference) / POINT:.0f}"
    return f"{text} point{'' if text == '1' else 's'}"


def shifted(difference: float) -> str:
    """Weeks from one date to another.

    Example:
        >>> shifted(1.12), shifted(-2), shifted(0.01)
        ('1.1 weeks later', '2 weeks earlier', 'unchanged')
    """
    if abs(difference) < TELLS:
        return "unchanged"
    return f"{wording.weeks(abs(difference))} {'later' if difference > 0 else 'earlier'}"


def _deadline(was: str, now: str) -> str:
    return (
        f"the chance of the deadline still {now}"
        if was == now
        else f"a chance of the deadline of {now} instead of {was}"
    )


# -- variants -----------------------------------------------------------------------------------------------------


def _researching(plan: Plan, **numbers: Any) -> Plan:
    """The plan with other numbers of its research; they are valid, so nothing is checked again."""
    assert plan.research is not None  # noqa: S101 - asked only for plans with research
    return plan.model_copy(update={"research": plan.research.model_copy(update=numbers)})


def _variant(plan: Plan, draws: int, seed: int, number: tuple[float, str, bool]) -> Variant:
    """The forecast of a plan; `number` is the variant's value, its label, and whether it is the plan as it stands."""
    forecast = simulate(plan, draws, seed)
    value, label, current = number
    return Variant(
        value=value,
        current=current,
        success_probability=forecast.success_probability,
        p50=_quantile(forecast, 0.5),
        p80=_quantile(forecast, _P80),
        on_time=forecast.on_time,
        parallel=None if plan.research is None else _slots(plan, plan.research),
        label=label,
    )


def _quantile(forecast: Forecast, share: float) -> float | None:
    return forecast.quantile(share) if forecast.delivers else None


def _slots(plan: Plan, research: Research) -> int:
    """How many experiments really run side by side: no more than there are."""
    return min(capacity.slots(plan.team, research), research.max_experiments)


def _with(current: float, steps: Iterable[int]) -> list[float]:
    """Twentieths, and the current value in its place among them."""
    grid = (step / _STEPS for step in steps)
    return sorted([current, *(value for value in grid if abs(value - current) > _ROUNDING)])


def _records(now: Learned) -> list[Learned]:
    if not now.trials:
        return [Learned(successes=0, trials=1), now, Learned(successes=1, trials=1)]
    even = range(_RECORDS) if now.trials >= _RECORDS else range(now.trials + 1)
    passed = {round(step * now.trials / (len(even) - 1)) for step in even}
    return [Learned(successes=each, trials=now.trials) for each in sorted(passed | {now.successes})]


def _mean(record: Learned) -> float:
    return (1 + record.successes) / (2 + record.trials)


def _share(value: float) -> str:
    return f"{100 * value:g} %"


def _record(record: Learned) -> str:
    return f"{record.successes} of {record.trials} passed"


def _number(value: int) -> str:
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
    return words[value] if value < len(words) else str(value)


def _named(names: list[str]) -> str:
    """Some names, and how many more there are."""
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} more tasks"]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
