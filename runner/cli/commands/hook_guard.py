"""`orch hook guard`: denies tool calls that would change contracts, workflows or records."""

from typing import Any, Final

import click

from runner.cli.hooks.unfailing import DEFAULT_TARGET, UnfailingCommand, read_input

_TARGETS: Final = ("claude-code", "codex", "copilot", "gemini", "cursor")


@click.command(cls=UnfailingCommand)
@click.option(
    "--target",
    type=click.Choice(_TARGETS),
    default=DEFAULT_TARGET,
    metavar="TARGET",
    help="claude-code (default), codex, copilot, gemini or cursor.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
def guard(target: str, as_json: bool) -> None:
    """Deny an agent's writes to contracts, workflows and records.

    Reads the JSON input of a hook that runs before a tool from standard input. A tool call that plainly writes a
    contract, its schemas and programs, a workflow or the record of a run is denied, with the reason; so is a command
    with --accept-contract. Every other one goes on, also after any error. A speed bump, not a wall: what a program
    writes is not seen, and `orch verify` finds it. The exit code is always 0.

    \b
    Example:
      orch hook guard
      orch hook guard --target codex
    """
    from runner.agents.hooks.guard import ToolCall, find_denial

    denial = find_denial(ToolCall.parse(read_input()))
    _print(_format_answer(target, f"orch: {denial}") if denial else {})


def _format_answer(target: str, reason: str) -> dict[str, Any]:
    """The answer that denies, as the host takes it."""
    decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    if target == "gemini":
        return {"decision": "deny", "reason": reason}
    if target == "cursor":
        return {"permission": "deny", "user_message": reason, "agent_message": reason}
    return decision if target == "copilot" else {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}


def _print(answer: dict[str, Any]) -> None:
    from runner.cli.terminal.printer import echo_json

    echo_json(answer)
