"""A plan as the YAML that it could have been read from: made to be read in a diff, and read back as the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlmgmt_widgets.timeline.plan import Plan
from mlmgmt_widgets.yaml_text import dump, on_one_line


def to_yaml(plan: Plan) -> str:
    """Return a plan as YAML; `load_plan` makes the same plan of it, so its forecast has the same numbers.

    Defaults are left out, and durations stand on one line.

    Raises:
        Refusal: if the file would be larger than files are read.

    Example:
        >>> from mlmgmt_widgets.timeline.plan import Plan
        >>> weeks = {"low": 1, "likely": 3, "high": 8}
        >>> plan = Plan(title="No", start="2027-01-04", tasks=[{"id": "build", "weeks": weeks}])
        >>> print(to_yaml(plan), end="")
        title: 'No'
        start: 2027-01-04
        tasks:
          - id: build
            weeks: {low: 1, likely: 3, high: 8}
    """
    data = {name: _block(value) for name, value in plan.model_dump(exclude_defaults=True).items()}
    return dump(data, "plan", "its longest lists are usually past values")


def _block(value: Any) -> Any:
    """The team, the research, a task or a risk: one line for each of its values."""
    if isinstance(value, tuple):
        return [_block(each) for each in value]
    if isinstance(value, Mapping):
        return {name: on_one_line(inner) for name, inner in value.items()}
    return value


__all__ = ["to_yaml"]
