"""The facilitator's widget, asked as its browser asks it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.asking import ask
from tests.databases import ON_BOTH
from tests.rubrics import SMALL

from mlmgmt_widgets import MaturityWorkshop, Workspace
from mlmgmt_widgets.assessment import Rubric, read_responses, score
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui import lock

KEY = "correct horse battery staple"


@pytest.fixture
def toy() -> Rubric:
    return Rubric.model_validate(SMALL)


@pytest.fixture
def workspace(address: str) -> Iterator[Workspace]:
    with Workspace.open(address) as opened:
        yield opened


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a page that `mlmgmt serve` serves; wrong keys cost no time here."""
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv(lock.KEY_HASH, hashlib.sha256(KEY.encode()).hexdigest())
    monkeypatch.setattr(lock.time, "sleep", lambda _seconds: None)


def screen_of(workspace: Workspace) -> MaturityWorkshop:
    return MaturityWorkshop(workspace=lambda: workspace)


def answers_given(workspace: Workspace, code: str, answers: Sequence[Any], **person: str) -> list[str]:
    """Let people answer both questions alike; return their tokens."""
    tokens = []
    for number, answer in enumerate(answers):
        token = f"{number:04x}" * 8
        named = {"name": f"Person {number}"} if not workspace.workshops.get(code).anonymous else {}
        workspace.workshops.enter(code, token, **{**named, **person})
        for question in ("versioned", "canary"):
            comment = f"words of {number}" if question == "canary" else ""
            workspace.workshops.record(code, token, question, answer, comment, sequence=1)
        workspace.workshops.finish(code, token)
        tokens.append(token)
    return tokens


@pytest.fixture
def collecting(workspace: Workspace, toy: Rubric) -> str:
    return workspace.workshops.create(toy, "Ranking", smallest_group=3).code


@pytest.fixture
def revealed(workspace: Workspace, collecting: str) -> MaturityWorkshop:
    answers_given(workspace, collecting, [0, 0.5, 0.5, 1, "dk"])
    screen = screen_of(workspace)
    screen.show(collecting)
    assert "error" not in ask(screen, "reveal")
    return screen


# -- the key --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("served")
def test_on_a_served_page_nothing_is_known_before_the_key(workspace: Workspace, collecting: str) -> None:
    screen = screen_of(workspace)
    screen.show(collecting)
    state = screen.get_state()
    assert screen.locked
    assert (screen.home, screen.workshop, screen.result) == ({}, {}, {})
    assert collecting not in repr(state)
    assert "Ranking" not in repr(state)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("home", {}),
        ("open", {"code": "CODE"}),
        ("create", {"rubric": "pulse", "team": "x", "anonymous": True, "smallest_group": 5, "roles": []}),
        ("delete", {"code": "CODE", "team": "Ranking"}),
        ("progress", {}),
        ("reveal", {}),
        ("refresh", {}),
        ("close", {}),
        ("results", {}),
        ("export", {"format": "csv"}),
        ("decide", {"question": "canary", "agreed": 1}),
        ("leave", {}),
        ("qr", {"link": "http://a.example/"}),
        ("vega", {}),
        ("unlocked", {}),
    ],
)
def test_every_request_needs_the_key(workspace: Workspace, collecting: str, kind: str, payload: dict[str, Any]) -> None:
    screen = screen_of(workspace)
    screen.show(collecting)
    payload = {name: collecting if value == "CODE" else value for name, value in payload.items()}
    assert "key" in ask(screen, kind, **payload)["error"]
    assert (screen.home, screen.workshop) == ({}, {})
    assert [each.code for each in workspace.workshops.all()] == [collecting]


@pytest.mark.usefixtures("served")
def test_a_browser_cannot_unlock_by_writing_traits(workspace: Workspace) -> None:
    screen = screen_of(workspace)
    screen.set_state({"locked": False, "served": False})
    assert screen.locked
    assert "key" in ask(screen, "home")["error"]


@pytest.mark.usefixtures("served")
def test_the_right_key_opens_and_a_wrong_one_does_not(workspace: Workspace, collecting: str) -> None:
    screen = screen_of(workspace)
    for wrong in ("", "wrong", KEY.upper(), hashlib.sha256(KEY.encode()).hexdigest()):
        assert "not the facilitator" in ask(screen, "unlock", key=wrong)["error"]
        assert screen.home == {}
    assert "error" not in ask(screen, "unlock", key=f" {KEY}\n")
    assert not screen.locked
    assert [each["code"] for each in screen.home["workshops"]] == [collecting]


@pytest.mark.usefixtures("served")
def test_wrong_keys_take_longer_each_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(lock.time, "sleep", pauses.append)
    screen = screen_of(workspace)
    for _ in range(6):
        ask(screen, "unlock", key="wrong")
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] < 8


def test_a_server_without_a_key_says_how_to_get_one(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.delenv(lock.KEY_HASH, raising=False)
    screen = screen_of(workspace)
    assert "mlmgmt serve" in ask(screen, "unlock", key="")["error"]
    assert screen.locked


@pytest.mark.usefixtures("served")
def test_a_workshop_named_in_the_notebook_opens_with_the_key(workspace: Workspace, collecting: str) -> None:
    screen = screen_of(workspace)
    screen.show(collecting)
    ask(screen, "unlock", key=KEY)
    assert screen.workshop["code"] == collecting


def test_in_a_notebook_no_key_is_asked(workspace: Workspace) -> None:
    screen = screen_of(workspace)
    assert (screen.served, screen.locked) == (False, False)
    assert "error" not in ask(screen, "home")


def test_without_a_workspace_the_page_says_what_to_write() -> None:
    assert "Workspace.open" in ask(MaturityWorkshop(), "home")["error"]


# -- creating -------------------------------------------------------------------------------------------------


@ON_BOTH
def test_a_workshop_is_created_and_opened(workspace: Workspace) -> None:
    screen = screen_of(workspace)
    reply = ask(
        screen,
        "create",
        rubric="pulse",
        team=" Ranking ",
        anonymous=True,
        smallest_group="4",
        roles=["ml-engineer", "Ops"],
    )
    made = workspace.workshops.get(reply["code"])
    assert (made.team, made.smallest_group, made.roles) == ("Ranking", 4, ("ml-engineer", "Ops"))
    assert (screen.workshop["code"], screen.workshop["state"]) == (made.code, "collecting")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"team": "  "}, "team"),
        ({"team": "x" * 81}, "team"),
        ({"smallest_group": "2"}, "smallest_group"),
        ({"smallest_group": "many"}, "smallest_group"),
        ({"smallest_group": "-5"}, "smallest_group"),
        ({"smallest_group": ""}, "smallest_group"),
        ({"rubric": "../../etc/passwd"}, "rubric"),
        ({"rubric": "no-such"}, "rubric"),
        ({"roles": ["Ops", "ops"]}, "roles"),
        ({"roles": [""]}, "roles"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_nothing_is_made(
    workspace: Workspace, change: dict[str, Any], field: str
) -> None:
    screen = screen_of(workspace)
    asked = {"rubric": "pulse", "team": "Ranking", "anonymous": True, "smallest_group": "5", "roles": [], **change}
    problems = ask(screen, "create", **asked)["problems"]
    assert list(problems) == [field]
    assert problems[field].endswith(".")
    assert workspace.workshops.all() == []


def test_a_rubric_that_cannot_be_read_is_named_and_the_others_stay(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "broken.yaml").write_text("id: broken\n")
    monkeypatch.setenv("MLMGMT_CONTENT", str(tmp_path))
    screen = screen_of(workspace)
    ask(screen, "home")
    assert [each["name"] for each in screen.home["broken"]] == ["broken"]
    assert "broken.yaml" in screen.home["broken"][0]["faults"]
    assert screen.home["rubrics"][0]["name"] == "mlops-maturity"


@ON_BOTH
def test_a_workshop_is_deleted_only_with_its_teams_name(workspace: Workspace, collecting: str) -> None:
    screen = screen_of(workspace)
    assert "Ranking" in ask(screen, "delete", code=collecting, team="Rank")["error"]
    assert len(workspace.workshops.all()) == 1
    assert "error" not in ask(screen, "delete", code=collecting, team="ranking ")
    assert workspace.workshops.all() == []
    assert screen.home["workshops"] == []


# -- collecting -----------------------------------------------------------------------------------------------


@ON_BOTH
def test_progress_counts_and_tells_nobodys_answers(workspace: Workspace, collecting: str) -> None:
    answers_given(workspace, collecting, [0.5, 1])
    screen = screen_of(workspace)
    screen.show(collecting)
    reply = ask(screen, "progress")
    assert (reply["joined"], reply["finished"], reply["people"]) == (2, 2, [])
    assert "words of" not in repr([reply, screen.get_state()])
    assert screen.result == {}


def test_a_named_workshop_lists_who_has_finished(workspace: Workspace, toy: Rubric) -> None:
    code = workspace.workshops.create(toy, "Ranking", anonymous=False).code
    answers_given(workspace, code, [1])
    workspace.workshops.enter(code, "f" * 32, name="Zoe")
    screen = screen_of(workspace)
    screen.show(code)
    people = ask(screen, "progress")["people"]
    assert [(each["name"], each["finished"]) for each in people] == [("Person 0", True), ("Zoe", False)]


def test_before_the_reveal_nothing_is_given_out(workspace: Workspace, collecting: str) -> None:
    answers_given(workspace, collecting, [0, 0.5, 1])
    screen = screen_of(workspace)
    screen.show(collecting)
    assert "revealed" in ask(screen, "results")["error"]
    for kind in ("csv", "xlsx", "json", "markdown", "html"):
        reply = ask(screen, "export", format=kind)
        assert "revealed" in reply["error"]
        assert not reply["buffers"]
    with pytest.raises(ValueError, match="revealed"):
        _ = screen.responses
    with pytest.raises(ValueError, match="revealed"):
        _ = screen.as_result


def test_too_few_people_are_not_revealed(workspace: Workspace, collecting: str) -> None:
    answers_given(workspace, collecting, [0, 1])
    screen = screen_of(workspace)
    screen.show(collecting)
    assert "3 people" in ask(screen, "reveal")["error"]
    assert screen.workshop["state"] == "collecting"
    assert screen.result == {}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://", "http://a b", "x" * 5000, 7])
def test_only_links_become_qr_codes(workspace: Workspace, link: object) -> None:
    assert "error" in ask(screen_of(workspace), "qr", link=link)


def test_a_qr_code_is_a_picture(workspace: Workspace) -> None:
    picture = ask(screen_of(workspace), "qr", link="http://10.0.0.7:8866/x#join=ABC234")["picture"]
    assert picture.startswith("data:image/svg+xml")


# -- results --------------------------------------------------------------------------------------------------


def test_the_reveal_shows_scores_as_the_contract_has_them(revealed: MaturityWorkshop) -> None:
    assert revealed.workshop["state"] == "revealed"
    assert revealed.result["rubric"] == "toy@1.0.0"
    assert revealed.result["respondents"] == 5
    assert revealed.result["score"] == 0.5  # (0 + 0.5 + 0.5 + 1) / 4 on both questions
    assert revealed.result["nodes"]["canary"]["dont_know"] == 1
    assert revealed.as_result.score == 0.5
    assert revealed.as_rubric.id == "toy"
    assert json.loads(json.dumps(revealed.result)) == revealed.result


def test_results_hold_level_agenda_and_comments(revealed: MaturityWorkshop) -> None:
    results = ask(revealed, "results")["results"]
    assert results["level"]["level"] == "Open"
    assert "Data" in results["level"]["sentence"]
    assert {item["question"] for item in results["agenda"]} == {"versioned", "canary"}
    (canary,) = (item for item in results["agenda"] if item["question"] == "canary")
    assert sorted(canary["comments"]) == [f"words of {number}" for number in range(5)]


def test_responses_in_code_say_nothing_about_a_person(workspace: Workspace, toy: Rubric) -> None:
    code = workspace.workshops.create(toy, "Ranking", smallest_group=3, roles=["Ops", "ML"]).code
    answers_given(workspace, code, [0, 0.5, 1, 1], role="Ops")
    screen = screen_of(workspace)
    screen.show(code)
    ask(screen, "reveal")
    assert {each.role for each in screen.responses} == {""}
    assert [each.comments for each in screen.responses] == [{}] * 4
    assert score(toy, screen.responses).to_dict() == screen.result


@ON_BOTH
def test_a_named_workshop_hands_out_responses_as_given(workspace: Workspace, toy: Rubric) -> None:
    code = workspace.workshops.create(toy, "Ranking", anonymous=False).code
    answers_given(workspace, code, [1])
    screen = screen_of(workspace)
    screen.show(code)
    ask(screen, "reveal")
    (response,) = screen.responses
    assert (response.respondent, response.answers["canary"]) == ("Person 0", 1.0)


@ON_BOTH
def test_new_answers_are_taken_in_only_when_nobody_is_told_on(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    code = revealed.workshop["code"]
    assert ask(revealed, "progress")["news"] == {}
    before = revealed.result
    for number in range(2):
        workspace.workshops.record(code, f"{number:04x}" * 8, "canary", 1, sequence=2)
    news = ask(revealed, "progress")["news"]
    assert not news["ready"]
    assert "2" not in news["sentence"]
    assert "3 people" in ask(revealed, "refresh")["error"]
    assert revealed.result == before
    workspace.workshops.record(code, "0002" * 8, "canary", 1, sequence=2)
    assert ask(revealed, "progress")["news"]["ready"]
    assert "at least 3" in ask(revealed, "progress")["news"]["sentence"]
    assert "error" not in ask(revealed, "refresh")
    assert revealed.result["nodes"]["canary"]["score"] == 1.0


def test_changes_spread_over_questions_are_not_offered(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    for number, question in enumerate(("canary", "canary", "versioned")):
        workspace.workshops.record(revealed.workshop["code"], f"{number:04x}" * 8, question, "na", sequence=2)
    news = ask(revealed, "progress")["news"]
    assert not news["ready"]
    assert "same question" in news["sentence"]
    assert "no question has so many" in ask(revealed, "refresh")["error"]


@ON_BOTH
def test_the_page_says_what_was_held_back(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    assert ask(revealed, "results")["results"]["notes"] == []
    for number in range(3):
        workspace.workshops.record(revealed.workshop["code"], f"{number:04x}" * 8, "canary", 1, sequence=2)
    workspace.workshops.record(revealed.workshop["code"], "0003" * 8, "versioned", 0, sequence=2)
    ask(revealed, "close")
    (note,) = ask(revealed, "results")["results"]["notes"]
    assert note.startswith("1 question has newer answers that are not in these results: fewer than 3 people")
    assert revealed.result["nodes"]["versioned"]["score"] == 0.5
    assert revealed.result["nodes"]["canary"]["score"] == 1.0


@ON_BOTH
def test_what_few_people_answered_is_nowhere(workspace: Workspace, collecting: str) -> None:
    for number in range(4):
        token = f"{number:04x}" * 8
        workspace.workshops.enter(collecting, token)
        workspace.workshops.record(collecting, token, "versioned", 1, sequence=1)
    workspace.workshops.record(collecting, "0000" * 8, "canary", 0, "I alone", sequence=2)
    screen = screen_of(workspace)
    screen.show(collecting)
    ask(screen, "reveal")
    assert (screen.result["score"], screen.result["nodes"]["canary"]["answered"]) == (1.0, 0)
    assert screen.as_result.to_dict() == screen.result
    assert all("canary" not in each.answers for each in screen.responses)
    results = ask(screen, "results")["results"]
    assert "I alone" not in repr(results)
    assert "Is there a canary?" in results["notes"][0]


def test_a_rubric_edited_without_a_new_version_is_not_compared(workspace: Workspace, toy: Rubric) -> None:
    shorter = Rubric.model_validate({**SMALL, "sections": SMALL["sections"][:1]})
    for rubric in (shorter, toy):
        code = workspace.workshops.create(rubric, "Ranking", anonymous=False).code
        workspace.workshops.enter(code, "ab" * 16, name="Ann")
        workspace.workshops.record(code, "ab" * 16, "versioned", 1, sequence=1)
        workspace.workshops.reveal(code)
    screen = screen_of(workspace)
    screen.show(code)
    history = ask(screen, "results")["results"]["history"]
    assert history["trend"] == []
    assert "edited since without a new version" in history["not_comparable"][0]["sentence"]


@ON_BOTH
def test_closing_is_final(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    assert "error" not in ask(revealed, "close")
    assert revealed.workshop["state"] == "closed"
    assert "closed" in ask(revealed, "refresh")["error"]
    with pytest.raises(ValueError, match="closed"):
        workspace.workshops.record(revealed.workshop["code"], "0000" * 8, "canary", 1, sequence=9)


@ON_BOTH
def test_decisions_are_kept_and_come_back(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    reply = ask(revealed, "decide", question="canary", agreed=0.5, note="Pair on it", owner="Ada")
    assert reply["decision"] == {"agreed": 0.5, "note": "Pair on it", "owner": "Ada"}
    again = screen_of(workspace)
    again.show(revealed.workshop["code"])
    (item,) = (each for each in ask(again, "results")["results"]["agenda"] if each["question"] == "canary")
    assert {name: item["decision"][name] for name in ("agreed", "note", "owner")} == reply["decision"]


@pytest.mark.parametrize(
    "payload",
    [
        {"question": "no-such", "agreed": 1},
        {"question": "canary", "agreed": 7},
        {"question": "canary", "agreed": True},
        {"question": "canary", "agreed": None, "note": "x" * 2001},
        {"question": "canary", "agreed": None, "owner": "x" * 201},
        {"question": "canary"},
    ],
)
def test_a_forged_decision_is_refused(
    workspace: Workspace, revealed: MaturityWorkshop, payload: dict[str, Any]
) -> None:
    assert "error" in ask(revealed, "decide", **payload)
    assert workspace.workshops.decisions(revealed.workshop["code"]) == ()


@ON_BOTH
def test_earlier_workshops_are_a_trend_and_other_versions_are_named(workspace: Workspace, toy: Rubric) -> None:
    older = Rubric.model_validate({**SMALL, "version": "0.9.0"})
    codes = []
    for rubric in (older, toy, toy):
        code = workspace.workshops.create(rubric, "Ranking", smallest_group=3).code
        answers_given(workspace, code, [0, 0.5, 1])
        workspace.workshops.reveal(code)
        codes.append(code)
    screen = screen_of(workspace)
    screen.show(codes[-1])
    history = ask(screen, "results")["results"]["history"]
    assert history["trend"]
    assert "0.9.0" in repr(history["not_comparable"])
    screen.show(codes[1])  # what came later is not its past
    assert ask(screen, "results")["results"]["history"]["trend"] == []


# -- the team's record ----------------------------------------------------------------------------------------

SAID = "12 of 14 releases passed “Rollback rehearsed”."


def with_records(workspace: Workspace, code: str, records: Any) -> MaturityWorkshop:
    screen = MaturityWorkshop(lambda: workspace, records=records)
    screen.show(code)
    return screen


def recorded(screen: MaturityWorkshop) -> dict[str, list[str]]:
    results = ask(screen, "results")["results"]
    return {item["question"]: item["record"] for item in results["agenda"]}


def test_a_record_stands_beside_its_question(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    code = revealed.workshop["code"]
    assert recorded(revealed) == {"canary": [], "versioned": []}
    expected = {"canary": [SAID], "versioned": []}
    assert recorded(with_records(workspace, code, {"canary": SAID, "of-another-rubric": SAID})) == expected
    assert recorded(with_records(workspace, code, {"canary": (SAID,)})) == expected
    assert recorded(with_records(workspace, code, lambda given: {"canary": [SAID] * (given is workspace)})) == expected


def test_a_record_changes_no_number_and_no_decision(workspace: Workspace, revealed: MaturityWorkshop) -> None:
    screen = with_records(workspace, revealed.workshop["code"], {"canary": SAID})
    (item,) = (each for each in ask(screen, "results")["results"]["agenda"] if each["question"] == "canary")
    assert item["decision"] is None
    assert screen.result == revealed.result
    assert SAID not in exported(screen, "csv")[1].decode()


def test_before_the_reveal_no_record_is_asked_for_or_shown(workspace: Workspace, collecting: str) -> None:
    answers_given(workspace, collecting, [0, 0.5, 1])
    called = []
    screen = with_records(workspace, collecting, lambda given: called.append(given) or {"canary": SAID})
    for kind in ("home", "progress", "results"):
        assert SAID not in repr([ask(screen, kind), screen.get_state()])
    assert called == []
    ask(screen, "reveal")
    assert recorded(screen)["canary"] == [SAID]
    assert len(called) == 1


@pytest.mark.usefixtures("served")
def test_on_a_served_page_no_record_is_read_before_the_key(workspace: Workspace, collecting: str) -> None:
    answers_given(workspace, collecting, [0, 0.5, 1])
    workspace.workshops.reveal(collecting)
    called = []
    screen = with_records(workspace, collecting, lambda given: called.append(given) or {"canary": SAID})
    assert "key" in ask(screen, "results")["error"]
    assert called == []
    ask(screen, "unlock", key=KEY)
    assert recorded(screen)["canary"] == [SAID]


@pytest.mark.parametrize(
    ("raised", "said"),
    [(Refusal("The storage is busy."), "The storage is busy."), (KeyError("secret"), "could not be read (KeyError)")],
)
def test_a_record_that_cannot_be_read_leaves_the_results_there_and_says_so(
    workspace: Workspace, revealed: MaturityWorkshop, raised: Exception, said: str
) -> None:
    def records(_: Workspace) -> dict[str, str]:
        raise raised

    screen = with_records(workspace, revealed.workshop["code"], records)
    results = ask(screen, "results")["results"]
    assert results["score"] == 0.5
    assert said in results["notes"][-1]
    assert "secret" not in repr(results)
    assert recorded(screen) == {"canary": [], "versioned": []}


# -- export ---------------------------------------------------------------------------------------------------


def exported(screen: MaturityWorkshop, kind: str) -> tuple[str, bytes]:
    reply = ask(screen, "export", format=kind)
    assert "error" not in reply, reply
    return reply["filename"], reply["buffers"][0]


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("csv", "csv"), ("xlsx", "xlsx"), ("json", "json"), ("markdown", "md"), ("html", "html")],
)
def test_every_file_has_a_name_that_says_what_it_is(revealed: MaturityWorkshop, kind: str, extension: str) -> None:
    name, data = exported(revealed, kind)
    created = revealed.workshop["created"][:10]
    assert name == f"toy-ranking-{created}.{extension}"
    assert data


def test_the_exported_csv_scores_the_same(revealed: MaturityWorkshop, toy: Rubric, tmp_path: Path) -> None:
    _, data = exported(revealed, "csv")
    file = tmp_path / "answers.csv"
    file.write_bytes(data)
    assert score(toy, read_responses(toy, file)).to_dict() == revealed.result
    assert {row["role"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))} == {""}


@pytest.mark.parametrize("team", ["../../etc", "Ünïcode & Söhne", "💥", "a/b\\c"])
def test_a_file_name_is_safe_whatever_the_team_is_called(workspace: Workspace, toy: Rubric, team: str) -> None:
    code = workspace.workshops.create(toy, team, anonymous=False).code
    answers_given(workspace, code, [1])
    screen = screen_of(workspace)
    screen.show(code)
    ask(screen, "reveal")
    name, _ = exported(screen, "json")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert ".." not in name


def test_an_unknown_format_is_refused(revealed: MaturityWorkshop) -> None:
    assert "error" in ask(revealed, "export", format="exe")
