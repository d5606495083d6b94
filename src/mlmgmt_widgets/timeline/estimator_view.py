"""What the tabs of the estimator show, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.timeline import calibration, capacity, charts, linter, scenarios, summary, whatif, wording
from mlmgmt_widgets.timeline.durations import FEWEST_PAST
from mlmgmt_widgets.timeline.forecast import DATES, Forecast
from mlmgmt_widgets.timeline.past_estimates import PastEstimate
from mlmgmt_widgets.ui.drawings import Drawings

if TYPE_CHECKING:
    from mlmgmt_widgets.ui.figure import Figure
    from mlmgmt_widgets.workspace import SavedPlan


@dataclass(frozen=True)
class Comparable:
    """A plan that the current one is laid over.

    Attributes:
        label: what the page calls it: "A", or a saved plan with its day.
        forecast: of it, with the same draws.
    """

    label: str
    forecast: Forecast


@dataclass(frozen=True)
class Shown:
    """Everything that a tab may show.

    Attributes:
        forecast: of the plan as it stands.
        a: the plan that is kept beside it.
        past: where past estimates come from, and what they are.
        saved: the name and version that the plan goes on from.
        saving: what the page may do with saved plans; None on other tabs.
        versions: of the saved plan that this one goes on from, oldest first; empty on other tabs.
        plain_plan: the plan as plain values.
        revision: which of the estimator's plans that is.
    """

    forecast: Forecast
    a: Comparable | None
    past: tuple[str, tuple[PastEstimate, ...]] | None
    saved: tuple[str, int] | None
    saving: dict[str, Any] | None
    versions: Sequence[SavedPlan]
    plain_plan: dict[str, Any]
    revision: int


def view(shown: Shown, tab: str, drawings: Drawings, known: frozenset[str]) -> dict[str, Any]:
    """What the page shows on a tab, and above all tabs."""
    parts: dict[str, Any] = {
        "when": _when,
        "drivers": _drivers,
        "compare": _compare,
        "past": _past,
        "keep": _keep,
    }
    said, figures = parts[tab](shown)
    return {
        "plan": shown.plain_plan,
        "revision": shown.revision,
        "answer": answer(shown),
        "tab": {"name": tab, **said, "figures": [drawings.payload(figure, known) for figure in figures]},
    }


# -- above all tabs -----------------------------------------------------------------------------------------------


def answer(shown: Shown) -> dict[str, Any]:
    """The forecast in words, and what stands beside the controls of single tasks."""
    forecast = shown.forecast
    plan = forecast.plan
    return {
        "sentence": wording.answer(forecast),
        "deadline": wording.deadline(forecast),
        "dates": [_date(forecast, share) for share in DATES] if forecast.delivers else [],
        "overrun": len(plan.overrun or ()),
        "compared": _compared(shown),
        "saved": {"name": shown.saved[0], "version": shown.saved[1]} if shown.saved else None,
        "slots": capacity.slots(plan.team, plan.research) if plan.research else None,
        "research_people": capacity.research_people(plan.team),
        "tasks": _tasks(forecast),
    }


def _date(forecast: Forecast, share: float) -> dict[str, str]:
    return {
        "name": f"P{100 * share:.0f}",
        "day": wording.day(forecast.date(share)),
        "weeks": wording.weeks(forecast.quantile(share)),
    }


def _compared(shown: Shown) -> str:
    """How far the middle of the forecast is from that of A, in a few words."""
    if shown.a is None:
        return ""
    a, b = shown.a.forecast, shown.forecast
    if not (a.delivers and b.delivers):
        return f"Compared with {shown.a.label}: one of the two never delivers."
    if a.plan.workdays is b.plan.workdays:
        moved = b.quantile(0.8) - a.quantile(0.8)
    else:  # another start or other holidays: only the calendar is common to both
        moved = (b.date(0.8) - a.date(0.8)).days / 7
    amount = wording.weeks(abs(moved))
    if amount == wording.weeks(0):
        return f"P80 is the same as with {shown.a.label}."
    return f"P80 is {amount} {'later' if moved > 0 else 'earlier'} than with {shown.a.label}."


def _tasks(forecast: Forecast) -> dict[str, dict[str, Any]]:
    """Of every task, and the research: how often it is on the longest path, and for effort how long it takes."""
    plan = forecast.plan
    said: dict[str, dict[str, Any]] = {
        name: {"critical": round(share, 3)} for name, share in forecast.criticality.items()
    }
    for task in plan.tasks:
        if task.effort_weeks is not None:
            people = capacity.people(plan, task)
            said[task.id]["pace"] = f"{people:.3g} people: 1 person-week is {capacity.speed(plan, task):.2g} weeks"
    return said


# -- the tabs -----------------------------------------------------------------------------------------------------

_Said = tuple[dict[str, Any], Sequence["Figure"]]


def _when(shown: Shown) -> _Said:
    laid_under = (shown.a.forecast, shown.a.label) if shown.a else ()
    figures = [
        charts.delivery(shown.forecast, *laid_under),
        charts.histogram(shown.forecast),
        charts.schedule(shown.forecast),
    ]
    return {}, figures


def hints(forecast: Forecast) -> list[dict[str, str]]:
    """What the linter says of a plan, each with the path of the control that it is about; empty for the whole plan."""
    plan = forecast.plan
    places = {task.id: f"tasks[{i}]" for i, task in enumerate(plan.tasks)}
    places |= {risk.id: f"risks[{i}]" for i, risk in enumerate(plan.risks)}
    found = []
    for hint in linter.lint(plan, forecast):
        place = "" if hint.where == "plan" else places.get(hint.where, hint.where)
        path = f"{place}.{hint.field}" if place and hint.field else place
        found.append({"code": hint.code, "sentence": hint.sentence, "path": path})
    return found


def made(forecast: Forecast) -> str:
    """How the forecast was made, for the line below it."""
    return summary.made(forecast)


def _drivers(shown: Shown) -> _Said:
    forecast = shown.forecast
    plan, given = forecast.plan, (forecast.draws, forecast.seed)
    more = whatif.more_experiments(plan, *given)
    beside = whatif.side_by_side(plan, *given)
    shares = whatif.research_shares(plan, *given)
    figures = [charts.drivers(forecast)]
    if more:
        figures.append(charts.trade_off(more, beside))
    if shares:
        figures.append(charts.research_share(shares))
    return {
        "research": plan.research is not None,
        "team": plan.team is not None and plan.team.people is not None,
        "sentences": whatif.one_more(plan, forecast),
        "share": whatif.share_in_words(plan),
    }, figures


def _compare(shown: Shown) -> _Said:
    if shown.a is None:
        return {"kept": None}, []
    comparison = shown.a.forecast.compare(shown.forecast)
    verdict, _, reasons = scenarios.sentence(comparison).partition(". ")
    figures = [charts.comparison(comparison, shown.a.forecast, shown.forecast)]
    if comparison.changes:
        figures.append(charts.changes(comparison))
    return {
        "kept": shown.a.label,
        "verdict": f"{verdict}{'.' if reasons else ''}",
        "reasons": reasons,
        "plans": [_side(shown.a.label, shown.a.forecast), _side("B, as it stands", shown.forecast)],
    }, figures


def _side(label: str, forecast: Forecast) -> dict[str, Any]:
    dates = [wording.day(forecast.date(share)) for share in DATES] if forecast.delivers else []
    on_time = forecast.on_time
    return {
        "label": label,
        "delivers": wording.percent(forecast.success_probability),
        "dates": dates,
        "on_time": None if on_time is None else wording.percent(on_time),
    }


def _past(shown: Shown) -> _Said:
    said: dict[str, Any] = {"overrun": len(shown.forecast.plan.overrun or ()), "source": None}
    if shown.past is None:
        return said, []
    source, estimates = shown.past
    found = calibration.calibrate(estimates)
    return {
        **said,
        "source": source,
        "count": len(estimates),
        "enough": len(estimates) >= FEWEST_PAST,
        "sentences": calibration.sentences(found),
    }, [charts.calibration(found)]


def _keep(shown: Shown) -> _Said:
    versions = [_version(saved) for saved in shown.versions]
    return {"saving": shown.saving}, [charts.versions(versions)] if len(versions) > 1 else []


def _version(saved: SavedPlan) -> charts.Saved:
    """A saved version as the chart of versions takes it, from the forecast of its time."""
    dates = saved.forecast.get("dates", {})
    p50, p80 = (date.fromisoformat(day) if (day := dates.get(name)) else None for name in ("p50", "p80"))
    return charts.Saved(
        f"Version {saved.version}", saved.saved_at.date(), p50, p80, saved.forecast.get("success_probability", 0.0)
    )
