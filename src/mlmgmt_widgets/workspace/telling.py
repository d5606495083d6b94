"""What several pictures of one question tell together.

Two pictures tell their difference. Of more of them, sums and differences can be taken in which most people cancel out:
four people change their answer, later three of them change back, and the two differences together are what the fourth
one did, although each was made by enough people. So before another picture is shown, every way of adding and
subtracting it and those that were shown is looked at: the people who do not cancel out must be nobody, or enough.

This is about pictures alone. Whoever knows what some of the people said, perhaps because they are their own inventions,
can take those away too: then as many fewer remain.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from mlmgmt_widgets.assessment.responses import Answer

MOST_PICTURES = 5
"""Different pictures of one question that may be shown."""
# How often a picture need be added or taken away to find whatever can be found: the largest determinant of a matrix of
# zeros and ones with a row less than there are pictures.
_TIMES = {1: 1, 2: 1, 3: 1, 4: 2, 5: 3}


def of_few(pictures: Sequence[Mapping[int, Answer]], smallest_group: int) -> bool:
    """Whether fewer people than the smallest group can be set apart from all others.

    Args:
        pictures: of one question, each with everybody's answer by their number.
        smallest_group: people who may be seen together.

    Returns:
        True also where there are too many pictures to look at all that they tell.

    Example:
        >>> first = {person: 0 for person in range(8)}
        >>> second = {**first, 0: 1, 1: 1, 2: 1, 3: 1}
        >>> third = {**second, 4: 1, 5: 1, 6: 1}
        >>> of_few([first, second, third], 3)
        False
        >>> fourth = {**third, 0: 0, 1: 0, 2: 0}
        >>> of_few([first, second, third, fourth], 3)  # second - first + fourth - third is what person 3 did
        True
    """
    different = [each for place, each in enumerate(pictures) if each and each not in pictures[:place]]
    if not different:
        return False
    if len(different) > MOST_PICTURES:
        return True
    people = {person for picture in different for person in picture}
    ways = Counter(_pattern([picture.get(person) for picture in different]) for person in people)
    remaining = sum(size * _remain(pattern, len(different)) for pattern, size in ways.items())
    return bool(np.any((remaining > 0) & (remaining < smallest_group)))


def _pattern(answers: Sequence[Answer | None]) -> tuple[int, ...]:
    """In which pictures somebody said the same, as numbers; -1 where they said nothing."""
    numbers: dict[Answer | None, int] = {None: -1}
    return tuple(numbers.setdefault(answer, len(numbers)) for answer in answers)


def _remain(pattern: tuple[int, ...], pictures: int) -> npt.NDArray[np.int64]:
    """For each way of adding pictures, 1 where somebody who answered like that does not cancel out, else 0."""
    said = np.array([[each == answer for each in pattern] for answer in sorted({*pattern} - {-1})], dtype=np.int64)
    remains: npt.NDArray[np.bool_] = np.any(said @ _sums(pictures), axis=0)
    return remains.astype(np.int64)


@cache
def _sums(pictures: int) -> npt.NDArray[np.int64]:
    """Every way of adding and subtracting so many pictures, a column each; `pictures` rows."""
    times = range(-_TIMES[pictures], _TIMES[pictures] + 1)
    return np.array(list(itertools.product(times, repeat=pictures)), dtype=np.int64).T
