"""What people, browsers and the facilitator said so far."""

from __future__ import annotations

import collections
import sys
from dataclasses import dataclass, field

from bench.rooms.helpers import Event


@dataclass
class Tally:
    """What was said so far."""

    arrived: int = 0
    joins: list[tuple[float, float, float]] = field(default_factory=list)  # arrival, opened, joined
    saves: list[tuple[float, float]] = field(default_factory=list)  # when, seconds
    finished: list[float] = field(default_factory=list)
    failures: collections.Counter[str] = field(default_factory=collections.Counter)
    turned_away: int = 0
    again: int = 0
    watched: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    browsers: dict[str, float | None] = field(default_factory=dict)
    said: dict[int, Event] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    ready: int = 0
    watching: bool = False
    ended: int = 0

    def take(self, event: Event) -> None:  # noqa: C901, PLR0912 - one case for each word
        """Take in what somebody said."""
        match event["event"]:
            case "arrived":
                self.arrived += 1
            case "joined":
                self.joins.append((event["arrived"], event["opened"], event["at"]))
            case "saved":
                self.saves.append((event["at"], event["seconds"]))
            case "finished":
                self.finished.append(event["at"])
            case "failed":
                self.failures[event["kind"]] += 1
                if self.failures[event["kind"]] == 1:
                    print(f"\n{event['kind']}", file=sys.stderr)
                if event["person"] is not None:
                    self.failed.add(event["person"])
                self.watching = True  # or will never be
            case "full":
                self.turned_away += 1
            case "again":
                self.again += 1
            case "progress":
                self.watched.append(event["seconds"])
                self.counts = {name: event[name] for name in ("joined", "started", "finished")}
            case "visited":
                self.browsers[event["browser"]] = event["seconds"]
            case "said":
                self.said[event["person"]] = event
            case "ready" | "open":
                self.ready += 1
            case "watching":
                self.watching = True
            case "ended":
                self.ended += 1
