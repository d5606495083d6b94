"""Values as YAML that people read in a diff, and that `documents` reads back as the same values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from mlmgmt_widgets.documents import SIZE_LIMIT, VALUES_LIMIT, has_too_many
from mlmgmt_widgets.errors import Refusal

_WIDTH = 120
_EXACT = 1e15  # beyond that not every whole number is its own float, and digits pile up
# Texts that other readers take for something else, beyond those that PyYAML knows: YAML 1.2's numbers, and the letters
# that YAML 1.1 has for yes and no.
_NO_TEXT = re.compile(
    r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[yYnN])$"
)


class Short(dict[str, Any]):
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
    whole = value.is_integer() and abs(value) < _EXACT
    return emitter.represent_int(int(value)) if whole else emitter.represent_float(value)


def _list(emitter: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    short = not any(isinstance(each, Mapping) for each in value)
    return emitter.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


def _short(emitter: yaml.SafeDumper, value: Short) -> yaml.Node:
    return emitter.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)


_Emitter.add_representer(str, _text)
_Emitter.add_representer(float, _number)
_Emitter.add_representer(list, _list)
_Emitter.add_representer(Short, _short)
_Emitter.add_implicit_resolver("tag:yaml.org,2002:value", _NO_TEXT, list("-+.0123456789yYnN"))


def dump(values: Mapping[str, Any], what: str, longest: str = "") -> str:
    """Return values as YAML, in their order.

    Args:
        values: text, numbers, days, booleans, lists and mappings; a `Short` stands on one line, and so does a list
            without mappings.
        what: it is, for the sentence below: "plan".
        longest: what usually makes one so long, for the same sentence.

    Raises:
        Refusal: if the file would be larger than files are read, or hold more values.
    """
    text = yaml.dump(
        values, Dumper=_Emitter, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    why = f"; {longest}" if longest else ""
    if len(text.encode("utf-8")) > SIZE_LIMIT:
        raise Refusal(f"As a file, this {what} would have more than the {SIZE_LIMIT:,} bytes that are read{why}.")
    if has_too_many(values):
        raise Refusal(f"As a file, this {what} would have more than the {VALUES_LIMIT:,} values that are read{why}.")
    return text


def on_one_line(value: Any) -> Any:
    """A value whose mappings, however deep, are written on one line."""
    if isinstance(value, Mapping):
        return Short({name: on_one_line(inner) for name, inner in value.items()})
    return [on_one_line(each) for each in value] if isinstance(value, list | tuple) else value
