"""`mlmgmt new`: a folder of one's own, with notebooks and content to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from mlmgmt_widgets.content import MARKER
from mlmgmt_widgets.serving import home
from mlmgmt_widgets.serving.home import ServingError

_MARKER = """\
# This folder is a workbook: `mlmgmt serve` and `mlmgmt lab`, started in it, use its notebooks and its content.
"""
_README = """\
# Our workbook

    mlmgmt serve            open the workbook for a browser; prints the links
    mlmgmt lab              the same notebooks in JupyterLab, to read and to change
    mlmgmt check data/rubrics/*.yaml data/checklists/*.yaml data/plans/*.yaml

- `notebooks/` are the pages. They are short; change them as you like.
- `data/` is the content: rubrics, checklists and plans, in YAML. A file here goes before the shipped one of the
  same name. Raise the `version` of a rubric or a checklist when you change it, so that results of different
  questions are not compared.
- `workspace/` appears with the first workshop and holds its database. Back it up; never publish it.
- `facilitator.key` opens the facilitator's page. Keep it to yourself.
"""
_IGNORE = "workspace/\nfacilitator.key\n.ipynb_checkpoints/\n"


def new(folder: Path | str) -> Path:
    """Lay out a folder with the notebooks and the content, to edit.

    Args:
        folder: where; made when it does not exist, refused when something is in it.

    Returns:
        The folder's absolute path.

    Raises:
        ServingError: when the folder is not empty or cannot be written to.

    Example:
        >>> new("our-workbook")  # doctest: +SKIP
    """
    target = Path(folder).expanduser().resolve()
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise ServingError(f"{target} is not empty; `mlmgmt new` wants a new or an empty folder.")
    sources = {
        name: next((each for each in home.shipped(name) if each.is_dir()), None) for name in ("notebooks", "data")
    }
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, source in sources.items():
            if source is not None:
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (target / "README.md").write_text(_README, encoding="utf-8")
        (target / ".gitignore").write_text(_IGNORE, encoding="utf-8")
        (target / MARKER).write_text(_MARKER, encoding="utf-8")
    except OSError as error:
        raise ServingError(f"{target} cannot be written to: {error.strerror}.") from None
    return target
