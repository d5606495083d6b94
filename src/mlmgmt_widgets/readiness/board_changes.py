"""What people change on the board: what is said of items, evidence, risk and signatures."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from mlmgmt_widgets.content import ContentError, validate
from mlmgmt_widgets.documents import Document
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import board_requests as asked_for
from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.board_session import Make, Session
from mlmgmt_widgets.readiness.board_view import evidence_key
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.readiness.entries import Evidence, SignOff
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.ui.screen import asks
from mlmgmt_widgets.ui.screens import KeyedScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlmgmt_widgets.workspace.reviews import Reviews


_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Changes(KeyedScreen):
    """The part of the board that changes a review; every change has an author, and a clash is shown.

    The board itself has what is open, shows it, and says what may be kept.
    """

    if TYPE_CHECKING:

        @property
        def _opened(self) -> Session: ...
        @property
        def _reviews(self) -> Reviews: ...
        def _today(self) -> date: ...
        def _show(self, session: Session) -> None: ...
        def _view(self, asked: asked_for.Look, **more: Any) -> dict[str, Any]: ...
        def _keeping(self) -> dict[str, bool]: ...
        def _with_evidence(self, checklist: Checklist, review: Review) -> tuple[Checklist, Review]: ...

    def _change(self, asked: asked_for.Edit, what: str, make: Make) -> dict[str, Any]:
        who = asked.who.strip()
        if not who:
            raise Refusal("Say who you are first; every change is recorded with a name.")
        if clash := self._seen_before(asked):
            return self._view(asked, clash=clash)
        author = Author(who, self._today(), asked.role or None)
        kept = self._reviews if self._opened.saved is not None else None
        session, late = self._opened.changed(make, author, what, kept)
        self._show(session)
        return self._view(asked, clash={"items": list(late.what), "by": late.by} if late else None)

    def _seen_before(self, asked: asked_for.Edit) -> dict[str, Any] | None:
        """The clash, where an item was changed after somebody had begun to change it, too."""
        if not isinstance(asked, asked_for.ItemEdit) or asked.seen is None:
            return None
        history = self._opened.review.entry(asked.item).history
        if len(history) == asked.seen:
            return None
        return {"items": [asked.item], "by": history[-1].by if history else "Somebody"}

    def _title(self, item: str) -> str:
        if item not in self._opened.checklist.items_by_id:
            raise Refusal("There is no such item in this checklist any more.")
        return self._opened.checklist.items_by_id[item].name

    @asks("say", asked_for.Say)
    def _say(self, asked: asked_for.Say) -> dict[str, Any]:
        reason = (asked.reason or "").strip() or None
        self._allow(asked)
        values = {"status": asked.status, "reason": reason, "until": asked.until}
        what = f"{self._title(asked.item)}: {asked.status}"
        return self._change(asked, what, lambda review, author: edits.change(review, asked.item, author, **values))

    def _allow(self, asked: asked_for.Say) -> None:
        """Refuse an exception that would not count anyway."""
        self._title(asked.item)
        if asked.status == "waived" and not self._opened.checklist.items_by_id[asked.item].waivable:
            raise Refusal("This item cannot be waived.")
        if asked.status == "waived" and asked.until is not None and asked.until < self._today():
            raise Refusal("The waiver would have ended already; please give a day that is still to come.")

    @asks("again", asked_for.Again)
    def _again(self, asked: asked_for.Again) -> dict[str, Any]:
        what = f"{self._title(asked.item)}: still holds"
        return self._change(asked, what, lambda review, author: edits.confirm(review, asked.item, author))

    @asks("assign", asked_for.Assign)
    def _assign(self, asked: asked_for.Assign) -> dict[str, Any]:
        given = asked.model_dump(include=asked.model_fields_set & {"owner", "due", "note"})
        values = {name: each.strip() or None if isinstance(each, str) else each for name, each in given.items()}
        what = f"{self._title(asked.item)}: assigned"
        return self._change(asked, what, lambda review, author: edits.change(review, asked.item, author, **values))

    @asks("evidence", asked_for.AddEvidence)
    def _add_evidence(self, asked: asked_for.AddEvidence) -> dict[str, Any]:
        values = asked.model_dump(
            include={"link", "note", "metric", "value", "at_least", "at_most", "on"}, exclude_none=True
        )
        if asked.link and not _ADDRESS.fullmatch(asked.link.strip()):
            raise Refusal("A link begins with https:// or http://; write anything else as a note.")
        evidence = _evidence({name: value for name, value in values.items() if value != ""})
        return self._added(asked, asked.item, evidence)

    @asks("upload", asked_for.Upload)
    def _upload(self, asked: asked_for.Upload) -> dict[str, Any]:
        from mlmgmt_widgets.readiness.evidence import UploadedFile, read_upload

        self._title(asked.item)
        upload = UploadedFile(asked.name, asked.text.encode(), asked.day or self._today())
        item = self._opened.checklist.items_by_id[asked.item]
        values: dict[str, Any] = {"file" if asked.source == "metric" else asked.source: asked.name}
        if asked.source == "metric":
            values |= asked.model_dump(include={"metric", "at", "at_least", "at_most"}, exclude_none=True)
        return self._added(asked, asked.item, read_upload(item, _evidence(values), upload))

    def _added(self, asked: asked_for.Edit, item: str, evidence: Evidence) -> dict[str, Any]:
        what = f"{self._title(item)}: evidence added"
        return self._change(asked, what, lambda review, author: edits.add_evidence(review, item, evidence, author))

    @asks("read-evidence", asked_for.Edit)
    def _read_evidence(self, asked: asked_for.Edit) -> dict[str, Any]:
        if not self._keeping()["reads"]:
            raise Refusal("This page reads no files of the machine that it runs on; add them as evidence instead.")
        checklist = self._opened.checklist

        def read(review: Review, author: Author) -> Review:
            return edits.take_over(review, self._with_evidence(checklist, review)[1], author)

        return self._change(asked, "evidence read", read)

    @asks("files", asked_for.AddFiles)
    def _add_files(self, asked: asked_for.AddFiles) -> dict[str, Any]:
        from mlmgmt_widgets.readiness.board_uploads import read_into

        checklist, today = self._opened.checklist, self._today()
        return self._change(
            asked, "evidence read", lambda review, author: read_into(checklist, review, asked.files, author, today)
        )

    @asks("remove", asked_for.Remove)
    def _remove(self, asked: asked_for.Remove) -> dict[str, Any]:
        what = f"{self._title(asked.item)}: evidence taken away"

        def without(review: Review, author: Author) -> Review:
            pieces = review.entry(asked.item).evidence
            piece = next((each for each in pieces if evidence_key(each) == asked.key), None)
            if piece is None:
                raise Refusal("That piece of evidence is not there any more.")
            return edits.remove_evidence(review, asked.item, piece, author)

        return self._change(asked, what, without)

    @asks("risk", asked_for.Risk)
    def _risk(self, asked: asked_for.Risk) -> dict[str, Any]:
        if asked.question not in {question.id for question in self._opened.checklist.risk}:
            raise Refusal("There is no such question in this checklist any more.")

        def answered(review: Review, _author: Author) -> Review:
            left = {name: answer for name, answer in review.risk.items() if name != asked.question}
            given = {asked.question: asked.answer} if asked.answer else {}
            return review.model_copy(update={"risk": left | given})

        return self._change(asked, "a question about risk", answered)

    @asks("tier", asked_for.ChooseTier)
    def _choose_tier(self, asked: asked_for.ChooseTier) -> dict[str, Any]:
        if asked.tier not in self._opened.checklist.tiers:
            raise Refusal("There is no such tier in this checklist.")
        reason = (asked.reason or "").strip() or None
        return self._change(
            asked, f"tier {asked.tier}", lambda review, author: edits.set_tier(review, asked.tier, author, reason)
        )

    @asks("sign", asked_for.Sign)
    def _sign(self, asked: asked_for.Sign) -> dict[str, Any]:
        if not asked.role:
            raise Refusal("Choose the role in which you sign.")
        note = (asked.note or "").strip() or None

        def signed(review: Review, author: Author) -> Review:
            values = {"role": author.role, "by": author.name, "on": author.on, "stage": asked.stage, "note": note}
            signature = validate(Document("sign-off", data={**values, "decision": asked.decision}), SignOff)
            return edits.sign_off(review, signature)

        return self._change(asked, f"{asked.decision} by {asked.role}", signed)


def _evidence(values: Mapping[str, Any]) -> Evidence:
    try:
        return validate(Document("evidence", data=values), Evidence)
    except ContentError as error:
        fault = error.faults[0]
        raise Refusal(f"This evidence cannot be used: expected {fault.expected}, found {fault.found}.") from None
