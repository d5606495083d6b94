import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rubrics import flat, toy
from tests.rubrics import given as answered

from mlmgmt_widgets.assessment import Response, Responses, groups_to_show, score
from mlmgmt_widgets.assessment.anonymity import groups_to_show_in_all, withhold
from mlmgmt_widgets.assessment.groups import group_scores

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


@given(st.lists(st.fixed_dictionaries({group: st.integers(0, 12) for group in "abcd"}), min_size=1, max_size=4))
def test_nobody_can_be_found_by_subtraction_in_any_of_several_tallies(tallies):
    k = 5
    tallies = [sizes for sizes in tallies if sum(sizes.values()) == 0 or sum(sizes.values()) >= k]  # else withheld
    shown = groups_to_show_in_all(tallies, k)
    for sizes in tallies:
        hidden = sum(size for group, size in sizes.items() if group not in shown)
        assert all(sizes[group] == 0 or sizes[group] >= k for group in shown)
        assert hidden == 0 or hidden >= k


def test_a_role_is_hidden_where_one_question_of_the_section_was_answered_by_a_few_of_it():
    # 6 engineers, of whom one answered the second question, and 6 managers: from sections and questions together
    # the scores of both roles on the second question could be worked out.
    two = {"q0": 1.0, "q1": 2.0}
    people = answered(*[two] * 7, *[{"q0": 3.0}] * 5)
    roles = ["manager"] * 6 + ["engineer"] * 6
    table = Responses.from_responses(
        flat(1, 1), [p.model_copy(update={"role": r}) for p, r in zip(people, roles, strict=True)]
    )
    assert not any(group.shown for group in group_scores(flat(1, 1), table, 5))
    assert all(group.shown for group in group_scores(flat(1, 1), table, None))


@pytest.mark.parametrize(("people", "left_out"), [(0, ()), (1, ("canary",)), (4, ("canary",)), (5, ())])
def test_a_question_that_few_answered_is_withheld(people, left_out):
    given_ = [
        {"data-checked": 1.0, **({"canary": answer} if i < people else {})}
        for i, answer in enumerate([0.0, "na", "dk", 1.0, 0.5])
    ]
    rest, withheld = withhold(Responses.from_responses(toy(), answered(*given_)))
    assert withheld == left_out
    assert sum("canary" in answers for answers in rest.answers()) == (0 if left_out else people)
    assert all("data-checked" in answers for answers in rest.answers())
    assert len(rest) == 5


def test_comments_on_a_withheld_question_are_withheld():
    said = [Response(respondent=str(i), answers={"data-checked": 1.0}) for i in range(5)]
    said[0] = said[0].model_copy(update={"comments": {"canary": "mine", "data-checked": "kept"}})
    rest, withheld = withhold(Responses.from_responses(toy(), said))
    assert withheld == ("canary",)
    assert [comment.text for comment in rest.comments] == ["kept"]


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={f"q{i}": st.sampled_from([0.0, 2.0, "na", "dk"]) for i in range(3)}),
        max_size=8,
    )
)
def test_what_is_withheld_is_as_if_nobody_had_answered_it(people):
    rubric = flat(1, 2, 3)
    rest, withheld = withhold(Responses.from_responses(rubric, answered(*people)), 3)
    without = [{question: answer for question, answer in each.items() if question not in withheld} for each in people]
    assert score(rubric, rest) == score(rubric, answered(*without))
    counts = [sum(question in each for each in without) for question in ("q0", "q1", "q2")]
    assert all(count == 0 or count >= 3 for count in counts)
