"""Work from elsewhere, such as what a readiness review leaves open, taken into a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from mlmgmt_widgets.content import FrozenModel, Problem, validate
from mlmgmt_widgets.documents import Document
from mlmgmt_widgets.timeline import rules
from mlmgmt_widgets.timeline.plan import MOST_RISKS, MOST_TASKS, Plan, Risk, Task
from mlmgmt_widgets.words import counted, listed
from mlmgmt_widgets.work import added


class Work(FrozenModel):
    """Tasks and risks to add to a plan.

    Attributes:
        tasks: what they come after is among them, or in the plan.
        risks: what they delay is among the tasks; any other name stands for the task that has to wait for the work.
    """

    tasks: tuple[Task, ...] = Field((), max_length=MOST_TASKS)
    risks: tuple[Risk, ...] = Field((), max_length=MOST_RISKS)

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """There is something to do, and each of it has an id of its own."""
        if not any(data.get(name) for name in ("tasks", "risks")):
            yield Problem((), "neither tasks nor risks", "at least one of them")
        yield from rules.ids(data)

    @property
    def summary(self) -> str:
        """How much there is."""
        tasks, risks = len(self.tasks), len(self.risks)
        return listed([*([counted(tasks, "task")] if tasks else []), *([counted(risks, "risk")] if risks else [])])


def as_work(value: Mapping[str, Any]) -> Work:
    """Work from its plain values.

    Raises:
        ContentError: with every fault.
    """
    return validate(Document("work", data=value), Work)


def work_of(document: Document) -> Work:
    """The work in a file: in one that is a whole plan, its tasks and risks; research, team and days are left out.

    Raises:
        ContentError: with every fault.
    """
    data = document.data
    if isinstance(data, Mapping):
        data = {
            name: value for name, value in data.items() if name not in Plan.model_fields or name in Work.model_fields
        }
    return validate(replace(document, data=data), Work)


def with_work(plan: Plan, work: Work, before: str | None = None) -> Plan:
    """A plan with work added; the same work added twice changes nothing.

    Args:
        plan: that takes the work in.
        work: to add. What has the same id as something in the plan replaces it.
        before: the id of the task that waits for the work, and that its risks delay. Left out, nothing of the plan
            waits, and the work ends in a task of its own.

    Raises:
        Refusal: if the plan has no such task; `ContentError` if the two do not fit together: a link to a task that
            is in neither, for instance, or a circle.

    Example:
        >>> plan = Plan(title="Toy", start="2027-01-04", tasks=[{"id": "rollout", "weeks": 2}])
        >>> work = as_work({"tasks": [{"id": "runbook", "weeks": 1}]})
        >>> with_work(plan, work, before="rollout").tasks_by_id["rollout"].after
        ('runbook',)
    """
    return validate(Document("plan", data=added(_plain(plan), _plain(work), before)), Plan)


def _plain(model: Plan | Work) -> dict[str, Any]:
    values: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return values


__all__ = ["Work", "as_work", "with_work", "work_of"]
