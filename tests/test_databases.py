"""Tests of PostgreSQL do not vanish where everything has to be tested."""

from __future__ import annotations

import pytest

from tests.databases import imported


def test_without_its_server_postgresql_is_skipped_on_a_laptop(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no_such_module"):
        imported("no_such_module")


def test_without_its_server_postgresql_is_a_failure_where_ci_is_set(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="may not be left out"):
        imported("no_such_module")
