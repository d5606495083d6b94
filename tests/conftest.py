"""What holds for all tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mlmgmt_widgets import cli

# No test fails, and none is refused, for how long something took: machines that run tests are busy.
settings.register_profile("workbook", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("workbook")

Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def mlmgmt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: returns its exit status and what it printed to both streams."""

    def run(*arguments: object) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["mlmgmt", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return ended.value.code, printed.out, printed.err

    return run
