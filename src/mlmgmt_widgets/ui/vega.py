"""Vega for the browser: one ES module, made on this machine and kept, so that no page asks a CDN for it.

The module exports `vegaEmbed`, `vega` and `vegaLite`. Vega Embed carries Vega's expression interpreter, so
with its option `ast` a page needs no `unsafe-eval` in its content security policy.
"""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

_SNIPPET = "export { vegaEmbed, vega, vegaLite };"
_EDITION = 1  # raise with the snippet: a browser keeps a file of this name for a year


def name() -> str:
    """Return the bundle's file name, which changes whenever its contents do.

    Example:
        >>> name().startswith("vega-") and name().endswith(".js")
        True
    """
    return f"vega-{version('vl-convert-python')}-{_EDITION}.js"


def bundle(folder: Path | None = None) -> Path:
    """Return the ES module with Vega, Vega-Lite and Vega Embed; made at the first call, which takes seconds.

    Several processes may ask at once: each writes a file of its own and puts it in place in one step.

    Args:
        folder: where it is kept; the person's cache folder when left out.

    Raises:
        OSError: if the folder cannot be written to.
    """
    path = (folder or user_cache_path("mlmgmt")) / name()
    if not path.is_file():
        _make(path)
    return path


def _make(path: Path) -> None:
    import vl_convert

    source = vl_convert.javascript_bundle(_SNIPPET, vl_version=vl_convert.get_vegalite_versions()[-1])
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".js.part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(source)
        Path(unfinished).chmod(0o644)  # a temporary file is private; a server may run as someone else
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
