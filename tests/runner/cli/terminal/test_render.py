"""Runs, gates and attempts as people read them."""

import click
import pytest

from runner.cli.terminal.render import format_forced_start, format_run, style_status
from runner.cli.terminal.styles import render_text
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline
from runner.models.run import Prompt, Run
from runner.models.status import GateStatus, RunStatus
from runner.models.transitions import Start
from tests.support.sample_run import AT, RUN_ID, fail, finish, new_run, start


def lines(run: Run) -> list[str]:
    return [click.unstyle(line) for line in "\n".join(format_run(run)).splitlines()]


def forced(run: Run) -> Run:
    """The run with an attempt at G2 that was started by force."""
    from gate_tests.errors import Refused

    opening = Attempt(0, GateStatus.RUNNING, AT, "maker", baseline=Baseline("0" * 64, ()))
    return transitions.start_attempt(run, "G2", opening, Start(True, False, Refused("G1 is missing"), "it is oral"))


def test_a_run_begins_with_its_id_and_status_and_has_a_line_for_each_fact() -> None:
    first, *others = lines(new_run())
    assert first == f"{RUN_ID}  QUEUED"
    facts = dict(line.split(maxsplit=1) for line in others if line.startswith("  ") and "G" not in line)
    assert facts["slug"] == "tea"
    assert facts["depth"] == "quick"
    assert facts["workflow"] == "tests 1"
    assert not [line for line in others if "prompt" in line]


def test_a_prompt_is_named_with_the_first_digits_of_its_hash() -> None:
    run = new_run()._replace(prompt=Prompt("topic.txt", "0123456789abcdef" * 4))
    assert [line.split() for line in lines(run) if "prompt" in line] == [["prompt", "topic.txt", "(0123456789ab)"]]


def test_each_attempt_follows_its_gate_with_its_reason_below_it() -> None:
    text = lines(start(fail(start(new_run()))))
    gate = next(number for number, line in enumerate(text) if "G1 One" in line)
    first, reason, second, other = text[gate + 1 : gate + 5]
    assert first.strip().startswith("attempt 1  FAIL")
    assert reason.strip() == "two leaves were made up"
    assert second.strip().startswith("attempt 2  RUNNING")
    assert "G2 Two" in other


def test_what_a_record_says_cannot_harm_a_terminal() -> None:
    run = fail(start(new_run()))
    gate = run.gates[0]
    harmful = gate.attempts[0]._replace(agent="\x1b[2J", failure_reason="\x1b]0;x\x07\nsecond")
    run = run._replace(gates=(gate._replace(attempts=(harmful,)), *run.gates[1:]))
    printed = [render_text(line, is_coloured=True) for line in format_run(run)]
    assert not [line for line in printed if "\x1b[2J" in line or "\x07" in line]
    assert [line for line in printed if "\x1b[31m" in line], "our own colours stay"


def test_a_start_by_force_is_shown_with_its_reason_until_the_next_start() -> None:
    run = forced(new_run())
    line = format_forced_start(run)
    assert line
    assert line.startswith("forced: G2: it is oral (")
    assert "G1 is missing" in line
    assert format_forced_start(start(run)) is None
    assert [line.split()[:2] for line in lines(finish(start(run))) if "forced" in line] == [["forced", "G2:"]]


def test_a_run_without_force_has_no_such_line() -> None:
    assert format_forced_start(new_run()) is None
    assert format_forced_start(start(new_run())) is None
    assert not [line for line in lines(start(new_run())) if "forced" in line]


@pytest.mark.parametrize("status", [*GateStatus, *RunStatus])
def test_a_status_is_padded_by_what_is_seen_of_it(status: GateStatus | RunStatus) -> None:
    assert click.unstyle(style_status(status, 14)) == f"{status:<14}"
