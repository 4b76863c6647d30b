"""What may stand in a place of the command line, for a shell that completes.

What is damaged or not there is left out.
"""

import os
from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem

from gate_tests.sanitize import plain
from gate_tests.workspace.find_run import LATEST, full_run_id, known_runs
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import GATE_ID
from gate_tests.workspace.run_context import RunContext
from runner.cli.context import site_of
from runner.storage.run_summary import read_summary

_TOLD = 50  # runs of which a line is told, where the shell shows one


def candidates(what: str, context: click.Context, begun: str) -> list[CompletionItem]:
    """The `runs`, `gates` or `workflows` that begin so. Empty where there is no root, or anything is wrong."""
    try:
        workspace = site_of(context).workspace
        if what == "runs":
            return _runs(workspace, begun)
        named = workspace.workflows() if what == "workflows" else _gates(workspace, context.params.get("run_id"))
        return [CompletionItem(name) for name in named if name.startswith(begun) and plain(name) == name]
    except Exception:  # a message would stand in the middle of the line that is being typed
        return []


def _runs(workspace: Workspace, begun: str) -> list[CompletionItem]:
    known = known_runs(workspace)
    run_ids = [run_id for run_id in known if run_id.startswith(begun)]
    latest = [CompletionItem(LATEST, help="the newest run")] if known and LATEST.startswith(begun) else []
    told = dict(_told(workspace, run_ids[:_TOLD]))
    return [*latest, *(CompletionItem(run_id, help=told.get(run_id)) for run_id in run_ids)]


def _told(workspace: Workspace, run_ids: list[str]) -> Iterator[tuple[str, str]]:
    """What the heads of these records say."""
    runs = os.open(workspace.root / "orchestration/runs", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for run_id in run_ids:
            if head := read_summary(runs, run_id):
                yield run_id, plain(f"{head.status}, {head.passed} of {head.total} gates passed")
    finally:
        os.close(runs)


def _gates(workspace: Workspace, named: str | None) -> list[str]:
    """Those of the run that is named, else all that have a contract."""
    if named is not None:
        return list(RunContext.read(workspace, full_run_id(workspace, named)).gates)
    return [gate for gate in workspace.gates_with_contract() if GATE_ID.fullmatch(gate)]
