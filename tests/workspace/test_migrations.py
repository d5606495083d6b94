"""Every database that an earlier version left behind opens today, with everything in it.

`released/` holds a pair of files for each revision of the schema. `0002.sql` has rows as the version that brought
revision 0002 wrote them: its own program filled a database, which was then put down row by row. `0002.json` has what
that program said of them. Both stay as they are for ever. A new revision brings a pair of its own, made in the same
way, with whatever it stores that earlier ones did not, or in another form; the tests here run over all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine

from mlmgmt_widgets.workspace import Workshop, Workspace, schema
from mlmgmt_widgets.workspace.address import parse
from mlmgmt_widgets.workspace.plans import Plans
from mlmgmt_widgets.workspace.records import Participant, ReviewSummary
from mlmgmt_widgets.workspace.reviews import Reviews
from mlmgmt_widgets.workspace.workshops import Workshops

RELEASED = Path(__file__).with_name("released")
TOKEN = "ab" * 16


@pytest.fixture
def engine(address):
    made = create_engine(parse(address))
    yield made
    made.dispose()


def until(revision: str) -> tuple[str, ...]:
    return schema.REVISIONS[: schema.REVISIONS.index(revision) + 1]


def left_behind(engine: Engine, revision: str) -> None:
    """Make a database that went through all versions until `revision`, each of which wrote something."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        written = connection.connection.cursor()  # the driver's own: to it a percent sign is one
        if connection.dialect.name == "postgresql":
            written.execute("SET LOCAL TIME ZONE 'UTC'")  # moments are written as SQLite keeps them
        for each in until(revision):
            command.upgrade(config, each)
            for statement in (RELEASED / f"{each}.sql").read_text(encoding="utf-8").split(";\n"):
                written.execute(statement)


@cache
def said_then(revision: str) -> tuple[list[str], dict[str, Any]]:
    """The tokens of everybody, and what was said of all that was written until `revision`."""
    files = [json.loads((RELEASED / f"{each}.json").read_text(encoding="utf-8")) for each in until(revision)]
    kinds = ("workshops", "plans", "reviews")
    told = {kind: {name: what for each in files for name, what in each["told"][kind].items()} for kind in kinds}
    closed = (each for each in told["workshops"].values() if each["state"] == "closed" and each["anonymous"])
    for person in (person for workshop in closed for person in workshop["people"].values()):
        person[-1] = 0  # since 0004 nobody can tell any more in which order they answered
    return [token for each in files for token in each["tokens"]], told


def said_today(workspace: Workspace, tokens: Iterable[str]) -> dict[str, Any]:
    """Everything that the workspace says when it is asked, as JSON has it."""
    told = {
        "workshops": {each.code: _workshop(workspace.workshops, each, tokens) for each in workspace.workshops.all()},
        "plans": {each.name: _plan(workspace.plans, each.name) for each in workspace.plans.all()},
        "reviews": {
            f"{each.subject} {each.version}": _review(workspace.reviews, each) for each in workspace.reviews.all()
        },
    }
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain


def _workshop(workshops: Workshops, workshop: Workshop, tokens: Iterable[str]) -> dict[str, Any]:
    code = workshop.code
    people = {token: workshops.participant(code, token) for token in tokens}
    progress = workshops.progress(code)
    moments = (workshop.created_at, workshop.revealed_at, workshop.closed_at)
    return {
        "team": workshop.team,
        "state": workshop.state,
        "anonymous": workshop.anonymous,
        "smallest_group": workshop.smallest_group,
        "roles": list(workshop.roles),
        "questions": {each.id: each.question for each in workshop.rubric.questions},
        "moments": [each and each.isoformat() for each in moments],
        "progress": [progress.joined, progress.started, progress.finished, [each.name for each in progress.people]],
        "people": {token: _person(each) for token, each in people.items() if each},
        "shown": [] if workshop.state == "collecting" else _shown(workshops, code),
        "decisions": [[each.question, each.agreed, each.note, each.owner] for each in workshops.decisions(code)],
    }


def _person(person: Participant) -> list[Any]:
    said = person.answers
    return [person.name, person.role, person.finished, said.answers, said.comments, person.sequence]


def _shown(workshops: Workshops, code: str) -> list[Any]:
    """What is shown, sorted: its order means nothing."""
    return sorted(([e.role, e.answers, e.comments] for e in workshops.revealed_responses(code)), key=json.dumps)


def _plan(plans: Plans, name: str) -> list[Any]:
    versions = [plans.get(name, each.version) for each in plans.versions(name)]
    return [
        [
            each.version,
            each.note,
            each.saved_at.isoformat(),
            each.plan.model_dump(mode="json", exclude_defaults=True),
            each.forecast,
        ]
        for each in versions
    ]


def _review(reviews: Reviews, of: ReviewSummary) -> list[Any]:
    found = [reviews.get(of.subject, of.version, each.number) for each in reviews.revisions(of.subject, of.version)]
    return [
        [
            each.revision,
            each.by,
            each.what,
            each.saved_at.isoformat(),
            f"{each.checklist.id}@{each.checklist.version}",
            each.review.model_dump(mode="json", exclude_defaults=True),
        ]
        for each in found
    ]


def test_every_revision_has_rows_that_its_own_version_wrote():
    for kind in ("sql", "json"):
        assert sorted(path.stem for path in RELEASED.glob(f"*.{kind}")) == list(schema.REVISIONS)


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_what_a_released_version_wrote_is_read_today_and_can_be_gone_on_with(revision, address, engine, rubric):
    left_behind(engine, revision)
    tokens, told = said_then(revision)

    with Workspace.open(address) as workspace:
        assert said_today(workspace, tokens) == told
        code = workspace.workshops.create(rubric, "A new team").code
        workspace.workshops.enter(code, TOKEN)
        workspace.workshops.record(code, TOKEN, "q1", 3, sequence=1)
        open_still = [each for each, what in told["workshops"].items() if what["state"] == "collecting"]
        for each in open_still:
            person = next(iter(told["workshops"][each]["people"]))
            workspace.workshops.record(each, person, "q3", 4, sequence=99)
    with Workspace.open(address) as workspace:
        again = said_today(workspace, tokens)
        assert again["workshops"].pop(code)["progress"] == [1, 1, 0, []]
        assert again["workshops"].keys() == told["workshops"].keys()
        for each in open_still:
            assert again["workshops"][each]["people"][next(iter(told["workshops"][each]["people"]))][3]["q3"] == 4
        assert (again["plans"], again["reviews"]) == (told["plans"], told["reviews"])
