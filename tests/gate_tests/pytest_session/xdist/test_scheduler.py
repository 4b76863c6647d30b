"""Which worker gets which check."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.xdist.scheduler import FileGroups, FileSchedule
from tests.support.messages import message
from tests.support.repository import Repository

GT = "orchestration/gates/contracts/GT.contract.json"
GU = "orchestration/gates/contracts/GU.contract.json"


def no_draft(path: str) -> dict[str, Any]:
    return {"type": "not_contains", "target": path, "pattern": "DRAFT"}


def groups(repository: Repository, *gates: str) -> FileGroups:
    return FileGroups(Evaluation(repository.workspace, repository.context(), gates or ("GT",)))


def test_all_checks_of_a_file_are_of_one_group_and_those_of_others_are_not(repository: Repository) -> None:
    repository.write_contract(
        required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md"}]}, validations=[no_draft("a.md")]
    )
    given = groups(repository)
    assert given.find_group(f"{GT}::file_exists[a.md]") == given.find_group(f"{GT}::not_contains[a.md]")
    assert given.find_group(f"{GT}::file_exists[a.md]") != given.find_group(f"{GT}::file_exists[b.md]")


def test_what_may_stand_in_for_a_file_is_of_its_group(repository: Repository) -> None:
    outputs = {"any_of": [{"path": "a.md"}, {"path": "b.md"}], "all_of": [{"path": "c.md"}]}
    repository.write_contract(required_outputs=outputs, validations=[no_draft("b.md"), no_draft("c.md")])
    given = groups(repository)
    assert given.find_group(f"{GT}::file_exists_any_of[a.md]") == given.find_group(f"{GT}::not_contains[b.md]")
    assert given.find_group(f"{GT}::not_contains[c.md]") != given.find_group(f"{GT}::not_contains[b.md]")


def test_a_file_that_two_gates_read_is_of_one_group(repository: Repository) -> None:
    repository.write_contract("GT", validations=[no_draft("a.md")])
    repository.write_contract("GU", validations=[no_draft("a.md")])
    given = groups(repository, "GT", "GU")
    assert given.find_group(f"{GT}::not_contains[a.md]") == given.find_group(f"{GU}::not_contains[a.md]")


def test_an_invalid_contract_has_no_groups_and_breaks_nothing(repository: Repository) -> None:
    repository.write_contract("GT", validations=[{"type": "zzz"}])
    repository.write_contract("GU", validations=[no_draft("a.md")])
    assert groups(repository, "GT", "GU").find_group(f"{GU}::not_contains[a.md]") == "a.md"


def test_tests_of_the_host_go_by_their_file(repository: Repository) -> None:
    repository.write_contract(validations=[no_draft("a.md")])
    assert groups(repository).find_group("tests/test_own.py::Case::test_one") == "tests/test_own.py"


@dataclass(eq=False)
class Node:
    """A worker, which notes what it is sent."""

    sent: list[int] = field(default_factory=list)
    shutting_down: bool = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


@dataclass
class Session:
    """A controller's part, played by the test: a session of so many workers over these files."""

    schedule: FileSchedule
    nodes: list[Any]
    ids: list[str]
    refused: list[str]

    def start(self) -> None:
        for node in self.nodes:
            self.schedule.add_node(node)
        for node in self.nodes:
            self.schedule.add_node_collection(node, self.ids)
        assert self.schedule.collection_is_completed
        self.schedule.schedule()

    def run(self) -> dict[int, list[int]]:
        """All workers run what they get, in turn; gives who ran what, in order."""
        ran: dict[int, list[int]] = {number: [] for number in range(len(self.nodes))}
        while self.schedule.has_pending:
            before = sum(len(each) for each in ran.values())
            for number, node in enumerate(self.nodes):
                # as pytest-xdist's worker does it: it runs a test once it knows the next, or that there is none
                if len(node.sent) - len(ran[number]) >= (1 if node.shutting_down else 2):
                    index = node.sent[len(ran[number])]
                    ran[number].append(index)
                    self.schedule.mark_test_complete(node, index)
            assert sum(len(each) for each in ran.values()) > before, "no worker can go on"
        return ran


def session(repository: Repository, sizes: dict[str, int], workers: int = 2, checks: int = 1) -> Session:
    for path, size in sizes.items():
        repository.write(path, b"x" * size)
    repository.write_contract(validations=[no_draft(path) for path in sizes for _ in range(checks)])
    evaluation = Evaluation(repository.workspace, repository.context(), ("GT",))
    ids = [f"{GT}::{check.id}" for check in evaluation.compiled("GT").checks]
    refused: list[str] = []
    nodes = [Node() for _ in range(workers)]
    return Session(FileSchedule(FileGroups(evaluation), workers, refused.append), nodes, ids, refused)


@pytest.mark.parametrize("files", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("checks", [1, 3])
def test_every_check_runs_once_and_all_of_a_file_in_one_worker(
    repository: Repository, files: int, workers: int, checks: int
) -> None:
    given = session(repository, {f"{number}.md": number for number in range(files)}, workers, checks)
    given.start()
    ran = given.run()
    assert sorted(index for indices in ran.values() for index in indices) == list(range(files * checks))
    for number in range(files):
        of_file = set(range(number * checks, (number + 1) * checks))
        assert len([indices for indices in ran.values() if of_file & set(indices)]) == 1
    assert given.schedule.tests_finished
    assert all(node.shutting_down for node in given.nodes)


def test_the_big_files_are_shared_out_first_whatever_their_order(repository: Repository) -> None:
    given = session(repository, {"a": 1, "big": 900, "b": 2, "bigger": 1000, "c": 3, "d": 4})
    given.start()
    assert [node.sent for node in given.nodes] == [[3, 0], [1, 2]]


def test_workers_that_collected_different_checks_are_told_of_and_get_none(repository: Repository) -> None:
    given = session(repository, {"a": 1, "b": 2})
    for node in given.nodes:
        given.schedule.add_node(node)
    given.schedule.add_node_collection(given.nodes[0], given.ids)
    assert not given.schedule.collection_is_completed
    given.schedule.add_node_collection(given.nodes[1], given.ids[:1])
    given.schedule.schedule()
    assert given.refused == [message("other-collection")]
    assert [node.sent for node in given.nodes] == [[], []]
    assert given.schedule.tests_finished


def test_what_a_lost_worker_leaves_goes_to_another_but_for_what_it_was_at(repository: Repository) -> None:
    given = session(repository, {"a": 9, "b": 8, "c": 7, "d": 6, "e": 5, "f": 4})
    given.start()
    lost, left = given.nodes
    assert lost.sent == [0, 5]
    assert given.schedule.remove_node(lost) == given.ids[0]
    given.nodes = [left]
    assert sorted(given.run()[0]) == [1, 2, 3, 4, 5]


def test_a_worker_that_leaves_with_nothing_to_do_loses_nothing(repository: Repository) -> None:
    given = session(repository, {"a": 1}, workers=2)
    given.start()
    idle = next(node for node in given.nodes if not node.sent)
    assert given.schedule.remove_node(idle) is None


def test_a_check_that_is_to_run_again_or_is_taken_back_is_no_verdict(repository: Repository) -> None:
    repository.write_contract(validations=[no_draft("a.md")])
    refused: list[str] = []
    schedule = FileSchedule(groups(repository), 1, refused.append)
    schedule.mark_test_pending("not_contains[a.md]")
    schedule.remove_pending_tests_from_node(Node("gw0"), [0])  # type: ignore[arg-type]
    assert refused == [
        message("run-again", check="not_contains[a.md]"),
        message("taken-away"),
    ]
