"""Widgets' scripts become one module each."""

import subprocess
from pathlib import Path

import pytest

from mlmgmt_widgets.ui import assets


def write(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return str(folder / "widget.py")


def run(module: str) -> str:
    node = subprocess.run(
        ["node", "--input-type=module", "-"], input=module, capture_output=True, text=True, check=False
    )
    assert node.returncode == 0, node.stderr
    return node.stdout.strip()


needs_node = pytest.mark.skipif(
    subprocess.run(["which", "node"], capture_output=True, check=False).returncode != 0,
    reason="runs the module in Node where there is one; the browser tests run the real ones everywhere",
)


@needs_node
def test_an_imported_module_keeps_its_private_names(tmp_path: Path) -> None:
    beside = write(
        tmp_path,
        shared='const secret = "inner";\nexport function say() { return secret; }\nexport const two = 2;\n',
        widget='import { say, two } from "./shared.js";\nconst secret = "outer";\nconsole.log(say(), secret, two);\n',
    )
    assert run(assets.script(beside, "widget.js")) == "inner outer 2"


@needs_node
def test_a_module_that_two_import_is_there_once(tmp_path: Path) -> None:
    beside = write(
        tmp_path,
        base="let count = 0;\nexport function next() { count += 1; return count; }\n",
        left='import { next } from "./base.js";\nexport function left() { return next(); }\n',
        widget='import { left } from "./left.js";\nimport { next } from "./base.js";\nconsole.log(left(), next());\n',
    )
    assert run(assets.script(beside, "widget.js")) == "1 2"


def test_modules_in_a_circle_are_named(tmp_path: Path) -> None:
    beside = write(
        tmp_path,
        a='import { b } from "./b.js";\nexport const a = 1;\n',
        b='import { a } from "./a.js";\nexport const b = 1;\n',
        widget='import { a } from "./a.js";\n',
    )
    with pytest.raises(ValueError, match=r"widget\.js -> a\.js -> b\.js -> a\.js"):
        assets.script(beside, "widget.js")


def test_a_style_starts_with_the_theme(tmp_path: Path) -> None:
    (tmp_path / "widget.css").write_text(".own { color: red }")
    style = assets.style(str(tmp_path / "widget.py"), "widget.css")
    assert style.startswith("/* The look")
    assert style.endswith(".own { color: red }")
