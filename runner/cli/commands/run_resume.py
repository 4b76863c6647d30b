"""`orch run resume`: continues a run where it stopped."""

from typing import TYPE_CHECKING

import click

from gate_tests.errors import LostFile, Refused
from gate_tests.programs.signals import keep_interruptible
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.ignored_record import report_ignored_record
from runner.cli.lazy_group import Command
from runner.cli.options import json_option, lock_timeout_option
from runner.cli.pipeline.agents import choose_commands, report_commands
from runner.cli.pipeline.options import PipelineOptions, pipeline_options
from runner.cli.pipeline.reporter import PipelineReporter, run_to_end
from runner.cli.pipeline.worker import create_worker
from runner.cli.run_option import run_to_resume
from runner.cli.terminal.printer import Printer, print_notice
from runner.models.timestamps import now

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.models.run import Run
    from runner.workflows.definition import Workflow


@click.command(cls=Command)
@run_to_resume
@pipeline_options
@lock_timeout_option
@json_option
@pass_cli_context
@click.pass_context
def resume(context: click.Context, cli: CliContext, run_id: str, options: PipelineOptions, as_json: bool) -> None:
    """Resume a stopped, failed or canceled run.

    It continues at the first gate that has not passed; gates that passed are not judged again. An open attempt is
    resumed: an agent gets its packet again, a person at a terminal is asked for a key; without either the attempt is
    judged, and the next gate waits (exit code 5). Commands of agents that are not given with --agent-command are taken
    from orchestration/agents.local.json. --prompt-file is needed only if the run's prompt file is lost.

    \b
    Example:
      orch run resume
      orch run resume the-word-robot --retry 2 \\
        --agent-command 'codex exec --sandbox workspace-write -'
    """
    from runner.pipeline.pipeline import Pipeline
    from runner.pipeline.prompt_file import PromptFile, find_prompt_text

    printer, store = Printer(as_json), cli.store
    run = store.read(run_id)
    if any(gate.open_attempt for gate in run.gates):
        from runner.agents.worker.left_processes import refuse_living_agent

        refuse_living_agent(store.workspace, run)
    workflow = _load_workflow(store.workspace, run)
    prompt = PromptFile.read(store.workspace, options.prompt_file) if options.prompt_file else None
    prompt_text = find_prompt_text(store.workspace, run, prompt)
    commands = choose_commands(cli, options, workflow, run)
    notifier, worker = create_worker(cli, options, commands, printer)
    reporter = PipelineReporter(cli, printer)
    pipeline = Pipeline(store, workflow, prompt_text, worker, reporter, now, options.retries, options.resume_options)
    keep_interruptible()
    run = pipeline.resume(run)
    printer.print_line(f"Run {run_id} resumed")
    report_commands(cli, printer, commands, workflow, run)
    _report_missing_directory(store.workspace, run)
    report_ignored_record(cli, run_id)
    context.exit(run_to_end(cli, pipeline, run, printer, options, notifier))


def _report_missing_directory(workspace: "Workspace", run: "Run") -> None:
    """Warns where all files of the run are gone. With a gate that has passed, the pipeline stops at that."""
    directory, attempts = run.workflow.artifact_path, [attempt for gate in run.gates for attempt in gate.attempts]
    paths = [artifact.resolved_path for attempt in attempts for artifact in attempt.artifacts]
    if any(path.startswith(f"{directory}/") for path in paths) and not (
        run.gates_passed or (workspace.root / directory).exists()
    ):
        print_notice(f"warning: the artifact directory {directory} is missing; earlier attempts recorded files in it")


def _load_workflow(workspace: "Workspace", run: "Run") -> "Workflow":
    """The workflow of the run. Raises InvalidFile; Refused, which names the command that restores its file."""
    from runner.workflows.definition import is_workflow_name, load_workflow

    name = run.workflow.name
    try:
        return load_workflow(workspace, name)
    except Refused as error:
        if is_workflow_name(name):
            error.lost_file = LostFile(workspace.root, workspace.workflow_path(name))
        error.next_command = _suggest_without_workflow(run)
        raise


def _suggest_without_workflow(run: "Run") -> str:
    """Shows the run; for a record of the original runner, which had no workflow files, writes one of its gates."""
    from runner.workflows.definition import is_workflow_name

    name = run.workflow.name
    if run.schema_version is None and is_workflow_name(name):
        return suggestions.new_workflow(name, run_id=run.run_id)
    return suggestions.show_run(run.run_id)
