"""What only whoever has the facilitator's key may see on a served page."""

from __future__ import annotations

import hashlib
import hmac
import os
import time

from mlmgmt_widgets.errors import Refusal

KEY_HASH = "MLMGMT_FACILITATOR_KEY_HASH"
_PAUSE = 0.5  # seconds after a wrong key, doubled each time
_LONGEST_PAUSE = 4.0  # the browser waits a little longer than that for an answer
_WRONG_CODES = 5  # that one page takes; how often pages can be opened is the server's to limit


class Lock:
    """Closed on a served page until the right key is given; always open for whoever runs the kernel.

    A served page is open to every visitor, each with a kernel of their own. In JupyterLab the person at the
    screen runs the kernel and so owns the database; a key would protect nothing.

    Attributes:
        served: whether the page is served to visitors.
        open: whether the screen may be shown.
    """

    def __init__(self) -> None:
        software = os.environ.get("SERVER_SOFTWARE", "").lower()
        self.served = software.startswith("voila") or KEY_HASH in os.environ
        self.open = not self.served
        self._pause = _PAUSE

    def try_key(self, key: str) -> None:
        """Open the lock.

        Args:
            key: what the visitor gave.

        Raises:
            Refusal: if the key is wrong, after a pause that grows; or if no key was set when the server was
                started.
        """
        expected = os.environ.get(KEY_HASH, "").strip().lower()
        if not expected:
            raise Refusal("This server has no facilitator’s key. Start it with “mlmgmt serve”, which makes one.")
        given = hashlib.sha256(key.strip().encode(errors="replace")).hexdigest()
        if not hmac.compare_digest(given.encode(), expected.encode()):
            time.sleep(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            raise Refusal("That is not the facilitator’s key. It stands in the link that “mlmgmt serve” printed.")
        self.open = True


class Guesses:
    """How often one page may be wrong about something that can be guessed: a workshop's code.

    There is no pause, and no number of right ones makes up for wrong ones: who knows one code could go on for ever.
    A page that is opened anew begins anew, and the server limits how many pages are opened.

    Args:
        most: how many wrong ones are looked at.

    Example:
        >>> guesses = Guesses(most=1)
        >>> guesses.check()
        >>> guesses.wrong()
        >>> guesses.check()
        Traceback (most recent call last):
        mlmgmt_widgets.errors.Refusal: Several codes were wrong. Please reload this page to try another.
    """

    def __init__(self, most: int = _WRONG_CODES) -> None:
        self._left = most

    def check(self) -> None:
        """Look whether another may be tried, before anything is told about it.

        Raises:
            Refusal: if not.
        """
        if self._left <= 0:
            raise Refusal("Several codes were wrong. Please reload this page to try another.")

    def wrong(self) -> None:
        """Count a wrong one."""
        self._left -= 1
