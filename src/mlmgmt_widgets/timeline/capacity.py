"""What a team's people, availability and research share mean for experiments and tasks."""

from __future__ import annotations

import math

from mlmgmt_widgets.timeline.plan import Plan, Research, Task, Team

_ROUNDING = 1e-9  # 5 x 0.8 x 0.25 is one person, whatever the last bit says


def slots(team: Team | None, research: Research) -> int:
    """How many experiments run side by side.

    What `parallel` says; left out, one for each whole person that the research share pays for, people x availability x
    research share, and at least one: there is no research without somebody who does it.

    Example:
        >>> slots(Team(people=10, availability=0.8, research_share=0.25), Research(
        ...     timebox_weeks=2, success=0.3, max_experiments=5))
        2
    """
    if research.parallel is not None:
        return research.parallel
    paid = research_people(team)
    return 1 if paid is None else max(1, math.floor(paid + _ROUNDING))


def research_people(team: Team | None) -> float | None:
    """How many people the research share pays for; None where nobody says how many the team has."""
    if team is None or team.people is None:
        return None
    return team.people * team.availability * team.research_share


def people(plan: Plan, task: Task) -> float:
    """How many people share a task's effort: its own, else all of the team whose time is not kept for research.

    Raises:
        ValueError: if neither the task nor the team says.
    """
    if task.people is not None:
        return task.people
    if plan.team is None or plan.team.people is None:
        raise ValueError(f"nobody is said to work on {task.id}")
    return plan.team.people * (1 - plan.team.research_share)


def speed(plan: Plan, task: Task) -> float:
    """Weeks per unit of a task's amount: 1 where it is given in weeks, else 1 / (people x availability)."""
    if task.effort_weeks is None:
        return 1.0
    availability = plan.team.availability if plan.team else 1.0
    return 1 / (people(plan, task) * availability)


def moves_with_research_share(plan: Plan) -> tuple[bool, list[str]]:
    """What a change of the research share does: whether to the experiments, and to which tasks."""
    experiments = plan.research is not None and plan.research.parallel is None
    return experiments, [task.id for task in plan.tasks if task.effort_weeks is not None and task.people is None]
