"""`pip install --user`: what an isolated Python does not look at."""

import site
import sys
import sysconfig
from pathlib import Path

import pytest

from runner.version import VERSION
from tests.support import CHECKOUT
from tests.support.repository import Repository


@pytest.mark.slow
def test_python_finds_it_unless_it_is_isolated_and_then_the_exit_code_is_pythons(tmp_path: Path) -> None:
    packages = Path(sysconfig.get_path("purelib", "posix_user", {"userbase": str(tmp_path / "user")}))
    packages.mkdir(parents=True)
    (packages / "user.pth").write_text("\n".join([str(CHECKOUT), *site.getsitepackages()]))
    python = sys._base_executable  # type: ignore[attr-defined]  # user packages are not for virtual environments
    env = {"PYTHONUSERBASE": str(tmp_path / "user")}
    ended = Repository(tmp_path).run(python, "-m", "runner", "--version", env=env)
    assert (ended.code, VERSION in ended.out) == (0, True), ended.err
    isolated = Repository(tmp_path).run(python, "-I", "-m", "runner", "--version", env=env)
    assert (isolated.code, "No module named runner" in isolated.err) == (1, True)
