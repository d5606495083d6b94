"""What the doctor says of a database on a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from mlmgmt_widgets.doctor import Level, database
from mlmgmt_widgets.doctor.finding import Finding
from mlmgmt_widgets.workspace import Workspace, schema
from mlmgmt_widgets.workspace.address import parse

pytestmark = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    made = create_engine(parse(address))
    yield made
    made.dispose()


def found(address: str) -> dict[str, Finding]:
    return {each.about: each for each in database.server(parse(address))}


def test_a_server_that_nobody_has_used_yet_stays_empty(address, engine):
    assert found(address)["schema"].says.endswith("is empty; the first start makes the tables.")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")) == 0


def test_a_server_is_examined_without_a_change(address, engine, rubric):
    with Workspace.open(address) as workspace:
        workspace.workshops.create(rubric, "Search")
    well = found(address)
    assert "holds 1 workshop, no participants" in well["database"].says
    assert {each.level for each in well.values()} - {Level.OK} <= {Level.LOOK}
    with engine.connect() as connection:
        room = connection.scalar(text("SHOW max_connections"))
    assert well["connections"].says.startswith(f"{int(room) - 3}") == (well["connections"].level is Level.OK)

    with engine.begin() as connection:
        connection.execute(text("UPDATE workshops SET created_at = '2999-01-01 00:00+00'"))
        connection.execute(text("UPDATE mlmgmt_version SET version_num = '0001'"))
    older = found(address)
    assert (older["schema"].level, "of an older version (schema 0001" in older["schema"].says) == (Level.LOOK, True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mlmgmt_version SET version_num = :n"), {"n": schema.REVISIONS[-1]})
    assert (found(address)["clock"].level, "clock" in well) == (Level.WRONG, False)


def test_a_server_that_may_only_be_read(address):
    Workspace.open(address).close()
    read_only = f"{address}%20-cdefault_transaction_read_only%3Don"
    assert found(read_only)["writing"].level is Level.WRONG
