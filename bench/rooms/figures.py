"""What a room is measured by: spreads, and what people were promised against what the database holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Said = Mapping[str, tuple[Any, str]]
"""Question -> answer and comment."""


@dataclass(frozen=True)
class Spread:
    """How a number of measurements lie: their count, half of them, nineteen in twenty, and the largest."""

    count: int
    p50: float
    p95: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """Return the spread of some values; of none there is none.

        Example:
            >>> Spread.of([3.0, 1.0, 2.0])
            Spread(count=3, p50=2.0, p95=3.0, max=3.0)
        """
        return cls(len(values), quantile(values, 0.5), quantile(values, 0.95), max(values)) if values else None


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all values do not exceed (the nearest rank).

    Raises:
        ValueError: if there are no values, or the share is not in (0, 1].

    Example:
        >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5)
        2.0
    """
    if not values or not 0 < share <= 1:
        raise ValueError("A quantile needs values and a share above 0 and up to 1.")
    return sorted(values)[math.ceil(share * len(values)) - 1]


@dataclass(frozen=True)
class Kept:
    """What became of the answers.

    Attributes:
        confirmed: answers that people were told are saved.
        stored: answers that the database holds.
        lost: confirmed answers that the database lacks, or holds with another value or comment.
        unconfirmed: answers that were sent and are stored, but that nobody was told of; no harm.
        invented: stored answers that nobody sent, and participants whom nobody knows.
    """

    confirmed: int = 0
    stored: int = 0
    lost: int = 0
    unconfirmed: int = 0
    invented: int = 0

    def __add__(self, other: Kept) -> Kept:
        """Return both together."""
        return Kept(
            self.confirmed + other.confirmed,
            self.stored + other.stored,
            self.lost + other.lost,
            self.unconfirmed + other.unconfirmed,
            self.invented + other.invented,
        )


def compare(confirmed: Said, sent: Said, stored: Said) -> Kept:
    """Compare one person's answers, value by value and both ways.

    Args:
        confirmed: what the person was told is saved, the last of each question.
        sent: what the person sent last for each question, whether or not an answer came.
        stored: what the database holds of this person.

    Example:
        >>> compare({"q": (1, "")}, {"q": (1, ""), "r": (2, "")}, {"q": (1, ""), "r": (2, "")})
        Kept(confirmed=1, stored=2, lost=0, unconfirmed=1, invented=0)
    """
    # Whoever sent something newer and was not answered may find either of the two.
    lost = sum(stored.get(q) not in (what, sent.get(q, what)) for q, what in confirmed.items())
    new = {q: what for q, what in stored.items() if confirmed.get(q) != what}
    unconfirmed = sum(sent.get(q) == what for q, what in new.items())
    invented = sum(sent.get(q) != what and q not in confirmed for q, what in new.items())
    return Kept(len(confirmed), len(stored), lost, unconfirmed, invented)


@dataclass(frozen=True)
class Cost:
    """What a server and its kernels take while all are in.

    Attributes:
        kernels: how many kernels there are.
        kernel: private memory (USS) of each of them, MB.
        shared: private memory of everything else that serves: the server, and whatever forks its kernels, MB.
        proportional: proportional memory (PSS) of all processes together, MB: shared pages count once.
    """

    kernels: int = 0
    kernel: Spread | None = None
    total: float = 0.0
    shared: float = 0.0
    proportional: float = 0.0

    @property
    def each(self) -> float | None:
        """MB for each kernel, with its part of what they share."""
        return (self.total + self.shared) / self.kernels if self.kernels else None


@dataclass(frozen=True)
class Cpu:
    """Seconds of processor time since the first person arrived: of the server process, and of all that it started."""

    server: float = 0.0
    kernels: float = 0.0

    @property
    def total(self) -> float:
        """Both."""
        return self.server + self.kernels

    def __sub__(self, earlier: Cpu) -> Cpu:
        """Return what was used since."""
        return Cpu(self.server - earlier.server, self.kernels - earlier.kernels)


@dataclass(frozen=True)
class Room:
    """What was measured in one room.

    Attributes:
        name: who served it.
        participants: how many took part, without the browsers and the facilitator.
        joined: how many of them got in.
        join: seconds from arrival to the moment in which the first question can be answered.
        opened: the part of it until the page's widgets were there.
        after_last: seconds from the last arrival until all had joined; `None` when somebody never did.
        saved: seconds from an answer to its confirmation, all of them.
        saved_together: the same from the moment in which all were in until the first had finished.
        watching: seconds that the facilitator's page waited for its figures.
        before: seconds of processor time that were spent before anybody came.
        letting_in: the processor time until all had joined.
        cpu: the processor time until all had finished.
        people_cpu: the processor time of the people themselves, on the same machine.
        others: the share of the machine that went to neither server nor people while they joined; browsers count
            here. Where it is high, seconds mean little and processor time is what can be compared.
        failures: what went wrong, and how often.
        turned_away: how often somebody was told that the room is full and came again.
        sent_again: how often joining or an answer was refused for the moment and tried again.
        browsers: seconds from navigation to the first question, by browser.
        people: everyone who had a page: participants, browsers, the facilitator.
    """

    name: str
    participants: int
    joined: int = 0
    join: Spread | None = None
    opened: Spread | None = None
    after_last: float | None = None
    saved: Spread | None = None
    saved_together: Spread | None = None
    watching: Spread | None = None
    cost: Cost = field(default_factory=Cost)
    before: float = 0.0
    letting_in: Cpu = field(default_factory=Cpu)
    cpu: Cpu = field(default_factory=Cpu)
    people_cpu: float = 0.0
    others: float = 0.0
    failures: Mapping[str, int] = field(default_factory=dict)
    turned_away: int = 0
    sent_again: int = 0
    kept: Kept = field(default_factory=Kept)
    browsers: Mapping[str, float] = field(default_factory=dict)
    people: int = 0

    @property
    def whole(self) -> bool:
        """Whether nobody failed and nothing was lost or invented."""
        kept = self.kept
        return not self.failures and not kept.lost and not kept.invented and self.joined == self.participants
