"""Text for a terminal."""

from collections.abc import Sequence


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of columns: the first from the left, the others, which are numbers, from the right.

    Example:
        >>> table([("", "score"), ("Data", "1.50")])
        ['      score', 'Data   1.50']
    """
    first, *widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([title.ljust(first), *map(str.rjust, cells, widths)]) for title, *cells in rows]
