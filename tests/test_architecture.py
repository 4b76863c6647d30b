"""The rooms and the imports between them are as `[tool.importlinter]` in pyproject.toml says, which can fail."""

import os
import shutil
import subprocess
import sys
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
@pytest.mark.quick
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
