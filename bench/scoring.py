"""How long scoring takes beside the least that any program would do: counting the same answers once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from mlmgmt_widgets.assessment import Responses, load_rubric, score
from mlmgmt_widgets.assessment.responses import DONT_KNOW, FIRST_CHOICE, NOT_APPLICABLE, UNANSWERED

ANSWERS = 1_000_000
ROUNDS = 9


def _million() -> Responses:
    rubric = load_rubric("mlops-maturity")
    rows = -(-ANSWERS // len(rubric.questions))
    dice = np.random.default_rng(1)
    scale = [FIRST_CHOICE + i for i in range(len(rubric.answers))]
    codes = dice.choice([*scale, DONT_KNOW, NOT_APPLICABLE, UNANSWERED], size=(rows, len(rubric.questions)))
    names = tuple(f"r{i}" for i in range(rows))
    return Responses(rubric, np.asfortranarray(codes.astype(np.int8)), names, ("",) * rows)


def _best(action: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    return min(once() for _ in range(ROUNDS))


def measure() -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, the ratio, and its conditions."""
    responses = _million()
    columns = [responses.codes[:, i].copy() for i in range(responses.codes.shape[1])]
    counting = _best(lambda: [np.bincount(column) for column in columns])
    scoring = _best(lambda: score(responses.rubric, responses))
    yield (
        "score / bare bincount of the same answers",
        scoring / counting,
        f"{responses.codes.size:,} answers, best of {ROUNDS}; {scoring * 1000:.0f} ms against {counting * 1000:.0f} ms",
    )
