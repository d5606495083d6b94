"""The checklists that a board knows: the one that it was given, and those in `data/checklists`."""

from __future__ import annotations

import os
from contextlib import suppress

from mlmgmt_widgets.content import ContentError, names
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist, load_checklist


class Checklists:
    """Finds a board's checklists.

    Args:
        given: what the notebook says; it goes before those in `data/checklists`.
    """

    def __init__(self, given: Checklist | str | os.PathLike[str] | None) -> None:
        self._given = given

    @property
    def given(self) -> Checklist | None:
        """The one that the board was given.

        Raises:
            ContentError: with every fault of its file.
        """
        if self._given is None or isinstance(self._given, Checklist):
            return self._given
        return load_checklist(self._given)

    def all(self) -> dict[str, Checklist]:
        """Those to begin with, by name."""
        found = {}
        for name in names("checklists"):
            with suppress(ContentError):  # left to `mlmgmt check` to explain
                found[name] = load_checklist(name)
        if given := self.given:
            found = {given.id: given, **{name: each for name, each in found.items() if each.id != given.id}}
        return found

    def named(self, name: str) -> Checklist:
        """One of them, by its name or its id.

        Raises:
            Refusal: if there is none of that name.
            ContentError: with every fault of its file.
        """
        known = self.all()
        for called, checklist in known.items():
            if name in {called, checklist.id}:
                return checklist
        if name in names("checklists"):
            return load_checklist(name)  # which says what is wrong with it
        raise Refusal(f"There is no checklist “{name}” here; there are {', '.join(known)}.")

    def of(self, key: str) -> Checklist:
        """The one with the id of a key such as `model-readiness@1.0.0`, whatever its version.

        Raises:
            Refusal: if there is none.
            ContentError: with every fault of its file.
        """
        return self.named(key.partition("@")[0])
