"""Screens that draw charts, and screens that keep something for whoever has the facilitator's key."""

from __future__ import annotations

from typing import Annotated, Any

import traitlets
from pydantic import Field

from mlmgmt_widgets.ui import vega
from mlmgmt_widgets.ui.lock import Lock
from mlmgmt_widgets.ui.screen import Reply, Request, Screen, asks


class DrawingScreen(Screen):
    """A screen that draws charts: its page learns which drawing library it needs, and may ask for it.

    A served page finds the library among the server's files; elsewhere the kernel sends it.
    """

    _vega = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_vega=vega.name(), **kwargs)

    @asks("vega")
    def _send_vega(self, _asked: Request) -> Reply:
        return Reply({}, [vega.bundle().read_bytes()])


class Unlock(Request):
    """The facilitator's key, from the link or typed."""

    key: Annotated[str, Field(max_length=200)]


class KeyedScreen(Screen):
    """A screen some of which needs the facilitator's key on a served page.

    A subclass looks at `_lock.open` before it answers what needs the key: a visitor can send any message.

    Attributes:
        served: whether the page is served to visitors.
    """

    served = traitlets.Bool().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        self._lock = Lock()
        super().__init__(served=self._lock.served, **kwargs)

    @asks("unlock", Unlock)
    def _unlock(self, asked: Unlock) -> dict[str, Any]:
        if not self._lock.open:
            self._lock.try_key(asked.key)
        return {}
