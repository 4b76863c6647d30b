"""The rooms and the imports between them are as `[tool.importlinter]` in pyproject.toml says, which can fail."""

import ast
import os
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
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
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


def test_no_test_module_imports_another() -> None:
    modules = list((CHECKOUT / "tests").rglob("*.py"))
    assert len(modules) > 100
    test_modules = {module.stem for module in modules if module.stem.startswith("test_")}
    guilty = [
        str(module)
        for module in modules
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
