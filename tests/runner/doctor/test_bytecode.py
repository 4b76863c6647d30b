"""Whether the bytecode that starts depend on is there."""

import os
import py_compile
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from runner.doctor import bytecode
from runner.doctor.bytecode import inspect_bytecode
from tests.support import CHECKOUT


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of two modules, the only one that is looked at, in a Python that writes bytecode."""
    folder = tmp_path / "teapot"
    folder.mkdir()
    for name in ("__init__.py", "spout.py"):
        (folder / name).write_text("HOT = True\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(bytecode, "PACKAGES", ("teapot",))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return folder


def compile_all(folder: Path) -> None:
    for module in folder.glob("*.py"):
        py_compile.compile(str(module), doraise=True)


def test_a_package_with_all_its_byte_code_is_as_it_should_be(package: Path) -> None:
    compile_all(package)
    found = inspect_bytecode()
    assert (found.modules, found.compiled, found.is_slow, found.next_command()) == (2, 2, False, None)


def test_byte_code_that_is_written_at_the_first_use_is_no_reason_to_worry(package: Path) -> None:
    found = inspect_bytecode()
    assert (found.compiled, found.is_slow) == (0, False)
    assert "when they are first used" in found.describe()


def test_where_it_may_not_be_written_each_start_is_slow(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = inspect_bytecode()
    assert found.is_slow
    assert found.describe().startswith("0 of 2 modules have bytecode; their directory is not writable, so each start")


def test_where_python_is_told_to_write_none_the_command_it_names_mends_it(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    command = inspect_bytecode().next_command()
    assert command
    subprocess.run(command, shell=True, check=True)
    assert not inspect_bytecode().is_slow


@pytest.mark.parametrize("harm", ["the source is newer", "another Python's", "cut off"])
def test_byte_code_that_python_would_not_take_counts_as_none(package: Path, harm: str) -> None:
    compile_all(package)
    cached = Path(package / "__pycache__" / f"spout.{sys.implementation.cache_tag}.pyc")
    if harm == "the source is newer":
        (package / "spout.py").write_text("HOT = False\n", "utf-8")
    elif harm == "another Python's":
        cached.write_bytes(b"\0\0\0\0" + cached.read_bytes()[4:])
    else:
        cached.write_bytes(b"")
    assert inspect_bytecode().compiled == 1


def test_all_that_we_depend_on_is_looked_at() -> None:
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    modules = {
        "linkify-it-py": "linkify_it", "markdown-it-py": "markdown_it", "pytest-json-report": "pytest_jsonreport",
        "pyyaml": "yaml",
    }  # fmt: skip
    wanted = [line.partition(">")[0] for line in pyproject["project"]["dependencies"] if ";" not in line]
    assert {modules.get(name, name) for name in wanted} <= set(bytecode.PACKAGES)
