"""Which level the scores earn, why it is that one, and what would earn the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlmgmt_widgets.assessment.rubric import Levels, Rubric, Stage
from mlmgmt_widgets.words import listed

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.scoring import Result


@dataclass(frozen=True)
class Gap:
    """What one node lacks for the next level.

    Attributes:
        node: The id of a section or question, or the rubric's id for the score as a whole.
        title: Its title.
        score: Its score now; None where nothing was answered.
        needed: The score that the next level asks for.
        above: Whether the score must be more than `needed` (bands) rather than at least that (stages).
    """

    node: str
    title: str
    score: float | None
    needed: float
    above: bool = False


@dataclass(frozen=True)
class LevelExplanation:
    """Why a level was earned.

    Attributes:
        level: The level; None when there is none.
        sentence: Why it is that one, for people who do not know the rubric.
        next_level: The level above; None at the top.
        gaps: What would earn it, the largest lack first; empty at the top.
    """

    level: str | None
    sentence: str
    next_level: str | None
    gaps: tuple[Gap, ...]


def earned(levels: Levels | None, total: float | None, scores: Mapping[str, float | None]) -> str | None:
    """The level that a root score and the scores of the nodes earn; None without levels."""
    if levels is None:
        return None
    if levels.bands:
        return None if total is None else levels.bands[band_of(levels, total)].label
    reached = stages_met(levels, scores)
    return levels.stages[reached - 1].label if reached else levels.base


def band_of(levels: Levels, total: float) -> int:
    """The position of the first band whose `upto` is not below the score."""
    return next(i for i, band in enumerate(levels.bands) if band.upto is None or total <= band.upto)


def stages_met(levels: Levels, scores: Mapping[str, float | None]) -> int:
    """How many stages are met, counted from the first without a gap."""
    for i, stage in enumerate(levels.stages):
        if any(_falls_short(scores.get(node), needed) for node, needed in stage.requires.items()):
            return i
    return len(levels.stages)


def _falls_short(score: float | None, needed: float) -> bool:
    return score is None or score < needed


def explain(rubric: Rubric, result: Result) -> LevelExplanation:
    """Say why the level is that one, and what would earn the next.

    Example:
        >>> from mlmgmt_widgets.assessment import Response, load_rubric, score
        >>> rubric = load_rubric("pulse")
        >>> explain(rubric, score(rubric, [Response(respondent="a", answers={"pulse-research": 3})])).sentence
        'Sprint pulse has no levels; the overall score is 3.'
    """
    levels = rubric.levels
    if levels is None:
        said = "nothing was answered yet" if result.score is None else f"the overall score is {plain(result.score)}"
        return LevelExplanation(None, f"{rubric.title} has no levels; {said}.", None, ())
    if levels.bands:
        return _by_bands(rubric, levels, result)
    return _by_stages(rubric, levels, result)


def _by_bands(rubric: Rubric, levels: Levels, result: Result) -> LevelExplanation:
    if result.score is None:
        return LevelExplanation(None, "There is no level yet, because nothing was answered.", levels.labels[0], ())
    position = band_of(levels, result.score)
    band = levels.bands[position]
    floor = levels.bands[position - 1].upto if position else None
    if band.upto is None:
        span = "any score" if floor is None else f"scores above {plain(floor)}"
    elif floor is None:
        span = f"scores up to {plain(band.upto)}"
    else:
        span = f"scores above {plain(floor)} and up to {plain(band.upto)}"
    sentence = f"The overall score is {plain(result.score)}, and {span} earn the level {band.label}."
    if band.upto is None:
        return LevelExplanation(band.label, sentence, None, ())
    gaps = _gaps_of_score(rubric, result, band.upto)
    return LevelExplanation(band.label, sentence, levels.bands[position + 1].label, gaps)


def _gaps_of_score(rubric: Rubric, result: Result, needed: float) -> tuple[Gap, ...]:
    """The overall score, or, where the lowest child decides, every child that is too low."""
    if rubric.combine == "minimum":
        children = [(child, result.nodes[child.id].score) for child in rubric.children]
        return _sorted(
            Gap(child.id, child.title, score, needed, above=True)
            for child, score in children
            if score is not None and score <= needed
        )
    return (Gap(rubric.id, "Overall score", result.score, needed, above=True),)


def _by_stages(rubric: Rubric, levels: Levels, result: Result) -> LevelExplanation:
    scores = {node_id: node.score for node_id, node in result.nodes.items()}
    reached = stages_met(levels, scores)
    level = earned(levels, result.score, scores)
    if reached == len(levels.stages):
        sentence = f"The level is {level}, the highest: everything that it and the levels below it ask for is there."
        return LevelExplanation(level, sentence, None, ())
    following = levels.stages[reached]
    gaps = _stage_gaps(rubric, following, scores)
    kept = listed([_lack(gap) for gap in gaps])
    start = f"The level is {level}" if level else "No level is reached yet"
    why = "what it asks for is there, but " if reached else ""
    if all(score is None for score in scores.values()):
        sentence = f"{start}, because nothing was answered yet."
    else:
        sentence = f"{start}: {why}{following.label} is held back by {kept}."
    return LevelExplanation(level, sentence, following.label, gaps)


def _stage_gaps(rubric: Rubric, stage: Stage, scores: Mapping[str, float | None]) -> tuple[Gap, ...]:
    return _sorted(
        Gap(node, rubric.node(node).title, scores.get(node), needed)
        for node, needed in stage.requires.items()
        if _falls_short(scores.get(node), needed)
    )


def _sorted(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (gap.score is not None, -(gap.needed - (gap.score or 0)))))


def _lack(gap: Gap) -> str:
    now = "has no score" if gap.score is None else f"is at {plain(gap.score, gap.needed)}"
    return f"{gap.title} ({now}, {plain(gap.needed)} is needed)"


def plain(number: float, beside: float | None = None) -> str:
    """A score in a sentence: two decimals at most, or as many as tell it from the number beside it."""
    for decimals in range(2, 10):
        text = f"{number:.{decimals}f}"
        if beside is None or beside == number or float(text) != beside:
            break
    return text.rstrip("0").rstrip(".").removeprefix("-") if float(text) == 0 else text.rstrip("0").rstrip(".")
