"""A notebook as visitors see it: without what is meant for whoever opened it in JupyterLab."""

from __future__ import annotations

from nbformat import NotebookNode

LAB_ONLY = "lab"
"""Cells with this tag, text or code, belong to JupyterLab alone. A served page neither shows nor runs them."""


def without_lab_cells(_handler: object, notebook: NotebookNode, cwd: str) -> NotebookNode:
    """Take the cells tagged `lab` out of a notebook before it is run; a hook of Voila's."""
    del cwd
    notebook.cells = [cell for cell in notebook.cells if LAB_ONLY not in cell.metadata.get("tags", ())]
    return notebook
