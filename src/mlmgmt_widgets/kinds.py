"""The kinds of content there are: what `mlmgmt check` and `mlmgmt schema` know.

A new kind is one entry in `KINDS`; its module is imported only when a file of that kind is at hand.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from mlmgmt_widgets.content import ContentError, Fault, FrozenModel, find, nearest, shown, validate
from mlmgmt_widgets.documents import Document, read_document


@dataclass(frozen=True)
class Kind:
    """A kind of content.

    Attributes:
        name: Its name in commands and sentences.
        folder: The folder in `data/` that names are looked up in.
        home: Where its model is, as `module:Class`.
        keys: Top-level keys by which a file of this kind is known.
    """

    name: str
    folder: str
    home: str
    keys: frozenset[str]

    def model(self) -> type[FrozenModel]:
        """The model that a file of this kind must fit."""
        module, name = self.home.split(":")
        return cast("type[FrozenModel]", getattr(import_module(module), name))


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "rubric",
            "rubrics",
            "mlmgmt_widgets.assessment.rubric:Rubric",
            frozenset({"answers", "respondents", "combine", "levels", "sections", "questions"}),
        ),
        Kind(
            "plan",
            "plans",
            "mlmgmt_widgets.timeline.plan:Plan",
            frozenset({"start", "team", "research", "tasks", "risks", "overrun", "deadline"}),
        ),
    )
}
COMING = {
    "checklist": frozenset({"stages", "tiers", "items"}),
    "review": frozenset({"checklist", "subject", "tier", "items"}),
}
"""Kinds that the contract names and this version cannot read yet, with the keys they are known by."""


def kind_named(name: str) -> Kind:
    """A kind by its name.

    Raises:
        ContentError: When there is none, or not yet.
    """
    if name in KINDS:
        return KINDS[name]
    if name in COMING:
        raise ContentError([Fault("kind", None, "", f"'{name}', which comes in a later version", _known())])
    near = nearest(name, KINDS)
    raise ContentError([Fault("kind", None, "", shown(name), _known() + (f" (nearest: {near})" if near else ""))])


def check(path_or_name: str | os.PathLike[str]) -> tuple[Path, Kind, FrozenModel]:
    """Validate a file of any kind.

    Returns:
        The file, its kind and what it holds.

    Raises:
        ContentError: With every fault of the file.
    """
    path = _located(path_or_name)
    document = read_document(path)
    kind = _kind_of(document)
    return path, kind, validate(document, kind.model())


def _located(path_or_name: str | os.PathLike[str]) -> Path:
    refusals = []
    for kind in KINDS.values():
        try:
            return find(kind.folder, path_or_name)
        except ContentError as error:
            refusals.append(error)
    # The most helpful one: that of the kind which has a name like it.
    raise next((refusal for refusal in refusals if "(nearest: " in str(refusal)), refusals[0])


def _kind_of(document: Document) -> Kind:
    """The kind that most of a file's keys belong to; the first when none of them says."""
    first = next(iter(KINDS.values()))
    if not isinstance(document.data, Mapping):
        return first
    given = set(document.data)
    known = {name: kind.keys for name, kind in KINDS.items()} | COMING
    likely = max(known, key=lambda name: len(known[name] & given))
    if not known[likely] & given:
        return first
    if likely in COMING:
        found = f"a {likely}, which comes in a later version"
        raise ContentError([Fault(document.file, 1, "", found, _known())])
    return KINDS[likely]


def _known() -> str:
    return f"a {' or '.join(KINDS)}"
