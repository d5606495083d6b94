"""What a readiness report says: the verdict, what blocks, who signed, and every item with what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlmgmt_widgets.readiness import steps
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.lapsing import lapsing
from mlmgmt_widgets.readiness.progress import StageProgress, by_stage
from mlmgmt_widgets.readiness.review import Review, SignOff
from mlmgmt_widgets.readiness.tiers import propose_tier
from mlmgmt_widgets.readiness.verdict import Verdict, evaluate
from mlmgmt_widgets.readiness.wording import named, outcome
from mlmgmt_widgets.ui.document import Drawing, Heading, Part, Rows, Words
from mlmgmt_widgets.words import counted, day, in_words

SOON = 30
"""Days for which it is said what will lapse."""


@dataclass(frozen=True)
class Report:
    """A review with the verdict on it, as the parts of a report.

    Attributes:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.
    """

    checklist: Checklist
    review: Review
    verdict: Verdict

    @property
    def title(self) -> str:
        """The model and its version."""
        return f"{self.verdict.subject} {self.verdict.version}"

    @property
    def about(self) -> str:
        """Tier, checklist, day and count, in a line."""
        verdict = self.verdict
        tier = (f"tier {verdict.tier}",) if verdict.tier else ()
        passed = f"{verdict.passed} of {counted(verdict.applicable, 'item')} passed"
        note = (f"tier {verdict.tier}, though {verdict.tier_note}",) if verdict.tier_note else ()
        return " · ".join((*tier, self.checklist.key, day(verdict.today), passed, *note))

    def parts(self) -> Iterator[Part]:
        """Everything below the verdict, in the order of a decision."""
        yield from self._blocking()
        yield from self._advised()
        yield from self._waived()
        yield from self._lapsing()
        yield from self._progress()
        yield Drawing()
        yield from self._signed()
        yield from self._risk()
        yield from self._items()

    # -- what stands in the way ------------------------------------------------------------------------------------

    def blocking(self) -> Rows | None:
        """What blocks, beside what is needed, who sees to it and how to get it done; None where nothing does."""
        rows = [
            (
                _name(each),
                outcome(each),
                each.said,
                steps.needed(each.item),
                steps.who(each),
                steps.step(each, self.verdict.version),
            )
            for each in self.verdict.findings
            if each.blocks
        ]
        return Rows(["Item", "Why it is open", "Found", "Needed", "Owner", "What to do"], rows) if rows else None

    def advised(self) -> Rows | None:
        """What is not there and blocks nothing."""
        open_ = [each for each in self.verdict.findings if each.outcome == "open" and not each.blocks]
        rows = [(_name(each), outcome(each), each.said, steps.who(each)) for each in open_]
        return Rows(["Item", "Why it is open", "Found", "Owner"], rows) if rows else None

    def waived(self) -> Rows | None:
        """What was waived, and its last day."""
        rows = [
            (_name(self.verdict.of(each.item)), day(each.until), each.by, each.reason) for each in self.verdict.waived
        ]
        return Rows(["Item", "Last day", "By", "Reason"], rows) if rows else None

    def not_applicable(self) -> Rows | None:
        """What was left out, and why."""
        left_out = [each for each in self.verdict.findings if each.outcome == "na"]
        rows = [(_name(each), each.entry.by or "", each.said) for each in left_out]
        return Rows(["Item", "By", "Reason"], rows) if rows else None

    def added(self) -> Rows | None:
        """What is asked because of the tier, and why."""
        rows = [(_name(self.verdict.of(item)), reason) for item, reason in self.verdict.added.items()]
        return Rows(["Item", "Why it is asked"], rows) if rows else None

    def lapsing(self) -> Rows | None:
        """What holds now and will stop by itself soon."""
        verdict = self.verdict
        asked = {finding.item.id for finding in verdict.findings}
        found = lapsing(self.checklist, self.review, tier=verdict.tier, today=verdict.today, within=SOON)
        kinds = {"evidence": "its evidence grows too old", "waiver": "its waiver ends"}
        rows = [
            (_name(finding), day(each.last_day), kinds[each.kind], steps.who(finding))
            for each in found
            if each.item.id in asked
            for finding in (verdict.of(each.item.id),)
        ]
        return Rows(["Item", "Last day", "Why", "Owner"], rows) if rows else None

    def _blocking(self) -> Iterator[Part]:
        if rows := self.blocking():
            yield Heading("What blocks it")
            yield rows

    def _advised(self) -> Iterator[Part]:
        if rows := self.advised():
            yield Heading("What is advised")
            yield Words("Not there yet, and blocking nothing.", quiet=True)
            yield rows

    def _waived(self) -> Iterator[Part]:
        if rows := self.waived():
            yield Heading("Waivers")
            yield Words("A waiver holds on its last day; on the next one the item blocks again.", quiet=True)
            yield rows

    def _lapsing(self) -> Iterator[Part]:
        if rows := self.lapsing():
            yield Heading(f"What lapses within {SOON} days")
            yield rows

    # -- how far it is ---------------------------------------------------------------------------------------------

    def stages(self) -> Sequence[StageProgress]:
        """How far every stage is, at the verdict's tier and on its day."""
        asked = {"tier": self.verdict.tier, "today": self.verdict.today}
        return by_stage(
            evaluate(self.checklist, self.review, stage=self.checklist.stages[-1], **asked),  # type: ignore[arg-type]  # a tier and a day, by name
            self.checklist,
        )

    def _progress(self) -> Iterator[Part]:
        yield Heading("Progress by stage")
        yield Words("A stage needs its own items and those of every earlier stage.", quiet=True)
        rows = [
            (
                in_words(each.stage),
                "ready" if each.ready else "not ready",
                f"{each.whole.passed} of {each.whole.applicable}",
                each.whole.waived,
                each.whole.na,
                each.whole.blocking,
            )
            for each in self.stages()
        ]
        numbers = ["Passed", "Waived", "Not applicable", "Blocking"]
        yield Rows(["Stage", "State", *numbers], rows, right=numbers)

    def _signed(self) -> Iterator[Part]:
        if rows := self.signed():
            yield Heading("Sign-offs")
            yield rows

    def signed(self) -> Rows | None:
        """Who signed off which stage, and the roles that have not done so for this version."""
        given = self.review.sign_offs
        rows = [*(self._signature(each, given[place + 1 :]) for place, each in enumerate(given)), *self._unsigned()]
        return Rows(["Stage", "Role", "Decision", "By", "On", "Version", "Note"], rows) if rows else None

    def _signature(self, each: SignOff, later: Sequence[SignOff]) -> tuple[str, ...]:
        """One sign-off; of those that a role gave of the same, the last one stands."""
        own = (each.role, each.stage, each.version or self.review.version)
        again = any((one.role, one.stage, one.version or self.review.version) == own for one in later)
        decision = f"{each.decision} (no longer)" if again else each.decision
        stage = in_words(each.stage) if each.stage else "all"
        version = each.version or self.review.version
        return (stage, in_words(each.role), decision, each.by, day(each.on), version, each.note or "")

    def _unsigned(self) -> Iterator[tuple[str, ...]]:
        """The roles that sign off a stage up to the one that is asked for, and have not done so for this version."""
        for each in self.verdict.signatures:
            if each.said is None:
                yield in_words(each.stage), in_words(each.role), "not yet", "", "", self.review.version, ""

    def _risk(self) -> Iterator[Part]:
        rows = self.added()
        if not rows:
            return
        yield Heading(f"Asked because the tier is {self.verdict.tier}")
        proposal = propose_tier(self.checklist, self.review.risk)
        if proposal.tier is not None:
            yield Words(proposal.sentence, quiet=True)
        if self.review.tier_reason and self.review.tier == self.verdict.tier:
            yield Words(f"Chosen by hand: {self.review.tier_reason}", quiet=True)
        yield rows

    # -- everything ------------------------------------------------------------------------------------------------

    def _items(self) -> Iterator[Part]:
        yield Heading("Every item that is asked")
        for theme in self.checklist.themes:
            findings = [each for each in self.verdict.findings if each.item.group == theme]
            if findings:
                yield Heading(in_words(theme), 3)
                rows = [self._item(each) for each in findings]
                columns = ["Item", "State", "Found", "Other evidence", "Said by", "Holds until", "Changes"]
                yield Rows(columns, rows, right=["Changes"])

    def _item(self, finding: Finding) -> tuple[str | int, ...]:
        entry = finding.entry
        names = dict.fromkeys(named(each) for each in entry.evidence)
        evidence = "; ".join(name for name in names if name not in finding.said)
        said = [entry.by or "", day(entry.on) if entry.on else ""]
        if entry.version not in {None, self.review.version}:
            said.append(f"version {entry.version}")
        until = day(finding.until) if finding.until else ""
        return (
            _name(finding),
            outcome(finding),
            finding.said,
            evidence,
            ", ".join(filter(None, said)),
            until,
            len(entry.history),
        )


def _name(finding: Finding) -> str:
    return finding.item.name
