"""Looking into data as it came, with wrong types still in it.

A model's `problems` see such data: what cannot be read is skipped there, since the types speak for themselves.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard


def get(data: object, name: str) -> Any:
    """A value by its key, from a mapping or a model; None when it is not there."""
    return data.get(name) if isinstance(data, Mapping) else getattr(data, name, None)


def items(data: object, name: str) -> list[Any]:
    """A list by its key; empty when there is none or it is something else."""
    value = get(data, name)
    return list(value) if isinstance(value, list | tuple) else []


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a finite number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf
