"""The home folder, the facilitator's key, the notebooks and the content."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlmgmt_widgets.content import ContentError
from mlmgmt_widgets.doctor.finding import Finding, look, ok, wrong
from mlmgmt_widgets.serving.home import ServingError, facilitator_key
from mlmgmt_widgets.words import counted

_PAGES = ("index", "maturity_survey", "maturity_workshop")  # without which no workshop can be held
_CONTENT = ("rubrics", "plans", "checklists")


def home(folder: Path) -> Iterator[Finding]:
    """Look at the folder that remembers things."""
    if not folder.exists():
        above = next(each for each in folder.parents if each.exists())
        if os.access(above, os.W_OK | os.X_OK):
            yield ok("home", f"{folder}, which the first start makes.")
        else:
            yield wrong("home", f"{folder} cannot be made.", f"Take another with $MLMGMT_HOME, or open {above} to you.")
    elif not folder.is_dir():
        yield wrong("home", f"{folder} is not a folder.", "Move it away, or take another with $MLMGMT_HOME.")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield wrong("home", f"{folder} may not be written to by you.", "Serve as its owner, or open it to you.")
    elif folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        says = f"Others on this machine may put files into {folder}, a database or a key among them."
        yield wrong("home", says, f"Take that right away: chmod go-w {folder}")
    else:
        yield ok("home", f"{folder}.")


def key(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Look at the facilitator's key; it is not part of what is found."""
    environment = os.environ if environment is None else environment
    file = folder / "facilitator.key"
    given = environment.get("MLMGMT_FACILITATOR_KEY")
    if not given and not file.exists():
        yield ok("key", f"{file}, which the first start makes.")
        return
    try:
        facilitator_key(folder, environment)
    except ServingError as error:
        yield wrong("key", str(error), "Until then, the workbook does not start.")
        return
    if given:
        yield ok("key", "The facilitator's key is the one in $MLMGMT_FACILITATOR_KEY.")
    elif is_open(file):
        says = f"Others on this machine may read the facilitator's key in {file}, and with it every page."
        yield wrong("key", says, f"Delete it, so that the next start makes another (or keep it: chmod 600 {file}).")
    else:
        yield ok("key", f"{file}, which only you may read.")


def notebooks(folder: Path) -> Iterator[Finding]:
    """Look whether the pages are there and can be read."""
    import nbformat

    reader: Any = nbformat
    found = sorted(folder.glob("*.ipynb"))
    faults = []
    for path in found:
        try:
            reader.validate(reader.read(path, as_version=4))
        except OSError as error:
            faults.append(wrong("notebooks", f"{path} cannot be read: {error.strerror}.", "Open it to you."))
        except Exception as error:  # noqa: BLE001 - whatever it is that makes it none
            says = f"{path} is no notebook ({type(error).__name__})."
            faults.append(wrong("notebooks", says, "Put back a copy; `mlmgmt new FOLDER` lays out fresh ones."))
    there = {path.stem for path in found}
    for name in _PAGES:
        if name not in there:
            says = f"{folder / name}.ipynb is missing, without which no workshop can be held."
            faults.append(wrong("notebooks", says, "`mlmgmt new FOLDER` lays out a folder that has it."))
    yield from faults or [ok("notebooks", f"{counted(len(found), 'notebook')} in {folder}.")]


def content(folder: Path) -> Iterator[Finding]:
    """Look whether rubrics, plans and checklists are what they should be, as `mlmgmt check` does."""
    from mlmgmt_widgets import kinds

    files = sorted(path for name in _CONTENT for path in (folder / name).glob("*.yaml"))
    faults = []
    for path in files:
        try:
            kinds.check(path)
        except ContentError as error:
            first = str(error.faults[0])
            more = f" (and {counted(len(error.faults) - 1, 'more fault')})" if len(error.faults) > 1 else ""
            faults.append(wrong("content", f"{first}{more}.", f"`mlmgmt check {path}` says everything."))
    if faults:
        yield from faults
    elif files:
        yield ok("content", f"{counted(len(files), 'file')} in {folder}.")
    else:
        yield look("content", f"There are no rubrics, plans and checklists in {folder}.", "The shipped ones are used.")


def is_open(path: Path) -> bool:
    """Whether others on this machine may read a file, as far as its mode and its folder's say."""
    if os.name != "posix":
        return False
    open_file = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    open_folder = path.resolve().parent.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH)
    return bool(open_file and open_folder)
