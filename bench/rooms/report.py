"""What was measured, as one table and as the aims that it meets or does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.rooms.figures import Room, Spread

JOINED_SECONDS = 15.0
TIMES_QUICKER = 5.0
MEGABYTES = 40.0
SAVED_SECONDS = 0.150
_WIDTH = 55


@dataclass(frozen=True)
class Aim:
    """An aim, whether it was met (`None`: not measured), and the figure."""

    aim: str
    met: bool | None
    figure: str


Row = tuple[str, Callable[[Room], str]]


def table(rooms: Sequence[Room], quiet: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table, a column for each room.

    Args:
        rooms: ours first.
        quiet: seconds of a first visit when nobody else is there: server -> browser -> seconds.
    """
    lines = [_line("", [room.name for room in rooms])]
    lines += [_line(label, [show(room) for room in rooms]) for label, show in _rows()]
    browsers = dict.fromkeys(each for room in rooms for each in room.browsers)
    lines += [
        _line(f"first visit during arrival, {each} (s)", [_number(room.browsers.get(each)) for room in rooms])
        for each in browsers
    ]
    lines += [_line("failures", [_failures(room) for room in rooms])]
    lines += [f"  {room.name}: {count} x {what}" for room in rooms for what, count in room.failures.items()]
    if quiet:
        lines += ["", _line("first visit, nobody else there (s)", list(quiet))]
        each_browser = dict.fromkeys(name for figures in quiet.values() for name in figures)
        lines += [_line(f"  {name}", [_number(each.get(name)) for each in quiet.values()]) for name in each_browser]
    return "\n".join(lines)


def _rows() -> Iterator[Row]:
    yield "people (participants + browsers + facilitator)", lambda r: f"{r.participants} + {r.people - r.participants}"
    yield "joined", lambda r: f"{r.joined} of {r.participants}"
    yield "join: arrival to first question, p50/p95/max (s)", lambda r: _spread(r.join)
    yield "  until the page's widgets are there", lambda r: _spread(r.opened)
    yield "last arrival until all had joined (s)", lambda r: _number(r.after_last)
    yield "answer to saved, p50/p95 (ms)", lambda r: _milliseconds(r.saved)
    yield "  while all were in", lambda r: _milliseconds(r.saved_together)
    yield "facilitator's figures, p50/p95 (ms)", lambda r: _milliseconds(r.watching)
    yield "private memory of a kernel (USS), p50/p95/max (MB)", lambda r: _spread(r.cost.kernel)
    yield "  kernels", lambda r: str(r.cost.kernels)
    yield "  server, and what forks kernels (MB)", lambda r: _number(r.cost.shared)
    yield "  all of it for each kernel (MB)", lambda r: _number(r.cost.each)
    yield "  proportional memory (PSS) of all (MB)", lambda r: _number(r.cost.proportional)
    yield "CPU for each person (s)", lambda r: _number(r.cpu.total / r.people) if r.people else "-"
    yield "  of it the server process", lambda r: _number(r.cpu.server / r.people) if r.people else "-"
    yield "  until all had joined", lambda r: _number(r.letting_in.total / r.people) if r.people else "-"
    yield "  CPU before anybody came, in all", lambda r: _number(r.before)
    yield "  CPU of the people themselves, in all", lambda r: _number(r.people_cpu)
    yield "share of the machine that others took while all joined", lambda r: f"{r.others:.0%}"
    yield "answers confirmed / in the database", lambda r: f"{r.kept.confirmed} / {r.kept.stored}"
    yield "  confirmed and lost", lambda r: str(r.kept.lost)
    yield "  stored, but not confirmed", lambda r: str(r.kept.unconfirmed)
    yield "  stored, but never sent", lambda r: str(r.kept.invented)
    yield "told that it is full, came again", lambda r: str(r.turned_away)
    yield "refused for the moment, sent again", lambda r: str(r.sent_again)


def aims(rooms: Sequence[Room], stock: Room | None) -> list[Aim]:
    """Return the aims.

    Args:
        rooms: ours; the first is the one that the aims are about.
        stock: stock Voila's; compared with that one of ours which has as many participants.
    """
    ours = rooms[0]
    beside = next((room for room in rooms if stock and room.participants == stock.participants), None)
    saved = ours.saved_together or ours.saved
    return [
        _at_most(
            f"all {ours.participants} joined within {JOINED_SECONDS:.0f} s of the last arrival",
            ours.after_last if ours.joined == ours.participants else float("inf"),
            JOINED_SECONDS,
            "{:.1f} s",
        ),
        _quicker(beside, stock),
        _at_most(f"at most {MEGABYTES:.0f} MB private for each", ours.cost.each, MEGABYTES, "{:.1f} MB"),
        _at_most(
            f"saved p95 under {1000 * SAVED_SECONDS:.0f} ms while all answer",
            1000 * saved.p95 if saved else None,
            1000 * SAVED_SECONDS,
            "{:.0f} ms" + ("" if ours.saved_together else " (never were all in at once: of all answers)"),
        ),
        Aim(
            "no confirmed answer lost",
            all(not room.kept.lost and not room.kept.invented for room in rooms),
            f"{sum(room.kept.lost for room in rooms)} of {sum(room.kept.confirmed for room in rooms)}",
        ),
        Aim(
            "nobody failed",
            not any(room.failures for room in rooms) and all(room.joined == room.participants for room in rooms),
            f"{sum(sum(room.failures.values()) for room in rooms)} failures",
        ),
    ]


def _quicker(ours: Room | None, stock: Room | None) -> Aim:
    words = f"join p95 at least {TIMES_QUICKER:.0f} times better than stock Voila"
    if ours is None or stock is None or ours.join is None:
        return Aim(words, None, "not measured")
    if stock.join is None:
        return Aim(f"{words}, {stock.participants} each", None, "nobody got in there")
    times = stock.join.p95 / ours.join.p95
    absent = stock.participants - stock.joined
    note = f"; {absent} never got in there and do not count" if absent else ""
    figure = f"{times:.1f} times ({stock.join.p95:.1f} s against {ours.join.p95:.1f} s{note})"
    return Aim(f"{words}, {stock.participants} each", times >= TIMES_QUICKER, figure)


def _at_most(words: str, value: float | None, limit: float, shape: str) -> Aim:
    if value is None:
        return Aim(words, None, "not measured")
    return Aim(words, value <= limit, shape.format(value) if value != float("inf") else "not all got in")


def aims_in_words(found: Sequence[Aim]) -> str:
    """Return a line for each aim."""
    words = {True: "met", False: "NOT MET", None: "-"}
    return "\n".join(f"{words[each.met]:<8} {each.aim}: {each.figure}" for each in found)


def plain(
    rooms: Sequence[Room], found: Sequence[Aim], quiet: Mapping[str, Mapping[str, float]], **about: object
) -> dict[str, Any]:
    """Return everything as plain values, for `--json`."""
    return {
        **about,
        "rooms": [{**asdict(room), "memory_each_mb": room.cost.each, "whole": room.whole} for room in rooms],
        "quiet": quiet,
        "aims": [asdict(each) for each in found],
    }


def _line(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{_WIDTH}} " + " ".join(f"{cell:>24}" for cell in cells)


def _spread(spread: Spread | None) -> str:
    return "-" if spread is None else f"{spread.p50:.1f} / {spread.p95:.1f} / {spread.max:.1f}"


def _milliseconds(spread: Spread | None) -> str:
    return "-" if spread is None else f"{1000 * spread.p50:.0f} / {1000 * spread.p95:.0f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.1f}"  # noqa: PLR2004


def _failures(room: Room) -> str:
    return str(sum(room.failures.values())) if room.failures else "none"
