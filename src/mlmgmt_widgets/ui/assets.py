"""JavaScript and CSS of a widget, read from the files beside its Python module.

An anywidget is one ES module without relative imports. Our widgets share a few modules of ours, so those
imports are put in place here when the file is read: no build step, and the browser gets one module.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_IMPORT = re.compile(r'^import\s*\{(?P<names>[^}]*)\}\s*from\s*"(?P<path>\.{1,2}/[^"]+)";[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?:async\s+)?(?:function\*?|const|class)\s+(?P<name>\w+)", re.MULTILINE)
_UI = Path(__file__).parent


def script(module: str, name: str) -> str:
    """Return the ES module `name` beside the Python file `module`, its own imports put in place.

    Args:
        module: `__file__` of the widget's Python module.
        name: the file beside it, for instance `"survey.js"`.

    Raises:
        FileNotFoundError: if the file, or one that it imports, does not exist.
        ValueError: if modules import each other in a circle.
    """
    return _script((Path(module).parent / name).resolve())


def style(module: str, name: str) -> str:
    """Return the shared theme followed by the stylesheet `name` beside the Python file `module`."""
    return _read(_UI / "theme.css") + "\n" + _read((Path(module).parent / name).resolve())


@cache
def _script(path: Path) -> str:
    shared: dict[Path, str] = {}
    body = _inline(path, shared, ())
    return "\n".join([*shared.values(), body])


def _inline(path: Path, shared: dict[Path, str], above: tuple[Path, ...]) -> str:
    """Replace the relative imports of `path` by a look-up in the modules collected in `shared`."""
    if path in above:
        circle = " -> ".join(each.name for each in (*above, path))
        raise ValueError(f"modules import each other in a circle: {circle}")

    def put_in_place(match: re.Match[str]) -> str:
        target = (path.parent / match["path"]).resolve()
        if target not in shared:
            shared[target] = _as_object(target, _inline(target, shared, (*above, path)))
        return f"const {{{match['names']}}} = {_variable(target)};"

    return _IMPORT.sub(put_in_place, _read(path))


def _as_object(path: Path, source: str) -> str:
    """Wrap a module in a function of its own, so that its private names stay private."""
    names = ", ".join(match["name"] for match in _EXPORT.finditer(source))
    body = re.sub(r"^export\s+(?=async|function|const|class)", "", source, flags=re.MULTILINE)
    return f"const {_variable(path)} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"


def _variable(path: Path) -> str:
    return "module_" + re.sub(r"\W", "_", f"{path.parent.name}_{path.stem}")


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
