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
        Kind(
            "checklist",
            "checklists",
            "mlmgmt_widgets.readiness.checklist:Checklist",
            frozenset({"stages", "tiers", "meanings", "risk", "sign_offs", "items"}),
        ),
        Kind(
            "review",
            "reviews",
            "mlmgmt_widgets.readiness.review:Review",
            frozenset({"checklist", "subject", "tier", "tier_reason", "risk", "items", "sign_offs", "tier_history"}),
        ),
    )
}


def kind_named(name: str) -> Kind:
    """A kind by its name.

    Raises:
        ContentError: When there is none.
    """
    if name in KINDS:
        return KINDS[name]
    near = nearest(name, KINDS)
    raise ContentError([Fault("kind", None, "", shown(name), _known() + (f" (nearest: {near})" if near else ""))])


def check(path_or_name: str | os.PathLike[str]) -> tuple[Path, Kind, FrozenModel]:
    """Validate a file of any kind; a review also against its checklist, where that is found by its name.

    Returns:
        The file, its kind and what it holds.

    Raises:
        ContentError: With every fault of the file.
    """
    path = _located(path_or_name)
    document = read_document(path)
    kind = _kind_of(document)
    found = validate(document, kind.model())
    if kind.name == "review":
        _check_against_checklist(found, document)
    return path, kind, found


def _check_against_checklist(found: FrozenModel, document: Document) -> None:
    from mlmgmt_widgets.readiness.checklist import load_checklist
    from mlmgmt_widgets.readiness.review import Review, fitting

    if not isinstance(found, Review):
        raise TypeError(f"{document.file} is no review")
    try:
        checklist = load_checklist(found.checklist.partition("@")[0])
    except ContentError:
        return  # one's own, somewhere else; `mlmgmt gate` is told where
    if checklist.key == found.checklist:
        fitting(found, checklist, document)


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
    given = set(document.data) if isinstance(document.data, Mapping) else set()
    return max(KINDS.values(), key=lambda kind: len(kind.keys & given))  # of several, the first one


def _known() -> str:
    *most, last = KINDS
    return f"a {', '.join(most)} or {last}"
