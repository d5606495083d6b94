"""MLflow: a store that mlflow-skinny makes in this very run, and stores that are not there or do not answer."""

import contextlib
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, date, datetime

import pytest
from tests.readiness.evidence_shapes import judged, read, refused

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.readiness import evidence_mlflow

ENDED = datetime(2026, 4, 5, 12, tzinfo=UTC)
MILLISECONDS = int(ENDED.timestamp() * 1000)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A folder with mlflow.db in it: a run that has ended, one that is deleted, and two versions of a model."""
    from mlflow.tracking import MlflowClient

    folder = tmp_path_factory.mktemp("mlflow")
    address = f"sqlite:///{folder / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=address, registry_uri=address)
    experiment = client.create_experiment("churn", artifact_location=str(folder / "artifacts"))
    run = client.create_run(experiment, start_time=MILLISECONDS - 1000).info.run_id
    client.log_metric(run, "auc", 0.83)
    client.log_metric(run, "loss", float("nan"))
    client.set_terminated(run, end_time=MILLISECONDS)
    deleted = client.create_run(experiment).info.run_id
    client.delete_run(deleted)
    client.create_registered_model("churn")
    client.create_model_version("churn", source=str(folder / "model"), run_id=run)
    client.create_model_version("churn", source=str(folder / "model"))
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "challenger", "2")
    return folder, run, deleted


@pytest.fixture
def folder(store):
    return store[0]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def evidence(reference, **values):
    return {"mlflow": reference, "tracking": "sqlite:///mlflow.db"} | values


def test_a_run_is_there_since_it_ended(store):
    folder, run, _ = store
    found = read(folder, evidence(f"runs:/{run}"))
    assert (found.found, found.on, found.version) == (True, ENDED.astimezone().date(), None)


def test_a_runs_metric_is_read(store):
    folder, run, _ = store
    found = read(folder, evidence(f"runs:/{run}", metric="auc"))
    assert (found.value, found.on) == (0.83, ENDED.astimezone().date())
    rule = {"metric": "auc", "at_least": 0.85}
    finding = judged(folder, evidence(f"runs:/{run}", metric="auc"), rule)
    assert (finding.reason, finding.said) == ("failed", "auc 0.83, needs at least 0.85")


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("models:/churn/1", "1"),
        ("models:/churn/2", "2"),
        ("models:/churn@champion", "1"),
        ("models:/churn@challenger", "2"),
    ],
)
def test_a_model_version_says_which_it_is_and_when_it_was_made(folder, reference, version):
    found = read(folder, evidence(reference))
    assert (found.found, found.version) == (True, version)
    assert abs((found.on - datetime.now().astimezone().date()).days) <= 1


def test_a_model_versions_metric_is_that_of_its_run(folder):
    found = read(folder, evidence("models:/churn@champion", metric="auc"))
    assert (found.value, found.version, found.on) == (0.83, "1", ENDED.astimezone().date())


def test_an_alias_that_points_to_another_version_is_stale(folder):
    """The review is of version 3."""
    finding = judged(folder, evidence("models:/churn@champion"), {"mlflow": "models:/churn@*"})
    assert finding.reason == "stale-version"
    assert finding.said.endswith("it is about version 1, not 3")
    carried = judged(folder, evidence("models:/churn@champion"), {"mlflow": "models:/churn@*"}, carries_over=True)
    assert carried.outcome == "passed"


@pytest.mark.parametrize(
    ("reference", "metric", "missing"),
    [
        ("runs:/0123456789abcdef0123456789abcdef", None, "runs:/0123456789abcdef0123456789abcdef is not there"),
        ("models:/churn/9", None, "models:/churn/9 is not there"),
        ("models:/chrun/1", None, "models:/chrun/1 is not there"),
        ("models:/churn@winner", None, "models:/churn@winner is not there"),
        ("models:/churn/2", "auc", "version 2 of churn has no run with a metric 'auc'"),
    ],
)
def test_what_is_not_there_is_missing(folder, reference, metric, missing):
    values = {"metric": metric} if metric else {}
    assert read(folder, evidence(reference, **values)).missing == missing


def test_a_metric_that_is_not_there_and_a_run_that_was_deleted_are_missing(store):
    folder, run, deleted = store
    assert read(folder, evidence(f"runs:/{run}", metric="acu")).missing == (
        f"no metric 'acu' in the run {run} (nearest: auc)"
    )
    assert read(folder, evidence(f"runs:/{deleted}")).missing == f"the run {deleted} was deleted"


def test_a_metric_that_could_not_be_computed_is_a_fault(store):
    folder, run, _ = store
    assert refused(folder, evidence(f"runs:/{run}", metric="loss")) == (
        "items.rollback-plan.evidence[0].mlflow",
        f"NaN as loss in the run {run}",
        "a finite number",
    )


@pytest.mark.parametrize(
    "reference",
    ["churn", "runs:/", "models:/churn", "models:/churn/latest", "runs:/a/../b", "models:/a@b@c", "http://x"],
)
def test_a_reference_that_is_none_is_a_fault(folder, reference):
    assert refused(folder, evidence(reference))[2] == "runs:/ID, models:/NAME/VERSION or models:/NAME@ALIAS"


# -- where the store is --------------------------------------------------------------------------------------------


def test_without_a_tracking_address_the_environments_is_asked(store, tmp_path, monkeypatch):
    folder, run, _ = store
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
    assert read(tmp_path, {"mlflow": f"runs:/{run}"}).found
    assert read(tmp_path, {"mlflow": "models:/churn/1"}).version == "1"


@pytest.fixture
def copied(store, tmp_path):
    """A store of its own, that no other test has opened."""
    folder = tmp_path / "a store"
    folder.mkdir()
    (folder / "mlflow.db").write_bytes((store[0] / "mlflow.db").read_bytes())
    return folder


def test_reading_creates_and_changes_nothing(store, copied, tmp_path, monkeypatch):
    _, run, _ = store
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    before = (copied / "mlflow.db").read_bytes()
    assert read(copied, evidence(f"runs:/{run}")).found
    assert read(here, evidence(f"runs:/{run}")).missing == "the MLflow database mlflow.db is not there"
    assert read(here, evidence(f"runs:/{run}", tracking="mlruns")).missing == "the MLflow folder mlruns is not there"
    assert (copied / "mlflow.db").read_bytes() == before
    assert (names(copied), names(here)) == (["mlflow.db"], [])


def test_a_database_that_is_not_mlflows_does_not_become_it(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        database.execute("CREATE TABLE ours (a)")
    before = (tmp_path / "mlflow.db").read_bytes()
    assert refused(tmp_path, evidence("runs:/abc"))[1].startswith("no answer from MLflow at mlflow.db")
    assert (tmp_path / "mlflow.db").read_bytes() == before


def test_a_database_that_is_replaced_is_read_anew(store, copied, tmp_path):
    _, run, _ = store
    assert read(copied, evidence(f"runs:/{run}", metric="auc")).value == 0.83
    newer = tmp_path / "newer.db"
    newer.write_bytes((copied / "mlflow.db").read_bytes())
    with contextlib.closing(sqlite3.connect(newer)) as database:
        database.execute("UPDATE latest_metrics SET value = 0.5 WHERE key = 'auc'")
        database.commit()
    newer.replace(copied / "mlflow.db")
    assert read(copied, evidence(f"runs:/{run}", metric="auc")).value == 0.5


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"", "a file that is no SQLite database at mlflow.db"), (b"SQLite format 3\0" + b"x" * 5000, None)],
)
def test_a_database_that_is_none_is_a_fault(tmp_path, content, found):
    (tmp_path / "mlflow.db").write_bytes(content)
    said = refused(tmp_path, evidence("runs:/abc"))[1]
    assert said == (found or "no answer from MLflow at mlflow.db (DatabaseError)")
    assert (tmp_path / "mlflow.db").read_bytes() == content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_in_place_of_a_database_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "mlflow.db")
    assert refused(tmp_path, evidence("runs:/abc"))[1] == "no file at mlflow.db"


@pytest.fixture
def nobody():
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_a_store_that_does_not_answer_is_a_fault_without_its_password(tmp_path, nobody, scheme):
    tracking = f"{scheme}://ann:hunter2@127.0.0.1:{nobody}/store?token=hunter3"
    with pytest.raises(ContentError) as caught:
        read(tmp_path, {"mlflow": "models:/churn/1", "tracking": tracking})
    said = str(caught.value)
    assert f"no answer from MLflow at {scheme}://127.0.0.1:{nobody}/store" in said
    assert "hunter" not in said
    assert caught.value.__cause__ is None


def test_a_server_that_says_nothing_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setitem(evidence_mlflow._SETTINGS, "MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setitem(evidence_mlflow._SETTINGS, "MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)  # it takes the connection and never answers
        tracking = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert refused(tmp_path, {"mlflow": "runs:/abc", "tracking": tracking})[1].startswith("no answer from MLflow")


@pytest.mark.parametrize(
    ("tracking", "found"),
    [
        ("http://[", "an address that is none"),
        ("postgresql://[::1/x", "an address that is none"),
        ("gopher://x/y", "no answer from MLflow at gopher://x/y (UnsupportedModelRegistryStoreURIException)"),
        ("sqlite://", "no file at sqlite://"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_fault(tmp_path, tracking, found):
    for reference in ("runs:/abc", "models:/churn@champion"):
        assert refused(tmp_path, {"mlflow": reference, "tracking": tracking})[1] == found


# -- what it leaves behind -----------------------------------------------------------------------------------------


def test_settings_logs_and_threads_are_as_before(store):
    folder, run, _ = store
    read(folder, evidence(f"runs:/{run}"))
    before = dict(os.environ), logging.getLogger("mlflow").level, threading.active_count()
    read(folder, evidence("models:/churn@champion", metric="auc"))
    assert (dict(os.environ), logging.getLogger("mlflow").level, threading.active_count()) == before


def test_a_setting_of_ones_own_is_kept(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "3")
    with evidence_mlflow._quietly():
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "3"
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "3"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ


def test_it_is_silent_even_the_first_time(store, tmp_path):
    folder, run, _ = store
    (tmp_path / "ask.py").write_text(
        "from mlmgmt_widgets.readiness import Evidence, Item\n"
        "from mlmgmt_widgets.readiness import evidence_mlflow\n"
        "from mlmgmt_widgets.readiness.evidence import FolderFiles\n"
        f"piece = Evidence(mlflow='runs:/{run}', tracking='sqlite:///mlflow.db')\n"
        "item = Item(id='a', stage='a', question='?')\n"
        f"assert evidence_mlflow.read(item, piece, FolderFiles({str(folder)!r})).found\n"
    )
    run = subprocess.run(
        [sys.executable, "ask.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_without_mlflow_a_fault_says_how_to_install_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert refused(folder, evidence("runs:/abc"))[1:] == (
        "a reference to MLflow",
        "mlflow-skinny to read it: pip install 'mlmgmt-widgets[mlflow]'",
    )


def test_evidence_of_another_version_is_not_asked_for(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert read(folder, evidence("models:/churn/2", version="2")).missing is None
    assert read(folder, evidence("models:/churn/2", on=date(2026, 1, 1), version="2")).on == date(2026, 1, 1)
