"""What a review leaves open, handed to a plan: tasks and risks as plain values, in the shape of a plan's YAML.

The numbers are those that the checklist proposes for each item (`if_open`); an item without them gets none invented and
is named instead.
"""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mlmgmt_widgets import yaml_text
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist, IfOpen, Item
from mlmgmt_widgets.readiness.item_rule import Weeks
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.words import counted, in_words, listed
from mlmgmt_widgets.work import GATE, added

PREFIX = "ready"
_LONGEST_ID = 100  # characters, in plans
_SATURDAY = 5
_WIDTH = 116  # of a remark's lines


@dataclass(frozen=True)
class OpenWork:
    """What is open, as work for a plan.

    Attributes:
        tasks: id, title, weeks and, where the same people have to do another one first, `after`.
        risks: id, title, probability, weeks, and `delays`: a task that stands for passing the gate.
        without: the open items for which the checklist proposes no time: id -> title.
    """

    tasks: tuple[dict[str, Any], ...]
    risks: tuple[dict[str, Any], ...]
    without: dict[str, str]

    @property
    def said(self) -> str:
        """What is not in it, in a sentence; empty where nothing is left out."""
        if not self.without:
            return ""
        names = listed([f"“{title}”" for title in self.without.values()])
        return (
            f"Not in it, since the checklist proposes no time for {names}: {_pronoun(self.without)} still to be done."
        )

    def to_dict(self) -> dict[str, Any]:
        """Tasks and risks, as whoever has a plan takes them."""
        return {"tasks": [dict(task) for task in self.tasks], "risks": [dict(risk) for risk in self.risks]}


def open_work(checklist: Checklist, verdict: Verdict, *, advisories: bool = False, prefix: str = PREFIX) -> OpenWork:
    """What blocks a stage, as tasks and risks for a plan.

    Tasks of the same person, or of the same role where nobody is named, come one after the other in the order of the
    stages: one pair of hands that takes on all of them at once would finish none of them sooner. Tasks that nobody owns
    are one such row, since nothing says that there are several people for them. Different people work side by side.

    Args:
        checklist: whose proposals count.
        verdict: on a review that fills it in.
        advisories: whether open advisory items are work, too.
        prefix: of the ids, such as ready-rollback-plan. Where several models share a plan, each needs its own.

    Example:
        >>> from mlmgmt_widgets.readiness import Review, evaluate
        >>> item = {"id": "rollback-plan", "stage": "live", "question": "?", "if_open": {"weeks": 0.4}}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> verdict = evaluate(checklist, Review(checklist="toy@1", subject="churn", version="3"), stage="live")
        >>> open_work(checklist, verdict).tasks
        ({'id': 'ready-rollback-plan', 'title': 'Rollback plan', 'weeks': 0.4},)
    """
    tasks: list[dict[str, Any]] = []
    risks: list[dict[str, Any]] = []
    without: dict[str, str] = {}
    last: dict[str | None, str] = {}  # who -> the task that they do last
    for finding, item in _open(checklist, verdict, advisories=advisories):
        if item.if_open is None:
            without[item.id] = item.name
            continue
        values = _values(item, item.if_open, prefix)
        if item.if_open.probability is not None:
            risks.append({**values, "delays": GATE})
            continue
        who = finding.entry.owner or item.owner
        tasks.append({**values, "after": [last[who]]} if who in last else values)
        last[who] = values["id"]
    return OpenWork(tuple(tasks), tuple(risks), without)


def as_plan(
    checklist: Checklist,
    verdict: Verdict,
    *,
    title: str | None = None,
    start: date | str | None = None,
    advisories: bool = False,
) -> dict[str, Any]:
    """A whole plan of what is open: its last task, which takes no time, is to pass the gate.

    Args:
        checklist: whose proposals count.
        verdict: on a review that fills it in.
        title: left out, model, version and stage; with the number of items that are not in it for want of an estimate.
        start: the first day of work; left out, the day of the verdict. A weekend is moved to the Monday after it.
        advisories: whether open advisory items are work, too.

    Returns:
        Its plain values, in the shape of its YAML.

    Raises:
        Refusal: if nothing is open, or the checklist proposes no time for anything that is.

    Example:
        >>> from mlmgmt_widgets.readiness import Review, evaluate
        >>> item = {"id": "rollback-plan", "stage": "live", "question": "?", "if_open": {"weeks": 0.4}}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> verdict = evaluate(checklist, Review(checklist="toy@1", subject="churn", version="3"), stage="live")
        >>> print(to_yaml(as_plan(checklist, verdict, start="2027-01-02")), end="")
        title: 'churn 3: ready for live'
        start: 2027-01-04
        tasks:
          - id: ready-rollback-plan
            title: Rollback plan
            weeks: 0.4
          - id: pass-the-gate
            title: Pass the gate for live
            weeks: 0
            after: [ready-rollback-plan]
    """
    work = open_work(checklist, verdict, advisories=advisories)
    model = f"{verdict.subject} {verdict.version}"
    stage = in_words(verdict.stage).lower()
    if not work.tasks and not work.risks:
        raise Refusal(work.said or f"Nothing keeps {model} from {stage}: there is nothing to plan.")
    left_out = f" (without {counted(len(work.without), 'item')} of unknown length)" if work.without else ""
    gate = {"id": GATE, "title": f"Pass the gate for {stage}", "weeks": 0}
    head = {"title": title or f"{model}: ready for {stage}{left_out}", "start": _weekday(start or verdict.today)}
    return added({**head, "tasks": [gate]}, work.to_dict())


def added_to(
    plan: Mapping[str, Any], work: OpenWork | Mapping[str, Any], *, before: str | None = None
) -> dict[str, Any]:
    """A plan with the work added; handing it over twice changes nothing.

    What was handed over earlier and has been closed since stays in the plan until somebody takes it out.

    Args:
        plan: its plain values, which are not changed.
        work: what is open.
        before: the id of the task that has to wait for it, which its risks delay, too. Left out, nothing of the plan
            waits, and the work ends in a task of its own.

    Raises:
        Refusal: if the plan has no such task.

    Example:
        >>> plan = {"title": "Toy", "start": "2027-01-04", "tasks": [{"id": "rollout", "weeks": 2}]}
        >>> work = OpenWork(({"id": "ready-runbook", "weeks": 1},), (), {})
        >>> added_to(plan, work, before="rollout")["tasks"]
        [{'id': 'ready-runbook', 'weeks': 1}, {'id': 'rollout', 'weeks': 2, 'after': ['ready-runbook']}]
    """
    return added(plan, work.to_dict() if isinstance(work, OpenWork) else work, before)


def to_yaml(plan: Mapping[str, Any], remark: str = "") -> str:
    """A plan, or work alone, as YAML; `mlmgmt forecast` reads a plan of it.

    Args:
        plan: plain values.
        remark: what stands above them as a comment, such as `OpenWork.said`.

    Raises:
        Refusal: if the file would be larger than files are read.
    """
    values = {name: _block(value) for name, value in plan.items()}
    if isinstance(values.get("start"), str):
        values["start"] = date.fromisoformat(values["start"])  # written without quotes, as people write it
    return "".join(f"# {line}\n" for line in _lines(remark)) + yaml_text.dump(values, "plan")


# -- the parts -----------------------------------------------------------------------------------------------------


def _open(checklist: Checklist, verdict: Verdict, *, advisories: bool) -> Iterator[tuple[Finding, Item]]:
    """The open items, those of the earliest stage first."""
    found = [each for each in verdict.findings if each.outcome == "open" and (each.blocks or advisories)]
    for finding in sorted(found, key=lambda each: checklist.stages.index(each.item.stage)):
        yield finding, checklist.items_by_id[finding.item.id]


def _values(item: Item, proposed: IfOpen, prefix: str) -> dict[str, Any]:
    """What tasks and risks have in common."""
    values: dict[str, Any] = {"id": _id(item.id, prefix), "title": proposed.title or item.name}
    if proposed.probability is not None:
        values["probability"] = proposed.probability
    weeks = proposed.weeks
    values["weeks"] = weeks.model_dump() if isinstance(weeks, Weeks) else weeks
    return values


def _id(item: str, prefix: str) -> str:
    """An id that the plan does not have for something else; a very long one is cut and stays unique."""
    whole = f"{prefix}-{item}"
    if len(whole) <= _LONGEST_ID:
        return whole
    mark = f"-{zlib.crc32(item.encode()):08x}"
    return whole[: _LONGEST_ID - len(mark)].rstrip("-") + mark


def _weekday(start: date | str) -> str:
    """A day on which a plan may start."""
    day = date.fromisoformat(start) if isinstance(start, str) else start
    return (day + timedelta(days=7 - day.weekday() if day.weekday() >= _SATURDAY else 0)).isoformat()


def _pronoun(names: Mapping[str, str]) -> str:
    return "it is" if len(names) == 1 else "they are"


def _block(value: Any) -> Any:
    """A task or a risk: one line for each of its values."""
    if isinstance(value, Mapping):
        return {name: yaml_text.on_one_line(inner) for name, inner in value.items()}
    return [_block(each) for each in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _lines(text: str) -> Iterator[str]:
    """A text in lines that are no longer than those of the file."""
    return iter(textwrap.wrap(text, _WIDTH))


__all__ = ["GATE", "PREFIX", "OpenWork", "added_to", "as_plan", "open_work", "to_yaml"]
