"""The direction of imports: model -> computation -> charts -> widget, and nothing across capabilities."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlmgmt_widgets

PACKAGE = Path(mlmgmt_widgets.__file__).parent
NAME = "mlmgmt_widgets"
CAPABILITIES = ("assessment", "timeline", "readiness")
WIDGETS, CHARTS, COMPUTATION, MODEL = 3, 2, 1, 0

# By the first word of a module's name, so `charts_answers` is a chart. What is not named here is a computation, and
# has to be as free of screens as one.
ROOMS = {
    "assessment": {
        MODEL: {"rubric", "rules", "answers", "table", "responses"},
        CHARTS: {"charts", "results", "export", "report"},
        WIDGETS: {"survey", "workshop", "facilitator"},
    },
    "timeline": {
        MODEL: {"plan", "durations", "rules", "workdays"},
        CHARTS: {"charts", "memo", "export"},
        WIDGETS: {"estimator"},
    },
    "readiness": {
        MODEL: {"checklist", "review", "item", "entries", "rules"},
        CHARTS: {"charts", "export", "report"},
        WIDGETS: {"board"},
    },
}
HEAVY = {"pandas", "altair", "sqlalchemy", "alembic", "ipywidgets", "anywidget", "openpyxl", "vl_convert", "voila"}
# What everybody may use, and what uses no capability itself.
SHARED = {"content", "documents", "errors", "raw", "words", "work", "yaml_text"}
FREE_OF_CAPABILITIES = {"ui", "serving", *SHARED}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def parts(path: Path) -> tuple[str, ...]:
    """`("assessment", "rubric")` for assessment/rubric.py, `("assessment",)` for its `__init__`."""
    inner = path.relative_to(PACKAGE).with_suffix("").parts
    return inner[:-1] if inner[-1] == "__init__" else inner


def imports(path: Path, *, at_start: bool = False) -> Iterator[tuple[int, str]]:
    """Line and full name of every import; with `at_start`, only of those that run when the module is imported."""
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), at_start=at_start):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(path, node)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = (NAME, *path.relative_to(PACKAGE).parts[:-1])
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _nodes(tree: ast.AST, *, at_start: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if at_start and (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_type_checking(node)):
            continue
        yield node
        yield from _nodes(node, at_start=at_start)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def own(name: str) -> tuple[str, ...] | None:
    """The module of ours that an imported name lies in; None for other packages."""
    if name != NAME and not name.startswith(f"{NAME}."):
        return None
    inner = tuple(name.split(".")[1:])
    while inner and not ((PACKAGE.joinpath(*inner)).is_dir() or PACKAGE.joinpath(*inner).with_suffix(".py").is_file()):
        inner = inner[:-1]
    return inner


def room(module: tuple[str, ...]) -> int | None:
    """Which room of its capability a module is; None outside capabilities and for a capability's `__init__`."""
    if len(module) < 2 or module[0] not in CAPABILITIES:
        return None
    rooms = ROOMS.get(module[0], {})
    word = module[1].split("_")[0]
    return next((number for number, words in rooms.items() if word in words), COMPUTATION)


def wrong(path: Path) -> Iterator[str]:
    here = parts(path)
    place = path.relative_to(PACKAGE)
    for line, name in imports(path):
        there = own(name)
        if there is None or not there:
            continue
        if reason := _forbidden(here, there):
            yield f"{place}:{line} imports {'.'.join(there)}: {reason}"
    if room(here) in (MODEL, COMPUTATION) or here == ("workspace", "records"):
        heavy = HEAVY - ({"sqlalchemy"} if here[0] == "workspace" else set())
        for line, name in imports(path, at_start=True):
            if name.split(".")[0] in heavy:
                yield f"{place}:{line} imports {name} when it starts"


def _forbidden(here: tuple[str, ...], there: tuple[str, ...]) -> str | None:
    """The rule that an import breaks."""
    home, other = here[:1], there[0]
    if here == home and not set(here) & (FREE_OF_CAPABILITIES | {"workspace"}):
        return None  # the door of the package, a capability's door, and the command: they may open every room
    mine, theirs = room(here), room(there)
    rules = {
        f"{here[0]} knows no capability": here[0] in FREE_OF_CAPABILITIES and other in CAPABILITIES,
        "the workspace knows the models only": here[0] == "workspace" and theirs not in (MODEL, None),
        "capabilities do not import each other": {here[0], other} <= set(CAPABILITIES) and here[0] != other,
        "the arrow turns round": here[0] == other and (theirs or 0) > (WIDGETS if mine is None else mine),
        "a model or a computation knows neither screens nor the database": (
            mine in (MODEL, COMPUTATION) and other in {"ui", "workspace", "serving"}
        ),
    }
    return next((rule for rule, broken in rules.items() if broken), None)


@pytest.mark.parametrize("path", modules(), ids=lambda path: "/".join(path.relative_to(PACKAGE).parts))
def test_imports_run_one_way(path):
    assert list(wrong(path)) == []


@pytest.mark.parametrize(
    ("file", "source", "said"),
    [
        ("assessment/rubric.py", "from mlmgmt_widgets.assessment.scoring import score", "the arrow turns round"),
        (
            "assessment/scoring.py",
            "def f():\n    from mlmgmt_widgets.assessment import charts",
            "the arrow turns round",
        ),
        ("assessment/scoring.py", "from .survey import MaturitySurvey", "the arrow turns round"),
        ("assessment/levels.py", "import pandas as pd", "imports pandas when it starts"),
        ("assessment/rubric.py", "try:\n    import altair\nexcept ImportError: pass", "imports altair when it starts"),
        ("assessment/scoring.py", "from mlmgmt_widgets.workspace import Workspace", "neither screens nor the database"),
        ("timeline/plan.py", "from mlmgmt_widgets.assessment import Rubric", "do not import each other"),
        ("readiness/review.py", "from mlmgmt_widgets.readiness.verdict import evaluate", "the arrow turns round"),
        ("readiness/handover.py", "from mlmgmt_widgets.timeline.plan import Plan", "do not import each other"),
        ("workspace/workshops.py", "from mlmgmt_widgets.assessment.scoring import score", "the models only"),
        ("ui/screen.py", "from mlmgmt_widgets.assessment import rubric", "ui knows no capability"),
        ("serving/run.py", "import mlmgmt_widgets.assessment", "serving knows no capability"),
        ("content.py", "from mlmgmt_widgets.assessment import Rubric", "content knows no capability"),
    ],
)
def test_a_wrong_arrow_is_noticed(monkeypatch, tmp_path, file, source, said):
    for path in modules():
        copy = tmp_path / path.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, encoding="utf-8")
    assert any(said in fault for fault in wrong(path))


def test_what_may_be_imported_when_needed():
    """The counterpart: an import inside a function, or for types only, is no import at the start."""
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\ndef f():\n    import pandas\n"
    names = [
        node.names[0].name
        for node in _nodes(ast.parse(source), at_start=True)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert names == ["TYPE_CHECKING"]


LIGHT = (
    "assessment",
    "assessment.scoring",
    "assessment.agenda",
    "timeline",
    "timeline.simulation",
    "readiness",
    "readiness.verdict",
    "readiness.evidence",
    "content",
    "cli",
)


@pytest.mark.parametrize("module", LIGHT)
def test_what_everybody_imports_is_light(module):
    late = HEAVY | {"scipy", "jupyterlab", "mlflow", "huggingface_hub"}
    code = f"import sys, {NAME}.{module}; print(sorted(set(sys.modules) & {late!r}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
