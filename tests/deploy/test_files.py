"""What `deploy/` says of ports, options, files and names is so."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from tests.deploy.proxy import DEPLOY

ROOT = DEPLOY.parent


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(text("compose.yaml"))["services"]
    return services


def behind_nginx() -> list[list[str]]:
    """The replicas of each upstream."""
    groups = re.findall(r"^upstream \w+ \{(.*?)^\}", text("nginx.conf"), re.DOTALL | re.MULTILINE)
    return [re.findall(r"^\s*server (\S+)", each, re.MULTILINE) for each in groups]


def test_nginx_asks_the_same_replicas_for_pages_and_for_kernels_and_compose_starts_just_those():
    pages, others = behind_nginx()
    assert pages == others
    replicas = [each["environment"] for name, each in compose().items() if name.startswith("replica")]
    assert [f"{each['HOST']}:{each['PORT']}" for each in replicas] == pages
    assert len({each["MLMGMT_FACILITATOR_KEY"] for each in replicas}) == 1
    assert len({each["MLMGMT_DATABASE_URL"] for each in replicas}) == 1


def test_the_service_starts_the_command_with_options_that_it_has_on_a_port_that_nginx_asks(mlmgmt: Run):
    (start,) = re.findall(r"^ExecStart=(.*)$", text("mlmgmt.service"), re.MULTILINE)
    _, verb, *options = shlex.split(start)
    given = dict(zip(options[::2], options[1::2], strict=True))
    _, offered, _ = mlmgmt(verb, "--help")
    assert set(given) <= set(re.findall(r"--[a-z-]+", offered))
    assert f"{given['--host']}:{given['--port']}" in behind_nginx()[0]


def test_systemd_understands_the_service(tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    # The program is not where the service expects it; everything else is as shipped.
    unit = tmp_path / "mlmgmt.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text("mlmgmt.service"), flags=re.MULTILINE))
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_image_is_made_of_what_is_there_with_a_python_and_an_extra_that_the_project_has():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = text("Containerfile").replace("\\\n", "").splitlines()
    copied = [
        name for each in lines if each.startswith("COPY ") and "--from" not in each for name in each.split()[1:-1]
    ]
    assert {"pyproject.toml", "src", "data", "notebooks"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    versions = {tuple(map(int, each.split(".")))
                for each in re.findall(r"^FROM python:([\d.]+)-slim", "\n".join(lines), re.MULTILINE)}  # fmt: skip
    assert len(versions) == 1
    assert min(versions) >= tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    (extra,) = re.findall(r"'\.\[(\w+)\]'", "\n".join(lines))
    assert extra in project["optional-dependencies"]


def test_the_extras_earlier_name_still_installs_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["postgresql"] == [f"{project['name']}[postgres]"]
