"""The Python and the packages that the workbook runs on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from mlmgmt_widgets.doctor.finding import Finding, ok, wrong
from mlmgmt_widgets.words import counted

NAME = "mlmgmt-widgets"
_AGAIN = f"Install it: python -m pip install --upgrade {NAME}"


def python(needed: str | None = None, running: tuple[int, ...] = sys.version_info[:3]) -> Iterator[Finding]:
    """Look at the version of Python.

    Args:
        needed: such as `>=3.11`; by default what this package asks for.
        running: the version that runs.
    """
    needed = needed or metadata.metadata(NAME)["Requires-Python"]
    version = ".".join(map(str, running))
    if version in SpecifierSet(needed):
        yield ok("Python", f"{version}.")
    else:
        yield wrong("Python", f"{version} is not {needed}, which the workbook needs.", "Install it with another one.")


def packages(wanted: Iterable[str] | None = None, extras: Iterable[str] = ()) -> Iterator[Finding]:
    """Look whether the packages are there, in versions that fit.

    Args:
        wanted: requirements as in pyproject.toml; by default this package's own.
        extras: which of the optional ones are needed, too.
    """
    asked = metadata.requires(NAME) or [] if wanted is None else wanted
    needed = [each for each in map(Requirement, asked) if _applies(each, tuple(extras))]
    faults = [fault for each in needed if (fault := _fault(each))]
    yield from faults
    if not faults:
        yield ok("packages", f"{counted(len(needed), 'package')}, in versions that fit.")


def _applies(requirement: Requirement, extras: tuple[str, ...]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _fault(requirement: Requirement) -> Finding | None:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return wrong("packages", f"{requirement.name} is missing.", f"{_AGAIN}.")
    if requirement.specifier.contains(version, prereleases=True):
        return None
    says = f"{requirement.name} is {version}, and {requirement.specifier} is needed."
    return wrong("packages", says, f"{_AGAIN} '{requirement.name}{requirement.specifier}'.")
