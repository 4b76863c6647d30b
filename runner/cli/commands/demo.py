"""`orch demo`: runs the commands of a first session in a scratch directory and shows their output."""

import tempfile
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Final

import click

from gate_tests.errors import Exit, OrchError, Refused
from gate_tests.programs.signals import keep_interruptible
from gate_tests.workspace.layout import Workspace
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style
from runner.models.attempt import Json
from runner.workflows.bundled import copy_example

_SLUG: Final = "the-word-robot"
_ARTIFACTS: Final = f"src/app/essays/{_SLUG}"
_CITATIONS: Final = f"{_ARTIFACTS}/research/CITATIONS.md"
_INITIAL_SOURCES: Final = 7  # one fewer than the contract of G2 wants at depth standard


@dataclass(frozen=True)
class DemoResult:
    """The result of the demo; `commands` are (command, exit code, expected exit code)."""

    folder: Path
    run_id: str
    commands: tuple[tuple[str, int, int], ...]

    @property
    def passed(self) -> bool:
        """Whether every command had its expected exit code."""
        return all(code == expected for _, code, expected in self.commands)

    def to_json(self) -> Json:
        """`{folder, run_id, steps: [{command, exit_code}]}`."""
        commands = [{"command": command, "exit_code": code} for command, code, _ in self.commands]
        return {"folder": str(self.folder), "run_id": self.run_id, "steps": commands}


def play_demo(app: click.Command, folder: Path | None, printer: Printer) -> DemoResult:
    """Plays the demo of `app` in `folder`, which must be empty, or in a new temporary directory."""
    session = _DemoSession(app, _create_scratch_directory(folder), printer)
    printer.print_line(f"A scratch folder: {session.folder}")
    session.run_command("init")
    session.run_command("run", "start", "--workflow", "visual-essay", "--slug", _SLUG, "--artifact-path", _ARTIFACTS)
    run_id = Workspace(session.folder).runs()[0]
    for gate, agent in (("G1", "visual-essay-orchestrator"), ("G2", "research-orchestrator")):
        session.run_command("gate", "start", "--run", run_id, "--gate", gate, "--agent", agent)
        session.show_work(f"{agent} writes the files of gate {gate}", copy_example(gate, session.folder))
        if gate == "G2":
            _fail_with_too_few_sources(session, run_id, agent)
        session.run_command("gate", "finish", "--run", run_id, "--gate", gate)
    session.run_command("gate", "start", "--run", run_id, "--gate", "G3", "--agent", "visual-essay-invocation-agent")
    session.show_work("visual-essay-invocation-agent writes the files of gate G3", copy_example("G3", session.folder))
    session.run_command("gate", "finish", "--run", run_id, "--gate", "G3")
    session.print_heading("# Would empty work have passed? Each file is emptied, and a check has to fail")
    session.run_command("contract", "test", "G2")
    session.run_command("run", "complete", "--run", run_id)
    session.run_command("run", "show", "--run", run_id)
    _print_record(session, run_id)
    return DemoResult(session.folder, run_id, tuple(session.commands))


class _DemoSession:
    """Runs commands in the scratch directory and collects their exit codes."""

    def __init__(self, app: click.Command, folder: Path, printer: Printer) -> None:
        self.folder = folder
        self._app = app
        self.commands: list[tuple[str, int, int]] = []
        self._printer = printer

    def run_command(self, *arguments: str, expected: int = 0) -> None:
        """Runs `orch` with these arguments, after printing the command."""
        command = " ".join(("orch", *arguments))
        self.print_heading(f"$ {command}")
        with redirect_stdout(self._printer.text_stream), chdir(self.folder):
            try:
                code = self._app.main([*self._printer.verbosity_flags, "-C", ".", *arguments], standalone_mode=False)
            except OrchError as error:
                self._printer.print_line(f"orch: {error.message}")
                code = error.exit_code
        self.commands.append((command, int(code or 0), expected))

    def print_line(self, line: str) -> None:
        """Prints a line for people."""
        self._printer.print_line(line)

    def print_heading(self, heading: str) -> None:
        """Prints a heading for people, after an empty line."""
        self._printer.print_line()
        self._printer.print_line(style(heading, bold=True))

    def print_file(self, path: str) -> None:
        """Prints the content of a file."""
        self._printer.print_text((self.folder / path).read_text("utf-8"))

    def show_work(self, what: str, paths: list[str]) -> None:
        """Prints which files an agent would have written now."""
        self.print_heading(f"# {what}")
        for path in paths:
            self._printer.print_line(f"  wrote {path}")


def _fail_with_too_few_sources(session: _DemoSession, run_id: str, agent: str) -> None:
    """Finishes the gate with incomplete work, which fails, then starts a second attempt."""
    citations = session.folder / _CITATIONS
    whole = citations.read_text("utf-8")
    kept, _, _ = whole.partition(f"### Source {_INITIAL_SOURCES + 1}")
    citations.write_text(kept, "utf-8")
    session.show_work(f"... but CITATIONS.md names {_INITIAL_SOURCES} sources, too few for this depth:", [_CITATIONS])
    session.run_command("gate", "finish", "--run", run_id, "--gate", "G2", expected=1)
    session.run_command("gate", "start", "--run", run_id, "--gate", "G2", "--agent", agent)
    citations.write_text(whole, "utf-8")
    session.show_work(f"{agent} adds the sources that were missing", [_CITATIONS])


def _print_record(session: _DemoSession, run_id: str) -> None:
    print_line = session.print_line
    session.print_heading("# The record: made to be committed to git, logs aside")
    record = session.folder / Workspace(session.folder).run_path(run_id) / "record"
    for path in sorted(record.rglob("*.json")):
        print_line(f"  {path.relative_to(session.folder).as_posix()}")
    attempt = Workspace(session.folder).attempt_path(run_id, "G2", 1)
    session.print_heading(f"# What the failed attempt left: {attempt}")
    session.print_file(attempt)
    print_line("Look around:")
    print_line(f"  cd {quote(str(session.folder))}")
    print_line(f"  pytest --gate G2 --run {run_id} -v")


def _create_scratch_directory(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="orch-demo-"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is no empty folder; the demo wants one of its own", next_command="orch demo")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@click.command(cls=Command)
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="Use this empty directory.")
@json_option
@click.pass_context
def demo(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Run a demo: three gates of a small real example.

    In a temporary directory. One of them fails at first; at the end the record is shown.

    \b
    Example:
      orch demo
    """
    printer = Printer(as_json)
    keep_interruptible()
    result = play_demo(context.find_root().command, folder, printer)
    printer.print_document(result.to_json())
    context.exit(Exit.OK if result.passed else Exit.FAIL)
