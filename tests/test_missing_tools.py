"""Tests whose tools cannot be installed: skipped on a developer's machine, failed in `.ci/run`."""

import subprocess
from pathlib import Path

import pytest

from tests.support import CHECKOUT
from tests.support.ci_programs import install_programs
from tests.support.missing_tools import REQUIRED


@pytest.fixture
def without_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds nothing; no CI system is told of."""
    failed = subprocess.CompletedProcess((), 1, "", "no such package")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    for name in ("CI", REQUIRED):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("without_tools")
def test_a_developer_without_network_has_them_skipped(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="no such package"):
        install_programs(tmp_path)


@pytest.mark.usefixtures("without_tools")
@pytest.mark.parametrize("name", [REQUIRED, "CI"])
@pytest.mark.quick("*")
def test_in_ci_they_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv(name, "true")
    with pytest.raises(pytest.fail.Exception, match="no such package"):
        install_programs(tmp_path)


def test_the_slow_tests_of_ci_run_require_them_and_name_what_is_skipped() -> None:
    script = (CHECKOUT / ".ci/run").read_text("utf-8")
    assert f"{REQUIRED}=1 python -m pytest -q -n 2 -rs -m slow\n" in script
