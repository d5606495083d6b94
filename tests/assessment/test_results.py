"""What the facilitator's screen is given: all of it when it may be shown, and nothing at all when not."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.rubrics import TOY, given, toy

from mlmgmt_widgets.assessment import Response, Rubric, score
from mlmgmt_widgets.assessment.outcome import Earlier
from mlmgmt_widgets.assessment.results import present

QUESTIONS = ("data-versioned", "data-checked", "canary")


def people(*roles: str, comment: str = "") -> list[Response]:
    return [
        Response(
            respondent=f"person-{i}",
            role=role,
            answers=dict.fromkeys(QUESTIONS, (0.0, 0.5, 1.0)[i % 3]),
            comments={"canary": f"{comment} {i}"} if comment else {},
        )
        for i, role in enumerate(roles)
    ]


def shown(rubric: Rubric, responses: list[Response], **about: Any) -> dict[str, Any]:
    given_ = {"smallest_group": 5, "anonymous": True, **about}
    return json.loads(json.dumps(present(rubric, responses, **given_), allow_nan=False))


@pytest.mark.parametrize("number", [0, 1, 4])
def test_below_the_smallest_group_there_is_a_sentence_and_nothing_else(number: int) -> None:
    results = shown(toy(), people(*["a"] * number, comment="secret"))
    assert set(results) == {"hidden"}
    assert results["hidden"].endswith(".")
    assert "secret" not in results["hidden"]


def test_a_named_workshop_is_shown_from_one_person_on() -> None:
    assert "hidden" not in shown(toy(), people("a"), anonymous=False)
    assert shown(toy(), [], anonymous=False) == {"hidden": "Nobody has answered yet."}


def test_all_of_it_is_plain_json() -> None:
    results = shown(toy(), people(*["a"] * 6))
    assert results["respondents"] == 6
    assert results["level"]["level"] == score(toy(), people(*["a"] * 6)).level
    assert {"overview", "agenda", "questions", "dont_know"} == set(results["figures"])
    assert len(results["figures"]["questions"]) == 2  # one a section
    assert all(
        {"title", "spec", "columns", "rows"} <= set(each) for page in results["figures"].values() for each in page
    )


def test_the_agenda_has_what_a_discussion_needs() -> None:
    decisions = [type("Decision", (), {"question": "canary", "agreed": 0.5, "note": "try", "owner": "Ada"})]
    results = shown(toy(), people(*["a"] * 6, comment="said"), decisions=decisions)
    item = next(item for item in results["agenda"] if item["question"] == "canary")
    assert item["section_title"] == "Serving"
    assert item["counts"] == [2, 2, 2]
    assert sorted(item["comments"]) == [f"said {i}" for i in range(6)]
    assert item["decision"] == {"agreed": 0.5, "note": "try", "owner": "Ada"}


def test_anonymous_comments_come_in_another_order_than_people() -> None:
    orders = set()
    for _ in range(4):
        results = shown(toy(), people(*["a"] * 8, comment="said"))
        orders.add(tuple(next(item for item in results["agenda"] if item["question"] == "canary")["comments"]))
    assert len(orders) > 1


def test_a_person_in_a_role_of_their_own_is_nowhere_in_an_anonymous_workshop() -> None:
    text = json.dumps(shown(toy(), people("cto", *["engineer"] * 9, comment="said")))
    assert "person-" not in text
    assert "cto" not in text


def test_roles_are_shown_when_there_are_several_that_may_be() -> None:
    def ids(*roles: str, **about: Any) -> list[str]:
        return [figure["id"] for figure in shown(toy(), people(*roles), **about)["figures"]["overview"]]

    assert ids(*["a"] * 5, *["b"] * 6) == ["sections", "roles"]
    assert ids(*["a"] * 10) == ["sections"]
    assert ids(*["a"] * 4, *["b"] * 4) == ["sections"]
    assert ids("a", "b", anonymous=False) == ["sections", "roles"]


def earlier(day: int, rubric: Rubric) -> Earlier:
    return Earlier(date(2026, 1, day), rubric, score(rubric, given({rubric.questions[0].id: 1.0})))


def test_another_version_of_the_rubric_is_named_and_not_compared() -> None:
    history = [earlier(5, toy(version="2.0.0")), earlier(20, toy())]
    results = shown(toy(), people(*["a"] * 6), history=history)
    assert [figure["id"] for figure in results["history"]["trend"]] == ["trend", "compare"]
    (sentence,) = (each["sentence"] for each in results["history"]["not_comparable"])
    assert sentence.startswith("5 January 2026")
    assert "toy@2.0.0" in sentence


def test_a_first_workshop_has_no_trend() -> None:
    assert shown(toy(), people(*["a"] * 6))["history"] == {"trend": [], "not_comparable": []}


def _without_its_last_section() -> Rubric:
    return toy(sections=TOY["sections"][:-1])


def _with_another_scale() -> Rubric:
    return toy(answers=[{**answer, "value": 10 * answer["value"]} for answer in TOY["answers"]])


def _with_another_weight() -> Rubric:
    return toy(sections=[{**section, "weight": 1 + i} for i, section in enumerate(TOY["sections"])])


@pytest.mark.parametrize("edited", [_without_its_last_section, _with_another_scale, _with_another_weight])
def test_a_rubric_that_was_edited_without_a_new_version_is_not_compared(edited: Callable[[], Rubric]) -> None:
    then = edited()
    answers = given({then.questions[0].id: then.values[-1]})
    history = [Earlier(date(2026, 1, 5), then, score(then, answers)), earlier(20, toy())]
    results = shown(toy(), people(*["a"] * 6), history=history)
    (sentence,) = (each["sentence"] for each in results["history"]["not_comparable"])
    assert sentence.startswith("5 January 2026: answered with toy@1.0.0, which was edited since without a new version.")
    assert len(results["history"]["trend"][0]["columns"]) == 3  # section, then, now


# -- what few people answered -------------------------------------------------------------------------------


def few_on_the_canary() -> list[Response]:
    """Five people, of whom one answered everything, and left the only comment on the canary."""
    four = people(*["a"] * 4)
    only = {"data-versioned": 0.0, "data-checked": 0.0}
    four = [each.model_copy(update={"answers": only}) for each in four]
    return [*four, Response(respondent="x", answers=dict.fromkeys(QUESTIONS, 1.0), comments={"canary": "I alone"})]


def test_a_question_that_few_people_answered_is_left_out_and_named() -> None:
    results = shown(toy(), few_on_the_canary())
    assert results["notes"] == ["1 question was answered by fewer than 5 people and left out: “Is there a canary?”"]
    del results["notes"]
    assert "I alone" not in json.dumps(results)
    assert "canary?" not in json.dumps(results)
    assert {item["question"] for item in results["agenda"]} == {"data-versioned", "data-checked"}
    assert [figure["title"] for figure in results["figures"]["questions"]] == ["Data"]
    assert results["score"] == 0.4  # the sum of two means of 0, 0, 0, 0 and 1
    assert shown(toy(), few_on_the_canary(), anonymous=False)["notes"] == []


def test_where_nothing_is_left_the_page_says_so() -> None:
    apart = [Response(respondent=str(i), answers={QUESTIONS[i % 3]: 1.0}) for i in range(6)]
    assert shown(toy(), apart) == {
        "hidden": "This workshop is anonymous, and no question was answered by 5 people or more: nothing can be shown."
    }


def test_what_was_held_back_after_the_reveal_is_said() -> None:
    notes = shown(toy(), people(*["a"] * 6), held_back=2, roles_left_out=True)["notes"]
    assert notes[0].startswith("2 questions have newer answers that are not in these results: fewer than 5 people")
    assert notes[1].startswith("Roles are not shown, because answers were taken in after the reveal")
