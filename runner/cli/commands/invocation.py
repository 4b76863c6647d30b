"""`orch invocation …`: records invocations of agents."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Refused, suggest
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import GateDefault, gate_option
from runner.cli.lazy_group import CommandGroup
from runner.cli.options import (
    agent_option,
    complete_words,
    json_option,
    lock_timeout_option,
    validate_text,
)
from runner.cli.run_option import run_to_write
from runner.cli.terminal.printer import Printer
from runner.models.invocation import InvocationStatus
from runner.models.timestamps import now

if TYPE_CHECKING:
    from runner.agents.worker.usage_report import UsageReport

_UNKNOWN_MODEL: Final = "unknown"


@click.group(cls=CommandGroup)
def invocation() -> None:
    """Record the invocations of agents.

    \b
    Example:
      orch invocation record --gate G2 --agent research-orchestrator
    """


@invocation.command()
@run_to_write
@gate_option(GateDefault.OPEN)
@agent_option
@click.option(
    "--status",
    default="SUCCESS",
    show_default=True,
    metavar="SUCCESS|FAIL",
    help="How it ended.",
    shell_complete=complete_words(InvocationStatus),
)
@click.option(
    "--model", default=_UNKNOWN_MODEL, show_default=True, callback=validate_text, metavar="NAME", help="The model."
)
@click.option("--duration-ms", type=int, metavar="N", help="Duration in milliseconds.")
@click.option("--usage", "usage_file", metavar="FILE", help="What it used, in JSON; - is standard input.")
@lock_timeout_option
@json_option
@pass_cli_context
def record(
    cli: CliContext,
    run_id: str,
    gate_id: str,
    agent: str,
    status: str,
    model: str,
    duration_ms: int | None,
    usage_file: str | None,
    as_json: bool,
) -> None:
    """Record an invocation of an agent at a gate.

    It is added to the open attempt of the gate, if any.

    --usage takes the output of `claude -p --output-format json` or of `codex exec --json`, or an object of your own
    with input_tokens, output_tokens and cost_usd, or some of them.

    \b
    Example:
      orch invocation record --gate G2 --agent research-orchestrator \\
        --model opus --duration-ms 180000
    """
    from runner.operations.invocations import record_invocation

    printer, report = Printer(as_json), _read_report(usage_file)
    run = record_invocation(
        cli.store,
        run_id,
        gate_id,
        agent,
        now(),
        status=_parse_status(status),
        model=model if model != _UNKNOWN_MODEL else report.model or model,
        duration_ms=duration_ms,
        usage=report.usage,
    )
    recorded = run.invocations[-1]
    printer.print_line(f"Invocation {recorded.invocation_id} of {agent} recorded for gate {gate_id}")
    is_open = run.gate(gate_id).open_attempt is not None
    finish, start = suggestions.finish_gates(run_id, gate_id), suggestions.start_gate(run_id, gate_id, agent)
    printer.print_hint(f"Next: {cli.format_command(finish if is_open else start)}")
    printer.print_document(recorded.to_json())


def _read_report(usage_file: str | None) -> "UsageReport":
    """What the file reports. Raises Refused where it cannot be read, or reports nothing."""
    from gate_tests.files.regular_file import read_regular_file
    from runner.agents.worker.usage_report import UsageReport, find_usage_report, parse_own_usage

    if usage_file is None:
        return UsageReport()
    is_stdin = usage_file == "-"
    name = "standard input" if is_stdin else usage_file
    try:
        content = _read_stdin() if is_stdin else read_regular_file(Path(os.path.expanduser(usage_file)))
    except OSError as error:
        raise Refused(f"--usage: {name} cannot be read: {error.strerror}") from None
    report = find_usage_report(content)
    if report.usage is None:
        report = parse_own_usage(content, name)
    return report


def _read_stdin() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read()  # None where it is closed


def _parse_status(status: str) -> InvocationStatus:
    try:
        return InvocationStatus(status.strip().upper())
    except ValueError:
        hint = suggest(status.upper(), list(InvocationStatus))
        raise Refused(
            f"unknown status {status!r}{hint}", next_command=suggestions.show_help("invocation record")
        ) from None
