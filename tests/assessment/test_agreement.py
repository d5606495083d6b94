import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmgmt_widgets.assessment import consensus

COUNTS = st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(any)


def test_agrees_with_the_published_value():
    assert consensus([30, 40, 210, 130, 530, 50, 10]) == pytest.approx(0.7256877, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([12, 0, 0, 0, 0], 1),
        ([0, 0, 12, 0, 0], 1),
        ([6, 0, 0, 0, 6], 0),
        ([1, 1], 0),
        # By hand: mean 1 of width 2; 1 + 2/3 log2(1/2).
        ([1, 1, 1], 1 / 3),
        # By hand: mean 1/4, width 1; 1 + 3/4 log2(3/4) + 1/4 log2(1/4).
        ([3, 1], 1 + 0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)),
    ],
)
def test_worked_examples(counts, expected):
    assert consensus(counts) == pytest.approx(expected, abs=1e-12)


def test_the_width_is_that_of_the_scale_and_not_of_the_answers_given():
    assert consensus([0, 5, 5, 0, 0]) > consensus([5, 5])


def test_everybody_agrees_on_a_scale_with_one_answer():
    assert consensus([7]) == 1


@given(COUNTS)
def test_lies_between_none_and_full_and_does_not_see_direction_or_size(counts):
    value = consensus(counts)
    assert 0 <= value <= 1
    assert consensus(counts[::-1]) == pytest.approx(value, abs=1e-9)
    assert consensus([3 * count for count in counts]) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([], "there are none"),
        ([0, 0, 0], "all counts are 0"),
        ([1, -1], "0 or more"),
        ([1, math.nan], "0 or more"),
        ([1, math.inf], "0 or more"),
    ],
)
def test_impossible_counts_are_refused_in_words(counts, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        consensus(counts)
