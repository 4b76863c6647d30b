"""`orch run <workflow>`: the whole pipeline, with a person or an agent as the worker."""

from typing import TYPE_CHECKING, Final

import click

from gate_tests.programs.signals import keep_interruptible
from gate_tests.workspace.names import check_depth
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.ignored_record import report_ignored_record
from runner.cli.lazy_group import Command
from runner.cli.options import artifact_path_option, depth_option, json_option, lock_timeout_option, slug_option
from runner.cli.pipeline.agents import choose_commands, report_commands
from runner.cli.pipeline.options import PipelineOptions, pipeline_options
from runner.cli.pipeline.reporter import PipelineReporter, run_to_end
from runner.cli.pipeline.worker import create_worker
from runner.cli.related_runs import report_related_runs
from runner.cli.terminal.printer import Printer
from runner.models.timestamps import now

if TYPE_CHECKING:
    from runner.agents.commands.agent_commands import AgentCommands
    from runner.cli.pipeline.notifier import PipelineNotifier
    from runner.operations.runs import RunRequest
    from runner.pipeline.pipeline import Pipeline


def workflow_command(name: str) -> click.Command:
    """The command that runs the workflow `name`."""

    @click.command(name, cls=Command, short_help=f"Run the workflow {name}.", help=_HELP.format(name=name))
    @slug_option
    @artifact_path_option
    @depth_option
    @pipeline_options
    @lock_timeout_option
    @json_option
    @pass_cli_context
    @click.pass_context
    def command(
        context: click.Context,
        cli: CliContext,
        slug: str,
        artifact_path: str | None,
        depth: str,
        options: PipelineOptions,
        as_json: bool,
    ) -> None:
        printer = Printer(as_json)
        pipeline, request, commands, notifier = _prepare(cli, name, slug, artifact_path, depth, options, printer)
        keep_interruptible()
        run = pipeline.start(request)
        printer.print_line(f"Run {run.run_id} started")
        if run.prompt is None:
            printer.print_hint(f"  prompt  {pipeline.prompt_text} (the slug; give more with --prompt-file)")
        report_commands(cli, printer, commands, pipeline.workflow, run)
        report_related_runs(cli, run)
        report_ignored_record(cli, run.run_id)
        context.exit(run_to_end(cli, pipeline, run, printer, options, notifier))

    return command


_HELP: Final = """Run the workflow {name}, gate by gate.

For each gate it writes a prompt packet, starts an attempt, waits for the work and judges it. It stops at the first
gate that fails; `orch run resume` continues the run. Without --prompt-file the task is the slug.

With --agent-command that program does the work; it is run without a shell, and its standard input is the packet.
AGENT=COMMAND, which may be repeated, is the command of one agent of the workflow; a command without a name is that of
all others. Commands that are not given are taken from orchestration/agents.local.json. What has none waits for a
person: at a terminal for a key; without one it exits with code 5, and `orch run resume` judges the work.

\b
Example:
  orch run {name} --slug the-word-robot --prompt-file topic.txt
  orch run {name} --slug the-word-robot --retry 2 --agent-command \\
    'claude -p --permission-mode acceptEdits --allowedTools "Bash(orch *)"'
"""


def _prepare(
    cli: CliContext,
    name: str,
    slug: str,
    artifact_path: str | None,
    depth: str,
    options: PipelineOptions,
    printer: Printer,
) -> "tuple[Pipeline, RunRequest, AgentCommands, PipelineNotifier]":
    from runner.operations.runs import RunRequest
    from runner.pipeline.pipeline import Pipeline
    from runner.pipeline.prompt_file import PromptFile, default_prompt_text
    from runner.workflows.definition import load_workflow

    store = cli.store
    workflow = load_workflow(store.workspace, name)
    prompt = PromptFile.read(store.workspace, options.prompt_file) if options.prompt_file else None
    request = RunRequest(workflow, slug, artifact_path, check_depth(depth), prompt.reference if prompt else None)
    prompt_text = prompt.text if prompt else default_prompt_text(slug)
    commands = choose_commands(cli, options, workflow)
    notifier, worker = create_worker(cli, options, commands, printer)
    reporter = PipelineReporter(cli, printer)
    pipeline = Pipeline(store, workflow, prompt_text, worker, reporter, now, options.retries, options.resume_options)
    return pipeline, request, commands, notifier
