"""What must hold in a checklist as a whole; each rule yields its problems and assumes no types."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlmgmt_widgets.content import Problem, nearest, shown
from mlmgmt_widgets.raw import get, items
from mlmgmt_widgets.words import listed


def unique(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Stages, tiers and ids stand there once."""
    for name in ("stages", "tiers"):
        yield from _once(items(data, name), name, ())
    for name in ("items", "risk"):
        yield from _once([get(each, "id") for each in items(data, name)], name, ("id",))


def _once(values: list[Any], name: str, inner: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if not isinstance(value, str):
            continue
        if value in seen:
            yield Problem((name, place, *inner), f"{shown(value)} a second time", "each of them once")
        seen.add(value)


def stages(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every item, and every list of sign-offs, belongs to a stage that there is."""
    known = [each for each in items(data, "stages") if isinstance(each, str)]
    for place, item in enumerate(items(data, "items")):
        yield from _known(get(item, "stage"), known, ("items", place, "stage"))
    signed = get(data, "sign_offs")
    for stage in signed if isinstance(signed, Mapping) else ():
        yield from _known(stage, known, ("sign_offs", stage))


def tiers(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Tiers are those that there are, and what one tier asks, every higher one asks as well."""
    known = [each for each in items(data, "tiers") if isinstance(each, str)]
    for place, question in enumerate(items(data, "risk")):
        yield from _known(get(question, "tier"), known, ("risk", place, "tier"))
    for place, item in enumerate(items(data, "items")):
        where = ("items", place, "tiers")
        asked = items(item, "tiers")
        unknown = [problem for n, tier in enumerate(asked) for problem in _known(tier, known, (*where, n))]
        yield from unknown
        if asked and not unknown:
            yield from _upwards([tier for tier in asked if isinstance(tier, str)], known, where)
        if get(item, "tier_reason") is not None and not asked:
            yield Problem(("items", place, "tier_reason"), "a reason for no tiers", "'tiers' beside it")


def _upwards(asked: list[str], known: list[str], where: tuple[str | int, ...]) -> Iterator[Problem]:
    if not asked:
        return
    lowest = min(known.index(tier) for tier in asked)
    needed = known[lowest:]
    if set(asked) != set(needed):
        # A higher tier that asked for less would reward calling a model riskier than it is.
        yield Problem(where, listed(asked), f"{known[lowest]} and every tier above it: {', '.join(needed)}")


def _known(value: object, known: list[str], where: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(value, str) and value not in known:
        near = nearest(value, known)
        listing = f"one of {', '.join(known)}" if known else "none, since there are none"
        yield Problem(where, shown(value), listing + (f" (nearest: {near})" if near else ""))
