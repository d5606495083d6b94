"""How far people agree.

The measure is that of W. J. Tastle and M. J. Wierman, "Consensus and dissention: A measure of ordinal
dispersion", International Journal of Approximate Reasoning 45 (2007): 1 + sum p_i log2(1 - |x_i - mean| /
width), where the width is that of the scale and not of the answers given.
"""

import math
from collections.abc import Iterable


def consensus(counts: Iterable[float]) -> float:
    """How far people agree: 1 when all gave one answer, 0 when half gave the lowest and half the highest.

    Args:
        counts: How often each answer was given, in the order of the scale, answers never given included. The
            scale counts as evenly spaced, whatever its answers score: it is ordinal.

    Returns:
        From 0 to 1. On a scale with a single answer everybody agrees: 1.

    Raises:
        ValueError: When there are no counts, a count is negative or not a number, or nobody answered.

    Example:
        >>> round(consensus([30, 40, 210, 130, 530, 50, 10]), 6)
        0.725688
        >>> consensus([6, 0, 0, 6])
        0.0
    """
    given = [float(count) for count in counts]
    if not given:
        raise ValueError("Consensus needs the count of every answer of the scale, and there are none.")
    if any(count < 0 or not math.isfinite(count) for count in given):
        raise ValueError(f"Consensus needs counts of 0 or more, and these are {given}.")
    total = math.fsum(given)
    if not total:
        raise ValueError("Consensus needs at least one answer, and all counts are 0.")
    width = len(given) - 1
    if not width:
        return 1.0
    mean = math.fsum(position * count for position, count in enumerate(given)) / total
    terms = [
        count / total * math.log2(1 - abs(position - mean) / width) for position, count in enumerate(given) if count
    ]
    return min(1.0, max(0.0, 1 + math.fsum(terms)))
