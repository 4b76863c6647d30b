"""What a gate and a run say of themselves: the last agent, the next number, the first gate that has not passed."""

import pytest

from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.gate import Gate
from runner.models.status import GateStatus
from tests.support.sample_run import AT, fail, finish, new_run, start

GATE = Gate("G1", "One")


def ended(number: int, agent: str = "maker", status: GateStatus = GateStatus.FAIL) -> Attempt:
    return Attempt(number, status, AT, agent)


def test_a_gate_without_attempts_has_no_last_one() -> None:
    assert (GATE.last_attempt, GATE.open_attempt, GATE.last_agent, GATE.next_number) == (None, None, None, 1)
    assert not GATE.has_passed


def test_the_number_of_the_next_attempt_is_one_more_than_the_highest() -> None:
    assert GATE._replace(attempts=(ended(1), ended(4))).next_number == 5


@pytest.mark.parametrize(
    ("agents", "last"), [(("maker",), "maker"), (("a", "b"), "b"), (("maker", MANUAL_AGENT), None)]
)
def test_the_last_agent_is_that_of_the_last_attempt_unless_a_person_failed_it(
    agents: tuple[str, ...], last: str | None
) -> None:
    attempts = tuple(ended(number, agent) for number, agent in enumerate(agents, start=1))
    assert GATE._replace(attempts=attempts).last_agent == last


def test_only_the_last_attempt_can_be_open() -> None:
    running = ended(2, status=GateStatus.RUNNING)
    gate = GATE.with_attempt(ended(1)).with_attempt(running)
    assert (gate.open_attempt, gate.status) == (running, GateStatus.RUNNING)
    assert GATE.with_attempt(running).with_attempt(ended(2)).open_attempt is None


def test_the_first_gate_that_has_not_passed_may_have_failed_or_be_under_way() -> None:
    run = new_run()
    assert [run.first_gate_not_passed, fail(run).first_gate_not_passed] == [run.gates[0], fail(run).gates[0]]
    after_one = finish(start(run))
    assert after_one.first_gate_not_passed == after_one.gates[1]
    assert finish(start(after_one, "G2"), "G2").first_gate_not_passed is None


def test_a_gate_that_the_run_lacks_is_none_where_that_is_no_mistake() -> None:
    assert new_run().find_gate("G9") is None
    assert new_run().find_gate("G2") == new_run().gates[1]
