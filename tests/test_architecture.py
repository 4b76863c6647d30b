"""The rooms and the imports between them are as `[tool.importlinter]` in pyproject.toml says, which can fail."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support import CHECKOUT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of both packages and of the contracts about them."""
    for package in ("gate_tests", "runner"):
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "orch_runner_pytest.py"):
        shutil.copy(CHECKOUT / file, tmp_path)
    return tmp_path


def test_no_import_runs_upwards_or_in_a_circle() -> None:
    done = lint_imports(CHECKOUT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("gate_tests/errors.py", "import runner", "runner imports gate_tests, never the other way round"),
        ("gate_tests/files/glob.py", "import gate_tests.compiler.gate", "gate_tests: no import runs upwards"),
        ("runner/models/run.py", "import runner.storage.store", "runner: no import runs upwards"),
        ("gate_tests/files/glob.py", "from gate_tests.files.artifacts import PathKind", "no circle, in any room"),
        ("runner/models/run.py", "import click", "only cli imports click"),
        ("gate_tests/checks/rule.py", "import pytest", "only plugin, pytest_session and isolated_pytest import pytest"),
        ("gate_tests/plugin.py", "import _pytest.config", "no private part of pytest is imported"),
    ],
)
def test_an_import_that_breaks_a_rule_is_found_inside_a_function_too(
    copy: Path, module: str, line: str, broken: str
) -> None:
    with (copy / module).open("a") as source:
        source.write(f"\n\ndef planted() -> None:\n    {line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout


@pytest.mark.slow
def test_a_new_room_has_to_be_given_its_layer(copy: Path) -> None:
    (copy / "gate_tests/attic.py").touch()
    done = lint_imports(copy)
    assert done.returncode == 1
    assert "gate_tests.attic" in done.stdout


def imported_by(module: Path) -> set[str]:
    """The full names of what a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


_MAY_PRINT = {
    "gate_tests/pytest_session/terminal.py": "a terminal reporter may have no method for it; it makes it harmless",
    "runner/__main__.py": "nothing can be imported there yet",
    "runner/cli/terminal/printer.py": "it makes harmless what it prints",
    "runner/cli/terminal/progress_line.py": "it moves the cursor",
}
"""The modules that print themselves, and why they may."""
_ASK_A_STREAM = {"runner/cli/commands/demo.py", "runner/cli/terminal/capabilities.py"}
"""The modules that ask a stream whether it is a terminal, and print nothing to it."""
_PRINTING = {"print", "print_exc", "print_exception", "echo_via_pager", "secho"}
_STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__", "click"}


def find_printing(source: str) -> list[int]:
    """The lines that print: with `print`, with `echo` of click, or by writing to a standard stream."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and is_printing(node)]


def is_printing(call: ast.Call) -> bool:
    owner, _, name = ast.unparse(call.func).rpartition(".")
    if (owner, name) == ("os", "write"):
        return ast.unparse(call.args[0]) in ("1", "2")
    return name in _PRINTING or (owner in _STREAMS and name in ("write", "writelines", "echo"))


@pytest.mark.slow
def test_text_leaves_the_process_in_one_place_where_it_is_made_harmless() -> None:
    modules = [path for package in ("gate_tests", "runner") for path in (CHECKOUT / package).rglob("*.py")]
    printing = {str(path.relative_to(CHECKOUT)) for path in modules if find_printing(path.read_text("utf-8"))}
    assert printing == _MAY_PRINT.keys() - {"runner/cli/terminal/progress_line.py"}, "it is given its stream"
    given_a_stream = {
        str(path.relative_to(CHECKOUT))
        for path in modules
        if {"TextIO", "IO[str]"} & {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text("utf-8")))}
    }
    assert given_a_stream == {path for path in _MAY_PRINT if "/terminal/" in path} | _ASK_A_STREAM


@pytest.mark.parametrize(
    "line",
    ["print(x)", "click.echo(x)", "click.secho(x)", "sys.stdout.write(x)", "os.write(1, x)", "f(y, print(x))"],
)
def test_what_prints_is_found(line: str) -> None:
    assert find_printing(f"if a:\n    {line}\n") == [2]
    assert find_printing("printer.print_line(x)\nlog.write(x)\nos.write(pipe, x)\necho(x, sys.stdout)\n") == []


def test_no_test_module_imports_another() -> None:
    modules = list((CHECKOUT / "tests").rglob("*.py"))
    assert len(modules) > 100
    test_modules = {module.stem for module in modules if module.stem.startswith("test_")}
    guilty = [
        str(module)
        for module in modules
        if re.search(r"^\s*(?:from|import) tests\b(?!\.support\b)", module.read_text("utf-8"), re.MULTILINE)
        for name in imported_by(module)
        if name.startswith("tests.") and not test_modules.isdisjoint(name.split("."))
    ]
    assert guilty == []


def test_benchmarks_import_no_tests() -> None:
    modules = list((CHECKOUT / "benchmarks").rglob("*.py"))
    assert len(modules) > 10
    assert not any(name.partition(".")[0] == "tests" for module in modules for name in imported_by(module))


def test_every_package_is_in_the_wheel() -> None:
    setuptools = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = [file.parent for root in ("gate_tests", "runner") for file in (CHECKOUT / root).rglob("__init__.py")]
    packages = {".".join(folder.relative_to(CHECKOUT).parts) for folder in folders}
    assert set(setuptools["packages"]) == packages | {"runner.data"}


@pytest.mark.parametrize("package", ["gate_tests", "runner"])
def test_every_room_has_its_folder_of_tests(package: str) -> None:
    rooms = [file.parent.relative_to(CHECKOUT) for file in (CHECKOUT / package).glob("*/__init__.py")]
    assert len(rooms) > 8
    assert [room for room in map(str, rooms) if not list((CHECKOUT / "tests" / room).rglob("test_*.py"))] == []
