"""What was found, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlmgmt_widgets.errors import Refusal, in_full


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    LOOK = "look"  # it works, and may not go on doing so
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: how much it matters.
        about: what was looked at, in a word or two.
        says: what was found and what it means; a sentence.
        do: what to do about it; a sentence, or nothing where all is well.
    """

    level: Level
    about: str
    says: str
    do: str = ""


def ok(about: str, says: str) -> Finding:
    """Return that all is well."""
    return Finding(Level.OK, about, says)


def look(about: str, says: str, do: str) -> Finding:
    """Return what works, and may not go on doing so."""
    return Finding(Level.LOOK, about, says, do)


def wrong(about: str, says: str, do: str) -> Finding:
    """Return what does not work, or is not safe."""
    return Finding(Level.WRONG, about, says, do)


def text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding.

    Example:
        >>> print(text([ok("Python", "3.12.1."), wrong("home", "Others may read it.", "Take their right away.")]))
        ok     Python  3.12.1.
        wrong  home    Others may read it. Take their right away.
    """
    widest = max((len(each.about) for each in findings), default=0)
    lines = (f"{each.level:<5}  {each.about:<{widest}}  {each.says} {each.do}".rstrip() for each in findings)
    return "\n".join(" ".join(line.splitlines()) for line in lines)


def as_data(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the findings as JSON can say them; `status` is the gravest level.

    Example:
        >>> as_data([ok("Python", "3.12.1.")])["status"]
        'ok'
    """
    found = list(findings)
    gravest = max((each.level for each in found), key=list(Level).index, default=Level.OK)
    return {
        "status": str(gravest),
        "findings": [
            {"level": str(each.level), "about": each.about, "says": each.says, "do": each.do} for each in found
        ],
    }


def guarded(about: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds; where it fails itself, that is a finding."""
    try:
        yield from check()
    except Refusal as refusal:
        yield wrong(about, in_full(refusal), "")
    except ImportError as error:
        yield wrong(about, f"The package {error.name or error} is missing or broken.", "Install mlmgmt-widgets again.")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        yield wrong(about, f"{place}{error.strerror or error}.", "")
    except Exception as error:  # noqa: BLE001 - one check that fails must not keep the others from being made
        yield wrong(about, f"This could not be looked at ({type(error).__name__}).", "Please report it.")
