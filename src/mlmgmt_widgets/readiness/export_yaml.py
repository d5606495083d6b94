"""A review as the YAML that it could have been read from: made to be read in a diff, and read back as the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.yaml_text import Short, dump, on_one_line

_ON_ONE_LINE = 96
"""Characters that a piece of evidence, a sign-off or an earlier state may have to stand on one line."""


def to_yaml(review: Review) -> str:
    """Return a review as YAML; `load_review` makes the same review of it, so the verdict is the same, too.

    Keys stand in the contract's order and defaults are left out; a small piece of evidence stands on one line.

    Raises:
        Refusal: if the file would be larger than files are read.

    Example:
        >>> from mlmgmt_widgets.readiness import Review
        >>> said = {"floor": {"status": "pass", "by": "Ana", "evidence": [{"metric": "auc", "value": 0.83}]}}
        >>> print(to_yaml(Review(checklist="toy@1", subject="churn", version="3", items=said)), end="")
        checklist: toy@1
        subject: churn
        version: '3'
        items:
          floor:
            status: pass
            by: Ana
            evidence:
              - {metric: auc, value: 0.83}
    """
    values = review.model_dump(exclude_defaults=True)
    for name in ("sign_offs", "tier_history"):
        if name in values:
            values[name] = [_small(each) for each in values[name]]
    if "items" in values:
        values["items"] = {name: _entry(entry) for name, entry in values["items"].items()}
    return dump(values, "review", "what was said before is usually the longest part")


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an item: one line for each of its values, and for each small piece of evidence."""
    values = dict(entry)
    if "evidence" in values:
        values["evidence"] = [_small(each) for each in values["evidence"]]
    if "history" in values:
        values["history"] = [{**change, "was": _state(change["was"])} for change in values["history"]]
    return values


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    return _small(state) if _length(state) <= _ON_ONE_LINE else _entry(state)


def _small(values: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping on one line if it is short; else its own values are, where they are mappings or lists."""
    if _length(values) <= _ON_ONE_LINE:
        return Short({name: on_one_line(value) for name, value in values.items()})
    return {name: on_one_line(value) for name, value in values.items()}


def _length(value: Any) -> int:
    """About how long a value is on one line; longer than any line where its text has several."""
    if isinstance(value, Mapping):
        return sum(len(str(name)) + 4 + _length(each) for name, each in value.items())
    if isinstance(value, list | tuple):
        return 2 + sum(2 + _length(each) for each in value)
    text = str(value)
    return len(text) if text.isprintable() else _ON_ONE_LINE + 1


__all__ = ["to_yaml"]
