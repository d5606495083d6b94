"""Which groups may be shown without giving single people away."""

from collections.abc import Mapping


def groups_to_show(sizes: Mapping[str, int], k: int = 5) -> set[str]:
    """The groups whose results may be shown beside those of everybody.

    A group of fewer than k is not shown. Where the people who are not shown are together fewer than k,
    subtracting the groups shown from the whole would show them: the smallest group shown is then hidden too.
    Of groups of one size the first by name is hidden, so that the choice does not hang on the order.

    Args:
        sizes: People in every group; the groups do not overlap and together are everybody.
        k: The smallest number of people that may be seen together.

    Raises:
        ValueError: When k is less than 1, or a size is negative or not a whole number.

    Example:
        >>> sorted(groups_to_show({"engineers": 9, "scientists": 6, "managers": 2}))
        ['engineers']
    """
    if not _is_whole(k) or k < 1:
        raise ValueError(f"The smallest group to show must be 1 or more, and it is {k!r}.")
    for group, size in sizes.items():
        if not _is_whole(size) or size < 0:
            raise ValueError(f"The size of a group is 0 or more people, and that of '{group}' is {size!r}.")
    shown = sorted((size, group) for group, size in sizes.items() if size >= k)
    hidden = sum(size for size in sizes.values() if size < k)
    while shown and 0 < hidden < k:
        hidden += shown.pop(0)[0]
    return {group for _, group in shown}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
