from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, inspect, text
from tests.workspace.conftest import toy_checklist, toy_review, toy_rubric

from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.workspace import Decision, Workspace, WorkspaceError, checks, schema
from mlmgmt_widgets.workspace.address import parse
from mlmgmt_widgets.workspace.tables import Base


@pytest.fixture
def engine(address):
    made = create_engine(parse(address))
    yield made
    made.dispose()


def test_migrations_from_nothing_give_exactly_the_tables_that_the_program_uses(address, engine):
    Workspace.open(address).close()
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": schema.VERSION_TABLE,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_foreign_keys_of_the_migrations_delete_like_those_of_the_tables(address, engine):
    Workspace.open(address).close()
    for table in Base.metadata.tables.values():
        migrated = {key["name"]: key["options"].get("ondelete") for key in inspect(engine).get_foreign_keys(table.name)}
        assert migrated == {key.name: key.ondelete for key in table.foreign_key_constraints}


def test_the_named_revisions_are_those_in_the_folder():
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    found = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(found) == schema.REVISIONS


def test_opening_again_changes_nothing(address, rubric):
    with Workspace.open(address) as workspace:
        code = workspace.workshops.create(rubric, "Search").code
    with Workspace.open(address) as workspace:
        assert workspace.workshops.get(code).rubric == rubric


def test_a_newer_schema_is_refused_and_left_untouched(address, engine, rubric, tmp_path):
    with Workspace.open(address) as workspace:
        workspace.workshops.create(rubric, "Search")
    with engine.begin() as connection:
        connection.execute(text("UPDATE mlmgmt_version SET version_num = '9999'"))
        connection.execute(text("DROP TABLE decisions"))
    engine.dispose()
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(WorkspaceError, match="storage is newer than its program") as refused:
        Workspace.open(address)

    assert re.search(r"newer version of mlmgmt .*9999.*update mlmgmt", in_full(refused.value))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files
    assert "decisions" not in inspect(engine).get_table_names()


def test_a_database_of_another_program_is_refused_and_left_untouched(address, engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE answers (id INTEGER)"))
    with pytest.raises(WorkspaceError, match="belongs to another program"):
        Workspace.open(address)
    assert inspect(engine).get_table_names() == ["answers"]


def test_a_migration_that_fails_half_way_leaves_nothing_behind(address, engine, tmp_path, monkeypatch):
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    script = folder / "versions" / "0001_workshops.py"
    script.write_text(script.read_text() + "    raise RuntimeError('half way')\n")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    with pytest.raises(RuntimeError, match="half way"):
        Workspace.open(address)
    assert inspect(engine).get_table_names() == []

    monkeypatch.undo()
    Workspace.open(address).close()
    assert "workshops" in inspect(engine).get_table_names()


# A database that the first revision wrote, put down row by row: not what today's program would write.
REVEALED = datetime(2026, 11, 2, 10, 30, 0, 123456, tzinfo=UTC)
TOKEN = "ab" * 16


def upgraded(engine: Engine, revision: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        found = MetaData()
        found.reflect(connection)
        for table, rows in tables.items():
            connection.execute(found.tables[table].insert(), rows)


def first_revision(engine: Engine, rubric: dict[str, Any]) -> None:
    shown = {
        "person": 3,
        "role": "",
        "respondent": "Ann",
        "answers": {"q1": 2.0, "q2": "dk"},
        "comments": {"q1": "Größe"},
    }
    workshop = {
        "id": 7,
        "code": "CDF679",
        "team": "Search",
        "team_key": "search",
        "rubric_id": "toy",
        "rubric": rubric,
        "anonymous": False,
        "smallest_group": 5,
        "roles": [],
        "created_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "revealed_at": REVEALED,
        "closed_at": None,
        "snapshot": {"pictures": [[shown]], "held_back": 0},
    }
    person = {
        "id": 3,
        "workshop_id": 7,
        "token_hash": checks.token_hash("CDF679", TOKEN),
        "role": "",
        "name": "Ann",
        "finished": True,
        "revealed_digest": "0" * 64,
    }
    answers = [
        {"participant_id": 3, "question": "q1", "answer": 2.0, "comment": "Größe", "sequence": 4},
        {"participant_id": 3, "question": "q2", "answer": "dk", "comment": "", "sequence": 5},
    ]
    decision = {"workshop_id": 7, "question": "q1", "agreed": 2.5, "note": "Next quarter", "owner": "Bo"}
    tables = {"workshops": [workshop], "participants": [person], "answers": answers, "decisions": [decision]}
    upgraded(engine, "0001", tables)


def second_revision(engine: Engine, rubric: dict[str, Any], plan: dict[str, Any]) -> None:
    first_revision(engine, rubric)
    saved = {"plan_id": 4, "title": "A toy plan", "note": "Größe", "saved_at": REVEALED, "plan": plan}
    versions = [saved | {"version": number, "forecast": {"draws": number}} for number in (1, 2)]
    names = {"id": 4, "name": "Ranking", "name_key": "ranking", "newest": 2}
    upgraded(engine, "0002", {"plans": [names], "plan_versions": versions})


def everything_in(engine: Engine) -> dict[str, list[Any]]:
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {name: connection.execute(table.select()).fetchall() for name, table in found.tables.items()}


def whoever_has_which_number(tables: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The same rows with everybody named by the hash of their token, which no migration changes."""
    token_of = {person.id: person.token_hash for person in tables["participants"]}
    named = {
        "participants": [{**row._asdict(), "id": token_of[row.id]} for row in tables["participants"]],
        "answers": [
            {**row._asdict(), "participant_id": token_of[row.participant_id]}
            for row in sorted(tables["answers"], key=lambda row: (token_of[row.participant_id], row.question))
        ],
        "workshops": [
            {**row._asdict(), "snapshot": json.loads(json.dumps(row.snapshot), object_hook=name_in(token_of))}
            for row in tables["workshops"]
        ],
    }
    return {**tables, **named}


def name_in(token_of: dict[int, str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {**found, "person": token_of[found["person"]]} if "person" in found else found


def test_a_workspace_of_the_first_revision_is_brought_up_to_date_and_loses_nothing(address, engine, rubric, plan):
    first_revision(engine, rubric.model_dump(mode="json", by_alias=True))
    before = everything_in(engine)
    assert before.pop(schema.VERSION_TABLE) == [("0001",)]
    assert set(before) == {"workshops", "participants", "answers", "decisions"}

    with Workspace.open(address) as workspace:
        after = everything_in(engine)
        workshop = workspace.workshops.get("CDF679")
        assert (workshop.team, workshop.rubric, workshop.state) == ("Search", rubric, "revealed")
        assert workshop.revealed_at == REVEALED
        ann = workspace.workshops.participant("CDF679", TOKEN)
        assert (ann.name, ann.finished, ann.sequence) == ("Ann", True, 5)
        assert ann.answers.answers == {"q1": 2.0, "q2": "dk"}
        assert [each.comments for each in workspace.workshops.revealed_responses("CDF679")] == [{"q1": "Größe"}]
        assert workspace.workshops.decisions("CDF679") == (Decision("q1", 2.5, "Next quarter", "Bo"),)
        workspace.plans.save("Ranking", plan, {})
        assert workspace.plans.get("Ranking").plan == plan

    assert after.pop(schema.VERSION_TABLE) == [(schema.REVISIONS[-1],)]
    after_of_then = whoever_has_which_number({name: after[name] for name in before})
    assert after_of_then == whoever_has_which_number(before)
    added = {"plans", "plan_versions", "reviews", "review_revisions"}
    assert {name: rows for name, rows in after.items() if name not in before} == {name: [] for name in added}


def test_a_workspace_of_the_second_revision_is_brought_up_to_date_and_keeps_plans_and_workshops(
    address, engine, rubric, plan
):
    second_revision(
        engine, rubric.model_dump(mode="json", by_alias=True), plan.model_dump(mode="json", exclude_none=True)
    )
    before = everything_in(engine)
    assert before.pop(schema.VERSION_TABLE) == [("0002",)]

    with Workspace.open(address) as workspace:
        after = everything_in(engine)
        assert workspace.workshops.get("CDF679").rubric == rubric
        saved = workspace.plans.get("ranking")
        assert (saved.name, saved.version, saved.saved_at, saved.note) == ("Ranking", 2, REVEALED, "Größe")
        assert (saved.plan, saved.forecast) == (plan, {"draws": 2})
        assert workspace.plans.get("ranking", 1).forecast == {"draws": 1}
        workspace.reviews.begin(toy_checklist(), toy_review())
        assert workspace.reviews.get("churn-model", "3").review == toy_review()

    assert after.pop(schema.VERSION_TABLE) == [(schema.REVISIONS[-1],)]
    after_of_then = whoever_has_which_number({name: after[name] for name in before})
    assert after_of_then == whoever_has_which_number(before)
    assert {name: rows for name, rows in after.items() if name not in before} == {"reviews": [], "review_revisions": []}


@pytest.mark.parametrize("fails", ["0002_plans.py", "0003_reviews.py", "0004_arrivals.py"])
def test_an_upgrade_that_fails_half_way_leaves_the_workspace_as_it_was(fails, address, engine, tmp_path, monkeypatch):
    rubric = toy_rubric()
    first_revision(engine, rubric.model_dump(mode="json", by_alias=True))
    before = everything_in(engine)
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    script = folder / "versions" / fails
    script.write_text(script.read_text() + "    raise RuntimeError('half way')\n")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    with pytest.raises(RuntimeError, match="half way"):
        Workspace.open(address)
    assert everything_in(engine) == before

    monkeypatch.undo()
    with Workspace.open(address) as workspace:
        assert workspace.workshops.get("CDF679").rubric == rubric
        assert (workspace.plans.all(), workspace.reviews.all()) == ([], [])


def modules_after(code: str) -> set[str]:
    printed = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(re.findall(r"^\w+|(?<= )\w+", printed))


def test_a_kernel_that_finds_a_current_workspace_does_not_import_alembic(tmp_path: Path, rubric):
    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    with Workspace.open(address) as workspace:
        code = workspace.workshops.create(rubric, "Search").code
    loaded = modules_after(
        "from mlmgmt_widgets.workspace import Workspace\n"
        f"workshops = Workspace.open({address!r}).workshops\n"
        f"workshops.enter({code!r}, 'ab' * 16)\n"
        f"workshops.record({code!r}, 'ab' * 16, 'q1', 3)\n",
    )
    assert loaded & {"sqlalchemy"}
    assert not loaded & {"alembic", "pandas", "altair", "ipywidgets", "anywidget", "psycopg"}


def test_a_participants_kernel_imports_no_plans_and_no_reviews(tmp_path: Path, rubric):
    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    with Workspace.open(address) as workspace:
        workspace.workshops.create(rubric, "Search")
    run = "from mlmgmt_widgets.workspace import Workspace\n" + f"workspace = Workspace.open({address!r})\n"
    others = ("mlmgmt_widgets.timeline", "mlmgmt_widgets.readiness")
    shown = f"print(*(name for name in sys.modules if name.startswith({others})))"
    used = "workspace.workshops.teams()\nworkspace.plans.all()\nworkspace.reviews.all()"
    printed = subprocess.run(
        [sys.executable, "-c", f"import sys\n{run}{used}\n{shown}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() == ""


def test_importing_the_package_alone_loads_no_database():
    assert not modules_after("import mlmgmt_widgets.workspace") & {"sqlalchemy", "pydantic", "numpy"}
