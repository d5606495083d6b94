"""Where things lie: the home folder, the facilitator's key, the notebooks that are served."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlmgmt_widgets.content import MARKER, own_folder
from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.workspace.address import home_folder

_KEY_BYTES = 18
_SHORTEST_KEY, _LONGEST_KEY = 16, 200  # characters of a key of one's own; the page takes no longer one
_PACKAGE = Path(__file__).parents[1]


class ServingError(Refusal):
    """The workbook cannot be served; the message says why and what to do."""


@dataclass(frozen=True)
class Home:
    """The folders of one installation.

    Attributes:
        folder: what is remembered: the facilitator's key and, by default, the database.
        notebooks: the pages.
        content: a folder laid out like `data/` that goes before the shipped content, if there is one.
    """

    folder: Path
    notebooks: Path
    content: Path | None


def find(cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> Home:
    """Find the home folder, the notebooks and the content.

    The home is `$MLMGMT_HOME`, else the folder made by `mlmgmt new` in which we stand, else the place where
    the system keeps a person's data. Notebooks and content are that folder's own, else the shipped ones.

    Args:
        cwd: the folder in which we stand; the current one by default.
        environment: by default this process's.

    Raises:
        ServingError: when there are no notebooks.
    """
    cwd = Path.cwd() if cwd is None else cwd
    environment = os.environ if environment is None else environment
    own = own_folder(cwd)
    if environment.get("MLMGMT_HOME"):
        folder = Path(environment["MLMGMT_HOME"]).expanduser().resolve()
        own = folder if (folder / MARKER).is_file() else own
    else:
        folder = own or home_folder()
    notebooks = _first(environment.get("MLMGMT_NOTEBOOKS"), own and own / "notebooks", *shipped("notebooks"))
    if notebooks is None:
        raise ServingError("There are no notebooks to serve. `mlmgmt new FOLDER` lays out a folder with them.")
    content = _first(environment.get("MLMGMT_CONTENT"), own and own / "data")
    return Home(folder, notebooks, content)


def shipped(name: str) -> tuple[Path, ...]:
    """Return where `data` or `notebooks` may lie: in an installed package, or in the repository."""
    return (_PACKAGE / name, _PACKAGE.parents[1] / name)


def facilitator_key(folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Return the key that opens the facilitator's page, made on first use and kept for this user alone.

    Args:
        folder: the home folder; the key is in `facilitator.key` there, readable by its owner only.
        environment: `$MLMGMT_FACILITATOR_KEY` in it goes before the file.

    Raises:
        ServingError: when the key is too short to keep strangers out, or the file cannot be used.
    """
    environment = os.environ if environment is None else environment
    if given := environment.get("MLMGMT_FACILITATOR_KEY"):
        return _usable(given, "$MLMGMT_FACILITATOR_KEY")
    file = folder / "facilitator.key"
    try:
        return _usable(_made(file) or file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise ServingError(f"The facilitator's key cannot be kept in {file}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ServingError(f"{file} is not text: delete it, and the next start makes a new key.") from None


def _made(file: Path) -> str | None:
    """Make a key and keep it in `file`, unless there is one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    key = secrets.token_urlsafe(_KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(key + "\n")
    return key


def _usable(given: str, place: str) -> str:
    """Return a key as it is compared and linked: without blanks around it."""
    key = given.strip()
    if not key:
        raise ServingError(f"{place} is empty: remove it, and the next start makes a new key.")
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ServingError(
            f"The facilitator's key in {place} has {len(key)} characters; "
            f"it must have {_SHORTEST_KEY} to {_LONGEST_KEY}, so that nobody guesses it."
        )
    if not key.isprintable():
        raise ServingError(f"The facilitator's key in {place} has characters that cannot be shown; choose another.")
    return key


def key_hash(key: str) -> str:
    """Return what kernels are told of the key: enough to check one, not enough to know it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _first(*folders: str | Path | None) -> Path | None:
    there = (Path(each).expanduser().resolve() for each in folders if each)
    return next((each for each in there if each.is_dir()), None)
