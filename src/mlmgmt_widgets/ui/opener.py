"""What a screen opens only when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from mlmgmt_widgets.errors import Refusal

Opened = TypeVar("Opened")


class Opener(Generic[Opened]):
    """Opens something once, when somebody first asks for it.

    A page that nobody saves anything on opens no database, and a kernel that starts need not wait for one.

    Args:
        make: opens it; None where the screen was given nothing to open.
        otherwise: the sentence for whoever asks where there is nothing to open.

    Example:
        >>> numbers = Opener(lambda: [1, 2], "There are no numbers.")
        >>> numbers.get() is numbers.get()
        True
        >>> Opener(None, "There are no numbers.").possible
        False
    """

    def __init__(self, make: Callable[[], Opened] | None, otherwise: str) -> None:
        self._make = make
        self._otherwise = otherwise
        self._opened: Opened | None = None

    @property
    def possible(self) -> bool:
        """Whether there is anything to open."""
        return self._make is not None

    def get(self) -> Opened:
        """Return it, opened.

        Raises:
            Refusal: where there is nothing to open.
        """
        if self._opened is None:
            if self._make is None:
                raise Refusal(self._otherwise)
            self._opened = self._make()
        return self._opened
