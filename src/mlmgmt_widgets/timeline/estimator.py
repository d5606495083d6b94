"""The timeline estimator: every number of a plan is a control, and the forecast follows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from mlmgmt_widgets.content import ContentError, names, validate
from mlmgmt_widgets.documents import Document, parse_document
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline import calibration
from mlmgmt_widgets.timeline import estimator_requests as asked_for
from mlmgmt_widgets.timeline.added_work import as_work, with_work, work_of
from mlmgmt_widgets.timeline.draws import USUAL
from mlmgmt_widgets.timeline.estimator_view import Comparable, Shown, hints, made, view
from mlmgmt_widgets.timeline.forecast import Forecast
from mlmgmt_widgets.timeline.past_estimates import PastEstimate, parse_past_estimates, read_past_estimates
from mlmgmt_widgets.timeline.plan import MOST_TASKS, Plan, load_plan
from mlmgmt_widgets.timeline.simulation import simulate
from mlmgmt_widgets.ui import vega
from mlmgmt_widgets.ui.assets import script, style
from mlmgmt_widgets.ui.drawings import Drawings
from mlmgmt_widgets.ui.opener import Opener
from mlmgmt_widgets.ui.screen import Reply, Request, asks
from mlmgmt_widgets.ui.screens import DrawingScreen, KeyedScreen

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace import SavedPlan, Workspace
    from mlmgmt_widgets.workspace.plans import Plans

MAIN_PLAN = "new-model"
_FAULTS = 50  # more than that nobody reads
_VERSIONS = 12  # of a saved plan, drawn over each other
_PAUSE = 0.3  # seconds without an edit until `forecast` follows: it takes longer than a frame to make


class PlanValues(traitlets.Dict):
    """A plan as plain values; whoever sets it may give a `Plan`, and a plan with faults is refused with all of them.

    Args:
        optional: whether it may be empty.
    """

    def __init__(self, *, optional: bool = False) -> None:
        self._optional = optional
        super().__init__()

    def validate(self, obj: Any, value: Any) -> dict[str, Any]:
        """Return the plain values of what was set."""
        if self._optional and not value:
            return {}
        if obj._quiet:  # noqa: SLF001 - set from the page, where it was checked
            return dict(value)
        plan = as_plan(value)
        obj._simulated(plan)  # noqa: SLF001 - what cannot be shown is refused before anything has changed
        return dict(super().validate(obj, plain(plan)) or {})


class TimelineEstimator(KeyedScreen, DrawingScreen):
    """A plan and its forecast on one screen.

    Args:
        plan: a `Plan`, its plain values, the name of one in `data/plans`, or a path.
        draws: how many trials.
        seed: of the draws.
        workspace: opens the workspace that keeps saved plans, for instance `Workspace.open`; called when somebody who
            may see them wants to save or open one.

    Attributes:
        plan: the plan as plain values, in the shape of its YAML. Setting it moves the controls; one that is refused
            raises `Refusal` (`ContentError` with every fault) and changes nothing. It may be set to a `Plan`, too.
        forecast: the forecast in the contract's shape. It follows a moved control as soon as it rests.
        scenario: the plan that is kept as A, as plain values; empty when none is. It may be set like `plan`.

    Raises:
        ContentError: with every fault of the plan.

    Example:
        >>> estimator = TimelineEstimator("new-model")
        >>> estimator.plan = {**estimator.plan, "deadline": "2027-09-30"}
        >>> round(estimator.forecast["on_time"], 1)
        0.8
    """

    _esm = script(__file__, "estimator.js")
    _css = style(vega.__file__, "figure.css") + Path(__file__).with_name("estimator.css").read_text("utf-8")

    plan = PlanValues().tag(sync=True)
    forecast = traitlets.Dict(read_only=True).tag(sync=True)
    scenario = PlanValues(optional=True).tag(sync=True)
    templates: Any = traitlets.List(read_only=True).tag(sync=True)
    _revision = traitlets.Int(0).tag(sync=True)  # counts the plans: tells the page's own from those that code set

    def __init__(
        self,
        plan: Plan | Mapping[str, Any] | str | os.PathLike[str] = MAIN_PLAN,
        *,
        draws: int = USUAL,
        seed: int = 0,
        workspace: Callable[[], Workspace] | None = None,
    ) -> None:
        self._workspace = Opener(
            workspace, "Nothing can be saved here: write TimelineEstimator(workspace=Workspace.open)."
        )
        self._draws, self._seed = draws, seed
        self._drawings = Drawings()
        self._a: Comparable | None = None
        self._past: tuple[str, tuple[PastEstimate, ...]] | None = None
        self._saved: tuple[str, int] | None = None  # the name and version that the plan goes on from
        self._keeping: tuple[dict[str, Any], Sequence[SavedPlan]] | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._plan = load_plan(plan) if isinstance(plan, str | os.PathLike) else as_plan(plan)
        self._forecast = simulate(self._plan, draws, seed)
        with self._without_following():
            super().__init__(plan=plain(self._plan))
        self.set_trait("templates", [{"name": name, "title": title} for name, title in _templates()])
        self.set_trait("forecast", self._forecast.to_dict())

    # -- in a notebook -------------------------------------------------------------------------------------

    @property
    def as_plan(self) -> Plan:
        """The plan as a typed object."""
        return self._plan

    @property
    def as_forecast(self) -> Forecast:
        """The forecast as a typed object; always that of the plan as it stands."""
        return self._forecast

    def add_work(self, work: Mapping[str, Any], before: str | None = None) -> None:
        """Add tasks and risks to the plan, such as those of a readiness review's open items: one step to undo.

        Work that is added again replaces what was added before, so that nothing is there twice.

        Args:
            work: `{"tasks": [...], "risks": [...]}` in the shape of a plan's YAML.
            before: the id of the task that waits for the work, and that its risks delay. Left out, nothing waits: the
                work runs beside the plan and ends in a task of its own.

        Raises:
            Refusal: if the plan has no such task; `ContentError`, with every fault, if the work or the plan that would
                come of it has some. Then nothing has changed.

        Example:
            >>> estimator = TimelineEstimator("new-model")
            >>> estimator.add_work({"tasks": [{"id": "runbook", "weeks": 1}]}, before=estimator.as_plan.order[-1])
            >>> "runbook" in estimator.as_plan.tasks_by_id
            True
        """
        self.plan = plain(with_work(self._plan, as_work(work), before))

    @traitlets.observe("plan")
    def _follow(self, change: Any) -> None:
        if not self._quiet:
            self._take(Plan.model_validate(change["new"]))
            self._settle()

    @traitlets.observe("scenario")
    def _follow_scenario(self, change: Any) -> None:
        if not self._quiet:
            self._a = self._comparable(Plan.model_validate(change["new"]), "A") if change["new"] else None

    _quiet = False

    @contextmanager
    def _without_following(self) -> Iterator[None]:
        """Set traits to what is known already."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _simulated(self, plan: Plan) -> Forecast:
        """The forecast of a plan that stays within the calendar.

        Raises:
            Refusal: if it does not.
        """
        forecast = simulate(plan, self._draws, self._seed)
        plan.workdays.day(float(forecast.trials.weeks.max()))
        return forecast

    def _take(self, plan: Plan) -> None:
        """Make a plan the one that is shown."""
        self._forecast = self._simulated(plan)
        self._plan = plan
        self._revision += 1

    def _answer(self, content: dict[str, Any]) -> Reply:
        """Answer the page; what ends in an error has changed nothing."""
        before = self._plan, self._forecast, self._past, self._saved, self._revision
        a = self._a
        with self.hold_sync():  # the page hears of what remains, before it hears the answer
            reply = super()._answer(content)
            if "error" in reply.content:
                self._plan, self._forecast, self._past, self._saved, self._revision = before
                if self._a is not a:
                    self._set_scenario(a)
                with self._without_following():
                    self.plan = plain(self._plan)
        return reply

    def _show(self, plan: Plan) -> None:
        """The same, from the page: `plan` follows at once, `forecast` when nothing more is moved for a moment."""
        self._take(plan)
        with self._without_following():
            self.plan = plain(plan)
        self._settle_soon()

    def _settle_soon(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel nothing would call back
            self._settle()
            return
        self._settling = loop.call_later(_PAUSE, self._settle)

    def _settle(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
        self.set_trait("forecast", self._forecast.to_dict())

    # -- the plan ------------------------------------------------------------------------------------------

    @asks("look", asked_for.Look)
    def _look(self, asked: asked_for.Look) -> dict[str, Any]:
        return self._view(asked)

    @asks("edit", asked_for.Edit)
    def _edit(self, asked: asked_for.Edit) -> dict[str, Any]:
        tasks = asked.plan.get("tasks")
        if isinstance(tasks, list) and len(tasks) > MOST_TASKS:  # said at once: thousands would be checked one by one
            sentence = f"Expected at most {MOST_TASKS} of them; found {len(tasks)}."
            return {"faults": [{"field": "tasks", "sentence": sentence}]}
        try:
            plan = validate(Document("plan", data=asked.plan), Plan)
        except ContentError as error:
            return _faults(error)
        self._show(plan)
        self._saved = (asked.saved.name, asked.saved.version) if asked.saved else None
        return self._view(asked)

    @asks("template", asked_for.Template)
    def _template(self, asked: asked_for.Template) -> dict[str, Any]:
        if asked.name not in names("plans"):
            raise Refusal("There is no such template any more; reload the page to see those that there are.")
        self._show(load_plan(asked.name))
        self._saved = None
        return self._view(asked)

    @asks("read", asked_for.ReadPlan)
    def _read(self, asked: asked_for.ReadPlan) -> dict[str, Any]:
        self._show(validate(parse_document(asked.name, asked.text.encode()), Plan))
        self._saved = None
        return self._view(asked)

    @asks("work", asked_for.ReadWork)
    def _read_work(self, asked: asked_for.ReadWork) -> dict[str, Any]:
        work = work_of(parse_document(asked.name, asked.text.encode()))
        self._show(with_work(self._plan, work, asked.before))
        return {**self._view(asked), "added": work.summary}

    @asks("hints")
    def _hints(self, _asked: Request) -> dict[str, Any]:
        """What takes too long for every step of a slider: hints, and how exact P80 is."""
        return {"hints": hints(self._forecast), "made": made(self._forecast)}

    # -- scenarios -----------------------------------------------------------------------------------------

    @asks("scenario", asked_for.Scenario)
    def _scenario(self, asked: asked_for.Scenario) -> dict[str, Any]:
        if asked.action == "keep":
            self._set_scenario(self._comparable(self._plan, "A"))
            return self._view(asked)
        if asked.action == "forget":
            self._set_scenario(None)
            return self._view(asked)
        if self._a is None:
            raise Refusal("No plan is kept as A.")
        kept = self._a
        if asked.action == "swap":
            self._set_scenario(self._comparable(self._plan, "A"))
        self._show(kept.forecast.plan)
        return self._view(asked)

    def _comparable(self, plan: Plan, label: str) -> Comparable:
        return Comparable(label, simulate(plan, self._draws, self._seed))

    def _set_scenario(self, a: Comparable | None) -> None:
        self._a = a
        with self._without_following():
            self.scenario = plain(a.forecast.plan) if a else {}

    # -- past estimates ------------------------------------------------------------------------------------

    @asks("past", asked_for.ReadPast)
    def _read_past(self, asked: asked_for.ReadPast) -> dict[str, Any]:
        if asked.text is None:
            self._past = "the example team", read_past_estimates("past-estimates")
        else:
            self._past = asked.name, parse_past_estimates(asked.text, asked.name)
        return self._view(asked)

    @asks("overrun", asked_for.Overrun)
    def _overrun(self, asked: asked_for.Overrun) -> dict[str, Any]:
        if not asked.on:
            self._show(calibration.without_overrun(self._plan))
        elif self._past is None:
            raise Refusal("Open your past estimates first.")
        else:
            self._show(calibration.with_overrun(self._plan, self._past[1]))
        return self._view(asked)

    # -- saved plans ---------------------------------------------------------------------------------------

    @asks("save", asked_for.Save)
    def _save(self, asked: asked_for.Save) -> dict[str, Any]:
        from mlmgmt_widgets.workspace.errors import PlanConflict

        try:
            saved = self._plans.save(asked.name, self._plan, self._forecast.to_dict(), note=asked.note, base=asked.base)
        except PlanConflict as conflict:
            newest = conflict.newest
            return {"conflict": str(conflict), "newest": newest.version if newest else None}
        self._saved = saved.name, saved.version
        return {**self._view(asked), "unchanged": saved.unchanged}

    @asks("saved", asked_for.Saved)
    def _use_saved(self, asked: asked_for.Saved) -> dict[str, Any]:
        saved = self._plans.get(asked.name, asked.version)
        if asked.use == "open":
            self._show(saved.plan)
            self._saved = saved.name, saved.version
        else:
            self._set_scenario(self._comparable(saved.plan, _label(saved)))
        return self._view(asked)

    @asks("delete", asked_for.Delete)
    def _delete(self, asked: asked_for.Delete) -> dict[str, Any]:
        self._plans.delete(asked.name)
        if self._saved is not None and self._saved[0].casefold() == asked.name.casefold():
            self._saved = None
        return self._view(asked)

    @property
    def _plans(self) -> Plans:
        """The saved plans; checked at every request, since a visitor can send any message."""
        if not self._lock.open:
            raise Refusal("Saved plans need the facilitator’s key first.")
        return self._workspace.get().plans

    # -- files and charts ----------------------------------------------------------------------------------

    @asks("export", asked_for.Export)
    def _export(self, asked: asked_for.Export) -> Reply:
        from mlmgmt_widgets.timeline import export

        comparison = self._a.forecast.compare(self._forecast) if self._a else None
        now = datetime.now(UTC)
        name, data = export.file(self._forecast, asked.format, made_at=now, comparison=comparison)
        return Reply({"filename": name}, [data])

    def _view(self, asked: asked_for.Look) -> dict[str, Any]:
        if asked.tab == "keep" and not (self._keeping and isinstance(asked, asked_for.Edit)):
            self._keeping = self._kept()  # not at every step of a slider: an edit changes nothing of it
        saving, versions = self._keeping if asked.tab == "keep" and self._keeping else (None, ())
        shown = Shown(
            self._forecast,
            self._a,
            self._past,
            saved=self._saved,
            saving=saving,
            versions=versions,
            plain_plan=self.plan,
            revision=self._revision,
        )
        return view(shown, asked.tab, self._drawings, frozenset(asked.known))

    def _kept(self) -> tuple[dict[str, Any], Sequence[SavedPlan]]:
        """What the page may do with saved plans, and the versions of the one that this plan goes on from."""
        from mlmgmt_widgets.workspace.errors import WorkspaceError

        saving: dict[str, Any] = {"locked": not self._lock.open, "possible": self._workspace.possible}
        if saving["locked"] or not saving["possible"]:
            return saving, ()
        plans = self._plans
        saving["plans"] = [_summary(each, plans) for each in plans.all()]
        if self._saved is None:
            return saving, ()
        versions = []
        for each in reversed(plans.versions(self._saved[0])[:_VERSIONS]):
            with suppress(WorkspaceError):  # of another version of this program, and drawn by that one only
                versions.append(plans.get(each.name, each.version))
        return saving, versions


def as_plan(value: Plan | Mapping[str, Any]) -> Plan:
    """A plan from a plan or its plain values.

    Raises:
        ContentError: with every fault.
    """
    return value if isinstance(value, Plan) else validate(Document("plan", data=value), Plan)


def plain(plan: Plan) -> dict[str, Any]:
    """A plan's plain values, in the shape of its YAML and without what is left at its default."""
    values: dict[str, Any] = plan.model_dump(mode="json", exclude_defaults=True)
    return values


def _templates() -> Iterator[tuple[str, str]]:
    """The plans to start from, the main one first; what cannot be read is left to `mlmgmt check` to explain."""
    for name in sorted(names("plans"), key=lambda each: (each != MAIN_PLAN, each)):
        try:
            yield name, load_plan(name).title
        except ContentError:
            yield name, f"{name} (has faults)"


def _faults(error: ContentError) -> dict[str, Any]:
    return {
        "faults": [
            {"field": fault.field, "sentence": f"Expected {fault.expected}; found {fault.found}."}
            for fault in error.faults[:_FAULTS]
        ]
    }


def _summary(plan: Any, plans: Plans) -> dict[str, Any]:
    versions = [
        {"version": each.version, "saved": each.saved_at.isoformat(), "note": each.note}
        for each in plans.versions(plan.name)
    ]
    return {"name": plan.name, "title": plan.title, "versions": versions}


def _label(saved: SavedPlan) -> str:
    return f"{saved.name}, saved {saved.saved_at.day} {saved.saved_at:%B}"
