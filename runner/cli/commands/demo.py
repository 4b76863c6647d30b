"""The demo: the commands a newcomer would type, typed for them in a scratch folder, with what they print."""

import tempfile
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click

from gate_tests.errors import Exit, OrchError, Refused
from gate_tests.workspace.layout import Workspace
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.models.attempt import Json
from runner.workflows.bundled import copy_example

_SLUG = "the-word-robot"
_ARTIFACTS = f"src/app/essays/{_SLUG}"
_CITATIONS = f"{_ARTIFACTS}/research/CITATIONS.md"
_SOURCES_AT_FIRST = 7  # one fewer than the contract of G2 wants at depth standard


@dataclass(frozen=True)
class Story:
    """What the demo came to: the exit code of each step and the one it should have had."""

    folder: Path
    run_id: str
    steps: tuple[tuple[str, int, int], ...]

    @property
    def ended_well(self) -> bool:
        """Whether every step ended as it should: the one with too few sources by failing."""
        return all(code == wanted for _, code, wanted in self.steps)

    def to_json(self) -> Json:
        """`{folder, run_id, steps: [{command, exit_code}]}`."""
        steps = [{"command": command, "exit_code": code} for command, code, _ in self.steps]
        return {"folder": str(self.folder), "run_id": self.run_id, "steps": steps}


def play(app: click.Command, folder: Path | None, printer: Printer) -> Story:
    """Plays the whole demo of `app` in `folder`, which must be empty, or in a new temporary one."""
    stage = _Stage(app, _scratch(folder), printer)
    printer.print_line(f"A scratch folder: {stage.folder}")
    stage.type("init")
    stage.type("run", "start", "--workflow", "visual-essay", "--slug", _SLUG, "--artifact-path", _ARTIFACTS)
    run_id = Workspace(stage.folder).runs()[0]
    for gate, agent in (("G1", "visual-essay-orchestrator"), ("G2", "research-orchestrator")):
        stage.type("gate", "start", "--run", run_id, "--gate", gate, "--agent", agent)
        stage.work(f"{agent} writes the files of gate {gate}", copy_example(gate, stage.folder))
        if gate == "G2":
            _too_few_sources(stage, run_id, agent)
        stage.type("gate", "finish", "--run", run_id, "--gate", gate)
    stage.type("gate", "start", "--run", run_id, "--gate", "G3", "--agent", "visual-essay-invocation-agent")
    stage.work("visual-essay-invocation-agent writes the files of gate G3", copy_example("G3", stage.folder))
    stage.type("gate", "finish", "--run", run_id, "--gate", "G3")
    stage.type("run", "complete", "--run", run_id)
    stage.type("run", "show", "--run", run_id)
    _show_record(stage, run_id)
    return Story(stage.folder, run_id, tuple(stage.steps))


class _Stage:
    """A scratch folder in which commands are typed."""

    def __init__(self, app: click.Command, folder: Path, printer: Printer) -> None:
        self.folder = folder
        self._app = app
        self.steps: list[tuple[str, int, int]] = []
        self._printer = printer

    def type(self, *arguments: str, wanted: int = 0) -> None:
        """Runs `orch` with these arguments, as if somebody had typed it, and notes how it ended."""
        command = " ".join(("orch", *arguments))
        self._printer.print_line(click.style(f"\n$ {command}", bold=True))
        with redirect_stdout(self._printer.text_stream), chdir(self.folder):
            try:
                code = self._app.main([*self._printer.verbosity_flags, "-C", ".", *arguments], standalone_mode=False)
            except OrchError as error:
                self._printer.print_line(f"orch: {error.message}")
                code = error.exit_code
        self.steps.append((command, int(code or 0), wanted))

    def say(self, line: str) -> None:
        """Prints a line for people."""
        self._printer.print_line(line)

    def work(self, what: str, paths: list[str]) -> None:
        """Tells what an agent would have done now."""
        self._printer.print_line(click.style(f"\n# {what}", bold=True))
        for path in paths:
            self._printer.print_line(f"  wrote {path}")


def _too_few_sources(stage: _Stage, run_id: str, agent: str) -> None:
    """The gate fails on work that is not done yet, then a second attempt is started."""
    citations = stage.folder / _CITATIONS
    whole = citations.read_text("utf-8")
    kept, _, _ = whole.partition(f"### Source {_SOURCES_AT_FIRST + 1}")
    citations.write_text(kept, "utf-8")
    stage.work(f"... but CITATIONS.md names {_SOURCES_AT_FIRST} sources, too few for this depth:", [_CITATIONS])
    stage.type("gate", "finish", "--run", run_id, "--gate", "G2", wanted=1)
    stage.type("gate", "start", "--run", run_id, "--gate", "G2", "--agent", agent)
    citations.write_text(whole, "utf-8")
    stage.work(f"{agent} adds the sources that were missing", [_CITATIONS])


def _show_record(stage: _Stage, run_id: str) -> None:
    say = stage.say
    say(click.style("\n# The record: made to be committed to git, logs aside", bold=True))
    record = stage.folder / Workspace(stage.folder).run_path(run_id) / "record"
    for path in sorted(record.rglob("*.json")):
        say(f"  {path.relative_to(stage.folder).as_posix()}")
    attempt = Workspace(stage.folder).attempt_path(run_id, "G2", 1)
    say(click.style(f"\n# What the failed attempt left: {attempt}", bold=True))
    say((stage.folder / attempt).read_text("utf-8"))
    say("Look around:")
    say(f"  cd {stage.folder}")
    say(f"  pytest --gate G2 --run {run_id} -v")


def _scratch(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="orch-demo-"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is no empty folder; the demo wants one of its own", next_command="orch demo")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@click.command(cls=Command)
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="An empty folder to use.")
@json_option
@click.pass_context
def demo(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Play three gates over a small real example.

    In a scratch folder. One of them fails at first; at the end the record is shown.

    \b
    Example:
      orch demo
    """
    printer = Printer(as_json)
    story = play(context.find_root().command, folder, printer)
    printer.print_document(story.to_json())
    context.exit(Exit.OK if story.ended_well else Exit.FAIL)
