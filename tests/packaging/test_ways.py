"""Whichever way orch was installed, it judges: the demo, `orch gate check`, `pytest --gate`."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools
from tests.packaging.ways import WAYS, Installed, Place
from tests.support.hostile_environments import canary, trap
from tests.support.repository import Ended, Repository

pytestmark = pytest.mark.slow
PLANTED = (
    "pytest",
    "_pytest/__init__",
    "pytest_jsonreport/plugin",
    "click",
    "markdown_it/__init__",
    "gate_tests/plugin",
)
"""Packages that a planted directory has too. Those of Python itself would be imported before our first line."""


CHECK = ("gate", "check", "--run", "latest", "--gate", "G2")


class Way(NamedTuple):
    """orch installed in one of the ways, what its demo printed, and the repository that it left."""

    tools: Tools
    installed: Installed
    demo: Ended
    repository: Repository

    @classmethod
    def make(cls, tools: Tools, installed: Installed, directory: Path) -> "Way":
        """Plays the demo below the directory."""
        words = ("demo", "--directory", str(directory / "demo"))
        demo = tools.run(*installed.orch, *words, cwd=directory, env=installed.environment, may_fail=True)
        return cls(tools, installed, demo, Repository(directory / "demo"))

    def orch(self, *words: str, **environment: str) -> Ended:
        """Runs `orch` in the repository."""
        return self._run(*self.installed.orch, *words, **environment)

    def pytest(self, *words: str) -> Ended:
        """Runs the `pytest` that was installed with it."""
        return self._run(*self.installed.pytest, *words)

    def _run(self, *command: str, **environment: str) -> Ended:
        env = {**self.installed.environment, **environment}
        return self.tools.run(*command, cwd=self.repository.root, env=env, may_fail=True)


# One test for all that a way must do: a worker of pytest-xdist that gets a part of it would install it again.
@pytest.mark.parametrize("install", WAYS.values(), ids=WAYS.keys())
def test_orch_judges_however_it_was_installed(
    install: Callable[[Place], Installed], tools: Tools, distributions: Distributions, tmp_path: Path
) -> None:
    way = Way.make(tools, install(Place(tmp_path, tools, distributions.wheel)), tmp_path)
    the_demo_judges_three_gates(way)
    a_gate_is_judged_and_so_by_pytest(way)
    what_is_planted_on_pythonpath_is_not_imported(way, tmp_path / "planted")
    what_is_planted_in_the_current_directory_is_not_imported(way)
    bad_work_fails(way)
    doctor_finds_no_error_and_suggests_no_second_installation(way)


def the_demo_judges_three_gates(way: Way) -> None:
    assert (way.demo.code, way.demo.err) == (0, ""), way.demo
    assert way.demo.out.count("\nPASS  G") == 3
    assert way.demo.out.count("\nFAIL  G") == 1


def a_gate_is_judged_and_so_by_pytest(way: Way) -> None:
    ended = way.orch(*CHECK, "--json")
    assert (ended.code, ended.json["status"]) == (0, "PASS")
    by_pytest = way.pytest("--gate", "G2", "--run", "latest", "-q")
    assert (by_pytest.code, by_pytest.err) == (0, ""), by_pytest
    assert "25 passed" in by_pytest.out


def what_is_planted_on_pythonpath_is_not_imported(way: Way, planted: Path) -> None:
    before = way.installed.environment.get("PYTHONPATH")
    path = ":".join(filter(None, (str(planted), before)))
    judges_without_what_is_planted(way, planted, PYTHONPATH=path)


def what_is_planted_in_the_current_directory_is_not_imported(way: Way) -> None:
    judges_without_what_is_planted(way, way.repository.root)


def judges_without_what_is_planted(way: Way, planted: Path, **environment: str) -> None:
    paths = [Repository(planted).write(f"{name}.py", trap(way.repository)) for name in PLANTED]
    ended = way.orch(*CHECK, **environment)
    for path in paths:
        path.unlink()
    assert (ended.code, ended.err) == (0, ""), ended
    assert not canary(way.repository).exists()


def bad_work_fails(way: Way) -> None:
    way.repository.write("src/app/essays/the-word-robot/research/CITATIONS.md", "nothing")
    ended = way.orch(*CHECK)
    assert (ended.code, ended.err) == (1, ""), ended


def doctor_finds_no_error_and_suggests_no_second_installation(way: Way) -> None:
    ended = way.orch("doctor", "--json")
    assert ended.code == 0
    assert {row["status"] for row in ended.json} <= {"ok", "warn"}, ended.json
    assert "pip install" not in str(ended.json)
