"""`orch run <workflow>`: the whole pipeline, with a person in the loop."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, Paused
from gate_tests.names import check_depth
from runner.attempt import GateStatus
from runner.cli import render
from runner.cli.command import Command
from runner.cli.options import artifact_path_option, depth_option, json_option, lock_timeout_option, slug_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site
from runner.clock import now
from runner.record import RunStatus

if TYPE_CHECKING:
    from gate_tests.display import Display
    from runner.judged import JudgedGate
    from runner.pipeline import Handover


def workflow_command(name: str) -> click.Command:
    """The command that leads through the workflow called `name`."""

    @click.command(name, cls=Command, short_help=f"Go through the workflow {name}.", help=_HELP.format(name=name))
    @slug_option
    @artifact_path_option
    @depth_option
    @click.option(
        "--prompt-file", type=click.Path(path_type=Path), metavar="FILE", help="A text that says what it is about."
    )
    @lock_timeout_option
    @json_option
    @pass_site
    @click.pass_context
    def command(
        context: click.Context,
        site: Site,
        slug: str,
        artifact_path: str | None,
        depth: str,
        prompt_file: Path | None,
        as_json: bool,
    ) -> None:
        context.exit(_lead_through(site, name, slug, artifact_path, depth, prompt_file, Printer(as_json)))

    return command


_HELP = """Go through the workflow {name}, gate by gate.

For each gate a prompt packet is written and an attempt is started; when the work is done, press Enter and it is
judged. It stops at the first gate that fails, or completes the run.

\b
Example:
  orch run {name} --slug the-word-robot --prompt-file topic.txt
"""


def _lead_through(
    site: Site,
    name: str,
    slug: str,
    artifact_path: str | None,
    depth: str,
    prompt_file: Path | None,
    printer: Printer,
) -> Exit:
    from runner.pipeline import Pipeline, PromptFile
    from runner.runs import RunRequest
    from runner.workflow import load_workflow

    store = site.store
    workflow = load_workflow(store.workspace, name)
    prompt = PromptFile.read(store.workspace, prompt_file) if prompt_file else None
    request = RunRequest(workflow, slug, artifact_path, check_depth(depth), prompt.recorded if prompt else None)
    pipeline = Pipeline(store, workflow, _Terminal(site, printer), now)
    started = pipeline.begin(request, prompt)
    printer.say(f"Run {started.run_id} started")
    run = pipeline.proceed(started, prompt)
    if run.finished_at:
        printer.say(f"\n{render.status_word(run.status)}  {run.run_id} is completed")
    printer.document(run.to_json())
    return Exit.OK if run.status is RunStatus.PASSED else Exit.FAIL


class _Terminal:
    """The person at the terminal, who does the work or has it done, and presses Enter."""

    def __init__(self, site: Site, printer: Printer) -> None:
        self._site, self._printer = site, printer

    def take(self, handover: "Handover") -> None:
        run_id, step = handover.run.run_id, handover.step
        self._printer.say()
        self._printer.say(f"Gate {step.gate} {step.name}, attempt {handover.attempt}, for {step.agent}")
        self._printer.say(f"  packet  {handover.packet_path}")
        self._printer.say("  Give it to the agent, or do yourself what it says.")
        paused = Paused(
            f"paused at gate {step.gate} of run {run_id} until its work is done",
            next_command=f"orch gate finish --run {run_id} --gate {step.gate}",
        )
        if not sys.stdin.isatty():
            raise paused
        self._printer.say("Press Enter when the work is done (Ctrl-C stops here, nothing is lost): ", newline=False)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            self._printer.say(f"\nStopped. Next: {self._site.typed(str(paused.next_command))}")
            raise
        if not line:
            self._printer.say()
            raise paused

    def watch(self) -> AbstractContextManager["Display"]:
        return self._printer.display()

    def hear(self, judged: "JudgedGate") -> None:
        workspace, gate = self._site.workspace, judged.gate
        record = workspace.attempt_path(judged.run.run_id, gate.gate, gate.attempts[-1].number)
        for line in render.finished_lines(judged, record):
            self._printer.say(line)
        if judged.status is not GateStatus.PASS:
            self._printer.say(f"Next: {self._site.typed(render.next_step(workspace, judged.run, gate))}")
