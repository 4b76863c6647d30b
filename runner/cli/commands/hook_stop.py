"""`orch hook stop`: judges the open gate when an agent is about to stop."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from runner.agents.hooks.hosts import HOSTS, Host
from runner.agents.hooks.stop_hook import (
    Decision,
    StopEvent,
    decide,
    find_open_gate,
    let_other_work_tree_stop,
)
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hook_command import HookCommand, print_answer, read_input
from runner.cli.options import BoundedOption, complete_from_workspace, json_option
from runner.cli.terminal.printer import print_notice

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace

_MAX_BLOCKS: Final = 1000


@click.command(cls=HookCommand)
@click.option(
    "--target",
    type=click.Choice(["claude-code", "codex"]),
    default="claude-code",
    show_default=True,
    metavar="TARGET",
    help="claude-code or codex.",
)
@click.option(
    "--run",
    "run_id",
    metavar="RUN",
    help="The run. Default: the newest with an open attempt.",
    shell_complete=complete_from_workspace("runs"),
)
@click.option(
    "--gate",
    "gate_id",
    metavar="GATE",
    help="The gate. Default: the one started last.",
    shell_complete=complete_from_workspace("gates"),
)
@click.option(
    "--max-blocks",
    cls=BoundedOption,
    type=click.IntRange(0, _MAX_BLOCKS),
    default=3,
    show_default=True,
    metavar="N",
    help="Block an agent at most N times per attempt.",
)
@json_option
@pass_cli_context
def stop(cli: CliContext, target: str, run_id: str | None, gate_id: str | None, max_blocks: int, as_json: bool) -> None:
    """Keep an agent from stopping while its gate fails.

    Reads the JSON input of a stop hook from standard input and judges the open attempt as gate check does; nothing is
    recorded. ORCH_RUN and ORCH_GATE are the defaults of --run and --gate. On FAIL the answer blocks, with the
    failed checks as the reason; otherwise, and if no attempt is open, the agent may stop. The exit code is always 0,
    and standard output is one JSON document.

    \b
    Example:
      orch hook stop
      orch hook stop --target claude-code --max-blocks 5
    """
    event = StopEvent.parse(read_input(), HOSTS[target])
    if run_id is None and (run_id := os.environ.get("ORCH_RUN") or None):
        gate_id = gate_id or os.environ.get("ORCH_GATE") or None
    is_named = bool(run_id or cli.directory or os.environ.get("ORCH_ROOT"))
    workspace, cli = _locate(cli, event, HOSTS[target])
    print_answer(_judge_open_gate(workspace, cli, event, run_id, gate_id, max_blocks, is_named))


def _locate(cli: CliContext, event: StopEvent, host: Host) -> "tuple[Workspace | None, CliContext]":
    """The workspace, found from the agent's directory, if any, and the context to format commands with."""
    from gate_tests.workspace.layout import Workspace

    if cli.directory or os.environ.get("ORCH_ROOT"):
        return cli.find_workspace(), cli
    if root := _root_above(event.directory or Path()):
        return Workspace(root), cli
    started_in = os.environ.get(host.directory_variable) if host.directory_variable else None
    if started_in and (root := _root_above(Path(started_in))):
        return Workspace(root), cli._replace(directory=root)
    return None, cli


def _root_above(directory: Path) -> Path | None:
    from gate_tests.workspace.find_root import search_root

    try:
        return search_root(directory.resolve())  # pytest knows the real paths of contracts only
    except FileNotFoundError:  # the current directory has been removed
        return None


def _judge_open_gate(
    workspace: "Workspace | None",
    cli: CliContext,
    event: StopEvent,
    run_id: str | None,
    gate_id: str | None,
    max_blocks: int,
    is_named: bool,
) -> Decision:
    """The answer. Unless root or run are named, an agent in another work tree is not held to their gate."""
    from gate_tests.workspace.find_run import resolve_run_id
    from gate_tests.workspace.names import match_name
    from runner.git.repository import is_other_work_tree
    from runner.storage.store import Store

    if workspace is None:
        return Decision()
    store = Store(workspace, cli.lock_timeout_s, print_notice)
    run_id = resolve_run_id(workspace, run_id) if run_id is not None else None
    gate_id = (gate_id and match_name(gate_id.strip(), workspace.gates_with_contract())) or gate_id
    open_gate = find_open_gate(store, run_id, gate_id)
    if open_gate is None:
        return Decision()
    if not is_named and event.directory and is_other_work_tree(event.directory, workspace.root):
        return let_other_work_tree_stop(open_gate, event.directory, workspace.root)
    from gate_tests.isolated_pytest.client import IsolatedPytest
    from gate_tests.isolated_pytest.display import Display

    with IsolatedPytest(Display(lambda _: None)) as process:
        from runner.operations.judging import check_gates  # while the process loads pytest

        (judged,) = check_gates(store, open_gate.run.run_id, [open_gate.gate.gate], process)
    decision = decide(store, open_gate, judged, event.session, max_blocks, cli.format_command)
    explanation = cli.explain_root(workspace, event.directory)
    return (
        decision._replace(reason=f"{explanation}\n\n{decision.reason}") if explanation and decision.reason else decision
    )
