"""The questionnaire: which tier it proposes, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readiness.shapes import TIERS, checklist, item

from mlmgmt_widgets.readiness.tiers import propose_tier

RISK = [
    {"id": "people", "question": "About people?", "tier": "high", "because": "it decides about people"},
    {"id": "money", "question": "Much money?", "tier": "high", "because": "a mistake is dear"},
    {"id": "outside", "question": "Seen outside?", "tier": "medium", "because": "customers see it"},
    {"id": "inside", "question": "Seen inside?", "tier": "low", "because": "the team sees it"},
]
IDS = [each["id"] for each in RISK]
ASKED = checklist(item(), tiers=TIERS, risk=RISK)
NO = dict.fromkeys(IDS, "no")


@pytest.mark.parametrize(
    ("answers", "tier", "reasons"),
    [
        (NO, "low", ()),
        ({**NO, "people": "yes"}, "high", ("it decides about people",)),
        ({**NO, "people": "unsure"}, "high", ("it decides about people (unsure)",)),
        ({**NO, "outside": "yes"}, "medium", ("customers see it",)),
        ({**NO, "outside": "yes", "money": "yes"}, "high", ("a mistake is dear",)),
        (
            {**NO, "money": "unsure", "people": "yes"},
            "high",
            ("it decides about people", "a mistake is dear (unsure)"),
        ),
        ({**NO, "inside": "yes"}, "low", ("the team sees it",)),
        (dict.fromkeys(IDS, "unsure"), "high", ("it decides about people (unsure)", "a mistake is dear (unsure)")),
    ],
)
def test_the_highest_tier_that_an_answer_asks_for(answers, tier, reasons):
    proposal = propose_tier(ASKED, answers)
    assert (proposal.tier, proposal.reasons, proposal.open) == (tier, reasons, ())


def test_it_says_why():
    assert propose_tier(ASKED, {**NO, "people": "yes", "money": "unsure"}).sentence == (
        "Proposed: high, because it decides about people; a mistake is dear (unsure)."
    )
    assert propose_tier(ASKED, NO).sentence == "Proposed: low, since no answer asks for more."


def test_some_answers_are_enough_for_a_proposal_and_the_others_are_named():
    proposal = propose_tier(ASKED, {"outside": "yes"})
    assert (proposal.tier, proposal.open) == ("medium", ("people", "money", "inside"))
    assert propose_tier(ASKED, {"outside": "no"}).open == ("people", "money", "inside")


def test_without_an_answer_there_is_none():
    proposal = propose_tier(ASKED, {})
    assert (proposal.tier, proposal.reasons, proposal.open) == (None, (), tuple(IDS))
    assert proposal.sentence.startswith("Answer the questions")
    assert propose_tier(ASKED, {"another-question": "yes"}).tier is None


@pytest.mark.parametrize("asked", [checklist(item(), tiers=TIERS), checklist(item())], ids=["no questions", "no tiers"])
def test_where_nothing_is_asked_nothing_is_proposed(asked):
    proposal = propose_tier(asked, {"people": "yes"})
    assert (proposal.tier, proposal.reasons, proposal.open) == (None, (), ())
    assert "Answer the questions" not in proposal.sentence  # there are none to answer


def test_a_low_tier_that_open_questions_may_still_raise_says_so():
    """One no of four is no reason to call a model low risk without a word."""
    assert propose_tier(ASKED, {"inside": "no"}).sentence != propose_tier(ASKED, NO).sentence


ANSWERS = st.dictionaries(st.sampled_from(IDS), st.sampled_from(("yes", "no", "unsure")))


def height(answers):
    tier = propose_tier(ASKED, answers).tier
    return -1 if tier is None else TIERS.index(tier)


@given(ANSWERS)
def test_unsure_weighs_as_much_as_yes(answers):
    certain = {name: "yes" if answer == "unsure" else answer for name, answer in answers.items()}
    assert height(answers) == height(certain)


@given(ANSWERS, st.sampled_from(IDS))
def test_a_yes_never_lowers_the_tier_and_a_no_never_raises_it_above_the_lowest(answers, name):
    assert height({**answers, name: "yes"}) >= height(answers)
    assert height({**answers, name: "no"}) <= max(height(answers), 0)


@given(ANSWERS)
def test_the_reasons_are_those_of_the_tier_and_the_sentence_holds_them(answers):
    proposal = propose_tier(ASKED, answers)
    because = {each["because"]: each["tier"] for each in RISK}
    assert all(because[reason.removesuffix(" (unsure)")] == proposal.tier for reason in proposal.reasons)
    assert all(reason in proposal.sentence for reason in proposal.reasons)
    assert proposal.sentence.endswith(".")
    assert not proposal.sentence.endswith("..")
    assert set(proposal.open) == set(IDS) - set(answers)
