"""Which evidence counts, of what age it is, and what it says: one piece at a time.

The rules about days, written once: a waiver holds on its last day and not on the next; evidence of a day counts so
many days after it as its item says, the last of them included; and what is dated in the future does not count yet,
where one day is forgiven, since it may be tomorrow already where somebody signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Literal

from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Checks, Evidence, State
from mlmgmt_widgets.words import counted, day

Reason = Literal["missing", "failed", "expired", "waiver-expired", "stale-version", "not-waivable"]
_TOMORROW = timedelta(days=1)
_EXACT = 1e15  # beyond that not every whole number is its own float


@dataclass(frozen=True)
class Weighed:
    """One piece of evidence, looked at.

    Attributes:
        evidence: the piece.
        on: the day that it is of; None where nobody wrote one down.
        reason: why it does not count; None where it does.
        passes: whether it meets what it is held against; None for what decides nothing, such as a link.
        said: what was found beside what is needed: "auc 0.83, needs at least 0.80".
        until: the last day on which it counts; None where it does not age.
    """

    evidence: Evidence
    on: date | None
    reason: Reason | None
    passes: bool | None
    said: str
    until: date | None

    @property
    def unread(self) -> bool:
        """Whether it should have been read, for this version, and was not."""
        return self.reason == "missing" and self.evidence.read_from is not None and not self.evidence.is_read


def weigh(item: Item, state: State, evidence: Evidence, version: str, today: date) -> Weighed:
    """Look at one piece of evidence.

    Args:
        item: of the checklist.
        state: what the review says of the item.
        evidence: of that state.
        version: of the model under review.
        today: the day on which it should count.
    """
    on = _day_of(evidence, state)
    about = evidence.version or state.version or version
    until = _earliest(last_day(item, on), _too_old_after(item, evidence))
    reason: Reason | None
    passes, said = _outcome(item, evidence, today)
    if about != version and not item.carries_over:
        reason, why = "stale-version", f"it is about version {about}, not {version}"
    else:
        reason, why = _uncounted(item, evidence, on, today)
    if why == evidence.missing:
        said = ""  # which file is not there, for instance, says it all
    return Weighed(evidence, on, reason, passes, "; ".join(filter(None, (said, why))), until)


def _day_of(evidence: Evidence, state: State) -> date | None:
    """Its own day, or that of what is said; a mere note makes a pass no younger than the word that somebody gave.

    What is read from a file has the file's day or none: in a shallow clone nobody knows it, and what somebody said
    yesterday says nothing about how old it is.
    """
    if evidence.read_from is not None and evidence.source is None:
        return evidence.on
    is_note = evidence.link is None and evidence.metric is None and evidence.read_from is None
    if is_note and evidence.on is not None and state.on is not None:
        return min(evidence.on, state.on)
    return evidence.on or state.on


def last_day(item: Item, on: date | None) -> date | None:
    """The last day on which something of a day counts for an item; None where it does not age or has no day."""
    return None if on is None or item.expires_after_days is None else _after(on, item.expires_after_days)


def _after(day_of: date, days: int) -> date:
    try:
        return day_of + timedelta(days=days)
    except OverflowError:
        return date.max


def still_to_come(on: date | None, today: date) -> str:
    """Why something dated in the future does not count yet; empty where it does."""
    return f"it is dated {day(on)}, which is still to come" if on is not None and on - today > _TOMORROW else ""


def too_old(item: Item, on: date | None, today: date) -> tuple[Reason | None, str]:
    """Why something of a day does not count on another; no reason and no words where it does."""
    if ahead := still_to_come(on, today):
        return "missing", ahead
    if item.expires_after_days is None:
        return None, ""
    if on is None:
        return "expired", f"it has no date, and counts for {counted(item.expires_after_days, 'day')} only"
    until = last_day(item, on)
    if until is not None and today > until:
        return "expired", f"it is of {day(on)} and counted until {day(until)}"
    return None, ""


def _uncounted(item: Item, evidence: Evidence, on: date | None, today: date) -> tuple[Reason | None, str]:
    if evidence.read_from is not None and not evidence.is_read:
        return "missing", evidence.missing or "it has not been read"
    return too_old(item, on, today)


# -- what it says --------------------------------------------------------------------------------------------------


def _outcome(item: Item, evidence: Evidence, today: date) -> tuple[bool | None, str]:
    held: list[tuple[bool | None, str]] = []
    if evidence.metric is not None and evidence.value is not None:
        held.append(_within(item, evidence))
    if evidence.checks is not None:
        held.append(_all_passed(evidence.checks))
    if evidence.found and evidence.metric is None:
        held.append(_there(item, evidence, today))
    words = [said for _, said in held] or [_name(evidence)]
    decided = [passes for passes, _ in held if passes is not None]
    return (all(decided) if decided else None), "; ".join(words)


def _within(item: Item, evidence: Evidence) -> tuple[bool | None, str]:
    """Whether a metric is within its own bounds and those of the rule that is about it."""
    value = evidence.value if evidence.value is not None else float("nan")
    bounds = [(evidence.at_least, evidence.at_most)]
    if item.rule is not None and item.rule.metric == evidence.metric:
        bounds.append((item.rule.at_least, item.rule.at_most))
    least = max((low for low, _ in bounds if low is not None), default=None)
    most = min((high for _, high in bounds if high is not None), default=None)
    if least is None and most is None:
        return None, f"{evidence.metric} {number(value)}"
    passes = (least is None or value >= least) and (most is None or value <= most)
    given = [(words, bound) for words, bound in (("at least", least), ("at most", most)) if bound is not None]
    nearest = min((bound for _, bound in given), key=lambda bound: abs(bound - value))
    wanted = " and ".join(f"{words} {number(bound, value)}" for words, bound in given)
    return passes, f"{evidence.metric} {number(value, nearest)}, needs {wanted}"


def _all_passed(checks: Checks) -> tuple[bool | None, str]:
    ran = checks.passed + checks.failed
    skipped = f", {checks.skipped} skipped" if checks.skipped else ""
    if not ran:
        return False, f"no check ran{skipped}"
    named = f" ({', '.join(checks.failing)}{', …' if checks.failed > len(checks.failing) else ''})" * bool(
        checks.failing
    )
    return checks.failed == 0, f"{checks.passed} of {counted(ran, 'check')} passed{named}{skipped}"


def _there(item: Item, evidence: Evidence, today: date) -> tuple[bool | None, str]:
    """Whether a file, a run or a tag is there, and young enough."""
    name = _name(evidence)
    limit = _age_limit(item, evidence)
    if limit is None:
        return True, f"{name} is there" + (f", of {day(evidence.on)}" if evidence.on else "")
    if evidence.on is None:
        return False, f"{name} has no date, needs to be at most {counted(limit, 'day')} old"
    age = max((today - evidence.on).days, 0)
    return age <= limit, f"{name} is {counted(age, 'day')} old, needs at most {limit}"


def _age_limit(item: Item, evidence: Evidence) -> int | None:
    """The days that a file may be old: its own limit and that of the rule that is about it, whichever is less."""
    limits = [evidence.younger_than_days]
    if item.rule is not None and item.rule.file is not None and evidence.file is not None:
        limits.append(item.rule.younger_than_days)
    return min((each for each in limits if each is not None), default=None)


def _too_old_after(item: Item, evidence: Evidence) -> date | None:
    limit = _age_limit(item, evidence)
    if limit is None or evidence.on is None or evidence.metric is not None:
        return None
    return _after(evidence.on, limit)


def _earliest(*days: date | None) -> date | None:
    return min((each for each in days if each is not None), default=None)


def _name(evidence: Evidence) -> str:
    source = evidence.read_from
    if source is not None:
        return str(getattr(evidence, source))
    return evidence.link or clause(evidence.note or "") or evidence.metric or evidence.source or "evidence"


def clause(text: str) -> str:
    """What people typed as a part of a sentence: on one line, and without its own full stop."""
    return " ".join(text.split()).removesuffix(".")


def number(value: float, beside: float | None = None) -> str:
    """A number as people read it; where another stands beside it, with digits enough to tell the two apart.

    Example:
        >>> number(0.83), number(12000), number(0.8312345), number(1e-9)
        ('0.83', '12,000', '0.8312', '1e-09')
        >>> number(0.79999, 0.8)
        '0.79999'
    """
    if float(value).is_integer() and abs(value) < _EXACT:
        return f"{int(value):,}"
    whole = len(str(int(abs(value)))) + 1 if abs(value) < _EXACT else 0  # all digits before the point are shown
    for digits in (4, 6, 9, 12):
        text = f"{value:,.{max(digits, whole)}g}"
        if beside is None or _order(float(text.replace(",", "")), beside) == _order(value, beside):
            return text
    return repr(value)


def _order(a: float, b: float) -> int:
    return (a > b) - (a < b)


# -- the rule ------------------------------------------------------------------------------------------------------


def answers(item: Item, evidence: Evidence) -> bool:
    """Whether a piece of evidence is of the kind that the item's rule asks for; without a rule, all of it is."""
    rule = item.rule
    if rule is None:
        return True
    subject = rule.subject
    if subject == "metric":
        return evidence.metric == rule.metric
    if subject == "sign_off":
        return False
    if subject in {"junit", "evidently", "great_expectations", "pandera"}:
        return getattr(evidence, subject) is not None  # which tests or checks count is the reader's business
    value = getattr(evidence, subject)
    return value is not None and evidence.metric is None and fnmatchcase(value, rule.pattern)


def needs(item: Item) -> str:
    """What the item's rule asks for, as the end of a sentence; empty without a rule.

    Example:
        >>> from mlmgmt_widgets.readiness.checklist import Item
        >>> needs(Item(id="floor", stage="a", question="?", rule={"metric": "auc", "at_least": 0.8}))
        'the metric auc of at least 0.8'
    """
    rule = item.rule
    if rule is None:
        return ""
    pattern = rule.pattern
    if rule.metric is not None:
        least = f"of at least {number(rule.at_least)}" if rule.at_least is not None else ""
        most = f"of at most {number(rule.at_most)}" if rule.at_most is not None else ""
        return f"the metric {pattern} {' and '.join(filter(None, (least, most)))}"
    age = "" if rule.younger_than_days is None else f" at most {counted(rule.younger_than_days, 'day')} old"
    return {
        "junit": f"a JUnit report in which the tests {pattern} pass",
        "evidently": f"an Evidently result in which the tests {pattern} pass",
        "great_expectations": f"a Great Expectations result in which the expectations {pattern} are met",
        "pandera": f"a pandera result in which the checks {pattern} pass",
        "mlflow": f"{pattern} in MLflow",
        "file": f"the file {pattern}{age}",
        "tag": f"the git tag {pattern}",
        "sign_off": f"a sign-off by the role {pattern}",
    }[rule.subject]
