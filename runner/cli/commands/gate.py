"""`orch gate …`: start, check, finish, fail."""

from typing import TYPE_CHECKING

import click

from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import GateDefault, gate_option, gates_option
from runner.cli.lazy_group import CommandGroup
from runner.cli.options import (
    agent_option,
    json_option,
    lock_timeout_option,
    offline_option,
    validate_text,
    workers_options,
)
from runner.cli.run_option import run_to_read, run_to_write
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer
from runner.models.timestamps import now

if TYPE_CHECKING:
    from gate_tests.compiler.gate import CompiledGate
    from runner.models.attempt import Json


@click.group(cls=CommandGroup)
def gate() -> None:
    """Start, check, finish or fail an attempt at a gate.

    Without --run and --gate, ORCH_RUN and ORCH_GATE are used; otherwise the unfinished run, and its open attempt
    (finish, fail), the next gate (start), or all gates (check).

    \b
    Example:
      orch gate start --gate G2 --agent research-orchestrator
      orch gate finish
    """


@gate.command()
@run_to_write
@gate_option(GateDefault.CURRENT)
@agent_option
@click.option("--abandon", is_flag=True, help="Close a running attempt as FAIL (abandoned) first.")
@click.option(
    "--force",
    metavar="REASON",
    callback=validate_text,
    help="Override `requires`, `independent_of` (recorded).",
)
@click.option(
    "--accept-contract",
    is_flag=True,
    help="Accept a changed contract; for a person to decide.",
)
@lock_timeout_option
@json_option
@pass_cli_context
def start(
    cli: CliContext,
    run_id: str,
    gate_id: str,
    agent: str,
    abandon: bool,
    force: str | None,
    accept_contract: bool,
    as_json: bool,
) -> None:
    """Start an attempt at a gate.

    Records the hashes of the contract and of the declared outputs that exist already. If the workflow says that the
    gate `requires` others, they must have passed, and neither they nor what they require may be stale (see orch
    status); if it is `independent_of` another, its agent must not be the agent of that one. --force REASON starts it
    anyway. If the contract, its schemas or the workflow changed after the run started, a person must accept that with
    --accept-contract.

    \b
    Example:
      orch gate start --gate G2 --agent research-orchestrator
      orch gate start --run the-word-robot --gate G2 --agent maker --abandon
    """
    from runner.cli.terminal.expected_outputs import format_expected_outputs
    from runner.operations.attempts import start_gate
    from runner.storage.session_binding import bind_sessions

    printer = Printer(as_json)
    compiled: list[CompiledGate] = []
    with printer.show_progress():
        run = start_gate(
            cli.store,
            run_id,
            gate_id,
            agent,
            now(),
            abandon=abandon,
            force=force,
            accept_contract=accept_contract,
            on_compiled=compiled.append,
        )
    started = run.gate(gate_id)
    attempt = started.attempts[-1]
    bind_sessions(cli.store.workspace, run_id, gate_id, attempt.number)
    printer.print_line(f"Gate {gate_id} {started.name}, attempt {attempt.number}, started for {agent}")
    if force:
        printer.print_line(f"  {render.format_forced_start(run) or 'nothing to override'}")
    for line in format_expected_outputs(compiled[0]):
        printer.print_hint(line)
    printer.print_hint(f"Next: {cli.format_command(suggestions.finish_gates(run_id, gate_id))}")
    printer.print_document(attempt.to_json())


@gate.command()
@run_to_write
@gates_option(GateDefault.OPEN)
@click.option(
    "--accept-contract",
    is_flag=True,
    help="Accept a changed contract; for a person to decide.",
)
@offline_option
@workers_options
@lock_timeout_option
@json_option
@pass_cli_context
@click.pass_context
def finish(
    context: click.Context,
    cli: CliContext,
    run_id: str,
    gates: list[str],
    accept_contract: bool,
    offline: bool,
    workers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge the open attempt and record the verdict.

    pytest runs the checks of the contract in a process isolated from the repository. The exit code is 0 on PASS, 1 on
    FAIL, 3 if there is no verdict. Several gates are judged in one session, and none is recorded unless each has a
    verdict; --json then prints an object with the attempt of each. If the contract, its schemas or the workflow
    changed after the attempt started, a person must accept that with --accept-contract.

    \b
    Example:
      orch gate finish
      orch gate finish --run the-word-robot --gate G2
    """
    from gate_tests.isolated_pytest.client import IsolatedPytest
    from gate_tests.programs.signals import exit_when_interrupted
    from runner.cli.commands.gate_check import choose_exit_code

    printer, store = Printer(as_json), cli.store
    with printer.open_display() as display, IsolatedPytest(display, workers) as process:
        from runner.operations.judging import finish_gates  # while the process loads pytest

        judged = finish_gates(store, run_id, gates, now, process, accept_contract=accept_contract, offline=offline)
        exit_when_interrupted(choose_exit_code(judged))
    from runner.cli.terminal.verdict import format_finished_gate, print_verdicts

    verdicts: dict[str, list[str]] = {}
    for each in judged:
        record = store.workspace.attempt_path(run_id, each.gate.gate, each.gate.attempts[-1].number)
        verdicts[each.gate.gate] = [*format_finished_gate(each, record, printer.verbosity)]
    print_verdicts(printer, verdicts)
    decisive = next((each for each in judged if not each.passed), judged[-1])
    printer.print_hint(
        f"Next: {cli.format_command(render.find_next_command(store.workspace, decisive.run, decisive.gate.gate))}"
    )
    if as_json:
        printer.print_document(_single_or_all({each.gate.gate: each.gate.attempts[-1].to_json() for each in judged}))
    context.exit(choose_exit_code(judged))


@gate.command()
@run_to_read
@gates_option(GateDefault.ALL)
@click.option("--watch", is_flag=True, help="Judge again when a file changes, until Ctrl-C.")
@offline_option
@workers_options
@json_option
@pass_cli_context
@click.pass_context
def check(
    context: click.Context,
    cli: CliContext,
    run_id: str,
    gates: list[str],
    watch: bool,
    offline: bool,
    workers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge gates without recording anything.

    Works like gate finish, with the same exit codes, but needs no attempt: for work in progress and for CI. The
    programs of `command` checks are run; the contract's pre_scripts are not.

    With --watch, judges again when the artifacts, the contract, the record or another file that the contract names
    changes, until Ctrl-C (exit code 130). With --json, each turn is then one line: {"at", "exit_code", "gates": {GATE:
    what check prints}}, or "error" in place of "gates".

    \b
    Example:
      orch gate check
      orch gate check --run the-word-robot --gate G1,G2
      orch gate check --gate G2 --watch
    """
    from runner.cli.commands.gate_check import CheckRequest, build_documents, check_once, choose_exit_code

    printer, request = Printer(as_json), CheckRequest(run_id, tuple(gates), offline, workers)
    if watch:
        from runner.cli.commands.gate_watch import watch_gates

        context.exit(watch_gates(cli, printer, request))
    judged = check_once(cli, printer, request)
    if as_json:
        printer.print_document(_single_or_all(build_documents(judged)))
    context.exit(choose_exit_code(judged))


def _single_or_all(documents: "dict[str, Json]") -> "Json":
    """The document of a single gate itself; those of several by gate id."""
    return next(iter(documents.values())) if len(documents) == 1 else documents


@gate.command()
@run_to_write
@gate_option(GateDefault.OPEN)
@click.option("--reason", required=True, metavar="TEXT", callback=validate_text, help="Why it fails, for the record.")
@lock_timeout_option
@json_option
@pass_cli_context
def fail(cli: CliContext, run_id: str, gate_id: str, reason: str, as_json: bool) -> None:
    """Fail a gate by a person's decision.

    The open attempt is closed without judging it; if none is open, a failed attempt is added.

    \b
    Example:
      orch gate fail --gate G2 --reason "two sources were made up"
    """
    from runner.operations.attempts import fail_gate

    printer, store = Printer(as_json), cli.store
    run = fail_gate(store, run_id, gate_id, reason, now())
    failed = run.gate(gate_id)
    attempt = failed.attempts[-1]
    printer.print_wrapped(
        f"{render.style_status(attempt.status)}  {gate_id} {failed.name}, attempt {attempt.number}: {reason}"
    )
    printer.print_hint(f"Next: {cli.format_command(render.find_next_command(store.workspace, run, gate_id))}")
    printer.print_document(attempt.to_json())
