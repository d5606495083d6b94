"""Evidence from MLflow: a run, a model version or an alias, and a metric of it; mlflow-skinny is an optional extra."""

from __future__ import annotations

import importlib
import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from mlmgmt_widgets.content import shown
from mlmgmt_widgets.readiness.checklist import Item
from mlmgmt_widgets.readiness.entries import Evidence
from mlmgmt_widgets.readiness.evidence_files import Absent, Files, Unreadable
from mlmgmt_widgets.readiness.evidence_git import local_day
from mlmgmt_widgets.readiness.evidence_metric import finite
from mlmgmt_widgets.readiness.evidence_parts import hint

TIMEOUT = 10
"""Seconds that one answer may take."""

_REFERENCE = re.compile(
    r"runs:/(?P<run>[\w-]+)|models:/(?P<model>[^/@]+)(?:/(?P<version>[0-9]+)|@(?P<alias>[^/@]+))",
)
_FORMS = "runs:/ID, models:/NAME/VERSION or models:/NAME@ALIAS"
_STORE = "an MLflow server or database that answers"
_ASKED_FIRST = {"postgresql", "mysql"}

# For as long as we ask; what somebody has set already stays. MLflow retries for minutes by default, keeps databases
# open, so that one which is replaced is read as it was, and reports its use.
_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": str(TIMEOUT),
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
_asking = threading.Lock()


def read(item: Item, evidence: Evidence, files: Files) -> Evidence:
    """That a run or a model version is there, and a metric of it.

    Raises:
        Absent: if it is not there, or has no such metric.
        Unreadable: if mlflow-skinny is not installed, the reference is none, or the store does not answer.
    """
    del item
    reference = evidence.mlflow or ""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise Unreadable(f"the reference {shown(reference)}", _FORMS)
    with _quietly():
        given, models = _given(evidence.tracking)
        place = _place(given)
        # An address of the environment means what it means to MLflow itself: it starts from where we are.
        folder = files.folder if evidence.tracking else None
        try:
            client = _client(_address(given, folder), models and _address(models, folder))
            found = _found(client, match.groupdict(), evidence.metric)
        except (Absent, Unreadable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a store, its driver or a server may raise
            raise _translated(error, reference, place) from None
    return evidence.model_copy(update=found)


def _found(client: Any, named: dict[str, str | None], metric: str | None) -> dict[str, Any]:
    about: dict[str, Any] = {}
    run_id = named["run"]
    if run_id is None:
        model = (
            client.get_model_version_by_alias(named["model"], named["alias"])
            if named["alias"]
            else client.get_model_version(named["model"], named["version"])
        )
        about = {"version": str(model.version), "on": local_day(model.creation_timestamp / 1000)}
        run_id = model.run_id
        if metric is None:
            return {**about, "found": True}
        if not run_id:
            raise Absent(f"version {model.version} of {model.name} has no run with a metric {shown(metric)}")
    run = client.get_run(run_id)
    if run.info.lifecycle_stage == "deleted":
        raise Absent(f"the run {run_id} was deleted")
    about["on"] = local_day((run.info.end_time or run.info.start_time) / 1000)
    if metric is None:
        return {**about, "found": True}
    known = run.data.metrics
    if metric not in known:
        raise Absent(f"no metric {shown(metric)} in the run {run_id}{hint(metric, known)}")
    return {**about, "value": finite(known[metric], metric, f"the run {run_id}")}


def _translated(error: Exception, reference: str, place: str) -> Exception:
    """What an error of MLflow's means. Its own text is not repeated: it may hold a password."""
    code = getattr(error, "error_code", None)
    # An alias that is not there is a wrong value to MLflow; so is an address of a kind that it does not know.
    no_alias = code == "INVALID_PARAMETER_VALUE" and "@" in reference and "Unsupported" not in type(error).__name__
    if code == "RESOURCE_DOES_NOT_EXIST" or no_alias:
        return Absent(f"{reference} is not there")
    return Unreadable(f"no answer from MLflow at {place} ({type(error).__name__})", _STORE)


# -- the client ----------------------------------------------------------------------------------------------------


def _given(tracking: str | None) -> tuple[str, str | None]:
    """Where the runs are and where the models are, as the evidence says it, or the environment."""
    try:
        import mlflow
    except ImportError:
        advice = "mlflow-skinny to read it: pip install 'mlmgmt-widgets[mlflow]'"
        raise Unreadable("a reference to MLflow", advice) from None
    if tracking is None:
        return mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    return tracking, None if tracking.startswith("databricks") else tracking


def _client(tracking: str, registry: str | None) -> Any:
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=tracking, registry_uri=registry)


def _address(given: str, folder: Path | None) -> str:
    """The address to ask; what asking would create, or wait for, is looked at before."""
    place, scheme = _place(given), urlsplit(given).scheme.lower().partition("+")[0]
    if scheme == "sqlite":
        address = _read_only(given, place, folder or Path())
        _connect(address, place)
        return address
    if scheme in {"", "file"} and not given.startswith("databricks"):
        path = (folder or Path()) / place
        if not path.is_dir():
            raise Absent(f"the MLflow folder {place} is not there")
        return str(path.absolute())
    if scheme in _ASKED_FIRST:
        _connect(given, place, connect_timeout=TIMEOUT)
    return given


def _read_only(given: str, place: str, folder: Path) -> str:
    """A SQLite database that reading neither creates nor migrates."""
    path = folder / urlsplit(given).path.removeprefix("/")
    if path.exists() and not path.is_file():
        raise Unreadable(f"no file at {place}", _STORE)
    try:
        with path.open("rb") as file:
            is_database = file.read(16) == b"SQLite format 3\0"
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise Absent(f"the MLflow database {place} is not there") from None
    except OSError as error:
        raise Unreadable(f"{place}, which cannot be opened ({(error.strerror or '').lower()})", _STORE) from None
    if not is_database:
        raise Unreadable(f"a file that is no SQLite database at {place}", _STORE)
    # With the driver's name MLflow takes the path for one of a server's, and makes no folders of it.
    return f"sqlite+pysqlite:///file:{quote(str(path.absolute()))}?mode=ro&uri=true"


def _connect(address: str, place: str, **settings: int) -> None:
    """Try a database once, with a limit: MLflow tries ten times, which takes minutes."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    try:
        create_engine(address, poolclass=NullPool, connect_args=settings).connect().close()
    except Exception as error:  # noqa: BLE001 - of the driver, or that there is none
        raise Unreadable(f"no answer from MLflow at {place} ({type(error).__name__})", _STORE) from None


def _place(address: str) -> str:
    """An address without user, password and query.

    Example:
        >>> _place("https://ann:secret@mlflow.example:5000/api?token=x")
        'https://mlflow.example:5000/api'
        >>> _place("sqlite:///mlflow.db"), _place("mlruns")
        ('mlflow.db', 'mlruns')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Unreadable("an address that is none", "one such as https://host:5000 or sqlite:///mlflow.db") from None
    if not parts.netloc:
        path = parts.path.removeprefix("/") if parts.scheme.startswith("sqlite") else parts.path
        return path or address
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def _quietly() -> Iterator[None]:
    """Ask MLflow with limits and without its chatter; its settings and its log are as before afterwards."""
    log = logging.getLogger("mlflow")
    with _asking, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        added = {name: value for name, value in _SETTINGS.items() if name not in os.environ}
        os.environ.update(added)
        with suppress(ImportError):
            importlib.import_module("mlflow")  # which sets its log up: the level below has to come after
        level = log.level
        log.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)
            log.setLevel(level)
