"""`orch gate …`: start, check, finish, fail."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit
from runner.cli import render
from runner.cli.command import CommandGroup
from runner.cli.options import (
    agent_option,
    checked_text,
    gate_option,
    gates_option,
    json_option,
    lock_timeout_option,
    offline_option,
    run_option,
    workers_options,
)
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site
from runner.clock import now

if TYPE_CHECKING:
    from runner.attempt import Json
    from runner.judged import JudgedGate


@click.group(cls=CommandGroup)
def gate() -> None:
    """Start, check, finish or fail an attempt at a gate.

    \b
    Example:
      orch gate start --run ID --gate G2 --agent research-orchestrator
      orch gate finish --run ID --gate G2
    """


@gate.command()
@run_option
@gate_option
@agent_option
@click.option("--abandon", is_flag=True, help="Close a running attempt as FAIL (abandoned) first.")
@lock_timeout_option
@json_option
@pass_site
def start(site: Site, run_id: str, gate_id: str, agent: str, abandon: bool, as_json: bool) -> None:
    """Start an attempt at a gate.

    The contract's hash and the hashes of the declared outputs that exist already are noted.

    \b
    Example:
      orch gate start --run run_20261122T093000Z_the-word-robot_k3x9ab --gate G2 --agent research-orchestrator
    """
    from runner.gates import start_gate

    printer = Printer(as_json)
    run = start_gate(site.store, run_id, gate_id, agent, now(), abandon=abandon)
    started = run.gate(gate_id)
    attempt = started.attempts[-1]
    printer.say(f"Gate {gate_id} {started.name}, attempt {attempt.number}, started for {agent}")
    finish_it = f"orch gate finish --run {run_id} --gate {gate_id}"
    printer.mention(f"Next: do the work, then {site.typed(finish_it)}")
    printer.document(attempt.to_json())


@gate.command()
@run_option
@gates_option
@click.option("--accept-contract", is_flag=True, help="Judge by the contract though it was changed since the start.")
@offline_option
@workers_options
@lock_timeout_option
@json_option
@pass_site
@click.pass_context
def finish(
    context: click.Context,
    site: Site,
    run_id: str,
    gates: list[str],
    accept_contract: bool,
    offline: bool,
    workers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge the open attempt and record the verdict.

    pytest runs the checks that the contract asks for, in a process sealed off from the repository. The exit code is 0
    on PASS, 1 on FAIL, 3 where there is no verdict. Several gates are judged in one go, which costs little more than
    one, and none is recorded unless each has a verdict; with --json an object then has the attempt of each.

    \b
    Example:
      orch gate finish --run run_20261122T093000Z_the-word-robot_k3x9ab --gate G2
    """
    from gate_tests.judging_process import JudgingProcess

    printer, store = Printer(as_json), site.store
    with printer.display() as display, JudgingProcess(display, workers) as process:
        from runner.judged import finish_gates  # while the process loads pytest

        judged = finish_gates(store, run_id, gates, now, process, accept_contract=accept_contract, offline=offline)
    for each in judged:
        number = each.gate.attempts[-1].number
        record = store.workspace.attempt_path(run_id, each.gate.gate, number)
        for line in render.finished_lines(each, record, printer.loudness):
            printer.say(line)
    decisive = next((each for each in judged if not each.passed), judged[-1])
    printer.mention(f"Next: {site.typed(render.next_step(store.workspace, decisive.run, decisive.gate))}")
    printer.document(_of_each({each.gate.gate: each.gate.attempts[-1].to_json() for each in judged}))
    context.exit(verdict_code(judged))


@gate.command()
@run_option
@gates_option
@offline_option
@workers_options
@json_option
@pass_site
@click.pass_context
def check(
    context: click.Context,
    site: Site,
    run_id: str,
    gates: list[str],
    offline: bool,
    workers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge a gate as it stands and record nothing.

    As finish does it, with the same exit codes, but with no attempt: for a look in between, and for CI. The programs of
    `command` checks are run; the contract's pre_scripts are not.

    \b
    Example:
      orch gate check --run run_20261122T093000Z_the-word-robot_k3x9ab --gate G1 --gate G2
    """
    from gate_tests.judging_process import JudgingProcess

    printer, store = Printer(as_json), site.store
    with printer.display() as display, JudgingProcess(display, workers) as process:
        from runner.judged import check_gates  # while the process loads pytest

        judged = check_gates(store, run_id, gates, process, offline=offline)
    for each in judged:
        for line in render.checked_lines(each, printer.loudness):
            printer.say(line)
    if waiting := [each for each in judged if each.gate.open_attempt]:
        finish_them = " ".join((f"orch gate finish --run {run_id}", *(f"--gate {each.gate.gate}" for each in waiting)))
        mend = "" if all(each.passed for each in waiting) else "mend it, then "
        printer.mention(f"Next: {mend}{site.typed(finish_them)}")
    printer.document(_of_each({each.gate.gate: each.to_json() for each in judged}))
    context.exit(verdict_code(judged))


def _of_each(documents: "dict[str, Json]") -> "Json":
    """The document of the one gate, or those of several by gate."""
    return next(iter(documents.values())) if len(documents) == 1 else documents


def verdict_code(judged: "Sequence[JudgedGate]") -> Exit:
    """The exit code that tells a verdict: that of all gates together."""
    return Exit.OK if all(each.passed for each in judged) else Exit.FAIL


@gate.command()
@run_option
@gate_option
@click.option("--reason", required=True, metavar="TEXT", callback=checked_text, help="Why it fails; it is recorded.")
@lock_timeout_option
@json_option
@pass_site
def fail(site: Site, run_id: str, gate_id: str, reason: str, as_json: bool) -> None:
    """Fail a gate by a person's decision.

    The open attempt is closed without judging it; where none is open, one is added that says so.

    \b
    Example:
      orch gate fail --run run_20261122T093000Z_the-word-robot_k3x9ab --gate G2 --reason "two sources were made up"
    """
    from runner.gates import fail_gate

    printer, store = Printer(as_json), site.store
    run = fail_gate(store, run_id, gate_id, reason, now())
    failed = run.gate(gate_id)
    attempt = failed.attempts[-1]
    printer.say(f"{render.status_word(attempt.status)}  {gate_id} {failed.name}, attempt {attempt.number}: {reason}")
    printer.mention(f"Next: {site.typed(render.next_step(store.workspace, run, failed))}")
    printer.document(attempt.to_json())
