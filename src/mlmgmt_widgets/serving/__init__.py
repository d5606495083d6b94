"""How the workbook is served: Voila with our configuration, page template and kernel start."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["ServingError", "lab", "new", "serve"]

_WHERE = {"serve": "run", "lab": "run", "ServingError": "home", "new": "folder"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
