"""Which groups and which questions may be shown without giving single people away."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from mlmgmt_widgets.assessment.table import UNANSWERED, Responses


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


def groups_to_show_in_all(tallies: Iterable[Mapping[str, int]], k: int = 5) -> set[str]:
    """The groups that may be shown by every one of several tallies of the same groups, say one a question.

    A group with nobody in a tally is not hidden by it. Who is hidden by one tally is hidden in all, and is then
    k or more people, or nobody, in each of the others as well: so those stay as safe as they were.

    Args:
        tallies: People in every group, each as for `groups_to_show`.
        k: The smallest number of people that may be seen together.

    Example:
        >>> sorted(groups_to_show_in_all([{"engineers": 9, "managers": 6}, {"engineers": 9, "managers": 2}]))
        []
        >>> sorted(groups_to_show_in_all([{"engineers": 9, "managers": 6}, {"engineers": 9, "managers": 0}]))
        ['engineers', 'managers']
    """
    allowed = [groups_to_show(sizes, k) | {group for group, size in sizes.items() if not size} for sizes in tallies]
    return set.intersection(*allowed) if allowed else set()


def withhold(responses: Responses, k: int = 5) -> tuple[Responses, tuple[str, ...]]:
    """Leave out what was said about questions that fewer than k people answered.

    An answer is one of the scale, `na` or `dk`. Such a question becomes one that nobody answered or commented
    on, so that nothing worked out from the rest holds any of it.

    Returns:
        The rest, and the ids of the questions about which something was left out, in the rubric's order.

    Example:
        >>> from mlmgmt_widgets.assessment import Response, load_rubric
        >>> people = [Response(respondent=str(i), answers={"pulse-data": 2}) for i in range(5)]
        >>> people.append(Response(respondent="x", answers={"pulse-people": 0}))
        >>> rest, left_out = withhold(Responses.from_responses(load_rubric("pulse"), people))
        >>> left_out, rest.answers()[5]
        (('pulse-people',), {})
    """
    answered = np.count_nonzero(responses.codes != UNANSWERED, axis=0)
    ids = list(responses.rubric.columns)
    few = {question for question, people in zip(ids, answered.tolist(), strict=True) if people < k}
    said = {question for question, people in zip(ids, answered.tolist(), strict=True) if people}
    said |= {comment.question for comment in responses.comments}
    codes = responses.codes.copy(order="K")
    codes[:, [responses.rubric.columns[question] for question in few]] = UNANSWERED
    comments = tuple(comment for comment in responses.comments if comment.question not in few)
    return replace(responses, codes=codes, comments=comments), tuple(each for each in ids if each in few & said)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
