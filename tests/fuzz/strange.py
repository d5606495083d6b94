"""Strange input: arbitrary, and nearly right.

Arbitrary input rarely gets past the first check. So most of what is tried here starts as something that is in order
(a file that we ship, a message that a page sends) and has a few places changed.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.errors import Refusal

PART = 16


def share(parts: int = 1) -> settings:
    """A share of the examples of the profile that runs, for tests that are many and slow.

    `HYPOTHESIS_PROFILE=thorough` multiplies them.
    """
    return settings(max_examples=max(parts * settings.default.max_examples // PART, 5))


TEXTS = [
    "", " ", "x", "x" * 300, "x" * 5000, "\x00", "a\x00b", "\ud800", "a\udfff", "\ufeff", "\u202e", "\u2028", "\x85",
    "٣", "①", "Ⅷ", "ﬃ", "İ", "e\u0301" * 40, "\U0010ffff", "=1+1", "-", "~", "null", "no", "on", ".inf", "nan",
    "1_000", "0x10", "0b1", "1e999", "1:30", "2027-02-30", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01",
    "2027-01-04T00:00:00Z", "20270104", "research", "__class__", "*", "[", "a" * 200 + "!", "../../etc/passwd",
    "toy@1.0.0", "toy@", "@", "1" * 5000, "<script>", "%s%n", "{0}", "𝟙",
]  # fmt: skip
NUMBERS: list[Any] = [
    0, -0.0, 1, -1, 2, 7, 0.5, 1e-320, 5e-324, 1e-9, 1e9, 1e15, 1e16, 1e30, 1e154, 1e300, 1.7976931348623157e308,
    2**31, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63), 10**30, 10**308, 10**309, 10**400, 10**4000,
    math.inf, -math.inf, math.nan,
]  # fmt: skip


def values() -> st.SearchStrategy[Any]:
    """Anything that JSON can say, and Python's JSON besides: NaN, infinities, half a pair of surrogates."""
    plain = st.none() | st.booleans() | st.sampled_from(TEXTS) | st.sampled_from(NUMBERS) | st.text(max_size=8)
    deep = st.integers(1, 80).map(nested)
    some = st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=4),
        max_leaves=6,
    )
    return some | deep


def nested(depth: int) -> Any:
    """Lists and mappings in one another."""
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def places(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a value."""
    yield so_far
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inside:
        yield from places(child, (*so_far, step))


@st.composite
def nearly(draw: st.DrawFn, right: Any, most: int = 3) -> Any:
    """What is right, with some places replaced, taken out, doubled, exchanged or added."""
    value = copy.deepcopy(right)
    for _ in range(draw(st.integers(1, most))):
        paths = [path for path in places(value) if path]
        if not paths:
            return value
        *way, step = draw(st.sampled_from(paths))
        holder = value
        for each in way:
            holder = holder[each]
        draw(st.sampled_from(CHANGES))(draw, value, holder, step)
    return value


def _replaced(draw: st.DrawFn, _whole: Any, holder: Any, step: Any) -> None:
    holder[step] = draw(values())


def _out(_draw: st.DrawFn, _whole: Any, holder: Any, step: Any) -> None:
    del holder[step]


def _doubled(_draw: st.DrawFn, _whole: Any, holder: Any, step: Any) -> None:
    if isinstance(holder, list):
        holder.insert(step, copy.deepcopy(holder[step]))
    else:
        holder[f"{step}s"] = holder[step]


def _exchanged(draw: st.DrawFn, whole: Any, holder: Any, step: Any) -> None:
    """With something from elsewhere in the same document: of a right type, in a wrong place."""
    at = draw(st.sampled_from(list(places(whole))))
    found = whole
    for each in at:
        found = found[each]
    holder[step] = copy.deepcopy(found)


def _added(draw: st.DrawFn, _whole: Any, holder: Any, _step: Any) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(TEXTS))] = draw(values())
    else:
        holder.append(draw(values()))


def _many(_draw: st.DrawFn, _whole: Any, holder: Any, step: Any) -> None:
    holder[step] = [copy.deepcopy(holder[step])] * 40


CHANGES: list[Callable[..., None]] = [_replaced, _replaced, _replaced, _out, _doubled, _exchanged, _added, _many]


@st.composite
def edited(draw: st.DrawFn, text: str) -> bytes:
    """A text file with lines taken out, doubled, exchanged, shifted or written over, and sometimes broken bytes."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        change = draw(st.integers(0, 6))
        if change == 0 and len(lines) > 1:
            del lines[at]
        elif change == 1:
            lines.insert(at, lines[other])
        elif change == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif change == 3:
            lines[at] = (
                draw(st.sampled_from(["  ", "\t", "- ", "? ", "&a ", "*a ", "!!str ", "<<: ", "'", '"', "{", "["]))
                + lines[at]
            )
        elif change == 4:
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        else:
            head, mark, _ = lines[at].partition(draw(st.sampled_from([": ", ",", "- ", "="])))
            lines[at] = head + mark + draw(st.sampled_from(TEXTS) | st.sampled_from(NUMBERS).map(written))
    raw = "\n".join(lines).encode("utf-8", draw(st.sampled_from(["surrogatepass", "replace"])))
    return draw(st.sampled_from([bytes, _cut_in_half, _with_mark, _in_other_bytes]))(raw)


def written(number: Any) -> str:
    """A number as text, also where Python refuses to write it out."""
    return hex(number) if isinstance(number, int) and number.bit_length() > 1000 else repr(number)


def _cut_in_half(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _with_mark(raw: bytes) -> bytes:
    return b"\xef\xbb\xbf" + raw


def _in_other_bytes(raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("utf-16")


def as_json(value: Any) -> bytes:
    """A value as JSON, which is YAML too: half pairs of surrogates and NaN are written as Python writes them."""
    return json.dumps(shortened(value)).encode()


def shortened(value: Any) -> Any:
    """The same without integers that Python refuses to write out."""
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    return 10**400 if isinstance(value, int) and value.bit_length() > 13000 else value


def in_words(refused: ContentError, raw: bytes) -> None:
    """Check that a refusal names every fault, on a line that the file has, and can be printed."""
    assert refused.faults
    for fault in refused.faults:
        assert fault.found
        assert fault.expected
        assert fault.line is None or 1 <= fault.line <= raw.count(b"\n") + raw.count(b"\r") + 2
    printed(refused)


def printed(refused: Refusal) -> str:
    """A refusal's text, which can be written anywhere."""
    assert str(refused)
    return str(refused).encode().decode()
