"""The readiness board: a checklist filled in together, and the verdict beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from mlmgmt_widgets.content import validate
from mlmgmt_widgets.documents import Document
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import board_requests as asked_for
from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.board_changes import Changes
from mlmgmt_widgets.readiness.board_checklists import Checklists
from mlmgmt_widgets.readiness.board_session import Session
from mlmgmt_widgets.readiness.board_view import Shown, start, view
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.counting import needs
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.review import Review, fitting, load_review, parse_review, plain
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate
from mlmgmt_widgets.ui import vega
from mlmgmt_widgets.ui.assets import script, style
from mlmgmt_widgets.ui.drawings import Drawings
from mlmgmt_widgets.ui.opener import Opener
from mlmgmt_widgets.ui.screen import Reply, asks
from mlmgmt_widgets.ui.screens import DrawingScreen

if TYPE_CHECKING:
    from mlmgmt_widgets.workspace import Workspace
    from mlmgmt_widgets.workspace.reviews import Reviews


class ReviewValues(traitlets.Dict):
    """A review as plain values; it may be set to a `Review`, and one with faults is refused with all of them."""

    def validate(self, obj: Any, value: Any) -> dict[str, Any]:
        """Return the plain values of what was set."""
        if obj._quiet:  # noqa: SLF001 - set from the page, where it was checked
            return dict(value)
        if not value:
            raise Refusal("A board that has a review keeps it; open another one instead.")
        return dict(plain(obj._fitting(value)[1]))  # noqa: SLF001 - a part of the board, only written apart


class ReadinessBoard(Changes, DrawingScreen):
    """A review and its verdict on one screen.

    Args:
        review: a `Review`, its plain values, or the path of its YAML; left out, the page begins with a choice.
        checklist: a `Checklist`, the name of one in `data/checklists`, or a path; left out, the one that the review
            names. Without a review it is one to begin with, beside those in `data/checklists`.
        stage: that the verdict is about; left out, the first one that is not ready.
        today: the day that dates are held against and changes are recorded with, as a date or as text; left out, the
            day that it is.
        workspace: opens the workspace that keeps reviews, for instance `Workspace.open`; called when somebody who may
            see them wants to.
        evidence: the folder whose files the review's evidence is read from; left out, that of the review's YAML. On a
            served page nothing is read from the server's files, since any visitor may bring a review that names some.

    Attributes:
        review: the review as plain values, in the shape of its YAML; empty before one is open. It may be set to a
            `Review`, too; one that is refused raises and changes nothing.
        verdict: at `stage`, in the contract's shape; empty before a review is open.
        checklist: the checklist as plain values.
        stage: that the verdict is about; may be set.
        today: may be set: so a test, or a meeting, can let time pass; empty for the day that it is.

    Raises:
        ContentError: with every fault of the review or the checklist.

    Example:
        >>> item = {"id": "rollback-plan", "stage": "live", "question": "Is there a plan to roll back?"}
        >>> toy = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> board = ReadinessBoard({"checklist": "toy@1", "subject": "churn", "version": "3"}, checklist=toy)
        >>> board.verdict["blockers"]
        [{'item': 'rollback-plan', 'reason': 'missing'}]
        >>> board.review = {**board.review, "items": {"rollback-plan": {"status": "pass"}}}
        >>> board.verdict["ready"]
        True
    """

    _esm = script(__file__, "board.js")
    _css = style(vega.__file__, "figure.css") + Path(__file__).with_name("board.css").read_text("utf-8")

    review = ReviewValues().tag(sync=True)
    verdict = traitlets.Dict(read_only=True).tag(sync=True)
    checklist = traitlets.Dict(read_only=True).tag(sync=True)
    stage = traitlets.Unicode().tag(sync=True)
    today = traitlets.Unicode().tag(sync=True)
    _revision = traitlets.Int(0).tag(sync=True)  # counts what was shown: tells the page's own from what code set

    _quiet = False

    def __init__(  # noqa: PLR0913 - what a notebook may say of a board, each by its name
        self,
        review: Review | Mapping[str, Any] | str | os.PathLike[str] | None = None,
        *,
        checklist: Checklist | str | os.PathLike[str] | None = None,
        stage: str = "",
        today: date | str = "",
        workspace: Callable[[], Workspace] | None = None,
        evidence: str | os.PathLike[str] | None = None,
    ) -> None:
        self._workspace = Opener(workspace, "Nothing can be kept here: write ReadinessBoard(workspace=Workspace.open).")
        self._drawings = Drawings()
        self._session: Session | None = None
        self._first_stage = stage
        self._beside: Review | None = None
        self._checklists = Checklists(checklist)
        self._evidence = _folder(evidence, review)
        self._quiet = True
        super().__init__(today=str(today), stage=stage)
        self._quiet = False
        if review is not None:
            given = load_review(review) if isinstance(review, str | os.PathLike) else review
            self._show(Session(*self._with_evidence(*self._fitting(given))))
            if stage and self.stage != stage:
                raise Refusal(f"There is no stage “{stage}”; there are {', '.join(self._opened.checklist.stages)}.")
        elif (first := self._checklists.given) is not None:
            self.set_trait("checklist", _plain(first))

    # -- in a notebook -------------------------------------------------------------------------------------

    @property
    def as_review(self) -> Review:
        """The review as a typed object.

        Raises:
            Refusal: if none is open.
        """
        return self._opened.review

    @property
    def as_checklist(self) -> Checklist:
        """The checklist as a typed object.

        Raises:
            Refusal: if no review is open.
        """
        return self._opened.checklist

    @property
    def as_verdict(self) -> Verdict:
        """The verdict as a typed object, at `stage` and for `today`.

        Raises:
            Refusal: if no review is open, or it has no tier yet.
        """
        session = self._opened
        return evaluate(session.checklist, session.review, stage=self.stage, today=self._today())

    def _fitting(self, value: Review | Mapping[str, Any]) -> tuple[Checklist, Review]:
        """A review with the checklist that it belongs to.

        Raises:
            ContentError: with every fault.
        """
        review = value if isinstance(value, Review) else validate(Document("review", data=value), Review)
        checklist = self._session.checklist if self._session else None
        if checklist is None or checklist.key != review.checklist:
            checklist = self._checklists.given or self._checklists.of(review.checklist)
        return checklist, fitting(review, checklist)

    def _with_evidence(self, checklist: Checklist, review: Review) -> tuple[Checklist, Review]:
        """The same, with its evidence read where that may be done."""
        if self._evidence is None or self._lock.served:
            return checklist, review
        from mlmgmt_widgets.readiness.evidence import FolderFiles, read_evidence

        return checklist, read_evidence(checklist, review, FolderFiles(self._evidence))

    @traitlets.observe("review")
    def _follow(self, change: Any) -> None:
        if not self._quiet:
            checklist, review = self._fitting(change["new"])
            self._show(self._set_by_code(checklist, review))

    def _set_by_code(self, checklist: Checklist, review: Review) -> Session:
        """What code sets is kept as any other change, if it is of the review that is kept.

        Raises:
            Refusal: if somebody else changed the same first; it may be set again, on top.
        """
        session = self._session
        self._beside = None
        if session is None or session.saved is None or not session.is_of(review):
            return Session(checklist, review)
        author = Author("notebook", self._today())
        stored, clash = session.changed(lambda _before, _author: review, author, "set by code", self._reviews)
        if clash:
            self._show(stored)
            raise Refusal(f"{clash.by} changed {', '.join(clash.what)} first; look at that, then set the review again.")
        return stored

    @traitlets.observe("stage", "today")
    def _follow_settings(self, _change: Any) -> None:
        if not self._quiet and self._session is not None:
            self._show(self._session)

    @traitlets.validate("stage")
    def _known_stage(self, proposal: Any) -> str:
        stage: str = proposal["value"]
        if self._session and stage not in self._session.checklist.stages:
            raise Refusal(f"There is no stage “{stage}”; there are {', '.join(self._session.checklist.stages)}.")
        return stage

    @traitlets.validate("today")
    def _known_day(self, proposal: Any) -> str:
        return asked_for.day(proposal["value"]).isoformat() if proposal["value"] else ""

    def _today(self) -> date:
        return asked_for.day(self.today) if self.today else date.today()  # noqa: DTZ011 - a day is one where the kernel runs

    # -- what is open --------------------------------------------------------------------------------------

    @property
    def _opened(self) -> Session:
        if self._session is None:
            raise Refusal("Open a review first.")
        return self._session

    def _show(self, session: Session) -> None:
        """Make a review the one that is shown."""
        before = self._session
        self._session = session
        self._revision += 1
        if before is None or before.checklist is not session.checklist:
            self._set(checklist=_plain(session.checklist))
        if self.stage not in session.checklist.stages:
            self._set(stage=_next_gate(session, self._today()))
        self._set(review=dict(plain(session.review)), verdict=self._judged(session))

    def _judged(self, session: Session) -> dict[str, Any]:
        if session.review.tier is None and session.checklist.tiers:
            return {}  # nobody has said yet how risky it is
        return evaluate(session.checklist, session.review, stage=self.stage, today=self._today()).to_dict()

    def _answer(self, content: dict[str, Any]) -> Reply:
        """Answer the page; what ends in an error has changed nothing that is not stored."""
        session, beside, revision = self._session, self._beside, self._revision
        traits = {name: getattr(self, name) for name in ("review", "verdict", "checklist", "stage")}
        with self.hold_sync():  # the page hears of what remains, before it hears the answer
            reply = super()._answer(content)
            if "error" in reply.content and not self._has_stored(session):
                self._session, self._beside, self._revision = session, beside, revision
                self._set(**traits)
        return reply

    def _has_stored(self, before: Session | None) -> bool:
        saved = self._session.saved if self._session else None
        return saved is not None and saved is not (before.saved if before else None)

    def _set(self, **traits: Any) -> None:
        """Set traits to what is known already."""
        self._quiet = True
        try:
            for name, value in traits.items():
                self.set_trait(name, value)
        finally:
            self._quiet = False

    def _view(self, asked: asked_for.Look, **more: Any) -> dict[str, Any]:
        if self._session is None:
            kept = self._reviews if self._may_keep else None
            return {"start": start(self._keeping(), self._checklists.all(), kept), **more}
        session = self._session
        if asked.stage:
            self._set(stage=asked.stage)
        self._set(verdict=self._judged(session))  # it may be another day than when it was set
        shown = Shown(
            checklist=session.checklist,
            review=session.review,
            saved=session.saved,
            stage=self.stage,
            today=self._today(),
            as_of=asked.as_of or self._today(),
            beside=self._beside,
            keeping=self._keeping(),
            revision=self._revision,
            noticed=session.noticed,
            versions=self._versions(session) if asked.tab == "compare" else (),
        )
        if session.noticed:
            self._session = Session(session.checklist, session.review, session.saved)  # said once
        return {**view(shown, asked.tab, self._drawings, frozenset(asked.known)), **more}

    def _versions(self, session: Session) -> tuple[str, ...]:
        """Of the same model, those that are kept."""
        if not self._may_keep:
            return ()
        return tuple(each.version for each in self._reviews.versions(session.review.subject))

    @asks("look", asked_for.Look)
    def _look(self, asked: asked_for.Look) -> dict[str, Any]:
        if self._session is not None and self._session.saved is not None:
            followed = self._session.followed(self._reviews)
            if followed is not self._session:
                self._show(followed)
        return self._view(asked)

    # -- beginning and opening -----------------------------------------------------------------------------

    @asks("begin", asked_for.Begin)
    def _begin(self, asked: asked_for.Begin) -> dict[str, Any]:
        checklist = self._checklists.named(asked.checklist)
        values = {"checklist": checklist.key, "subject": asked.subject.strip(), "version": asked.version.strip()}
        review = validate(Document("review", data=values), Review)
        self._beginning(checklist, review, asked.who)
        return self._view(asked)

    @asks("next", asked_for.Next)
    def _next(self, asked: asked_for.Next) -> dict[str, Any]:
        session = self._opened
        version = asked.version.strip()
        if not version:
            raise Refusal("Please give the version that the new review is for.")
        if version == session.review.version:
            raise Refusal(f"This review is of version {version} already; please give the next one.")
        self._beginning(session.checklist, edits.next_review(session.review, session.checklist, version), asked.who)
        self._beside = session.review
        return self._view(asked)

    def _beginning(self, checklist: Checklist, review: Review, who: str) -> None:
        """Open a new review, kept in the workspace where that is possible."""
        if not self._may_keep:
            self._show(Session(checklist, review))
            return
        saved = self._reviews.begin(checklist, review, by=who.strip() or "unnamed")
        self._show(Session(checklist, saved.review, saved))

    @asks("open", asked_for.Open)
    def _open(self, asked: asked_for.Open) -> dict[str, Any]:
        saved = self._reviews.get(asked.subject, asked.version)
        self._beside = None
        self._show(Session(saved.checklist, saved.review, saved))
        return self._view(asked)

    @asks("read", asked_for.ReadReview)
    def _read(self, asked: asked_for.ReadReview) -> dict[str, Any]:
        review = parse_review(asked.text, asked.name)
        checklist = self._checklists.of(review.checklist)
        self._beside = None
        self._show(Session(checklist, parse_review(asked.text, asked.name, checklist)))
        return self._view(asked)

    @asks("restore", asked_for.Restore)
    def _restore(self, asked: asked_for.Restore) -> dict[str, Any]:
        review = validate(Document("review", data=asked.review), Review)
        checklist = self._checklists.of(review.checklist)
        self._show(Session(checklist, fitting(review, checklist)))
        return self._view(asked)

    @asks("close", asked_for.Look)
    def _close(self, asked: asked_for.Look) -> dict[str, Any]:
        self._session = self._beside = None
        self._revision += 1
        self._set(review={}, verdict={}, stage=self._first_stage)
        return self._view(asked)

    @asks("keep", asked_for.Edit)
    def _keep(self, asked: asked_for.Edit) -> dict[str, Any]:
        """Put a review that came from a file into the workspace."""
        session = self._opened
        self._beginning(session.checklist, session.review, asked.who)
        return self._view(asked)

    # -- comparing, keys and files -------------------------------------------------------------------------

    @asks("beside", asked_for.Beside)
    def _compare(self, asked: asked_for.Beside) -> dict[str, Any]:
        if asked.text is not None:
            checklist = self._opened.checklist
            review = parse_review(asked.text, asked.name or "the file")
            self._beside = fitting(review, checklist) if review.checklist == checklist.key else review
        elif asked.version:
            self._beside = self._reviews.get(self._opened.review.subject, asked.version).review
        else:
            self._beside = None
        return self._view(asked)

    @asks("delete", asked_for.Delete)
    def _delete(self, asked: asked_for.Delete) -> dict[str, Any]:
        self._reviews.delete(asked.subject, asked.version)
        return self._view(asked)

    @asks("export", asked_for.Export)
    def _export(self, asked: asked_for.Export) -> Reply:
        from mlmgmt_widgets.readiness.board_files import file, unjudged

        session, now = self._opened, datetime.now(UTC)
        if session.review.tier is None and session.checklist.tiers:
            if asked.format != "yaml":
                raise Refusal("Choose the tier first, under Risk; until then there is no verdict to write down.")
            name, data = unjudged(session.review, made_at=now)
            return Reply({"filename": name}, [data])
        on = asked.as_of or self._today()
        verdict = evaluate(session.checklist, session.review, stage=self.stage, today=on)
        name, data = file(session.checklist, session.review, verdict, asked.format, made_at=now)
        return Reply({"filename": name}, [data])

    # -- the workspace -------------------------------------------------------------------------------------

    @property
    def _may_keep(self) -> bool:
        return self._lock.open and self._workspace.possible

    def _keeping(self) -> dict[str, bool]:
        """What the page may do: keep reviews, and read the files that evidence names."""
        return {
            "locked": not self._lock.open,
            "possible": self._workspace.possible,
            "reads": self._evidence is not None and not self._lock.served,
        }

    @property
    def _reviews(self) -> Reviews:
        """The reviews that are kept; checked at every request, since a visitor can send any message."""
        if not self._lock.open:
            raise Refusal("Reviews that are kept need the facilitator’s key first.")
        return self._workspace.get().reviews


def _folder(
    given: str | os.PathLike[str] | None, review: Review | Mapping[str, Any] | str | os.PathLike[str] | None
) -> Path | None:
    """Where the files of the evidence lie; None where nobody says."""
    if given is not None:
        return Path(given)
    return Path(review).parent if isinstance(review, str | os.PathLike) else None


def _plain(checklist: Checklist) -> dict[str, Any]:
    values: dict[str, Any] = checklist.model_dump(mode="json", exclude_none=True)
    values["roles"] = list(checklist.roles)
    for item, shown in zip(checklist.items, values["items"], strict=True):
        shown |= {"title": item.name, "needs": needs(item)}
    return values


def _next_gate(session: Session, today: date) -> str:
    """The first stage that is not ready, or the last one."""
    checklist, review = session.checklist, session.review
    if review.tier is None and checklist.tiers:
        return checklist.stages[0]
    for stage in checklist.stages:
        if not evaluate(checklist, review, stage=stage, today=today).ready:
            return stage
    return checklist.stages[-1]
