"""What the facilitator's screen is given: all of it when it may be shown, and nothing at all when not."""

import json
from datetime import date
from typing import Any

import pytest
from tests.rubrics import given, toy

from mlmgmt_widgets.assessment import Response, Rubric, score
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


def test_another_version_of_the_rubric_is_named_and_not_compared() -> None:
    same, other = score(toy(), given({"canary": 1.0})), score(toy(version="2.0.0"), given({"canary": 1.0}))
    results = shown(toy(), people(*["a"] * 6), history=[(date(2026, 1, 5), other), (date(2026, 2, 5), same)])
    assert [figure["id"] for figure in results["history"]["trend"]] == ["trend", "compare"]
    (sentence,) = (each["sentence"] for each in results["history"]["not_comparable"])
    assert sentence.startswith("5 January 2026")
    assert "toy@2.0.0" in sentence


def test_a_first_workshop_has_no_trend() -> None:
    assert shown(toy(), people(*["a"] * 6))["history"] == {"trend": [], "not_comparable": []}
