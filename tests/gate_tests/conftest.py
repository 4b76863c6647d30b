"""A host repository in which `pytest --gate` is typed, in this process."""

from dataclasses import dataclass

import pytest

from tests.support.repository import ARTIFACTS, Ended, Repository


@dataclass(frozen=True)
class Host:
    """A repository with good work for every gate of a run, in the folder of pytester."""

    pytester: pytest.Pytester
    repository: Repository
    run_id: str

    def type(self, *arguments: str) -> Ended:
        """What `pytest` with these arguments prints, and its exit code."""
        result = self.pytester.runpytest_inprocess(*arguments)
        return Ended(int(result.ret), str(result.stdout), str(result.stderr))

    def judge(self, *arguments: str) -> Ended:
        """The gate G2, judged with `pytest` and these arguments besides."""
        return self.type("--gate", "G2", "--run", self.run_id, *arguments)

    def remove(self, name: str) -> None:
        """The work is bad then: one file of the research is missing, so one check of G2 fails."""
        (self.repository.root / ARTIFACTS / "research" / name).unlink()


@pytest.fixture
def host(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.delenv("ORCH_RUN", raising=False)
    monkeypatch.delenv("ORCH_ROOT", raising=False)
    repository = Repository(pytester.path).install().write_small_contracts()
    repository.add_example("G1", "G2", "G3")
    return Host(pytester, repository, repository.start_run())


@pytest.fixture
def shipped(repository: Repository) -> Repository:
    """What `orch init` puts in, with contracts that no change of the shipped ones concerns."""
    return repository.install().write_small_contracts()
