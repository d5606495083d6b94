"""The examples in docstrings run, and say what comes out."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import mlmgmt_widgets

PACKAGE = Path(mlmgmt_widgets.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8") and path.name != "__init__.py"
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_run(name, monkeypatch, tmp_path):
    monkeypatch.setenv("MLMGMT_HOME", str(tmp_path))
    assert doctest.testmod(import_module(name)).failed == 0
