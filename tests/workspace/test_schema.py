from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from mlmgmt_widgets.errors import in_full
from mlmgmt_widgets.workspace import Workspace, WorkspaceError, schema
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


def test_importing_the_package_alone_loads_no_database():
    assert not modules_after("import mlmgmt_widgets.workspace") & {"sqlalchemy", "pydantic", "numpy"}
