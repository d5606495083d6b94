"""A team's record: in how many of its releases an item had passed, as sentences that stand beside other questions.

A review stands for one release: of one version of one model. Each is judged as it stood on the day of that release,
so that evidence that was fresh then is fresh, and what was written down later does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from mlmgmt_widgets.readiness.checklist import Checklist, Item
from mlmgmt_widgets.readiness.judging import Finding, judge
from mlmgmt_widgets.readiness.progress import review_at
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.signatures import is_about
from mlmgmt_widgets.words import counted, listed

Days = Mapping[tuple[str, str], date]
"""(model, version) -> the day of its release."""


@dataclass(frozen=True)
class Record:
    """How often an item had passed.

    Attributes:
        item: of the checklist.
        releases: those that it applied to and that say something of it, each as it was found on its day, by model and
            version.
        silent: how many more it applied to, whose reviews say nothing of it: it did not pass there, but nobody said
            that it failed.

    Neither a share nor an interval is given: a team has a handful of releases, they are no sample of anything, and a
    percentage of six would look like more than it is.
    """

    item: Item
    releases: Mapping[tuple[str, str], Finding]
    silent: int = 0

    @property
    def of(self) -> int:
        """How many releases say something of it."""
        return len(self.releases)

    @property
    def passed(self) -> int:
        """In how many of them it had passed."""
        return self._count("passed")

    @property
    def waived(self) -> int:
        """In how many of them it was waived, which is not the same."""
        return self._count("waived")

    def _count(self, outcome: str) -> int:
        return sum(each.outcome == outcome for each in self.releases.values())

    @property
    def sentence(self) -> str:
        """The record in a sentence."""
        if not self.of:
            return f"No release so far says anything of “{self.item.name}”."
        return f"{self.passed} of {counted(self.of, 'release')} passed “{self.item.name}”{_besides(self, '; ')}."

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "item": self.item.id,
            "title": self.item.name,
            "sentence": self.sentence,
            "passed": self.passed,
            "of": self.of,
            "waived": self.waived,
            "silent": self.silent,
        }


def track_record(
    checklist: Checklist,
    reviews: Sequence[Review],
    item: str,
    *,
    days: Days | None = None,
    signed_off: bool = False,
) -> Record:
    """In how many releases an item had passed.

    The day of a release is, for an item, the day on which the first stage that asks for it was signed off: the last go
    of the roles that the checklist names for that stage (of anybody, where it names none). Where no such stage was
    signed off, it is the last day on which something was said of the items of the item's stage or an earlier one.

    Reviews of other checklists are left out, and those to which the item does not apply, by tier or as n/a.

    Args:
        checklist: that asks for the item.
        reviews: one a release.
        item: its id.
        days: of releases whose day is known otherwise.
        signed_off: whether only releases count whose stage was signed off, or whose day is given: so a review that is
            still being filled in is no release.

    Raises:
        KeyError: if the checklist has no such item.

    Example:
        >>> items = [{"id": "rehearsed", "title": "Rollback rehearsed", "stage": "live", "question": "?"}]
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=items)
        >>> reviews = [
        ...     Review(checklist="toy@1", subject="churn", version=str(n), items={"rehearsed": {"status": status}})
        ...     for n, status in enumerate(["pass", "pass", "fail"])
        ... ]
        >>> track_record(checklist, reviews, "rehearsed").sentence
        '2 of 3 releases passed “Rollback rehearsed”.'
    """
    asked = checklist.items_by_id[item]
    found = {}
    for review in reviews:
        finding = _finding(checklist, review, asked, days or {}, signed_off=signed_off)
        if finding is not None and finding.outcome != "na":
            found[review.subject, review.version] = finding
    said = {release: finding for release, finding in found.items() if not _silent(finding)}
    return Record(asked, said, len(found) - len(said))


def records(
    checklist: Checklist, reviews: Sequence[Review], *, days: Days | None = None, signed_off: bool = False
) -> dict[str, dict[str, Any]]:
    """The record on every question of a maturity rubric that the checklist's items help to answer (`maturity`).

    It answers none: what a share of releases says about a team is the team's to say. Items that no review says anything
    of are left out, and so are questions without any other.

    Args:
        checklist: whose items name the questions.
        reviews: one a release.
        days: as in `track_record`.
        signed_off: as in `track_record`.

    Returns:
        Question -> `sentence`; `of`, the releases that say something of one of its items; `passed`, those in which each
        of which they do had passed; and `items`, each as `Record.to_dict` has it.

    Example:
        >>> items = [{"id": "plan", "stage": "live", "question": "?", "maturity": ["model-rollback"]}]
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=items)
        >>> review = Review(checklist="toy@1", subject="churn", version="3", items={"plan": {"status": "pass"}})
        >>> records(checklist, [review])["model-rollback"]["sentence"]
        '1 of 1 release passed “Plan”.'
    """
    by_question: dict[str, list[Record]] = {}
    for item in checklist.items:
        if item.maturity:
            record = track_record(checklist, reviews, item.id, days=days, signed_off=signed_off)
            if record.of:
                for question in item.maturity:
                    by_question.setdefault(question, []).append(record)
    return {question: _together(several) for question, several in by_question.items()}


def sentences(
    checklist: Checklist, reviews: Sequence[Review], *, days: Days | None = None, signed_off: bool = False
) -> dict[str, tuple[str, ...]]:
    """The sentences of `records` alone: what stands beside the questions of a maturity workshop."""
    found = records(checklist, reviews, days=days, signed_off=signed_off)
    return {question: (each["sentence"],) for question, each in found.items()}


class SavedReviews(Protocol):
    """Where reviews are kept, each with the checklist of its time; the last saved comes first."""

    def all(self) -> Sequence[Any]:
        """What there is, each with its `subject` and `version`."""

    def get(self, subject: str, version: str) -> Any:
        """One of them, with its `review` and `checklist`."""


def of_saved(saved: SavedReviews, *, days: Days | None = None, signed_off: bool = True) -> dict[str, tuple[str, ...]]:
    """The sentences of all reviews that are kept somewhere, such as `Workspace.reviews`.

    Each checklist has sentences of its own, by its version that was saved last. Unless told otherwise, only what was
    signed off is a release there: among the reviews that are kept, some are always still being filled in.

    Args:
        saved: `Workspace.reviews`, or what is read like it.
        days: as in `track_record`.
        signed_off: as in `track_record`.
    """
    kept = [saved.get(each.subject, each.version) for each in saved.all()]
    newest: dict[str, Checklist] = {}
    for each in kept:
        newest.setdefault(each.checklist.id, each.checklist)
    found: dict[str, tuple[str, ...]] = {}
    reviews = [each.review for each in kept]
    for checklist in newest.values():
        for question, said in sentences(checklist, reviews, days=days, signed_off=signed_off).items():
            found[question] = found.get(question, ()) + said
    return found


# -- one release ---------------------------------------------------------------------------------------------------


def _finding(checklist: Checklist, review: Review, item: Item, days: Days, *, signed_off: bool) -> Finding | None:
    """What was found of an item in a release; None where it was not asked, or this is no release."""
    if review.checklist.partition("@")[0] != checklist.id:
        return None
    day = days.get((review.subject, review.version)) or _signed_off(checklist, review, item)
    if day is None and signed_off:
        return None
    day = day or max(_days(checklist, review, item), default=date.min)
    then = review_at(review, day)
    if not item.is_asked_at(then.tier or review.tier):
        return None
    return judge(item, then, day)


def _silent(finding: Finding) -> bool:
    """Whether a review says nothing of an item, neither by a status nor by evidence."""
    said = finding.entry.status != "unknown" or finding.entry.evidence
    return finding.reason == "missing" and not said


def _signed_off(checklist: Checklist, review: Review, item: Item) -> date | None:
    """The day on which the first stage that asks for an item was signed off."""
    for stage in checklist.stages[checklist.stages.index(item.stage) :]:
        last = {each.role: each for each in review.sign_offs if is_about(each, stage, review.version)}
        roles = checklist.sign_offs.get(stage) or tuple(last)
        if roles and all(role in last and last[role].decision == "go" for role in roles):
            return max(last[role].on for role in roles)
    return None


def _days(checklist: Checklist, review: Review, item: Item) -> Iterator[date]:
    """The days on which something was said of the items of a stage and of those before it."""
    reached = checklist.stages[: checklist.stages.index(item.stage) + 1]
    for each in checklist.items:
        if each.stage in reached:
            entry = review.entry(each.id)
            yield from (day for day in (entry.on, *(piece.on for piece in entry.evidence)) if day is not None)
            yield from (change.on for change in entry.history)


# -- words ---------------------------------------------------------------------------------------------------------


def _together(several: Sequence[Record]) -> dict[str, Any]:
    """The records that belong to one question."""
    by_release: dict[tuple[str, str], list[bool]] = {}
    for record in several:
        for release, finding in record.releases.items():
            by_release.setdefault(release, []).append(finding.outcome == "passed")
    return {
        "sentence": several[0].sentence if len(several) == 1 else _listing(several),
        "passed": sum(all(passed) for passed in by_release.values()),
        "of": len(by_release),
        "items": [record.to_dict() for record in several],
    }


def _listing(several: Sequence[Record]) -> str:
    """Several records in one sentence."""
    each = [f"“{record.item.name}” {record.passed} of {record.of}{_besides(record, ' (', ')')}" for record in several]
    return f"Releases that passed: {listed(each)}."


def _besides(record: Record, before: str, after: str = "") -> str:
    """What happened to those that did not pass, other than failing."""
    said = []
    if record.waived:
        said.append(f"{record.waived} {'was' if record.waived == 1 else 'were'} waived")
    if record.silent:
        said.append(f"{record.silent} more {'says' if record.silent == 1 else 'say'} nothing of it")
    return f"{before}{', '.join(said)}{after}" if said else ""
