"""The facilitator's screen: open a workshop, collect, reveal, talk, close, take the results home."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from mlmgmt_widgets.assessment.facilitator import qr_code
from mlmgmt_widgets.assessment.rubric import Rubric, load_rubric
from mlmgmt_widgets.assessment.workshop_requests import (
    Create,
    Decide,
    Delete,
    Export,
    MakeQr,
    Named,
)
from mlmgmt_widgets.content import ContentError, names
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui import vega
from mlmgmt_widgets.ui.assets import script, style
from mlmgmt_widgets.ui.opener import Opener
from mlmgmt_widgets.ui.screen import Reply, Request, asks
from mlmgmt_widgets.ui.screens import DrawingScreen, KeyedScreen, Unlock

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.outcome import Earlier, Outcome
    from mlmgmt_widgets.assessment.responses import Response
    from mlmgmt_widgets.assessment.scoring import Result
    from mlmgmt_widgets.workspace import Decision, Progress, Workshop, Workspace
    from mlmgmt_widgets.workspace.workshops import Workshops

_log = logging.getLogger(__name__)
Records = Mapping[str, str | Sequence[str]]
"""Question -> what the team's record says beside it: a sentence, or several."""

MAIN_RUBRIC = "mlops-maturity"
USUAL_GROUP = 5

# Where a refusal of the workspace belongs on the form.
_FIELDS = {"smallest group": "smallest_group", "role": "roles", "team": "team"}


class MaturityWorkshop(KeyedScreen, DrawingScreen):
    """A facilitator's whole workshop on one screen.

    On a served page it shows nothing until the browser has sent the facilitator's key. In a notebook it is
    yours: `show(code)` opens a workshop, and its results are there to work on.

    Args:
        workspace: opens the workspace that holds the workshops, for instance `Workspace.open`. It is called
            when the screen is first shown to someone who may see it.
        records: what the team's record says beside a question, such as "12 of 14 releases passed “Rollback
            rehearsed”.": a mapping from the question's id to a sentence or several, or a function that is handed the
            workspace and returns it, called whenever results are shown. It is shown on the agenda, to whoever leads
            the workshop, and never before the reveal nor to participants: a number that people see first is one that
            they answer towards. It is about releases, not about people, and no answer follows from it; with one press
            it becomes part of the note on what was decided.

    Attributes:
        home: the workshops and rubrics to choose from; empty until someone may see them.
        workshop: the open workshop; empty when none is open.
        result: its result in the contract's shape; empty before the reveal.

    Example:
        >>> from mlmgmt_widgets import Workspace
        >>> screen = MaturityWorkshop(Workspace.open)
        >>> screen.result
        {}
    """

    _esm = script(__file__, "workshop.js")
    _css = style(vega.__file__, "figure.css") + Path(__file__).with_name("workshop.css").read_text("utf-8")

    locked = traitlets.Bool().tag(sync=True)
    home = traitlets.Dict().tag(sync=True)
    workshop = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        workspace: Callable[[], Workspace] | None = None,
        *,
        records: Records | Callable[[Workspace], Records] | None = None,
        **kwargs: Any,
    ) -> None:
        self._workspace = Opener(workspace, "This screen has no workspace: write MaturityWorkshop(Workspace.open).")
        self._records_from = records
        self._code = ""
        super().__init__(**kwargs)

    # -- in a notebook -------------------------------------------------------------------------------------

    def show(self, code: str) -> None:
        """Open a workshop by its join code.

        Raises:
            WorkspaceError: if there is no such workshop.
        """
        if not self._lock.open:
            self._code = code  # shown once the key was right
            return
        self._show(self._workshops.get(code))

    @property
    def as_rubric(self) -> Rubric:
        """The open workshop's rubric, as it was when the workshop was created."""
        return self._current().rubric

    @property
    def responses(self) -> list[Response]:
        """The revealed responses.

        In an anonymous workshop they carry neither roles nor comments, and each question's answers are dealt
        to other labels: what one person said cannot be put together again. Questions that fewer than the
        smallest group answered are left out. Scores are those of the screen.

        Raises:
            WorkspaceError: before the reveal.
        """
        from mlmgmt_widgets.assessment.outcome import unlinked

        workshop = self._current()
        if not workshop.anonymous:
            return self._workshops.revealed_responses(workshop.code)
        return unlinked(workshop.rubric, self._outcome(workshop).responses)

    @property
    def as_result(self) -> Result:
        """The score of the revealed responses, as the screen shows it.

        Raises:
            WorkspaceError: before the reveal.
        """
        return self._outcome(self._current()).result

    # -- the key -------------------------------------------------------------------------------------------

    def _answer(self, content: dict[str, Any]) -> Reply:
        # Checked here, before every answer: a visitor can send any message, whatever their page shows.
        if not self._lock.open and content.get("kind") != "unlock":
            return Reply({"error": "This page needs the facilitator’s key first."})
        return super()._answer(content)

    @traitlets.default("locked")
    def _locked_at_first(self) -> bool:
        return not self._lock.open

    @asks("unlock", Unlock)
    def _unlock(self, asked: Unlock) -> dict[str, Any]:
        super()._unlock(asked)
        self._look_around()
        if self._code and not self.workshop:
            self._show(self._workshops.get(self._code))
        self.locked = False
        return {}

    # -- all workshops -------------------------------------------------------------------------------------

    @asks("home")
    def _look_around(self, _asked: Request | None = None) -> dict[str, Any]:
        workshops = self._workshops
        self.home = {
            "workshops": [{**_about(each), **_counts(workshops.progress(each.code))} for each in workshops.all()],
            **_rubrics(),
            "teams": list(workshops.teams()),
            "usual_group": USUAL_GROUP,
            "public_url": os.environ.get("MLMGMT_PUBLIC_URL", ""),
        }
        return {}

    @asks("create", Create)
    def _create(self, asked: Create) -> dict[str, Any]:
        if asked.rubric not in names("rubrics"):
            return {"problems": {"rubric": "Choose a rubric."}}
        try:
            rubric = load_rubric(asked.rubric)
        except ContentError as error:
            return {"problems": {"rubric": str(error)}}
        group = str(asked.smallest_group).strip()
        if not group.isdecimal():
            return {"problems": {"smallest_group": "Give a whole number of people, for instance 5."}}
        try:
            made = self._workshops.create(
                rubric, asked.team, anonymous=asked.anonymous, smallest_group=int(group), roles=asked.roles
            )
        except Refusal as error:
            field = next((field for words, field in _FIELDS.items() if words in str(error).lower()), None)
            if field is None:
                raise
            return {"problems": {field: str(error)}}
        self._show(made)
        return {"code": made.code}

    @asks("open", Named)
    def _open(self, asked: Named) -> dict[str, Any]:
        self._show(self._workshops.get(asked.code))
        return {}

    @asks("leave")
    def _leave(self, _asked: Request) -> dict[str, Any]:
        self._code = ""
        with self.hold_sync():
            self.workshop = {}
            self.result = {}
            self._look_around()
        return {}

    @asks("delete", Delete)
    def _delete(self, asked: Delete) -> dict[str, Any]:
        workshop = self._workshops.get(asked.code)
        if asked.team.strip().casefold() != workshop.team.casefold():
            raise Refusal(f"Type the team’s name, {workshop.team}, to delete its workshop.")
        self._workshops.delete(workshop.code)
        if workshop.code == self._code:
            self._leave(Request())
        else:
            self._look_around()
        return {}

    # -- the open workshop ---------------------------------------------------------------------------------

    @asks("qr", MakeQr)
    def _qr(self, asked: MakeQr) -> dict[str, Any]:
        return {"picture": qr_code(asked.link)}

    @asks("progress")
    def _progress(self, _asked: Request) -> dict[str, Any]:
        workshop = self._current()
        if workshop.state != self.workshop.get("state"):  # changed from another screen
            self._show(workshop)
        progress = self._workshops.progress(workshop.code)
        people = [{"name": p.name, "role": p.role, "finished": p.finished} for p in progress.people]
        return {**_counts(progress), "people": people, "news": self._news(workshop)}

    def _news(self, workshop: Workshop) -> dict[str, Any]:
        """Say whether there is something to take in, without telling a single person's change."""
        if workshop.state != "revealed":
            return {}
        changed = self._workshops.changed_since_reveal(workshop.code)
        if not changed:
            return {}
        if not self._workshops.can_refresh(workshop.code):
            few = f"at least {workshop.smallest_group} people have changed or added an answer to the same question"
            return {"sentence": f"There are new answers. They can be taken in as soon as {few}.", "ready": False}
        people = "One person has" if changed == 1 else f"{changed} people have"
        few = f" Only questions on which at least {workshop.smallest_group} did are taken in." * workshop.anonymous
        return {"sentence": f"{people} changed or added answers since.{few}", "ready": True}

    @asks("reveal")
    def _reveal(self, _asked: Request) -> dict[str, Any]:
        self._show(self._workshops.reveal(self._code))
        return {}

    @asks("refresh")
    def _refresh(self, _asked: Request) -> dict[str, Any]:
        self._show(self._workshops.refresh(self._code))
        return {}

    @asks("close")
    def _close(self, _asked: Request) -> dict[str, Any]:
        self._show(self._workshops.close(self._code))
        return {}

    @asks("decide", Decide)
    def _decide(self, asked: Decide) -> dict[str, Any]:
        decision = self._workshops.decide(self._code, asked.question, asked.agreed, asked.note, asked.owner)
        return {"decision": _plain(decision)}

    @asks("results")
    def _results(self, _asked: Request) -> dict[str, Any]:
        from mlmgmt_widgets.assessment.results import payload

        return {"results": self._with_records(payload(self._whole_outcome(self._current())))}

    def _with_records(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add to the questions of the agenda what the team's record says of them; results are shown without it, too."""
        if "agenda" not in results:  # nothing may be shown
            return results
        records, trouble = self._records()
        agenda = [{**item, "record": _sentences(records.get(item["question"], ()))} for item in results["agenda"]]
        return {**results, "agenda": agenda, "notes": [*results["notes"], *trouble]}

    def _records(self) -> tuple[Records, list[str]]:
        """The team's record, or a sentence on why it is not there."""
        given = self._records_from
        if given is None or not callable(given):
            return given or {}, []
        workspace = self._opened()
        try:
            return given(workspace), []
        except Refusal as refusal:
            return {}, [f"The record of the team’s releases is not shown: {refusal}"]
        except Exception as error:  # noqa: BLE001 - whatever a notebook's function does, the results are there
            _log.exception("could not read the record")
            return {}, [f"The record of the team’s releases could not be read ({type(error).__name__})."]

    def _outcome(self, workshop: Workshop, **about: object) -> Outcome:
        """Return what follows from a workshop's revealed answers, and nothing that would give anybody away."""
        from mlmgmt_widgets.assessment.outcome import Outcome

        revealed = self._workshops.revealed(workshop.code)
        return Outcome.of(
            workshop.rubric,
            revealed.responses,
            anonymous=workshop.anonymous,
            smallest_group=workshop.smallest_group,
            roles_left_out=revealed.roles_left_out,
            held_back=revealed.held_back,
            **about,
        )

    def _whole_outcome(self, workshop: Workshop) -> Outcome:
        """Return the same with everything that results and exports need to know beside."""
        return self._outcome(
            workshop,
            team=workshop.team,
            code=workshop.code,
            decisions=self._workshops.decisions(workshop.code),
            history=list(self._earlier(workshop)),
            day=(workshop.revealed_at or workshop.created_at).date(),
        )

    def _earlier(self, workshop: Workshop) -> Iterator[Earlier]:
        """Yield the results of the team's workshops that were revealed before this one, oldest first."""
        from mlmgmt_widgets.assessment.outcome import Earlier

        for each in self._workshops.history(workshop.team, workshop.rubric.id):
            if each.code == workshop.code:
                return
            if each.revealed_at is not None:
                yield Earlier(each.revealed_at.date(), each.rubric, self._outcome(each).result)

    @asks("export", Export)
    def _export(self, asked: Export) -> Reply:
        from mlmgmt_widgets.assessment import export

        name, data = export.file(self._whole_outcome(self._current()), asked.format)
        return Reply({"filename": name}, [data])

    # -- what the rest rests on ----------------------------------------------------------------------------

    @property
    def _workshops(self) -> Workshops:
        return self._opened().workshops

    def _opened(self) -> Workspace:
        if not self._lock.open:
            raise Refusal("This page needs the facilitator’s key first.")
        return self._workspace.get()

    def _current(self) -> Workshop:
        if not self._code:
            raise Refusal("Open a workshop first.")
        return self._workshops.get(self._code)

    def _show(self, workshop: Workshop) -> None:
        self._code = workshop.code
        result = self.as_result.to_dict() if workshop.revealed_at else {}
        with self.hold_sync():
            self.result = result
            self.workshop = {
                **_about(workshop),
                "roles": list(workshop.roles),
                "scale": [choice.model_dump(mode="json") for choice in workshop.rubric.answers],
                "levels": list(workshop.rubric.levels.labels) if workshop.rubric.levels else [],
            }


def _about(workshop: Workshop) -> dict[str, Any]:
    return {
        "code": workshop.code,
        "team": workshop.team,
        "rubric": workshop.rubric.key,
        "title": workshop.rubric.title,
        "version": workshop.rubric.version,
        "anonymous": workshop.anonymous,
        "smallest_group": workshop.smallest_group,
        "state": workshop.state,
        "created": workshop.created_at.isoformat(),
        "revealed": workshop.revealed_at.isoformat() if workshop.revealed_at else None,
        "closed": workshop.closed_at.isoformat() if workshop.closed_at else None,
    }


def _counts(progress: Progress) -> dict[str, int]:
    return {"joined": progress.joined, "started": progress.started, "finished": progress.finished}


def _rubrics() -> dict[str, Any]:
    """Return the rubrics to choose from, the main one first, and what is wrong with those that cannot be read."""
    offers, broken = [], []
    for name in sorted(names("rubrics"), key=lambda each: (each != MAIN_RUBRIC, each)):
        try:
            offers.append(_offer(name, load_rubric(name)))
        except ContentError as error:
            broken.append({"name": name, "faults": str(error)})
    return {"rubrics": offers, "broken": broken}


def _offer(name: str, rubric: Rubric) -> dict[str, Any]:
    roles = dict.fromkeys(role for question in rubric.questions for role in question.roles)
    return {
        "name": name,
        "title": rubric.title,
        "version": rubric.version,
        "description": rubric.description or "",
        "questions": len(rubric.questions),
        "roles": list(roles),
    }


def _sentences(said: str | Sequence[str]) -> list[str]:
    """What a record says of a question, as a list."""
    return [said] if isinstance(said, str) else list(said)


def _plain(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {"agreed": decision.agreed, "note": decision.note, "owner": decision.owner}
