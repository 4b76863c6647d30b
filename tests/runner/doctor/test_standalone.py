"""What doctor says of programs where orch is a file of its own, or in a directory that is no environment."""

import sys
from pathlib import Path

import pytest

from runner.doctor import standalone
from runner.doctor.diagnosis import DiagnosisStatus
from runner.doctor.standalone import diagnose_standalone

OK, WARN = DiagnosisStatus.OK, DiagnosisStatus.WARN


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "on the path"))
    monkeypatch.delenv("PEX", raising=False)
    monkeypatch.setattr(sys, "argv", ["-c"])
    return tmp_path / "on the path"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_an_environment_with_the_program_is_not_standalone() -> None:
    assert not standalone.is_standalone()


@pytest.mark.parametrize("where", ["packages", "lib/python3.11/site-packages", "lib/python3/dist-packages"])
def test_the_program_beside_the_packages_should_be_on_the_path(where: str, path: Path, tmp_path: Path) -> None:
    packages = tmp_path / where
    own = program((packages if where == "packages" else tmp_path) / "bin/orch")
    assert diagnose_standalone("orch", packages)[1:4] == (
        WARN,
        f"orch is not on the PATH, this is {own}",
        f"export PATH={own.parent}:$PATH",
    )
    path.symlink_to(own.parent)
    assert diagnose_standalone("orch", packages)[1:3] == (OK, str(path / "orch"))


@pytest.mark.parametrize("by", ["PEX", "argv"])
def test_a_file_that_is_orch_should_be_on_the_path_by_that_name(
    by: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = program(tmp_path / "orch.pex")
    monkeypatch.setenv("PEX", str(own) if by == "PEX" else "")
    monkeypatch.setattr(sys, "argv", [str(own) if by == "argv" else "-c"])
    told = diagnose_standalone("orch", tmp_path / "cache/wheel")
    assert told[1:] == (WARN, f"orch is not on the PATH, this is {own}", None, told.advice)
    assert told.advice == "put it on the PATH as orch: hooks start that"
    other = program(path / "orch")
    assert f"{other} is found on the PATH, this is {own}" in diagnose_standalone("orch", tmp_path / "wheel").message
    other.unlink()
    other.symlink_to(own)
    assert diagnose_standalone("orch", tmp_path / "cache/wheel").status is OK


def test_another_pytest_on_the_path_is_not_taken_for_that_of_orch(path: Path, tmp_path: Path) -> None:
    program(path / "pytest")
    told = diagnose_standalone("pytest", tmp_path / "cache/wheel")
    assert told.status is OK
    assert told.message.startswith("none belongs to this orch: ")


def test_where_nothing_but_python_starts_it_that_is_said(path: Path, tmp_path: Path) -> None:
    told = diagnose_standalone("orch", tmp_path)
    assert (told.status, told.message) == (WARN, f"orch is not on the PATH, this is python -m runner in {tmp_path}")
