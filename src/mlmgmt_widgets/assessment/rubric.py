"""The rubric: what is asked, on which scale, and how answers become a level.

Example:
    >>> rubric = load_rubric("pulse")
    >>> rubric.key
    'pulse@1.0.0'
    >>> len(rubric.questions)
    7
"""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from mlmgmt_widgets.assessment import rules
from mlmgmt_widgets.content import FrozenModel, Identifier, Number, Problem, Text, Version, load

Combine = Literal["mean", "median", "sum", "minimum", "maximum"]
"""How the direct children of a node become its score."""
Weight = Annotated[Number, Field(gt=0)]

MOST_ANSWERS = 100
"""Answers are stored as one signed byte."""


class Choice(FrozenModel):
    """One answer of the scale: its score and its name."""

    value: Number = Field(description="The score of this answer.")
    label: Text = Field(description="The name of this answer, a word or two.")


class Question(FrozenModel):
    """One question.

    Attributes:
        descriptors: What one would see, one per answer in the order of the scale; None when there are none.
        evidence: What to show as proof.
        roles: Who is best placed to answer; empty for everyone.
    """

    id: Identifier = Field(description="Permanent, kebab-case, never renumbered.")
    question: Text = Field(description="The question as it is asked.")
    weight: Weight = Field(1, description="Its share in a weighted mean or sum of its section.")
    descriptors: tuple[Text, ...] | None = Field(None, description="What one would see at each answer, in order.")
    evidence: Text | None = Field(None, description="What to show as proof.")
    roles: tuple[Identifier, ...] = Field((), description="Who is best placed to answer.")

    @property
    def title(self) -> str:
        """The question's text, so that every node has a title."""
        return self.question


_EITHER: dict[str, Any] = {"oneOf": [{"required": ["sections"]}, {"required": ["questions"]}]}


class Section(FrozenModel):
    """A group of questions, or of sections, with a score of its own."""

    model_config = ConfigDict(json_schema_extra=_EITHER)

    id: Identifier = Field(description="Permanent, kebab-case, never renumbered.")
    title: Text
    description: Text | None = None
    weight: Weight = Field(1, description="Its share in a weighted mean or sum of the node above.")
    combine: Combine = Field("mean", description="How the direct children become this section's score.")
    sections: tuple["Section", ...] = Field((), description="Sections, or else questions.")
    questions: tuple[Question, ...] = Field((), description="Questions, or else sections.")

    @property
    def children(self) -> "tuple[Section | Question, ...]":
        """The direct children: sections or questions, never both."""
        return self.sections or self.questions

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """A section has sections or questions, and not both."""
        return rules.children(data)


class Band(FrozenModel):
    """A level that a range of root scores earns; right-closed."""

    upto: Number | None = Field(None, description="The highest score of the band; the last band has none.")
    label: Text


class Stage(FrozenModel):
    """A level that needs its own requirements and those of every stage before it."""

    label: Text
    description: str = ""
    requires: dict[Identifier, Number] = Field(min_length=1, description="Node id -> least score.")


class Levels(FrozenModel):
    """How scores earn a name: by bands of the root score, or by cumulative stages."""

    bands: tuple[Band, ...] = ()
    base: Text | None = Field(None, description="The level below the first stage.")
    stages: tuple[Stage, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the levels, lowest first."""
        if self.bands:
            return tuple(band.label for band in self.bands)
        base = (self.base,) if self.base else ()
        return (*base, *(stage.label for stage in self.stages))

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """Bands leave no gap and do not overlap; there are bands or stages."""
        return rules.levels(data)


class Rubric(FrozenModel):
    """A rubric, as its YAML says it. Shapes and rules: see README, "How to write a rubric".

    Attributes:
        answers: The ordinal scale that all questions share, lowest first.
        respondents: How several respondents become a question's score.
        combine: How the direct children become the root's score.
        questions_of_root: The questions of a rubric without sections; `questions` has those of every depth.
    """

    model_config = ConfigDict(json_schema_extra=_EITHER, serialize_by_alias=True)

    id: Identifier = Field(description="Permanent, kebab-case.")
    version: Version = Field(description="Raised when a question or an answer changes its meaning.")
    title: Text
    description: Text | None = None
    answers: tuple[Choice, ...] = Field(min_length=2, max_length=MOST_ANSWERS, description="Lowest first.")
    respondents: Literal["mean", "median"] = "mean"
    combine: Combine = "mean"
    levels: Levels | None = None
    sections: tuple[Section, ...] = Field((), description="Sections, or else questions.")
    questions_of_root: tuple[Question, ...] = Field((), alias="questions", description="Questions, or else sections.")

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """What concerns the rubric as a whole: scale, ids, descriptors, what stages require."""
        yield from rules.scale(data)
        yield from rules.children(data)
        yield from rules.ids(data)
        yield from rules.descriptors(data)
        yield from rules.requirements(data)

    @property
    def key(self) -> str:
        """Id and version: `toy@1.0.0`. Answers belong to one key."""
        return f"{self.id}@{self.version}"

    @property
    def summary(self) -> str:
        """Its key and its size: `toy@1.0.0, 2 questions`."""
        count = len(self.questions)
        return f"{self.key}, {count} question{'' if count == 1 else 's'}"

    @property
    def children(self) -> tuple[Section | Question, ...]:
        """The direct children of the root: sections or questions."""
        return self.sections or self.questions_of_root

    def nodes(self) -> Iterator[Section | Question]:
        """Every section and question, each before what is in it, in the order of the file."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node, Section):
                waiting.extend(reversed(node.children))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of every depth, in order."""
        return tuple(node for node in self.nodes() if isinstance(node, Question))

    @cached_property
    def columns(self) -> dict[str, int]:
        """The position of every question among `questions`, by its id."""
        return {question.id: i for i, question in enumerate(self.questions)}

    @cached_property
    def leaf_sections(self) -> tuple[Section, ...]:
        """The sections that hold questions, in order; a rubric without sections counts as one."""
        if self.questions_of_root:
            return (Section(id=self.id, title=self.title, questions=self.questions_of_root),)
        return tuple(node for node in self.nodes() if isinstance(node, Section) and node.questions)

    @cached_property
    def paths(self) -> dict[str, tuple[Section, ...]]:
        """The sections above every node, outermost first, by the node's id."""
        paths: dict[str, tuple[Section, ...]] = {child.id: () for child in self.children}
        for node in self.nodes():
            if isinstance(node, Section):
                paths.update((child.id, (*paths[node.id], node)) for child in node.children)
        return paths

    @cached_property
    def _by_id(self) -> dict[str, Section | Question]:
        return {node.id: node for node in self.nodes()}

    def node(self, node_id: str) -> Section | Question:
        """A section or question by its id.

        Raises:
            KeyError: When there is none.
        """
        return self._by_id[node_id]

    def question(self, question_id: str) -> Question:
        """A question by its id.

        Raises:
            KeyError: When there is none.
        """
        node = self._by_id[question_id]
        if not isinstance(node, Question):
            raise KeyError(question_id)
        return node

    def section_of(self, question_id: str) -> Section:
        """The section that holds a question.

        Raises:
            KeyError: When there is no such question.
        """
        path = self.paths[question_id]
        return path[-1] if path else self.leaf_sections[0]

    @cached_property
    def values(self) -> tuple[float, ...]:
        """The scores of the answers, lowest first."""
        return tuple(choice.value for choice in self.answers)


def load_rubric(name_or_path: str | os.PathLike[str]) -> Rubric:
    """Load a rubric by a shipped name or a path.

    Raises:
        ContentError: With every fault of the file.

    Example:
        >>> load_rubric("ml-test-score").combine
        'minimum'
    """
    return load(name_or_path, Rubric, "rubrics")
