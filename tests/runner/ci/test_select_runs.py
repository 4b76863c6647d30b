"""Which runs are current: the unfinished ones, and the newest of each artifact path that passed, or failed since."""

from runner.ci.select_runs import find_current_runs
from runner.models.status import RunStatus
from runner.operations.runs import complete_run
from runner.storage.store import Store
from tests.support.repository import Repository
from tests.support.sample_run import LATER


def start(repository: Repository, slug: str, *, completed: bool = False) -> str:
    run_id = repository.start_run(workflow="tests", slug=slug)
    if completed:
        complete_run(Store(repository.workspace), run_id, RunStatus.FAILED, LATER)
    return run_id


def start_passed(repository: Repository, slug: str) -> str:
    run_id = start(repository, slug)
    repository.start_gate(run_id, "GT")
    assert repository.orch("gate", "finish", "--run", run_id).code == 0
    complete_run(Store(repository.workspace), run_id, None, LATER)
    return run_id


def test_a_run_that_failed_does_not_take_the_place_of_the_one_that_passed(repository: Repository) -> None:
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write("a.md", "tea")
    repository.write_workflow("GT")
    first = start_passed(repository, "tea")
    passed = start_passed(repository, "tea")
    failed = [start(repository, "tea", completed=True) for _ in range(2)]
    assert set(find_current_runs(Store(repository.workspace)).run_ids) == {passed, failed[1]}
    unfinished = start(repository, "tea")
    assert set(find_current_runs(Store(repository.workspace)).run_ids) == {unfinished}
    assert first != passed


def test_of_completed_runs_the_newest_of_each_artifact_path_is_current(repository: Repository) -> None:
    repository.write_contract()
    repository.write_workflow("GT")
    start(repository, "tea", completed=True)
    mint = start(repository, "mint", completed=True)
    again = repository.start_run("out/tea", workflow="tests", slug="tea")
    unfinished = repository.start_run("out/tea", workflow="tests", slug="tea")
    current = find_current_runs(Store(repository.workspace))
    assert set(current.run_ids) == {mint, again, unfinished}
    assert current.unreadable == ()


def test_a_run_that_cannot_be_read_is_told_apart(repository: Repository) -> None:
    repository.write_contract()
    repository.write_workflow("GT")
    good, bad = start(repository, "mint"), start(repository, "tea")
    repository.write(repository.workspace.record_path(bad), "{")
    current = find_current_runs(Store(repository.workspace))
    assert [run.run_id for run in current.current] == [good]
    assert current.unreadable == (bad,)
