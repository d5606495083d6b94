import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.assessment import groups_to_show

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({}, set()),
        ({"a": 4}, set()),
        ({"a": 5}, {"a"}),
        ({"a": 9, "b": 6, "c": 2}, {"a"}),
        ({"a": 9, "b": 6, "c": 2, "d": 3}, {"a", "b"}),
        ({"a": 9, "b": 6, "c": 0}, {"a", "b"}),
        ({"a": 9, "c": 1}, set()),
        ({"a": 6, "b": 6, "c": 1}, {"b"}),
    ],
)
def test_worked_examples(sizes, expected):
    assert groups_to_show(sizes, k=5) == expected


@given(SIZES, st.integers(1, 7))
def test_nobody_can_be_found_by_subtraction(sizes, k):
    shown = groups_to_show(sizes, k)
    hidden = sum(size for group, size in sizes.items() if group not in shown)
    assert all(sizes[group] >= k for group in shown)
    assert hidden == 0 or hidden >= k or not shown


@given(SIZES, st.integers(1, 7))
def test_no_more_is_hidden_than_must_be(sizes, k):
    large = {group for group, size in sizes.items() if size >= k}
    assert len(large - groups_to_show(sizes, k)) <= 1


@given(SIZES, st.randoms())
def test_the_order_of_groups_does_not_matter(sizes, random):
    shuffled = list(sizes.items())
    random.shuffle(shuffled)
    assert groups_to_show(dict(shuffled)) == groups_to_show(sizes)


@pytest.mark.parametrize(
    ("sizes", "k"), [({"a": 5}, 0), ({"a": 5}, -1), ({"a": -1}, 5), ({"a": 2.5}, 5), ({"a": 5}, True)]
)
def test_impossible_numbers_are_refused(sizes, k):
    with pytest.raises(ValueError, match=r"must be 1 or more|is 0 or more"):
        groups_to_show(sizes, k)
