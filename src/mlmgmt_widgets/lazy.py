"""Packages whose names are imported when they are first used, so that a kernel pays only for what it needs."""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def attributes(
    package: str, homes: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make a package's `__getattr__` and `__dir__` (PEP 562).

    The same names are imported for type checkers, under `TYPE_CHECKING`, and stand in `__all__`.

    Args:
        package: the package's `__name__`.
        homes: the names that each of its modules gives to the package.

    Example:
        >>> get, names = attributes("mlmgmt_widgets.workspace", {"address": ["default_url"]})
        >>> get("default_url").__module__, names()
        ('mlmgmt_widgets.workspace.address', ['default_url'])
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def get(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, value)  # the next time, Python finds it without asking
        return value

    return get, lambda: sorted(home_of)
