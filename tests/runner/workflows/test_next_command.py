"""Whatever state a run is in, one command goes on with it, and that would not be refused."""

from collections.abc import Callable

import pytest

from gate_tests.errors import Refused
from runner.models import transitions
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.workflows.next_command import choose_next_command, is_led_by_pipeline
from tests.support.sample_run import LATER, RUN_ID, fail, finish, new_run, start

RESUME = f"orch run resume --run {RUN_ID}"


def usual(gate: Gate) -> str:
    return gate.last_agent or f"the usual one of {gate.gate}"


def completed(run: Run, status: RunStatus | None = None) -> Run:
    return transitions.complete_run(run, status, (), LATER)


def led(run: Run) -> Run:
    """The run, its last opened attempt with a packet."""
    gate = next(gate for gate in reversed(run.gates) if gate.attempts)
    with_packet = gate.attempts[-1]._replace(prompt_sha256="0" * 64)
    return run.with_gate(gate._replace(attempts=(*gate.attempts[:-1], with_packet)))


def both_passed() -> Run:
    return finish(start(finish(start(new_run())), "G2"), "G2")


STATES: dict[str, tuple[Callable[[], Run], str]] = {
    "nothing started": (new_run, f"orch gate start --run {RUN_ID} --gate G1 --agent 'the usual one of G1'"),
    "an attempt is open": (lambda: start(new_run()), f"orch gate finish --run {RUN_ID} --gate G1"),
    "one is open behind a gate not started": (
        lambda: start(new_run(), "G2"), f"orch gate finish --run {RUN_ID} --gate G2"
    ),
    "the first passed": (
        lambda: finish(start(new_run())), f"orch gate start --run {RUN_ID} --gate G2 --agent 'the usual one of G2'"
    ),
    "one failed": (lambda: fail(start(new_run())), f"orch gate start --run {RUN_ID} --gate G1 --agent maker"),
    "one failed by a person's decision alone": (
        lambda: fail(new_run()), f"orch gate start --run {RUN_ID} --gate G1 --agent 'the usual one of G1'"
    ),
    "a later one failed": (
        lambda: fail(start(new_run(), "G2"), "G2"),
        f"orch gate start --run {RUN_ID} --gate G1 --agent 'the usual one of G1'",
    ),
    "all passed": (both_passed, f"orch run complete --run {RUN_ID}"),
    "all passed, led": (lambda: led(both_passed()), f"orch run complete --run {RUN_ID}"),
    "open, led": (lambda: led(start(new_run())), RESUME),
    "failed, led": (lambda: led(fail(start(new_run()))), RESUME),
    "the first passed, led": (lambda: led(finish(start(new_run()))), RESUME),
    "completed PASSED": (lambda: completed(both_passed()), "orch run list"),
    "completed FAILED": (lambda: completed(fail(start(new_run()))), RESUME),
    "completed CANCELED": (lambda: completed(new_run()), RESUME),
    "completed FAILED though all passed": (lambda: completed(both_passed(), RunStatus.FAILED), RESUME),
}  # fmt: skip


@pytest.mark.parametrize(("state", "command"), STATES.values(), ids=STATES.keys())
def test_every_state_has_its_next_command(state: Callable[[], Run], command: str) -> None:
    assert choose_next_command(state(), usual) == command


@pytest.mark.parametrize("state", [state for state, _ in STATES.values()], ids=STATES.keys())
def test_the_state_rules_do_not_refuse_what_is_named(state: Callable[[], Run]) -> None:
    run = state()
    words = choose_next_command(run, usual).split()
    gate = words[words.index("--gate") + 1] if "--gate" in words else ""
    match words[1:3]:
        case ["gate", "start"]:
            assert start(run, gate).gate(gate).open_attempt
        case ["gate", "finish"]:
            assert transitions.require_open_attempt(run, gate).is_open
        case ["run", "complete"]:
            assert completed(run).status is RunStatus.PASSED
        case ["run", "resume"]:
            assert not (run.finished_at and run.status is RunStatus.PASSED)
        case _:
            with pytest.raises(Refused):  # nothing is left to be done in it
                start(run, "G1")


def test_the_gate_that_has_just_failed_comes_before_others() -> None:
    run = fail(start(new_run(), "G2"), "G2")
    assert "--gate G2 --agent maker" in choose_next_command(run, usual, "G2")


def test_who_types_the_next_step_after_a_led_one_is_not_led_any_more() -> None:
    run = led(fail(start(new_run())))
    assert is_led_by_pipeline(run)
    assert not is_led_by_pipeline(start(run))
