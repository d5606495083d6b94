"""Vega for the browser: one ES module, made on this machine and kept, so that no page asks a CDN for it.

The module exports `vegaEmbed`, `vega` and `vegaLite`. Vega Embed carries Vega's expression interpreter, so
with its option `ast` a page needs no `unsafe-eval` in its content security policy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

_SNIPPET = "export { vegaEmbed, vega, vegaLite };"
_MAKING_SECONDS = 120
_making = threading.Lock()
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

    It is made in a process of its own: what makes it takes 100 MB, which a server or a kernel would keep. However
    many ask a server at once, it is made once. Several processes may ask at once, too: each writes a file of its own
    and puts it in place in one step.

    Args:
        folder: where it is kept; the person's cache folder when left out.

    Raises:
        OSError: if it cannot be made, for instance because the folder cannot be written to.
    """
    path = (folder or user_cache_path("mlmgmt")) / name()
    if not path.is_file():
        with _making:
            if not path.is_file():
                _make_apart(path)
    return path


def _make_apart(path: Path) -> None:
    command = [sys.executable, "-P", "-m", __name__, str(path)]
    try:
        subprocess.run(  # noqa: S603 - this module, in this Python
            command, check=True, capture_output=True, text=True, timeout=_MAKING_SECONDS
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()[-1:]
        raise OSError(f"The drawing library of the charts could not be made: {''.join(said)}") from None
    except subprocess.TimeoutExpired:
        raise OSError("The drawing library of the charts could not be made in time.") from None


def make(path: Path) -> None:
    """Write the bundle to `path`, here and now.

    Args:
        path: the file; it appears when it is whole.

    Raises:
        OSError: if it cannot be written.

    Example:
        >>> make(Path("vega.js"))  # doctest: +SKIP
    """
    import vl_convert

    path.parent.mkdir(parents=True, exist_ok=True)
    source = vl_convert.javascript_bundle(_SNIPPET, vl_version=vl_convert.get_vegalite_versions()[-1])
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".js.part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(source)
        Path(unfinished).chmod(0o644)  # a temporary file is private; a server may run as someone else
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    make(Path(sys.argv[1]))
