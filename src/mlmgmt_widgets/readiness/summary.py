"""A verdict as text: what `mlmgmt gate` prints, for whoever reads a log without colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap

from mlmgmt_widgets.readiness import steps
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.readiness.wording import outcome
from mlmgmt_widgets.words import counted, day, in_words

WIDTH = 100
"""Columns; a word that is longer, such as an address, stays in one piece."""

# Control characters, and those that turn the direction of text: a terminal acts on them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
# CI services carry out what begins a line like this, or stands anywhere in it. A line begins where a word does.
_COMMAND = re.compile(r"(?<!\S):(?=:)|#(?=#(?:\[|vso|teamcity))")


def text(checklist: Checklist, verdict: Verdict) -> str:
    """Return the verdict, what blocks and why, and what else there is to know.

    Args:
        checklist: that was asked.
        verdict: on the review.

    Example:
        >>> from datetime import date
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "question": "Is there a plan?", "owner": "ml-engineer"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> print(text(checklist, evaluate(checklist, review, stage="live", today=date(2026, 11, 24))))
        NOT READY for live: churn 3 (toy@1, on 24 November 2026)
        <BLANKLINE>
        1 item blocks it:
        <BLANKLINE>
        Other
          Plan (plan): missing
            found:  nothing is said of it
            needed: a yes to: Is there a plan?
            owner:  ML engineer
        <BLANKLINE>
        0 of 1 passed, 1 blocking
    """
    blocks = (
        _head(checklist, verdict),
        _blockers(verdict),
        _advisories(verdict),
        _waived(verdict),
        _not_applicable(verdict),
        _added(verdict),
        _signatures(verdict),
    )
    parts = ["\n".join(lines) for block in blocks if (lines := list(block))]
    return "\n\n".join([*parts, _counts(verdict)])


def _head(checklist: Checklist, verdict: Verdict) -> Iterator[str]:
    tier = f"tier {verdict.tier}, " if verdict.tier else ""
    about = f"{verdict.subject} {verdict.version} ({tier}{checklist.key}, on {day(verdict.today)})"
    yield _harmless(f"{'READY' if verdict.ready else 'NOT READY'} for {verdict.stage}: {about}")
    if verdict.tier_note:
        yield from _wrapped(f"Tier {verdict.tier}, though {verdict.tier_note}", "", "  ")


def _blockers(verdict: Verdict) -> Iterator[str]:
    blocking = [finding for finding in verdict.findings if finding.blocks]
    if not blocking:
        return
    yield f"{counted(len(blocking), 'item')} {'blocks' if len(blocking) == 1 else 'block'} it:"
    for theme, findings in groupby(_by_theme(blocking), key=lambda finding: finding.item.group):
        yield f"\n{in_words(theme)}"
        for finding in findings:
            yield from _blocker(finding)


def _by_theme(findings: Iterable[Finding]) -> list[Finding]:
    """Of the same theme side by side, in the order in which the themes first come."""
    found = list(findings)
    order = list(dict.fromkeys(finding.item.group for finding in found))
    return sorted(found, key=lambda finding: order.index(finding.item.group))


def _blocker(finding: Finding) -> Iterator[str]:
    item = finding.item
    yield from _wrapped(f"{item.name} ({item.id}): {outcome(finding)}", "  ", "    ")
    said = finding.said or "nothing"
    for name, words in (("found:", said), ("needed:", steps.needed(item)), ("owner:", steps.who(finding))):
        yield from _wrapped(words, f"    {name:<8}", " " * 12)


def _advisories(verdict: Verdict) -> Iterator[str]:
    findings = [finding for finding in verdict.findings if finding.outcome == "open" and not finding.blocks]
    if findings:
        yield "Advised, and blocking nothing:"
    for finding in findings:
        said = f"; {finding.said}" if finding.said else ""
        yield from _listed(f"{finding.item.name} ({finding.item.id}): {outcome(finding)}{said}")


def _waived(verdict: Verdict) -> Iterator[str]:
    if verdict.waived:
        yield "Waived:"
    for each in verdict.waived:
        name = verdict.of(each.item).item.name
        yield from _listed(f"{name} ({each.item}): until {day(each.until)}, by {each.by}: {each.reason}")


def _not_applicable(verdict: Verdict) -> Iterator[str]:
    """Each with its reason: whoever reads the log may think otherwise."""
    left_out = [finding for finding in verdict.findings if finding.outcome == "na"]
    if left_out:
        yield "Not applicable:"
    for finding in left_out:
        by = f" (by {finding.entry.by})" if finding.entry.by else ""
        yield from _listed(f"{finding.item.name} ({finding.item.id}): {finding.said}{by}")


def _added(verdict: Verdict) -> Iterator[str]:
    if verdict.added:
        yield f"Asked because the tier is {verdict.tier}:"
    for item, reason in verdict.added.items():
        yield from _listed(f"{verdict.of(item).item.name} ({item}): {reason}")


def _signatures(verdict: Verdict) -> Iterator[str]:
    if verdict.signatures:
        yield "Sign-offs, which open and block nothing by themselves:"
    for each in verdict.signatures:
        said = each.said
        words = (
            f"{said.decision} by {said.by}, {day(said.on)}" + (f": {said.note}" if said.note else "")
            if said
            else "not yet"
        )
        yield from _listed(f"{in_words(each.role)}, {each.stage}: {words}")


def _counts(verdict: Verdict) -> str:
    more = {
        "blocking": len(verdict.blockers),
        "advised": len(verdict.advisories),
        "waived": len(verdict.waived),
        "not applicable": len(verdict.findings) - verdict.applicable,
    }
    said = [
        f"{verdict.passed} of {verdict.applicable} passed",
        *(f"{many} {what}" for what, many in more.items() if many),
    ]
    return ", ".join(said)


def _listed(words: str) -> list[str]:
    return _wrapped(words, "  - ", "    ")


def _wrapped(words: str, first: str, others: str) -> list[str]:
    return wrap(
        _harmless(words),
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _harmless(words: str) -> str:
    """Text on one line that neither a terminal nor a CI service takes for a command."""
    return _COMMAND.sub(lambda found: f"{found[0]} ", " ".join(_CONTROL.sub(" ", words).split()))
