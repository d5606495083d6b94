"""Fixed draws: every uncertain quantity has a sequence of its own, which hangs on its name and the seed alone.

So a changed number moves the forecast by what it is worth, and nothing else moves: not the draws of other tasks, not
even when tasks are added, removed or renamed around them.

The sequences are those of a scrambled digital net in base 2, built as Sobol's are: the i-th draw is the product, over
GF(2), of a generator matrix with the digits of i. Sobol numbers its dimensions, and a dimension by number would move
when a task is added. So here each name has direction numbers of its own, a unit upper triangular matrix from a hash of
the name, and the seed gives each name its scramble, a random unit lower triangular matrix and a digital shift
(Matoušek 1998). Of the matrices that the hash offers, the first is taken that makes a good net of two dimensions with
the leading sequence, van der Corput's, which the experiments get: what matters most in most plans. What research draws
beside, whose names are known, is chosen to be good together, too. `make bench` measures what that gains.

Each sequence alone is perfectly stratified: of the first 2^14 draws, one falls into every 16,384th of 0..1. There is no
largest number of names. What no choice by name alone can rule out is that two of them are related by chance: of ten
thousand pairs, about five have a correlation above a tenth. The scramble makes a seed's forecast right on average all
the same, and the stated error, which comes from other scrambles, knows of it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from functools import lru_cache
from itertools import count as counting
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

BITS = 14
STRATA = 1 << BITS
"""How many equal parts of 0..1 a draw may fall into; a draw is the number of its part."""
USUAL = 16_384
FEWEST = 256
MOST = 1_000_000
_MOST_KEPT = 2_000  # sequences in one `Draws`: several plans of the largest size
LEADING = "research:first-success"
"""The quantity whose draws are the net's leading sequence."""
# Which of the matrices that its hash offers a name gets: the first for which it, each name before it and the leading
# sequence are good nets by two, (3, 14, 2), and by three, (5, 14, 3). A test checks both by counting points.
_CHOSEN = {
    "research:success-rate": 4,
    "research:timebox:0": 0,
    "research:timebox:1": 0,
    "research:timebox:2": 20,
    "research:timebox:3": 54,
    "research:timebox:4": 69,
    "research:timebox:5": 456,
    "research:timebox:6": 179,
    "research:timebox:7": 99,
    "research:timebox:8": 2523,
    "research:timebox:9": 4757,
}
_INPUT_BITS = 20  # a million draws
_LOOSE = 2  # digits by which a net of two dimensions may fall short of a perfect one
_DIGEST = 64  # bytes of a hash; no matrix takes more bits

Ranks = NDArray[np.uint16]
Values = NDArray[np.float64]

# The middle of every part.
MIDDLES: Values = (np.arange(STRATA) + 0.5) / STRATA
MIDDLES.flags.writeable = False


class Source(Protocol):
    """Where a simulation takes its draws from."""

    count: int

    def ranks(self, name: str) -> Ranks:
        """The parts that the draws of a quantity fall into."""

    def mapped(self, name: str, table: Values) -> Values:
        """The draws of a quantity, by its quantile table."""


class Draws:
    """The draws of a seed, made when they are first asked for and kept.

    Args:
        seed: another seed gives another net.
        count: how many trials.

    Example:
        >>> draws = Draws(0, 1024)
        >>> ranks = draws.ranks("task:pipeline")
        >>> len(set((ranks // 16).tolist()))  # one draw in each 1024th
        1024
    """

    def __init__(self, seed: int | str, count: int) -> None:
        self.seed = seed
        self.count = count
        self._ranks: OrderedDict[str, Ranks] = OrderedDict()
        self._mapped: dict[str, tuple[Values, Values]] = {}

    def ranks(self, name: str) -> Ranks:
        """The parts that the draws of a quantity fall into: `count` numbers from 0 to `STRATA` - 1."""
        if name not in self._ranks:
            self._ranks[name] = _sequence(self.seed, name, self.count)
            if len(self._ranks) > _MOST_KEPT:
                gone, _ = self._ranks.popitem(last=False)
                self._mapped.pop(gone, None)
        return self._ranks[name]

    def mapped(self, name: str, table: Values) -> Values:
        """The draws of a quantity, by its quantile table.

        Args:
            name: of the quantity.
            table: its quantile in the middle of every part, of length `STRATA`.

        Returns:
            `count` values; kept, so not to be written to.
        """
        kept = self._mapped.get(name)
        if kept is None or kept[0] is not table:
            values = table[self.ranks(name)]
            values.flags.writeable = False
            self._mapped[name] = kept = (table, values)
        return kept[1]


class Redrawn:
    """The same draws, but for some quantities, which get others that are as good.

    Args:
        draws: the draws of all others.
        names: of the quantities.
    """

    def __init__(self, draws: Draws, names: frozenset[str]) -> None:
        self.count = draws.count
        self._draws = draws
        self._names = names

    def _name(self, name: str) -> str:
        return f"again:{name}" if name in self._names else name

    def ranks(self, name: str) -> Ranks:
        """As `Draws.ranks`."""
        return self._draws.ranks(self._name(name))

    def mapped(self, name: str, table: Values) -> Values:
        """As `Draws.mapped`."""
        return self._draws.mapped(self._name(name), table)


@lru_cache(maxsize=4)
def draws_of(seed: int | str, count: int) -> Draws:
    """The draws of a seed, the same object for as long as they are in use."""
    return Draws(seed, count)


def _sequence(seed: int | str, name: str, count: int) -> Ranks:
    columns, shift = _generators(seed, name)
    ranks = np.empty(count, np.uint16)
    ranks[0] = shift
    done, bit = 1, 0
    while done < count:  # the next 2^k draws are the first 2^k with one more column
        more = min(done, count - done)
        np.bitwise_xor(ranks[:more], columns[bit], out=ranks[done : done + more])
        done, bit = done + more, bit + 1
    ranks.flags.writeable = False
    return ranks


def _generators(seed: int | str, name: str) -> tuple[Ranks, int]:
    """The columns of a generator matrix, each as the number that its digits make, and the shift."""
    bits = _bits(f"{seed}\0{name}")
    rows, columns = _BELOW
    scramble = np.eye(BITS, dtype=np.uint16)
    scramble[rows, columns] = bits[: len(rows)]
    matrix = (scramble @ _directions(name)) & 1
    shift = bits[len(rows) : len(rows) + BITS]
    return (_DIGITS @ matrix).astype(np.uint16), int(_DIGITS @ shift)


@lru_cache(maxsize=5 * _MOST_KEPT)
def _directions(name: str) -> Ranks:
    """A name's direction numbers: a unit upper triangular matrix of digits, `BITS` by `_INPUT_BITS`."""
    if name == LEADING:
        return np.eye(BITS, _INPUT_BITS, dtype=np.uint16)
    for attempt in counting(_CHOSEN.get(name, 0)):
        bits = _bits(f"{attempt}\0{name}")[: BITS * _INPUT_BITS]
        directions = np.triu(bits.reshape(BITS, _INPUT_BITS), 1)
        np.fill_diagonal(directions, 1)
        if _is_good_with_the_leading_one(directions):
            return directions
    raise AssertionError  # every second to fifth matrix is good


def _is_good_with_the_leading_one(directions: Ranks) -> bool:
    """Whether both sequences are a (t, m, 2)-net in base 2 with m = `BITS` and t = `_LOOSE` (Niederreiter 1987).

    That is, whether for each split of m - t digits between the two, these digits are independent. The leading
    sequence's first digits are the lowest of the draw's number: without those, the others must still be independent.
    """
    rows = [int(row) for row in directions[:, :BITS] @ (1 << np.arange(BITS))]
    return all(
        _are_independent([row >> taken for row in rows[: BITS - _LOOSE - taken]]) for taken in range(BITS - _LOOSE)
    )


def _are_independent(rows: list[int]) -> bool:
    """Whether rows of digits are linearly independent over GF(2)."""
    pivots: dict[int, int] = {}
    for row in rows:
        rest = row
        while rest and (length := rest.bit_length()) in pivots:
            rest ^= pivots[length]
        if not rest:
            return False
        pivots[rest.bit_length()] = rest
    return True


def _bits(text: str) -> Ranks:
    digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST).digest()
    return np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.uint16)


_BELOW = np.tril_indices(BITS, -1)
_DIGITS = (1 << np.arange(BITS)[::-1]).astype(np.uint16)  # the first digit counts most
