"""The board as a notebook sees it, and as its page asks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.asking import ask
from tests.databases import ON_BOTH
from tests.readiness.board_shapes import REVIEW, TODAY, TOY, content_with_toy, toy

from mlmgmt_widgets import ReadinessBoard, Workspace
from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Review, edits, evaluate, load_checklist, load_review
from mlmgmt_widgets.readiness.edits import Author
from mlmgmt_widgets.ui.lock import KEY_HASH
from mlmgmt_widgets.yaml_text import dump

ANA = {"who": "Ana", "role": "ml-engineer"}
STATED = {"status": "pass", "by": "Ana", "role": "ml-engineer", "on": TODAY, "version": "3"}


@pytest.fixture(autouse=True)
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, with the toy in it."""
    monkeypatch.setenv("MLMGMT_CONTENT", str(content_with_toy(tmp_path)))


@pytest.fixture
def board() -> ReadinessBoard:
    return ReadinessBoard(REVIEW, checklist=toy(), stage="production", today=TODAY)


@pytest.fixture
def workspace(address: str) -> Iterator[Workspace]:
    with Workspace.open(address) as opened:
        yield opened


def kept(workspace: Workspace, **values: Any) -> ReadinessBoard:
    """A board that has the toy's review open, kept in a workspace."""
    made = ReadinessBoard(workspace=lambda: workspace, today=TODAY)
    if not workspace.reviews.all():
        workspace.reviews.begin(toy(), Review.model_validate({**REVIEW, **values}), by="Ana")
    assert "error" not in ask(made, "open", subject="churn-model", version="3")
    return made


# -- in a notebook -------------------------------------------------------------------------------------------------


def test_the_verdict_is_that_of_evaluate(board):
    said = evaluate(toy(), Review.model_validate(REVIEW), stage="production", today=date(2026, 11, 24))
    assert board.verdict == said.to_dict()
    assert board.as_verdict == said
    assert [each["item"] for each in board.verdict["blockers"]] == ["rehearsed"]


def test_setting_a_review_moves_the_verdict(board):
    board.review = {**board.review, "items": {**board.review["items"], "rehearsed": {"status": "pass"}}}
    assert board.verdict["ready"] is True
    board.review = Review.model_validate({**REVIEW, "tier": "low"})
    assert board.verdict["tier"] == "low"
    assert board.review["tier"] == "low"


def test_a_review_with_faults_is_refused_with_all_of_them_and_changes_nothing(board):
    before = board.review
    with pytest.raises(ContentError) as refused:
        board.review = {**REVIEW, "items": {"auc-flor": {"status": "pass"}, "schema": {"status": "na"}}}
    assert "items.schema.reason" in str(refused.value)
    with pytest.raises(ContentError, match="nearest: auc-floor"):
        board.review = {**REVIEW, "items": {"auc-flor": {"status": "pass"}}}
    with pytest.raises(Refusal):
        board.review = {}
    assert board.review == before


def test_time_that_passes_turns_the_gate_red(board):
    """The pass of 1 November counts for 90 days: until 30 January, that day included."""
    board.stage, board.review = "production", {**board.review, "tier": "low"}
    board.today = "2027-01-30"
    assert board.verdict["ready"] is True
    board.today = "2027-01-31"
    assert board.verdict["blockers"] == [{"item": "rollback-plan", "reason": "expired"}]
    board.today = ""
    assert board.as_verdict.today == date.today()  # noqa: DTZ011 - as the board counts days


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "24.11.2026"])
def test_a_day_that_is_none_is_refused(board, day):
    with pytest.raises(Refusal, match="is no day"):
        board.today = day
    assert board.today == TODAY


def test_a_stage_that_is_none_is_refused(board):
    with pytest.raises(Refusal, match="There is no stage"):
        board.stage = "prod"
    board.stage = "shadow"
    assert board.verdict["stage"] == "shadow"


def test_the_first_stage_is_the_first_that_is_not_ready():
    assert ReadinessBoard(REVIEW, checklist=toy(), today=TODAY).stage == "production"
    assert ReadinessBoard({**REVIEW, "items": {}}, checklist=toy(), today=TODAY).stage == "prototype-exit"


def test_a_stage_that_is_misspelt_at_the_beginning_is_refused():
    with pytest.raises(Refusal, match="There is no stage “produciton”"):
        ReadinessBoard(REVIEW, checklist=toy(), stage="produciton")


def test_a_checklist_that_was_given_is_one_to_begin_with(tmp_path):
    own = {**TOY, "id": "mine"}
    path = tmp_path / "another-name.yaml"
    path.write_text(dump(own, "checklist"), encoding="utf-8")
    board = ReadinessBoard(checklist=path, today=TODAY)
    assert "mine" in [each["name"] for each in ask(board, "look")["start"]["checklists"]]
    said = ask(board, "begin", checklist="mine", subject="churn", version="1", who="Ana")
    assert said["head"]["key"] == "mine@1.0.0"
    text = ask(board, "export", format="yaml")["buffers"][0].decode()
    assert ask(ReadinessBoard(checklist=path), "read", name="x.yaml", text=text)["head"]["key"] == "mine@1.0.0"


def test_a_review_finds_its_checklist_by_name(tmp_path):
    path = tmp_path / "review.yaml"
    path.write_text(dump(REVIEW, "review"), encoding="utf-8")
    assert ReadinessBoard(path, today=TODAY).as_checklist.key == "toy@1.0.0"
    with pytest.raises(ContentError):
        ReadinessBoard({**REVIEW, "checklist": "toy@2.0.0"})


def test_nothing_is_open_at_first():
    board = ReadinessBoard()
    assert (board.review, board.verdict) == ({}, {})
    with pytest.raises(Refusal):
        _ = board.as_review


# -- what the page asks --------------------------------------------------------------------------------------------


def test_what_is_said_is_recorded_with_who_when_and_for_which_version(board):
    said = ask(board, "say", **ANA, item="rehearsed", status="pass")
    assert said["head"]["ready"] is True
    assert board.review["items"]["rehearsed"] == {
        **STATED,
        "history": [{"by": "Ana", "on": TODAY, "role": "ml-engineer", "was": {}}],
    }


def test_nothing_is_overwritten(board):
    for status, reason in (("pass", None), ("fail", "Two lines are missing."), ("pass", None)):
        ask(board, "say", **ANA, item="rehearsed", status=status, reason=reason)
    history = board.as_review.entry("rehearsed").history
    assert [each.was.status for each in history] == ["unknown", "pass", "fail"]
    shown = ask(board, "look")["items"]["rehearsed"]["history"]
    assert [each["what"] for each in shown] == ["fail → pass", "pass → fail: Two lines are missing.", "open → pass"]


def test_a_waiver_counts_until_its_last_day(board):
    said = ask(
        board,
        "say",
        **ANA,
        item="rehearsed",
        status="waived",
        reason="Traffic is 2 %.",
        until="2026-12-15",
        stage="production",
    )
    assert said["head"]["ready"] is True
    assert board.verdict["waived"][0]["until"] == "2026-12-15"
    assert ask(board, "look", as_of="2026-12-15")["head"]["ready"] is True
    later = ask(board, "look", as_of="2026-12-16")
    assert later["head"]["sentence"] == "Not ready for production: 1 item blocks it."
    assert later["head"]["missing"][0]["why"] == "waiver ended"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"item": "rehearsed", "status": "waived", "reason": "x"}, "until"),
        ({"item": "rehearsed", "status": "waived", "until": "2026-12-15"}, "reason"),
        ({"item": "rehearsed", "status": "waived", "reason": "x", "until": "2026-11-23"}, "ended already"),
        ({"item": "rehearsed", "status": "waived", "reason": "x", "until": "soon"}, "is no day"),
        ({"item": "rollback-plan", "status": "waived", "reason": "x", "until": "2026-12-15"}, "cannot be waived"),
        ({"item": "rehearsed", "status": "na"}, "reason"),
        ({"item": "rehersed", "status": "pass"}, "no such item"),
        ({"item": "rehearsed", "status": "perhaps"}, "status"),
        ({"item": "rehearsed", "status": "pass", "who": "  "}, "who you are"),
        ({"item": "rehearsed", "status": "pass", "role": "Not A Role"}, "role"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(board, asked, sentence):
    before = board.review, board.verdict
    said = ask(board, "say", **{**ANA, **asked})
    assert sentence in said["error"]
    assert "Something went wrong" not in said["error"]
    assert (board.review, board.verdict) == before


def test_evidence_is_added_and_taken_away_and_the_history_has_it(board):
    ask(board, "evidence", **ANA, item="auc-floor", metric="auc", value=0.79)
    assert board.verdict["blockers"][0] == {"item": "auc-floor", "reason": "failed"}
    shown = ask(board, "look")["items"]["auc-floor"]["evidence"]
    assert [each["said"] for each in shown] == ["auc 0.83, needs at least 0.8", "auc 0.79, needs at least 0.8"]
    ask(board, "remove", **ANA, item="auc-floor", key=shown[1]["key"])
    assert [each["item"] for each in board.verdict["blockers"]] == ["rehearsed"]
    assert "auc" in ask(board, "look")["items"]["auc-floor"]["history"][0]["what"]
    assert "not there" in ask(board, "remove", **ANA, item="auc-floor", key=shown[1]["key"])["error"]


@pytest.mark.parametrize(
    "asked",
    [{}, {"metric": "auc"}, {"value": 0.8}, {"metric": "auc", "value": 0.8, "at_least": 2, "at_most": 1}],
)
def test_evidence_of_nothing_is_refused(board, asked):
    said = ask(board, "evidence", **ANA, item="schema", **asked)
    assert said["error"].startswith("This evidence cannot be used")


def test_a_file_that_the_browser_sends_is_read(board):
    """The item's rule wants an AUC of 0.8; the file says 0.79."""
    sent = {"source": "metric", "name": "metrics.json", "text": '{"test": {"auc": 0.79}}', "metric": "auc"}
    ask(board, "upload", **ANA, item="auc-floor", **sent)
    added = board.as_review.entry("auc-floor").evidence[-1]
    assert (added.value, added.source, added.by) == (0.79, "metrics.json", "Ana")
    assert board.verdict["blockers"][0] == {"item": "auc-floor", "reason": "failed"}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("metric", "{"),
        ("metric", '{"accuracy": 1}'),
        ("junit", "<testsuite"),
        ("junit", '<!DOCTYPE a [<!ENTITY b "c">]><testsuites>&b;</testsuites>'),
        ("pandera", "nothing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(board, source, text):
    before = board.review
    given = {"metric": "auc"} if source == "metric" else {}
    said = ask(board, "upload", **ANA, item="auc-floor", source=source, name="x", text=text, **given)
    assert "Something went wrong" not in said["error"]
    assert len(said["error"]) > 20
    assert board.review == before


def test_an_owner_and_a_day_leave_the_age_of_a_pass_alone(board):
    ask(board, "assign", **ANA, item="rollback-plan", owner="Bo", due="2026-11-20", note="Ask Di.")
    entry = board.as_review.entry("rollback-plan")
    assert (entry.owner, entry.due, entry.note) == ("Bo", date(2026, 11, 20), "Ask Di.")
    assert (entry.by, entry.on) == ("Di", date(2026, 11, 1))


def test_a_pass_that_has_aged_can_be_said_again(board):
    board.today = "2027-03-01"
    assert ask(board, "look")["items"]["rollback-plan"]["reason"] == "expired"
    said = ask(board, "again", **ANA, item="rollback-plan")
    assert said["items"]["rollback-plan"]["outcome"] == "passed"
    assert board.as_review.entry("rollback-plan").on == date(2027, 3, 1)


def test_answers_about_risk_propose_a_tier_and_people_choose_it(board):
    said = ask(board, "risk", **ANA, question="people", answer="no", tab="risk")
    assert said["tab"]["proposed"] == "low"
    ask(board, "tier", **ANA, tier="high", reason="It is new.")
    assert (board.review["tier"], board.review["tier_reason"]) == ("high", "It is new.")
    assert "no such tier" in ask(board, "tier", **ANA, tier="huge")["error"]
    assert "no such question" in ask(board, "risk", **ANA, question="x", answer="yes")["error"]


def test_without_a_tier_there_is_no_verdict_and_the_page_asks_for_it():
    board = ReadinessBoard({**REVIEW, "tier": None}, checklist=toy(), today=TODAY)
    said = ask(board, "look")
    assert board.verdict == {}
    assert (said["head"]["decided"], said["head"]["ready"], said["head"]["missing"]) == (False, False, [])


def test_without_a_tier_the_yaml_can_be_taken_home_and_the_rest_says_why_not():
    board = ReadinessBoard({**REVIEW, "tier": None}, checklist=toy(), today=TODAY)
    assert b"rollback-plan" in ask(board, "export", format="yaml")["buffers"][0]
    for kind in ("html", "markdown", "csv", "json", "card", "plan"):
        assert "Choose the tier first" in ask(board, "export", format=kind)["error"]


def test_a_page_that_is_loaded_anew_gets_its_review_back(board):
    ask(board, "say", **ANA, item="rehearsed", status="fail", reason="A note with \x7f in it.")
    fresh = ReadinessBoard(today=TODAY)
    assert ask(fresh, "restore", review=board.review)["head"]["subject"] == "churn-model"
    assert fresh.as_review == board.as_review
    assert "error" in ask(fresh, "restore", review={"checklist": "nowhere@1"})
    assert fresh.as_review == board.as_review


def test_a_comparison_that_does_not_fit_leaves_the_page_as_it_was(board):
    other = dump({**REVIEW, "version": "2", "items": {"no-such-item": {"status": "pass"}}}, "review")
    assert "no-such-item" in ask(board, "beside", tab="compare", name="v2.yaml", text=other)["error"]
    assert ask(board, "look", tab="compare")["tab"]["beside"] is None


def test_sign_offs_are_added_and_stay(board):
    ask(board, "sign", **ANA, stage="production", decision="go")
    said = ask(
        board,
        "sign",
        who="Ana",
        role="ml-engineer",
        stage="production",
        decision="no-go",
        note="Wait.",
        tab="sign-offs",
    )
    roles = {each["role"]: each["signed"] for each in said["tab"]["stages"][-1]["roles"]}
    assert [each["decision"] for each in roles["ml-engineer"]] == ["no-go", "go"]
    assert roles["product-owner"] == []
    assert "role" in ask(board, "sign", who="Ana", stage="production", decision="go")["error"]


def test_another_version_is_compared(board):
    other = dump({**REVIEW, "version": "2", "items": {"rehearsed": {"status": "pass"}}}, "review")
    said = ask(board, "beside", tab="compare", name="v2.yaml", text=other)
    assert said["tab"]["beside"] == "2"
    first = said["tab"]["rows"][0]
    assert (first["id"], first["a"]["outcome"], first["b"]["outcome"]) == ("rehearsed", "passed", "open")


def test_the_next_version_begins_with_what_carries_over(board):
    said = ask(board, "next", version="4", who="Ana")
    assert said["head"]["version"] == "4"
    assert board.as_review.entry("schema").status == "pass"
    assert board.as_review.entry("rollback-plan").status == "unknown"
    assert "version" in ask(board, "next", version="4", who="Ana")["error"]


def test_evidence_in_files_is_read_beside_the_review_and_again_when_asked(tmp_path, monkeypatch):
    named = {"auc-floor": {"evidence": [{"metric": "auc", "file": "metrics.json"}]}}
    path = tmp_path / "review.yaml"
    path.write_text(dump({**REVIEW, "items": named}, "review"), encoding="utf-8")
    metrics = tmp_path / "metrics.json"
    metrics.write_text('{"auc": 0.83}', encoding="utf-8")
    board = ReadinessBoard(path, stage="prototype-exit")
    assert board.verdict["ready"] is True
    metrics.write_text('{"auc": 0.7}', encoding="utf-8")
    said = ask(board, "read-evidence", **ANA)
    assert said["items"]["auc-floor"]["said"] == "auc 0.7, needs at least 0.8"
    assert [change.was.evidence[0].value for change in board.as_review.entry("auc-floor").history] == [0.83]
    # A visitor of a served page may bring a review that names any file of the server.
    monkeypatch.setenv(KEY_HASH, "0" * 64)
    served = ReadinessBoard(path, stage="prototype-exit")
    assert served.verdict["blockers"] == [{"item": "auc-floor", "reason": "missing"}]
    assert "reads no files" in ask(served, "read-evidence", **ANA)["error"]


def test_files_that_the_evidence_names_are_read_when_the_browser_sends_them():
    named = {
        "auc-floor": {"evidence": [{"metric": "auc", "file": "reports/metrics.json"}]},
        "schema": {"evidence": [{"mlflow": "runs:/1", "tracking": "http://127.0.0.1:1"}, {"tag": "v3"}]},
    }
    board = ReadinessBoard({**REVIEW, "items": named}, checklist=toy(), stage="prototype-exit", today=TODAY)
    assert ask(board, "look")["unread"] == ["reports/metrics.json"]
    wrong = ask(board, "files", **ANA, files=[{"name": "other.json", "text": "{}"}])
    assert wrong["error"] == "The evidence names other files: reports/metrics.json."
    sent = {"name": "metrics.json", "text": '{"auc": 0.83}', "day": "2026-11-02"}
    said = ask(board, "files", **ANA, files=[sent])
    assert (said["unread"], said["head"]["ready"]) == ([], True)
    piece = board.as_review.entry("auc-floor").evidence[0]
    assert (piece.value, piece.on, piece.source) == (0.83, date(2026, 11, 2), "reports/metrics.json")
    assert not any(each.is_read for each in board.as_review.entry("schema").evidence)


def test_a_file_that_is_sent_is_no_younger_than_the_review_says():
    old = {"auc-floor": {"evidence": [{"metric": "auc", "file": "metrics.json", "on": "2026-01-01"}]}}
    board = ReadinessBoard({**REVIEW, "items": old}, checklist=toy(), stage="prototype-exit", today=TODAY)
    ask(board, "files", **ANA, files=[{"name": "metrics.json", "text": '{"auc": 0.83}', "day": TODAY}])
    piece = board.as_review.entry("auc-floor").evidence[0]
    assert (piece.value, piece.on) == (0.83, date(2026, 1, 1))


def test_a_file_that_may_be_several_is_added_to_none_of_them():
    pieces = [{"metric": "auc", "file": f"{folder}/metrics.json"} for folder in ("test", "slices")]
    named = {"auc-floor": {"evidence": pieces}}
    board = ReadinessBoard({**REVIEW, "items": named}, checklist=toy(), stage="prototype-exit", today=TODAY)
    sent = {"name": "metrics.json", "text": '{"auc": 0.83}'}
    said = ask(board, "files", **ANA, files=[sent])["error"]
    assert (
        said == "metrics.json may be slices/metrics.json or test/metrics.json; add it at the item that it belongs to."
    )
    twice = ask(board, "files", **ANA, files=[sent, {**sent, "text": '{"auc": 0.1}'}])["error"]
    assert twice == "Two of these files are called metrics.json; add each of them at its own item."
    assert ask(board, "look")["unread"] == ["test/metrics.json", "slices/metrics.json"]


def test_an_uploaded_file_is_as_old_as_the_browser_says(board):
    day = {"day": "2026-11-02"}
    ask(
        board,
        "upload",
        **ANA,
        item="auc-floor",
        source="metric",
        metric="auc",
        name="m.json",
        text='{"auc": 0.9}',
        **day,
    )
    assert board.as_review.entry("auc-floor").evidence[-1].on == date(2026, 11, 2)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "example.org/x", "https://", "https://a b"])
def test_a_link_is_one_that_can_be_opened(board, link):
    assert "begins with https://" in ask(board, "evidence", **ANA, item="schema", link=link)["error"]
    assert "error" not in ask(board, "evidence", **ANA, item="schema", link=" https://example.org/x ")


def test_the_next_review_on_a_board_begins_at_its_own_first_gate():
    board = ReadinessBoard(REVIEW, checklist=toy(), today=TODAY)
    board.stage = "production"
    ask(board, "close")
    ask(board, "begin", checklist="toy", subject="other", version="1", who="Ana")
    assert board.stage == "prototype-exit"


# -- reviews that are kept -----------------------------------------------------------------------------------------


@ON_BOTH
def test_a_new_review_is_kept_and_every_change_with_it(workspace):
    board = ReadinessBoard(workspace=lambda: workspace, today=TODAY)
    ask(board, "begin", checklist="toy", subject=" churn-model ", version="3", who="Ana")
    ask(board, "tier", **ANA, tier="low")
    ask(board, "say", **ANA, item="schema", status="pass")
    stored = workspace.reviews.get("churn-model", "3")
    assert stored.review == board.as_review
    assert [each.by for each in workspace.reviews.revisions("churn-model", "3")] == ["Ana"] * 3
    again = ask(
        ReadinessBoard(workspace=lambda: workspace),
        "begin",
        checklist="toy",
        subject="Churn-Model",
        version="3",
        who="Bo",
    )
    assert "churn-model" in again["error"]


@ON_BOTH
def test_two_people_at_once_do_not_lose_each_others_change(workspace):
    ana, bo = kept(workspace), kept(workspace)
    ask(ana, "say", **ANA, item="rehearsed", status="pass")
    said = ask(bo, "say", who="Bo", item="drift", status="fail", reason="No alert.")
    assert said["noticed"] == "Ana changed “Rollback rehearsed” meanwhile."
    assert bo.as_review.entry("rehearsed").status == "pass"
    assert workspace.reviews.get("churn-model", "3").review == bo.as_review
    assert ask(ana, "look")["noticed"] == "Bo changed “Drift alert” meanwhile."
    assert ask(ana, "look")["noticed"] == ""
    assert ana.as_review == bo.as_review


@ON_BOTH
def test_a_change_of_the_same_item_is_shown_and_not_overwritten(workspace):
    ana, bo = kept(workspace), kept(workspace)
    ask(ana, "say", **ANA, item="rehearsed", status="pass")
    said = ask(bo, "say", who="Bo", item="rehearsed", status="fail", reason="It took two hours.")
    assert said["clash"] == {"items": ["rehearsed"], "by": "Ana"}
    assert said["items"]["rehearsed"]["status"] == "pass"
    assert workspace.reviews.get("churn-model", "3").review.entry("rehearsed").status == "pass"
    again = ask(bo, "say", who="Bo", item="rehearsed", status="fail", reason="It took two hours.")
    assert again["clash"] is None
    history = workspace.reviews.get("churn-model", "3").review.entry("rehearsed").history
    assert [each.was.status for each in history] == ["unknown", "pass"]


@ON_BOTH
def test_a_review_that_was_deleted_elsewhere_is_not_lost(workspace):
    board = kept(workspace)
    workspace.reviews.delete("churn-model", "3")
    assert "deleted elsewhere" in ask(board, "say", **ANA, item="rehearsed", status="pass")["error"]
    said = ask(board, "look")
    assert ("deleted elsewhere" in said["noticed"], said["kept"]) == (True, None)
    assert board.as_review.entry("schema").status == "pass"
    assert ask(board, "keep", **ANA)["kept"]["revision"] == 1
    assert workspace.reviews.get("churn-model", "3").review == board.as_review


def test_a_checklist_that_was_edited_does_not_change_a_review_that_began_before(workspace, tmp_path):
    board = kept(workspace)
    path = tmp_path / "content" / "checklists" / "toy.yaml"
    path.write_text(dump({**TOY, "version": "2.0.0"}, "checklist"), encoding="utf-8")
    assert load_checklist("toy").key == "toy@2.0.0"
    assert ask(board, "look")["head"]["key"] == "toy@1.0.0"
    assert ask(kept(workspace), "look")["head"]["key"] == "toy@1.0.0"


def test_on_a_served_page_kept_reviews_need_the_key(workspace, monkeypatch):
    key = "correct-horse"
    kept(workspace)
    monkeypatch.setenv(KEY_HASH, hashlib.sha256(key.encode()).hexdigest())
    board = ReadinessBoard(workspace=lambda: workspace, today=TODAY)
    said = ask(board, "look")
    assert said["start"]["keeping"] == {"locked": True, "possible": True, "reads": False}
    assert said["start"]["reviews"] == []
    for kind, asked in (
        ("open", {"subject": "churn-model", "version": "3"}),
        ("delete", {"subject": "churn-model", "version": "3"}),
    ):
        assert "key" in ask(board, kind, **asked)["error"]
    ask(board, "begin", checklist="toy", subject="other", version="1", who="Ana")
    assert "key" in ask(board, "beside", version="3")["error"]
    assert [each.subject for each in workspace.reviews.all()] == ["churn-model"]
    assert "error" not in ask(board, "unlock", key=key)
    assert ask(board, "open", subject="churn-model", version="3")["head"]["subject"] == "churn-model"


def test_a_change_that_somebody_began_before_another_came_is_no_silent_overwrite(workspace):
    """The page looks every few seconds: what it then knows is not what the person saw when they began."""
    ana, bo = kept(workspace), kept(workspace)
    began = ask(bo, "look")["items"]["rehearsed"]["seen"]
    ask(ana, "say", **ANA, item="rehearsed", status="fail", reason="It broke.")
    ask(bo, "look")
    said = ask(bo, "say", who="Bo", item="rehearsed", status="pass", seen=began)
    assert said["clash"] == {"items": ["rehearsed"], "by": "Ana"}
    assert workspace.reviews.get("churn-model", "3").review.entry("rehearsed").status == "fail"
    again = ask(bo, "say", who="Bo", item="rehearsed", status="pass", seen=said["items"]["rehearsed"]["seen"])
    assert again["clash"] is None


def test_what_was_not_typed_is_not_sent_over_what_others_typed(workspace):
    ana, bo = kept(workspace), kept(workspace)
    ask(ana, "assign", **ANA, item="rehearsed", owner="Cy", due="2026-12-01")
    ask(bo, "look")
    ask(bo, "assign", who="Bo", item="rehearsed", note="Ask Di.")
    entry = workspace.reviews.get("churn-model", "3").review.entry("rehearsed")
    assert (entry.owner, entry.due, entry.note) == ("Cy", date(2026, 12, 1), "Ask Di.")


@ON_BOTH
def test_two_who_take_away_the_same_piece_take_away_one(workspace):
    ana, bo = kept(workspace), kept(workspace)
    for text in ("first", "second"):
        ask(ana, "evidence", **ANA, item="drift", note=text)
    first = ask(bo, "look")["items"]["drift"]["evidence"][0]["key"]
    ask(ana, "remove", **ANA, item="drift", key=first)
    ask(bo, "look")
    assert "not there" in ask(bo, "remove", who="Bo", item="drift", key=first)["error"]
    left = workspace.reviews.get("churn-model", "3").review.entry("drift").evidence
    assert [each.note for each in left] == ["second"]


@ON_BOTH
def test_a_review_that_was_begun_anew_is_not_overwritten_by_the_old_one(workspace):
    old = kept(workspace)
    ask(old, "say", **ANA, item="rehearsed", status="pass")
    workspace.reviews.delete("churn-model", "3")
    new = kept(workspace)
    ask(new, "say", who="Cy", item="drift", status="fail", reason="No alert.")
    assert "deleted elsewhere" in ask(old, "say", **ANA, item="schema", status="fail")["error"]
    said = ask(old, "look")
    assert "deleted elsewhere" in said["noticed"]
    assert said["kept"] is None
    assert workspace.reviews.get("churn-model", "3").review == new.as_review


def test_what_code_sets_is_kept_like_any_other_change(workspace):
    board, other = kept(workspace), kept(workspace)
    board.review = {**board.review, "items": {**board.review["items"], "rehearsed": {"status": "pass"}}}
    assert workspace.reviews.get("churn-model", "3").review == board.as_review
    ask(other, "say", who="Bo", item="drift", status="fail", reason="No alert.")
    with pytest.raises(Refusal, match="Bo changed drift first"):
        board.review = {**board.review, "items": {**board.review["items"], "drift": {"status": "pass"}}}
    assert board.as_review.entry("drift").status == "fail"
    board.review = {**board.review, "version": "9"}
    assert ask(board, "look")["kept"] is None


def test_a_day_that_is_none_is_refused_before_anything_is_stored(workspace):
    board = kept(workspace)
    before = workspace.reviews.get("churn-model", "3").revision
    said = ask(board, "say", **ANA, item="rehearsed", status="pass", as_of="12026-11-24")
    assert "is no day" in said["error"]
    assert workspace.reviews.get("churn-model", "3").revision == before
    assert "too far away" in ask(board, "look", as_of="9999-12-31")["error"]


# -- files ---------------------------------------------------------------------------------------------------------


def test_the_yaml_reads_back_to_the_same_review(board, tmp_path):
    ask(board, "say", **ANA, item="rehearsed", status="waived", reason="Yes: “no” #1", until="2026-12-15")
    said = ask(board, "export", format="yaml")
    path = tmp_path / said["filename"]
    path.write_bytes(said["buffers"][0])
    assert load_review(path, toy()) == board.as_review
    fresh = ReadinessBoard(checklist=toy(), today=TODAY)
    again = ask(fresh, "read", name=path.name, text=path.read_text("utf-8"))
    assert again["head"]["subject"] == "churn-model"
    assert fresh.as_review == board.as_review


@pytest.mark.parametrize("kind", ["markdown", "html", "csv", "yaml", "json", "card", "plan"])
def test_every_file_has_a_name_and_says_something(board, kind):
    said = ask(board, "export", format=kind)
    assert "error" not in said
    assert said["filename"].startswith("churn-model")
    assert len(said["buffers"][0]) > 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b",
        "checklist: nowhere@1\nsubject: a\nversion: '1'\n",
        "items: [",
        "checklist: toy@9\nsubject: a\nversion: '1'\n",
    ],
)
def test_a_file_that_is_no_review_is_refused_in_a_sentence(text):
    board = ReadinessBoard(today=TODAY)
    said = ask(board, "read", name="x.yaml", text=text)
    assert "Something went wrong" not in said["error"]
    assert board.review == {}


def test_every_change_may_come_from_somebody_who_reads_code():
    """The functions behind the page are plain calls on plain values."""
    review = Review.model_validate(REVIEW)
    author = Author("Ana", date(2026, 11, 24), "ml-engineer")
    changed = edits.change(review, "rehearsed", author, status="pass")
    assert evaluate(toy(), changed, stage="production", today=author.on).ready
    assert review == Review.model_validate(REVIEW)
