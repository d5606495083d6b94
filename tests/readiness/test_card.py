"""The section of a model card, read back by the library that the Hub's users read cards with."""

import builtins
import re
from collections.abc import Callable
from typing import Any

import pytest
from huggingface_hub import EvalResult, ModelCard
from hypothesis import given, settings
from tests.plans import NASTY, TYPED
from tests.readiness import shapes
from tests.readiness.board_shapes import REVIEW, toy
from tests.readiness.shapes import TODAY, checklist, item, review

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness import Checklist, Review, evaluate
from mlmgmt_widgets.readiness.export_card import DATASET, card

FRONT = """---
language: en
license: apache-2.0
tags: [churn]
model-index:
- name: churn-xgb
  results:
  - task: {type: tabular-classification, name: Churn}
    dataset: {type: internal, name: Backtest, split: test}
    metrics:
    - {type: f1, value: 0.71}
  - task: {type: tabular-classification}
    dataset: {type: internal, name: Another, split: test}
    metrics:
    - {type: f1, value: 0.69}
---

# Churn

Made by hand.
"""


def made(asked: Checklist, said: Review, existing: str | None = None) -> str:
    return card(asked, said, evaluate(asked, said, stage=asked.stages[-1], today=TODAY), existing)


def small(existing: str | None = None) -> str:
    return made(toy(), Review.model_validate(REVIEW), existing)


def results(text: str) -> list[EvalResult]:
    """The metrics that the library finds in a card's front matter."""
    return ModelCard(text).data.eval_results or []


def ours(text: str) -> list[tuple[str | None, str, float]]:
    """Item, metric and value of those that a review wrote."""
    return [
        (each.dataset_config, each.metric_type, each.metric_value)
        for each in results(text)
        if each.dataset_type == DATASET
    ]


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("huggingface_hub"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_a_new_card_has_the_metrics_and_the_verdict() -> None:
    text = small()
    found = ModelCard(text)
    assert found.data.model_name == "churn-model"
    assert ours(text) == [("auc-floor", "auc", 0.83)]
    assert "**Not ready for production: 1 item blocks it.**" in found.text
    assert "| AUC floor | auc 0.83, needs at least 0.8 |" in found.text


@settings(max_examples=60)
@given(shapes.reviewed())
def test_exactly_the_metrics_that_count_for_this_version_are_in_it(pair: tuple[Checklist, Review]) -> None:
    asked, said = pair
    expected = []
    for each in asked.asked(asked.stages[-1], said.tier):
        entry = said.entry(each.id)
        for piece in entry.evidence:
            about = piece.version or entry.version or said.version
            on = piece.on or entry.on
            to_come = on is not None and (on - TODAY).days > 1
            ages = each.expires_after_days is not None
            too_old = ages and (on is None or (TODAY - on).days > (each.expires_after_days or 0))
            if piece.value is not None and (about == said.version or each.carries_over) and not to_come and not too_old:
                expected.append((each.id, piece.metric, piece.value))
    assert sorted(ours(made(asked, said)), key=str) == sorted(expected, key=str)


def test_a_card_without_metrics_has_no_front_matter_and_one_without_any_keeps_its_text() -> None:
    text = made(checklist(), review())
    assert text.startswith("<!-- readiness: begin -->")
    assert made(checklist(), review(), "# Mine\n").startswith("# Mine\n\n<!-- readiness: begin -->")


def test_what_stands_in_a_card_stays_there() -> None:
    text = small(FRONT)
    data = ModelCard(text).data
    assert (data.language, data.license, data.tags, data.model_name) == ("en", "apache-2.0", ["churn"], "churn-xgb")
    others = [(each.dataset_name, each.metric_value) for each in results(text) if each.dataset_type != DATASET]
    assert others == [("Backtest", 0.71), ("Another", 0.69)]  # the library itself would give both one name
    assert ours(text) == [("auc-floor", "auc", 0.83)]
    assert "# Churn\n\nMade by hand.\n" in text


def test_a_second_time_replaces_the_first_and_adds_nothing() -> None:
    once = small(FRONT)
    assert small(once) == once
    better = {
        **REVIEW["items"],
        "auc-floor": {"evidence": [{"metric": "auc", "value": 0.9}]},
        "rehearsed": {"status": "pass"},
    }
    again = made(toy(), Review.model_validate({**REVIEW, "items": better}), f"{once}\n## After\n")
    assert ours(again) == [("auc-floor", "auc", 0.9)]
    assert again.count("## Readiness") == 1
    assert "**Ready for production.**" in again
    assert again.endswith("\n## After\n")
    assert small(small(small())) == small(small())
    assert results(small(small())) == results(small())


def test_metrics_that_are_gone_leave_the_card() -> None:
    gone = made(toy(), Review.model_validate({**REVIEW, "items": {}}), small(FRONT))
    assert ours(gone) == []
    assert len(results(gone)) == 2
    assert "model-index" not in made(toy(), Review.model_validate({**REVIEW, "items": {}}), small())


def test_of_several_models_in_a_card_it_is_the_one_of_that_name() -> None:
    two = FRONT.replace("---\n\n#", "- {name: churn-model, results: []}\n---\n\n#")
    index = ModelCard(small(two)).data.to_dict()["model-index"]
    text = small(two)
    assert text.index("name: churn-xgb") < text.index("name: churn-model") < text.index(f"type: {DATASET}")
    assert index


def test_line_breaks_are_those_of_the_card() -> None:
    text = small(FRONT.replace("\n", "\r\n"))
    assert not re.search(r"(?<!\r)\n", text)
    assert ours(text) == [("auc-floor", "auc", 0.83)]


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("a: [", "broken YAML in line"),
        ("- a", "cannot be used"),
        ("model-index: 3", "cannot be used"),
        ("model-index: [3]", "cannot be used"),
        ("model-index: [{name: a, results: [{task: {type: b}, metrics: []}]}]", "cannot be used"),
        ("model-index: [{name: a, results: 3}]", "cannot be used"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_in_a_sentence(front: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        small(f"---\n{front}\n---\n# Churn\n")
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("without_library")
def test_without_the_library_a_new_card_is_the_same_and_a_merge_says_what_to_install() -> None:
    text = small()
    assert "type: readiness-review" in text
    assert small("# Mine\n").count("## Readiness") == 1
    with pytest.raises(Refusal, match=r"pip install 'mlmgmt-widgets\[model-card\]'"):
        small(FRONT)


@pytest.mark.parametrize("text", [*NASTY, TYPED, "<!-- readiness: end -->", "---", "\\g<0>", "--- !!python/none"])
def test_what_people_typed_stays_text(text: str) -> None:
    said = {"floor": {"evidence": [{"metric": text, "value": 1, "at_least": 2, "by": text}]}}
    asked = checklist(item(title=text))
    once = made(asked, review(said, subject=text), FRONT)
    assert ours(once) == [("floor", text.strip(), 1)]
    assert ModelCard(once).text.count("<!-- readiness: end -->") == 1
    assert made(asked, review(said, subject=text), once) == once
    assert results(made(asked, review(said, subject=text)))[0].metric_type == text.strip()
