"""The values that a shell completes: runs, gates, contracts and workflows; of runs and contracts also their paths.

What is damaged or does not exist is left out.
"""

import os
from collections.abc import Iterator
from typing import Final

import click
from click.shell_completion import CompletionItem

from gate_tests.workspace.find_run import LATEST, find_slug, list_run_ids, resolve_run_id
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import GATE_ID
from gate_tests.workspace.run_context import RunContext
from runner.cli.context import find_cli_context
from runner.storage.run_summary import read_summary
from runner.workflows.definition import is_workflow_name

_MAX_DESCRIBED_RUNS: Final = 50  # runs completed with a description
_PATHS: Final = {"runs": "dir", "contracts": "file"}
"""What a shell completes a path to, by the kind of what else may be given."""


def list_completions(kind: str, context: click.Context, prefix: str) -> list[CompletionItem]:
    """The `runs`, `gates`, `contracts` or `workflows`, as `kind` says, with the prefix. Empty after any error.

    Where no run or contract has the prefix, the shell completes a path.
    """
    try:
        workspace = find_cli_context(context).search_workspace()
        found = _find_completions(workspace, kind, context, prefix) if workspace else []
    except Exception:  # a message would appear in the middle of the line being typed
        found = []
    if not found and prefix and kind in _PATHS:
        return [CompletionItem(prefix, type=_PATHS[kind])]
    return found


def _find_completions(workspace: Workspace, kind: str, context: click.Context, prefix: str) -> list[CompletionItem]:
    if kind == "runs":
        return _complete_runs(workspace, prefix)
    if kind == "workflows":
        named = [name for name in workspace.workflows() if is_workflow_name(name)]
    else:
        named = _list_gates(workspace, _find_named_run(context))
    before, comma, last = prefix.rpartition(",")
    same = [name for name in named if name.casefold().startswith(last.casefold())]
    return [CompletionItem(before + comma + name) for name in same]


def _complete_runs(workspace: Workspace, prefix: str) -> list[CompletionItem]:
    known = list_run_ids(workspace)
    run_ids = [run_id for run_id in known if run_id.startswith(prefix)]
    latest = [CompletionItem(LATEST, help="the newest run")] if known and LATEST.startswith(prefix) else []
    slugs = dict.fromkeys(map(find_slug, known)) if prefix else ()
    descriptions = dict(_describe_runs(workspace, run_ids[:_MAX_DESCRIBED_RUNS]))
    return [
        *latest,
        *(CompletionItem(slug) for slug in slugs if slug.startswith(prefix) and slug != LATEST),
        *(CompletionItem(run_id, help=descriptions.get(run_id)) for run_id in run_ids),
    ]


def _find_named_run(context: click.Context) -> str | None:
    """The run that is named on the line, else by ORCH_RUN."""
    return context.params.get("run_id") or context.params.get("run_argument") or os.environ.get("ORCH_RUN") or None


def _describe_runs(workspace: Workspace, run_ids: list[str]) -> Iterator[tuple[str, str]]:
    """(Run id, description) of each run whose summary can be read."""
    runs = os.open(workspace.root / "orchestration/runs", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for run_id in run_ids:
            if summary := read_summary(runs, run_id):
                yield run_id, f"{summary.status}, {summary.passed} of {summary.total} gates passed"
    finally:
        os.close(runs)


def _list_gates(workspace: Workspace, named: str | None) -> list[str]:
    """The gates of the run, if one is given, else all that have a contract."""
    if named is not None:
        return list(RunContext.read(workspace, resolve_run_id(workspace, named)).gates)
    return [gate for gate in workspace.gates_with_contract() if GATE_ID.fullmatch(gate)]
