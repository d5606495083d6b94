"""The base of all widgets: one screen, one model, and a browser that asks instead of writing.

A visitor of a served page can send any message to their own kernel. So nothing that the browser sends is
taken as a value of a trait: it asks, in messages whose shape is checked, and the kernel answers each one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import anywidget
import ipywidgets
import traitlets
from pydantic import BaseModel, ConfigDict, ValidationError

from mlmgmt_widgets.errors import Passing, Refusal, in_full

_log = logging.getLogger(__name__)
_SHOWN = 60  # characters of a refused value that a message repeats


class Request(BaseModel):
    """What the browser asks. Subclasses add fields; unknown fields and wrong types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True)
class Reply:
    """An answer with binary parts, for instance a file to download."""

    content: Mapping[str, Any]
    buffers: Sequence[bytes] = ()


Handler = Callable[[Any, Any], "Mapping[str, Any] | Reply | None"]
Method = TypeVar("Method", bound=Handler)


def asks(kind: str, request: type[Request] = Request) -> Callable[[Method], Method]:
    """Mark a method of a `Screen` as the answer to the browser's messages of this kind.

    Args:
        kind: the word that the browser sends.
        request: the shape that the rest of the message must have.
    """

    def mark(method: Method) -> Method:
        method._answers = (kind, request)  # type: ignore[attr-defined]  # noqa: SLF001 - read back below
        return method

    return mark


class _Layout(ipywidgets.Layout):  # type: ignore[misc]  # ipywidgets has no types
    """A screen's place on the page, which is Python's to choose, like all else."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what a browser writes."""


class Screen(anywidget.AnyWidget):
    """A widget that fills one screen.

    A subclass names its script and style, declares synced traits that only Python sets, and answers the
    browser in methods marked with `asks`. Such a method returns a mapping (or a `Reply`) and raises
    `Refusal` with a sentence for the person at the screen. The browser gets it as `error`; `passing` beside it
    says that the same question may be answered later (`errors.Passing`, and whatever was not foreseen).
    """

    _handlers: ClassVar[dict[str, tuple[type[Request], str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the methods that answer the browser."""
        super().__init_subclass__(**kwargs)
        marked = {name: getattr(cls, name)._answers for name in dir(cls) if _answers(cls, name)}  # noqa: SLF001
        cls._handlers = {kind: (request, name) for name, (kind, request) in marked.items()}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_msg(self._receive)

    @traitlets.default("layout")
    def _own_layout(self) -> _Layout:
        return _Layout()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what a browser writes, and send it the true values again."""
        self.send_state([name for name in sync_data if name in self.keys])

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        ticket = content.get("ticket")
        reply = self._answer(content)
        to = ticket if isinstance(ticket, int) else None
        self.send({"ticket": to, **reply.content}, buffers=list(reply.buffers) or None)

    def _answer(self, content: dict[str, Any]) -> Reply:
        kind = content.get("kind")
        request, method = self._handlers.get(kind, (None, "")) if isinstance(kind, str) else (None, "")
        if request is None:
            return Reply({"error": f"This page cannot be asked for {_short(kind)}."})
        try:
            answer = getattr(self, method)(_asked(request, content))
        except Refusal as error:
            return _refused(error)
        except Exception as error:  # noqa: BLE001
            # The page must say something whatever happened; the log keeps the traceback for whoever runs it.
            _log.exception("could not answer %s", kind)
            sentence = f"Something went wrong here ({type(error).__name__}). Nothing was changed."
            return Reply({"error": sentence, "passing": True})
        return answer if isinstance(answer, Reply) else Reply(answer or {})


def _answers(cls: type, name: str) -> bool:
    # Traits and properties of the bases are not touched: reading some of them has effects.
    return any(hasattr(vars(base).get(name), "_answers") for base in cls.__mro__)


def _asked(request: type[Request], content: Mapping[str, Any]) -> Request:
    try:
        return request.model_validate({k: v for k, v in content.items() if k not in {"kind", "ticket"}})
    except ValidationError as error:
        raise Refusal(_sentence(error)) from None


def _refused(refusal: Refusal) -> Reply:
    if hasattr(refusal, "__notes__"):
        _log.warning("%s", in_full(refusal))  # the visitor's sentence leaves out where
    content = {"error": str(refusal)}
    return Reply({**content, "passing": True} if isinstance(refusal, Passing) else content)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = ".".join(_cut(str(part)) for part in first["loc"][:3]) or "the message"
    return f"That was refused: {field}: {first['msg'].lower()}, found {_short(first['input'])}."


def _short(value: object) -> str:
    """Show a value in a sentence: lists and objects, which may be as deep as anyone likes, by their kind alone."""
    if isinstance(value, str):
        text = repr(value[: _SHOWN + 1])
    elif value is None or isinstance(value, bool | float):
        text = repr(value)
    elif isinstance(value, int):
        text = str(value) if value.bit_length() < 4 * _SHOWN else "a very large number"
    else:
        text = "a list" if isinstance(value, list) else "an object"
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
