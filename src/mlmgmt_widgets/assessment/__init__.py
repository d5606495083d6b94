"""Maturity assessments: rubrics, responses, scores, and how far people agree.

Names are imported when they are first used, so that a participant's page loads neither pandas nor a chart
library.
"""

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.assessment.agenda import AgendaItem
    from mlmgmt_widgets.assessment.agreement import consensus
    from mlmgmt_widgets.assessment.anonymity import groups_to_show
    from mlmgmt_widgets.assessment.levels import Gap, LevelExplanation, explain
    from mlmgmt_widgets.assessment.responses import (
        AnswerError,
        Response,
        Responses,
        check_answer,
        read_responses,
        write_responses,
    )
    from mlmgmt_widgets.assessment.rubric import (
        Band,
        Choice,
        Levels,
        Question,
        Rubric,
        Section,
        Stage,
        load_rubric,
    )
    from mlmgmt_widgets.assessment.scoring import NodeScore, Result, score

__all__ = [
    "AgendaItem",
    "AnswerError",
    "Band",
    "Choice",
    "Gap",
    "LevelExplanation",
    "Levels",
    "NodeScore",
    "Question",
    "Response",
    "Responses",
    "Result",
    "Rubric",
    "Section",
    "Stage",
    "check_answer",
    "consensus",
    "explain",
    "groups_to_show",
    "load_rubric",
    "read_responses",
    "score",
    "write_responses",
]

__getattr__, __dir__ = lazy.attributes(
    __name__,
    {
        "agenda": ["AgendaItem"],
        "agreement": ["consensus"],
        "anonymity": ["groups_to_show"],
        "levels": ["Gap", "LevelExplanation", "explain"],
        "responses": ["AnswerError", "Response", "Responses", "check_answer", "read_responses", "write_responses"],
        "rubric": ["Band", "Choice", "Levels", "Question", "Rubric", "Section", "Stage", "load_rubric"],
        "scoring": ["NodeScore", "Result", "score"],
    },
)
