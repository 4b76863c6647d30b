"""Judges the attempt that an agent works on, for the hooks that are called when it is about to stop."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from runner.agents.hooks.decision import Decision
from runner.agents.hooks.hosts import Host
from runner.agents.hooks.stop_event import StopEvent
from runner.agents.hooks.stop_hook import StopHook, let_other_work_tree_stop, refuse_named_root
from runner.cli.context import CliContext
from runner.cli.options import BoundedOption, complete_from_workspace
from runner.cli.terminal.printer import print_notice

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.agents.hooks.attempt_choice import ChosenAttempt
    from runner.storage.store import Store


_MAX_BLOCKS: Final = 1000

_run_option = click.option(
    "--run",
    "run_id",
    metavar="RUN",
    help="The run. Default: that of the session.",
    shell_complete=complete_from_workspace("runs"),
)
_gate_option = click.option(
    "--gate",
    "gate_id",
    metavar="GATE",
    help="The gate. Default: the one started last.",
    shell_complete=complete_from_workspace("gates"),
)
_max_blocks_option = click.option(
    "--max-blocks",
    cls=BoundedOption,
    type=click.IntRange(0, _MAX_BLOCKS),
    default=3,
    show_default=True,
    metavar="N",
    help="Block an agent at most N times per attempt.",
)


def hook_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --run, --gate and --max-blocks."""
    return _run_option(_gate_option(_max_blocks_option(command)))


class HookCall(NamedTuple):
    """A call of a hook: by which host, about which stop, for which run and gate if these are named."""

    cli: CliContext
    host: Host
    event: StopEvent
    began_ms: int
    run_id: str | None
    gate_id: str | None
    max_blocks: int

    @classmethod
    def of(
        cls, cli: CliContext, host: Host, event: StopEvent, run_id: str | None, gate_id: str | None, max_blocks: int
    ) -> "HookCall":
        """The call that began now; ORCH_RUN and ORCH_GATE name run and gate where the options do not."""
        if run_id is None and (run_id := os.environ.get("ORCH_RUN") or None):
            gate_id = gate_id or os.environ.get("ORCH_GATE") or None
        return cls(cli, host, event, time.time_ns() // 1_000_000, run_id, gate_id, max_blocks)

    def judge(self) -> Decision:
        """The answer. An agent in another work tree than the gate is not judged unless root or run are named."""
        if self.event.futile:
            return Decision()
        workspace, cli = self._locate()
        return self._judge_in(workspace, cli) if workspace else Decision()

    def _locate(self) -> "tuple[Workspace | None, CliContext]":
        """The workspace, found from the agent's directory, if any, and the context to format commands with.

        The directory that the host was started in counts only for an agent that left it: `CLAUDE_PROJECT_DIR` stays
        at the main checkout while the agent works in another work tree.
        """
        from gate_tests.workspace.layout import Workspace

        if self.cli.is_root_named:
            return self.cli.find_workspace(), self.cli
        if root := _root_above(self.event.directory or Path()):
            return Workspace(root), self.cli
        started_in = os.environ.get(self.host.directory_variable) if self.host.directory_variable else None
        if started_in and (root := _root_above(Path(started_in))):
            return Workspace(root), self.cli._replace(directory=root)
        return None, self.cli

    def _judge_in(self, workspace: "Workspace", cli: CliContext) -> Decision:
        from gate_tests.isolated_pytest.launch import launch_ahead
        from runner.agents.hooks.attempt_choice import choose_attempt
        from runner.storage.store import Store

        store = Store(workspace, cli.lock_timeout_s, print_notice)
        run_id, gate_id = self._resolve_names(workspace)
        chosen = choose_attempt(store, self.event.session, run_id, gate_id, self.event.agent)
        if chosen and chosen.attempt.is_open:
            launch_ahead()  # it loads pytest meanwhile
        if not self.run_id and (other := self._refuse_other_tree(workspace.root, chosen)):
            return other
        if chosen is None:
            return Decision()
        preface, limit = cli.explain_root(workspace, self.event.directory), self.host.max_answer_bytes
        hook = StopHook(store, self.event, self.began_ms, self.max_blocks, limit, cli.format_command, preface)
        if not chosen.attempt.is_open:
            return hook.answer_failed_attempt(chosen)
        return _judge_open(store, chosen, hook)

    def _resolve_names(self, workspace: "Workspace") -> tuple[str | None, str | None]:
        """The ids of run and gate, from any spelling."""
        from gate_tests.workspace.find_run import resolve_run_id
        from gate_tests.workspace.names import match_name

        run_id, gate_id = self.run_id, self.gate_id
        gate_id = (gate_id and match_name(gate_id.strip(), workspace.gates_with_contract())) or gate_id
        return resolve_run_id(workspace, run_id) if run_id is not None else None, gate_id

    def _refuse_other_tree(self, root: Path, chosen: "ChosenAttempt | None") -> Decision | None:
        """The answer to an agent in another work tree of the repository; None where it works in that of the root."""
        directory, is_named = self.event.directory, self.cli.directory is not None
        if directory is None or os.environ.get("ORCH_ROOT"):
            return None
        if not chosen and not (is_named and self._has_own_attempt(directory, root)):
            return None
        from runner.git.repository import is_other_work_tree

        if not is_other_work_tree(directory, root):
            return None
        if is_named or chosen is None:
            return refuse_named_root(directory, root)
        return let_other_work_tree_stop(chosen, directory, root)

    def _has_own_attempt(self, directory: Path, root: Path) -> bool:
        """Whether the root above the agent's directory is another than `root`, with an attempt to judge."""
        from gate_tests.workspace.layout import Workspace
        from runner.agents.hooks.attempt_choice import choose_attempt
        from runner.storage.store import Store

        own = _root_above(directory)
        if own is None or own == root:
            return False
        return choose_attempt(Store(Workspace(own)), self.event.session, None, None) is not None


def _root_above(directory: Path) -> Path | None:
    from gate_tests.workspace.find_root import search_root

    try:
        return search_root(directory.resolve())  # pytest knows the real paths of contracts only
    except FileNotFoundError:  # the current directory has been removed
        return None


def _judge_open(store: "Store", chosen: "ChosenAttempt", hook: StopHook) -> Decision:
    from gate_tests.isolated_pytest.client import IsolatedPytest
    from gate_tests.isolated_pytest.display import Display

    with IsolatedPytest(Display(lambda _: None)) as process:
        from runner.operations.judging import check_gates  # while the process loads pytest

        (judged,) = check_gates(store, chosen.run.run_id, [chosen.gate.gate], process)
    return hook.answer_verdict(chosen, judged)
