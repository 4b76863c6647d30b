"""Whichever way orch was installed, it judges: the demo, `orch gate check`, `pytest --gate`."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.packaging.distributions import Distributions
from tests.packaging.tools import Tools
from tests.packaging.ways import WAYS, Installed, Place
from tests.support.hostile_environments import trap
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


class Way(NamedTuple):
    """orch installed in one of the ways, what its demo printed, and the repository that it left."""

    tools: Tools
    installed: Installed
    demo: Ended
    repository: Repository

    def orch(self, *words: str, **environment: str) -> Ended:
        """Runs `orch` in the repository."""
        return self._run(*self.installed.orch, *words, **environment)

    def pytest(self, *words: str) -> Ended:
        """Runs the `pytest` that was installed with it."""
        if not self.installed.pytest:
            pytest.skip("this way there is `orch` only")
        return self._run(*self.installed.pytest, *words)

    def _run(self, *command: str, **environment: str) -> Ended:
        env = {**self.installed.environment, **environment}
        return self.tools.run(*command, cwd=self.repository.root, env=env, may_fail=True)


@pytest.fixture(scope="module", params=[*WAYS.values()], ids=[*WAYS])
def way(
    request: pytest.FixtureRequest,
    tools: Tools,
    distributions: Distributions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Way:
    """Installs it, and plays the demo."""
    directory = tmp_path_factory.mktemp("way")
    installed = request.param(Place(directory, tools, distributions.wheel))
    demo = directory / "demo"
    words = ("demo", "--directory", str(demo))
    ended = tools.run(*installed.orch, *words, cwd=directory, env=installed.environment, may_fail=True)
    return Way(tools, installed, ended, Repository(demo))


def test_the_demo_judges_three_gates(way: Way) -> None:
    assert (way.demo.code, way.demo.err) == (0, ""), way.demo
    assert way.demo.out.count("\nPASS  G") == 3
    assert way.demo.out.count("\nFAIL  G") == 1


def test_a_gate_is_judged_and_so_by_pytest(way: Way) -> None:
    ended = way.orch("gate", "check", "--run", "latest", "--gate", "G2", "--json")
    assert (ended.code, ended.json["status"]) == (0, "PASS")
    by_pytest = way.pytest("--gate", "G2", "--run", "latest", "-q")
    assert (by_pytest.code, by_pytest.err) == (0, ""), by_pytest
    assert "25 passed" in by_pytest.out


@pytest.mark.parametrize("place", ["on PYTHONPATH", "in the current directory"])
def test_what_is_planted_is_not_imported(way: Way, place: str, tmp_path: Path) -> None:
    planted = tmp_path if place == "on PYTHONPATH" else way.repository.root
    canary = Repository(tmp_path / "repo")
    for name in PLANTED:
        Repository(planted).write(f"{name}.py", trap(canary))
    before = way.installed.environment.get("PYTHONPATH")
    path = {"PYTHONPATH": ":".join(filter(None, (str(planted), before)))} if planted == tmp_path else {}
    try:
        ended = way.orch("gate", "check", "--run", "latest", "--gate", "G2", **path)
    finally:
        for name in PLANTED if planted != tmp_path else ():
            (planted / f"{name}.py").unlink()
    assert (ended.code, ended.err) == (0, ""), ended
    assert not (tmp_path / "it-ran").exists()


def test_bad_work_fails(way: Way) -> None:
    citations = way.repository.root / "src/app/essays/the-word-robot/research/CITATIONS.md"
    good = citations.read_bytes()
    citations.write_text("nothing")
    ended = way.orch("gate", "check", "--run", "latest", "--gate", "G2")
    citations.write_bytes(good)
    assert (ended.code, ended.err) == (1, ""), ended


def test_doctor_finds_no_error_and_proposes_nothing_that_would_not_help(way: Way) -> None:
    ended = way.orch("doctor", "--json")
    assert ended.code == 0
    assert {row["status"] for row in ended.json} <= {"ok", "warn"}, ended.json
    assert "pip install" not in str(ended.json)
