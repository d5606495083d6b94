"""The team's record: what had passed on the day of each release, and nothing that was written down later."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.databases import ON_BOTH
from tests.readiness.shapes import checklist, item, review

from mlmgmt_widgets import Workspace
from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.readiness import Checklist, Review, load_checklist, load_review
from mlmgmt_widgets.readiness.edits import Author, change
from mlmgmt_widgets.readiness.record import of_saved, records, sentences, track_record

DAY = date(2026, 3, 2)
DRILL = item("drill", title="Rollback rehearsed", maturity=["model-rollback"])
PASS = {"status": "pass", "on": DAY}
FAIL = {"status": "fail", "on": DAY}


def releases(*entries: dict[str, Any] | None, **changes: Any) -> list[Review]:
    """A release for each of these: what its review says of the drill."""
    return [
        review({"drill": entry} if entry else {}, version=str(n), **changes) for n, entry in enumerate(entries, start=1)
    ]


def counts(made: Checklist, reviews: list[Review], name: str = "drill", **how: Any) -> tuple[int, int, int]:
    record = track_record(made, reviews, name, **how)
    return record.passed, record.of, record.silent


# -- counting ---------------------------------------------------------------------------------------------------------


def test_twelve_of_fourteen() -> None:
    record = track_record(checklist(DRILL), releases(*[PASS] * 12, FAIL, FAIL), "drill")
    assert record.sentence == "12 of 14 releases passed “Rollback rehearsed”."
    assert "%" not in record.sentence


def test_a_waiver_is_no_pass_and_silence_is_neither() -> None:
    waived = {"status": "waived", "reason": "Later", "by": "Ann", "on": DAY, "until": date(2026, 4, 1)}
    record = track_record(checklist(DRILL), releases(PASS, waived, None, {"owner": "Bo"}), "drill")
    assert (record.passed, record.of, record.waived, record.silent) == (1, 2, 1, 2)
    assert record.sentence == ("1 of 2 releases passed “Rollback rehearsed”; 1 was waived, 2 more say nothing of it.")


def test_what_does_not_apply_is_not_counted() -> None:
    tiered = {**DRILL, "tiers": ["medium", "high"]}
    made = checklist(tiered, tiers=["low", "medium", "high"])
    assert counts(made, [*releases(PASS, tier="low"), *releases(FAIL, tier="high")]) == (0, 1, 0)
    na = {"status": "na", "reason": "A batch", "on": DAY}
    assert counts(checklist(DRILL), releases(PASS, na)) == (1, 1, 0)


def test_reviews_of_another_checklist_are_not_releases_of_this_one_but_those_of_its_versions_are() -> None:
    other, earlier = releases(PASS, PASS)
    reviews = [
        other.model_copy(update={"checklist": "llm-feature@1.0.0"}),
        earlier.model_copy(update={"checklist": "toy@0.9.0"}),
    ]
    assert counts(checklist(DRILL), reviews) == (1, 1, 0)


def test_without_a_release_that_says_anything_there_is_no_share() -> None:
    record = track_record(checklist(DRILL), releases(None), "drill")
    assert record.sentence == "No release so far says anything of “Rollback rehearsed”."
    assert records(checklist(DRILL), releases(None)) == {}
    with pytest.raises(KeyError):
        track_record(checklist(DRILL), [], "no-such")


# -- the day of a release ---------------------------------------------------------------------------------------------

AGEING = {**DRILL, "expires_after_days": 30}


def signed(*days: tuple[str, date], decision: str = "go", stage: str | None = "prototype-exit") -> list[dict[str, Any]]:
    return [{"role": role, "by": "Ann", "on": on, "stage": stage, "decision": decision} for role, on in days]


@pytest.mark.parametrize(("day", "passed"), [(date(2026, 4, 1), 1), (date(2026, 4, 2), 0)])
def test_evidence_has_to_be_fresh_on_the_day_of_the_release(day: date, passed: int) -> None:
    """30 days after 2 March is 1 April."""
    assert counts(checklist(AGEING), releases(PASS, sign_offs=signed(("pm", day)))) == (passed, 1, 0)
    assert counts(checklist(AGEING), releases(PASS), days={("churn-model", "1"): day}) == (passed, 1, 0)


def test_without_a_sign_off_the_last_word_on_its_stage_is_the_day() -> None:
    made = checklist(AGEING, item("other"), item("later", stage="production"))
    said = {"drill": PASS, "other": {"status": "pass", "on": date(2026, 4, 2)}}
    assert counts(made, [review(said)]) == (0, 1, 0)
    said = {"drill": PASS, "later": {"status": "pass", "on": date(2026, 9, 1)}}
    assert counts(made, [review(said)]) == (1, 1, 0)


def test_what_was_found_out_after_the_release_does_not_change_it() -> None:
    (released,) = releases(PASS, sign_offs=signed(("pm", date(2026, 3, 3))))
    later = change(released, "drill", Author("Bo", date(2026, 6, 1)), status="fail", reason="It did not work")
    assert counts(checklist(DRILL), [later]) == (1, 1, 0)
    assert counts(checklist(DRILL), [later], days={("churn-model", "1"): date(2026, 6, 1)}) == (0, 1, 0)


def test_a_stage_is_signed_off_when_each_of_its_roles_has_said_go_last() -> None:
    made = checklist(AGEING, sign_offs={"prototype-exit": ["pm", "em"]})
    late = date(2026, 5, 1)

    def passed(sign_offs: list[dict[str, Any]], **how: Any) -> tuple[int, int, int]:
        return counts(made, releases(PASS, sign_offs=sign_offs), signed_off=True, **how)

    assert passed(signed(("pm", DAY))) == (0, 0, 0)
    assert passed(signed(("pm", DAY), ("em", DAY))) == (1, 1, 0)
    assert passed(signed(("pm", DAY), ("em", late))) == (0, 1, 0)
    assert passed([*signed(("pm", DAY), ("em", DAY)), *signed(("em", late), decision="no-go")]) == (0, 0, 0)
    assert passed(signed(("pm", late), ("em", late)), days={("churn-model", "1"): DAY}) == (1, 1, 0)


def test_a_later_stage_stands_in_for_one_that_was_not_signed_and_the_earliest_counts() -> None:
    made = checklist(AGEING)
    shadow, live = signed(("pm", DAY), stage="shadow"), signed(("pm", date(2026, 5, 1)), stage="production")
    assert counts(made, releases(PASS, sign_offs=[*shadow, *live])) == (1, 1, 0)
    assert counts(made, releases(PASS, sign_offs=live)) == (0, 1, 0)
    of_another_version = [{**each, "version": "0"} for each in live]
    assert counts(made, releases(PASS, sign_offs=of_another_version)) == (1, 1, 0)


# -- beside the questions of a rubric ---------------------------------------------------------------------------------


def test_a_question_has_the_record_of_all_its_items() -> None:
    made = checklist(DRILL, item("plan", title="Rollback plan", maturity=["model-rollback", "runbooks"]), item("rest"))
    both = [
        review({"drill": PASS, "plan": PASS}, version="1"),
        review({"drill": FAIL, "plan": PASS}, version="2"),
        review({"plan": PASS}, version="3"),
    ]
    found = records(made, both)
    assert list(found) == ["model-rollback", "runbooks"]
    assert found["model-rollback"]["sentence"] == (
        "Releases that passed: “Rollback rehearsed” 1 of 2 (1 more says nothing of it) and “Rollback plan” 3 of 3."
    )
    assert (found["model-rollback"]["passed"], found["model-rollback"]["of"]) == (2, 3)
    assert found["runbooks"]["sentence"] == "3 of 3 releases passed “Rollback plan”."
    assert [each["item"] for each in found["model-rollback"]["items"]] == ["drill", "plan"]
    assert json.loads(json.dumps(found)) == found
    assert sentences(made, both)["runbooks"] == ("3 of 3 releases passed “Rollback plan”.",)


def test_the_example_team_has_the_record_that_its_readme_tells_of() -> None:
    """Four of the six had a rehearsed rollback; one was waived."""
    made = load_checklist("model-readiness")
    reviews = [load_review(path, made) for path in sorted((shipped() / "examples" / "releases").glob("*.yaml"))]
    record = track_record(made, reviews, "rollback-rehearsed")
    assert record.sentence == "4 of 6 releases passed “Rollback rehearsed”; 1 was waived."


@ON_BOTH
def test_what_is_kept_in_a_workspace_is_read_with_the_checklists_of_its_time(address: str) -> None:
    llm = checklist(item("grounded", title="Sources checked", maturity=["model-rollback"]), id="llm")
    with Workspace.open(address) as workspace:
        for each in releases(PASS, FAIL, sign_offs=signed(("pm", DAY))):
            workspace.reviews.begin(checklist(DRILL), each)
        workspace.reviews.begin(llm, review({"grounded": PASS}, checklist="llm@1.0.0", subject="answers"))
        assert of_saved(workspace.reviews) == {"model-rollback": ("1 of 2 releases passed “Rollback rehearsed”.",)}
        drafts = of_saved(workspace.reviews, signed_off=False)["model-rollback"]
        assert set(drafts) == {
            "1 of 2 releases passed “Rollback rehearsed”.",
            "1 of 1 release passed “Sources checked”.",
        }
