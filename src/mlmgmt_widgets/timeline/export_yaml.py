"""A plan as the YAML that it could have been read from: made to be read in a diff, and read back as the same plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from mlmgmt_widgets.documents import SIZE_LIMIT
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline.plan import Plan

_WIDTH = 120
# Texts that other readers take for something else, beyond those that PyYAML knows: YAML 1.2's numbers, and the letters
# that YAML 1.1 has for yes and no.
_NO_TEXT = re.compile(
    r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[yYnN])$"
)


class _Short(dict[str, Any]):
    """A mapping that is written on one line."""


class _Emitter(yaml.SafeDumper):
    """Without aliases, which the reader refuses; lists stand further in than what they belong to."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whatever stands twice is written twice."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's
        """Lists are always indented."""
        del indentless
        super().increase_indent(flow, indentless=False)


def _text(emitter: yaml.SafeDumper, value: str) -> yaml.Node:
    # Line breaks are best seen as what they are; plain and single quoted text would be spread over several lines.
    style = '"' if len(value.splitlines()) > 1 else None
    return emitter.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _number(emitter: yaml.SafeDumper, value: float) -> yaml.Node:
    return emitter.represent_int(int(value)) if value.is_integer() else emitter.represent_float(value)


def _list(emitter: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    short = not any(isinstance(each, Mapping) for each in value)
    return emitter.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


def _short(emitter: yaml.SafeDumper, value: _Short) -> yaml.Node:
    return emitter.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)


_Emitter.add_representer(str, _text)
_Emitter.add_representer(float, _number)
_Emitter.add_representer(list, _list)
_Emitter.add_representer(_Short, _short)
_Emitter.add_implicit_resolver("tag:yaml.org,2002:value", _NO_TEXT, list("-+.0123456789yYnN"))


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
    text = yaml.dump(data, Dumper=_Emitter, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False)
    if len(text.encode("utf-8")) > SIZE_LIMIT:
        raise Refusal(
            f"As a file, this plan would have more than the {SIZE_LIMIT:,} bytes that are read; "
            "its longest lists are usually past values."
        )
    return text


def _block(value: Any) -> Any:
    """The team, the research, a task or a risk: one line for each of its values."""
    if isinstance(value, tuple):
        return [_block(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _line(inner) for name, inner in value.items()}
    return value


def _line(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Short({name: _line(inner) for name, inner in value.items()})
    return list(value) if isinstance(value, tuple) else value


__all__ = ["to_yaml"]
