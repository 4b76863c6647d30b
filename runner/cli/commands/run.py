"""`orch run …`: start, list, show, complete, check, repair, resume, and a command for each workflow."""

from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import LostFile, Refused, suggest
from gate_tests.typing_compat import override
from gate_tests.workspace.names import match_name
from runner import suggestions
from runner.cli.context import CliContext, find_cli_context, pass_cli_context
from runner.cli.ignored_record import report_ignored_record
from runner.cli.lazy_group import LazyGroup
from runner.cli.options import (
    artifact_path_option,
    complete_from_workspace,
    complete_words,
    depth_option,
    json_option,
    lock_timeout_option,
    slug_option,
)
from runner.cli.related_runs import report_related_runs
from runner.cli.run_option import run_to_complete, run_to_show
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer
from runner.models.status import RunStatus
from runner.models.timestamps import now

if TYPE_CHECKING:
    from runner.models.run import Run


class RunGroup(LazyGroup):
    """The commands about runs, and a command for each workflow of the repository."""

    command_noun = "command or workflow"

    @override
    def list_commands(self, context: click.Context) -> list[str]:
        # A command hides a workflow of the same name.
        fixed = super().list_commands(context)
        return [*fixed, *(name for name in _list_workflows(context) if name not in fixed)]

    @override
    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if fixed := super().get_command(context, name):
            return fixed
        if name not in _list_workflows(context):
            return None
        from runner.cli.commands.run_workflow import workflow_command

        return workflow_command(name)

    @override
    def require_names(self, context: click.Context) -> None:
        # Without a root there are no workflows; which root it is may explain why there is no such one, or that the
        # directory cannot be read.
        find_cli_context(context).workspace.workflows()

    @override
    def find_lost_file(self, context: click.Context, name: str) -> LostFile | None:
        from runner.workflows.definition import is_workflow_name

        workspace = find_cli_context(context).find_workspace()
        return LostFile(workspace.root, workspace.workflow_path(name)) if is_workflow_name(name) else None


def _list_workflows(context: click.Context) -> list[str]:
    """The workflows whose names are valid: they are completed, and typed without quotation marks."""
    from runner.workflows.definition import is_workflow_name

    try:
        workspace = find_cli_context(context).search_workspace()
        return [name for name in workspace.workflows() if is_workflow_name(name)] if workspace else []
    except OSError:
        return []


_LAZY_COMMANDS: Final = {
    "check": ("runner.cli.commands.run_check:check", "Verify that records are neither corrupted nor inconsistent."),
    "list": ("runner.cli.commands.run_list:list_", "List runs, newest first."),
    "resume": ("runner.cli.commands.run_resume:resume", "Resume a stopped, failed or canceled run."),
    "repair": ("runner.cli.commands.run_repair:repair", "Rebuild a corrupted or inconsistent record."),
}


@click.group(cls=RunGroup, lazy_commands=_LAZY_COMMANDS)
def run() -> None:
    """Run a workflow; list, show, resume, complete, repair runs.

    A run is named by its id, a prefix of the id, its slug, the path of its directory, or `latest`: as an argument or
    with --run. Without a name, ORCH_RUN is used; otherwise commands that only read use the newest unfinished run,
    and commands that write the only unfinished one.

    \b
    Example:
      orch run list
      orch run visual-essay --slug the-word-robot
    """


@run.command()
@click.option(
    "--workflow",
    "workflow_name",
    required=True,
    metavar="NAME",
    help="The workflow, such as visual-essay.",
    shell_complete=complete_from_workspace("workflows"),
)
@slug_option
@artifact_path_option
@depth_option
@json_option
@pass_cli_context
def start(cli: CliContext, workflow_name: str, slug: str, artifact_path: str | None, depth: str, as_json: bool) -> None:
    """Start a run of a workflow.

    Only creates its record, with all gates NOT_STARTED; orch run WORKFLOW also goes through the gates.

    \b
    Example:
      orch run start --workflow visual-essay --slug the-word-robot \\
        --artifact-path src/app/essays/the-word-robot --depth standard
    """
    from gate_tests.workspace.names import check_depth
    from runner.operations.runs import RunRequest, start_run
    from runner.workflows.definition import load_workflow

    store, printer = cli.store, Printer(as_json)
    workflow = load_workflow(store.workspace, workflow_name)
    started = start_run(store, RunRequest(workflow, slug, artifact_path, check_depth(depth)), now())
    first = workflow.gates[0]
    printer.print_line(f"Run {started.run_id} started")
    report_related_runs(cli, started)
    report_ignored_record(cli, started.run_id)
    printer.print_hint(f"  record  {store.workspace.record_path(started.run_id)}")
    start_it = suggestions.start_gate(started.run_id, first.gate, first.agent)
    printer.print_hint(f"Next: {cli.format_command(start_it)}")
    printer.print_document(started.to_json())


@run.command()
@run_to_show
@json_option
@pass_cli_context
def show(cli: CliContext, run_id: str, as_json: bool) -> None:
    """Show a run, its gates and their attempts.

    A gate is marked `stale` as by orch status. With --json, prints its RUN.json; if gates are stale, with the member
    `stale` added: {GATE: [REASON, ...]}.

    \b
    Example:
      orch run show latest
      orch run show the-word-robot --json
    """
    printer, run_record = Printer(as_json), cli.store.read(run_id)
    stale = _list_stale(cli, printer, run_record) if run_record.gates_passed else {}
    if as_json:
        printer.print_document(run_record.to_json() | ({"stale": stale} if stale else {}))
    else:
        for line in render.format_run(run_record, stale):
            printer.print_wrapped(line)
        printer.print_hint(f"Next: {cli.format_command(render.find_next_command(cli.workspace, run_record))}")
    printer.raise_output_error()


def _list_stale(cli: CliContext, printer: Printer, run: "Run") -> dict[str, tuple[str, ...]]:
    """Why gates are stale, by gate id. Large outputs take a while."""
    from contextlib import nullcontext

    from runner.operations.output_changes import OutputChanges, has_large_outputs
    from runner.operations.stale_gates import StaleGates

    with printer.show_progress() if has_large_outputs(run) else nullcontext():
        return StaleGates(cli.workspace, run, OutputChanges(cli.workspace, run)).list_stale()


@run.command()
@run_to_complete
@click.option(
    "--status",
    metavar="STATUS",
    help="PASSED, FAILED or CANCELED. Default: from the gates.",
    shell_complete=complete_words(("PASSED", "FAILED", "CANCELED")),
)
@lock_timeout_option
@json_option
@pass_cli_context
def complete(cli: CliContext, run_id: str, status: str | None, as_json: bool) -> None:
    """Complete or cancel a run.

    Without --status: FAILED if a gate failed, PASSED if all passed, else CANCELED. A run can be PASSED only if every
    blocking gate has passed, and no gate that passed is stale (see orch status).

    \b
    Example:
      orch run complete
      orch run complete the-word-robot --status CANCELED
    """
    from runner.operations.runs import complete_run

    printer = Printer(as_json)
    completed = complete_run(cli.store, run_id, _final_status(status), now())
    printer.print_line(render.format_completion(completed))
    printer.print_hint(f"Next: {cli.format_command(_suggest_after_completion(cli, completed))}")
    printer.print_document(completed.to_json())


def _suggest_after_completion(cli: CliContext, run: "Run") -> str:
    """Commits a run that passed, resumes one that failed."""
    if run.status is RunStatus.PASSED:
        from runner.workflows.commit_command import suggest_commit

        return suggest_commit(cli.workspace, run)
    return suggestions.resume_run(run.run_id) if run.status is RunStatus.FAILED else suggestions.LIST_RUNS


def _final_status(status: str | None) -> RunStatus | None:
    from runner.models.status import FINAL_STATUSES

    if status is None:
        return None
    if found := match_name(status.strip(), FINAL_STATUSES):
        return RunStatus(found)
    raise Refused(
        f"unknown status {status!r}{suggest(status.upper(), FINAL_STATUSES)}",
        next_command=suggestions.show_help("run complete"),
    )
