"""`orch demo`: runs the commands of a first session in a scratch directory and shows what matters of their output."""

import re
import tempfile
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from shlex import quote
from typing import Final, NamedTuple, TextIO

import click

from gate_tests.errors import Exit, OrchError, Refused
from gate_tests.plurals import format_count
from gate_tests.programs.signals import keep_interruptible
from gate_tests.typing_compat import override
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style
from runner.models.attempt import Json
from runner.workflows.bundled import copy_example

_SLUG: Final = "the-word-robot"
_ARTIFACTS: Final = f"src/app/essays/{_SLUG}"
_CITATIONS: Final = f"{_ARTIFACTS}/research/CITATIONS.md"
_INITIAL_SOURCES: Final = 7  # one fewer than the contract of G2 requires at depth standard
_AGENTS: Final = {
    "G1": "visual-essay-orchestrator", "G2": "research-orchestrator", "G3": "visual-essay-invocation-agent",
}  # fmt: skip
_RUN: Final = ("--run", "latest")
_VERDICT: Final = r"PASS|run "
_SESSION: Final = r"(?!  sha256|  record|Next:)"
"""The output of a gate, but for what the demo shows at its end."""

_ALL: Final = r"(?!Next:)"
"""All but the next commands, which the demo itself runs, in a directory that is not the reader's."""

_SENTENCE: Final = r"(?:every tested|a|no) check|the gate"
_NOTHING: Final = r"(?!)"
_SHOW_RUN: Final = suggestions.show_run("latest").removeprefix("orch ")


class DemoStep(NamedTuple):
    """A command of the demo, its exit code and what it printed."""

    command: str
    exit_code: int
    expected: int
    output: str


class DemoResult(NamedTuple):
    """The result of the demo."""

    directory: Path
    run_id: str
    steps: tuple[DemoStep, ...]

    @property
    def passed(self) -> bool:
        """Whether every command had its expected exit code."""
        return all(step.exit_code == step.expected for step in self.steps)

    def to_json(self) -> Json:
        """`{directory, run_id, steps: [{command, exit_code, output}]}`."""
        steps = [
            {"command": step.command, "exit_code": step.exit_code, "output": step.output.splitlines()}
            for step in self.steps
        ]
        return {"directory": str(self.directory), "run_id": self.run_id, "steps": steps}


def play_demo(app: click.Command, directory: Path | None, printer: Printer) -> DemoResult:
    """Plays the demo of `app` in `directory`, which must be empty, or in a new temporary directory."""
    session = _DemoSession(app, _create_scratch_directory(directory), printer)
    session.print_heading(f"# A run of three gates, in a scratch directory: {session.directory}")
    session.run_command("init")
    session.run_command("run", "start", "--workflow", "visual-essay", "--slug", _SLUG, "--artifact-path", _ARTIFACTS)
    _pass_gate(session, "G1")
    _fail_then_pass_gate(session)
    _pass_gate(session, "G3")
    session.print_heading("# Would empty work have passed? Each file is emptied, and a check has to fail")
    session.run_command("contract", "test", "G2", show=_SENTENCE)
    session.run_command("run", "complete", *_RUN, show=_VERDICT)
    run_id = Workspace(session.directory).runs()[0]
    _print_record(session, run_id)
    return DemoResult(session.directory, run_id, tuple(session.steps))


def _pass_gate(session: "_DemoSession", gate: str) -> None:
    agent = _AGENTS[gate]
    session.print_heading(f"# {gate}: {agent} writes what the contract requires")
    session.run_command("gate", "start", *_RUN, "--gate", gate, "--agent", agent)
    copy_example(gate, session.directory)
    session.run_command("gate", "finish", *_RUN, "--gate", gate, show=_VERDICT)


def _fail_then_pass_gate(session: "_DemoSession") -> None:
    """Finishes G2 with incomplete work, which fails, then again with all of it."""
    start = ("gate", "start", *_RUN, "--gate", "G2", "--agent", _AGENTS["G2"])
    finish = ("gate", "finish", *_RUN, "--gate", "G2")
    session.print_heading(f"# G2: {_AGENTS['G2']} writes six files, but its list has only {_INITIAL_SOURCES} sources")
    session.run_command(*start)
    copy_example("G2", session.directory)
    citations = session.directory / _CITATIONS
    whole = citations.read_text("utf-8")
    kept, _, _ = whole.partition(f"### Source {_INITIAL_SOURCES + 1}")
    citations.write_text(kept, "utf-8")
    session.run_command(*finish, expected=1, show=_SESSION)
    session.print_heading("# The missing sources are added")
    session.run_command(*start)
    citations.write_text(whole, "utf-8")
    session.run_command(*finish, show=_SESSION)


class _DemoSession:
    """Runs commands in the scratch directory and collects their exit codes and output."""

    def __init__(self, app: click.Command, directory: Path, printer: Printer) -> None:
        self.directory = directory
        self._app = app
        self.steps: list[DemoStep] = []
        self._printer = printer

    def run_command(self, *arguments: str, expected: int = 0, show: str = _NOTHING) -> None:
        """Runs `orch` with these arguments, after printing the command.

        Of its output the lines that begin with `show`, a regex, are printed; all with -v, or where it went wrong.
        """
        command = " ".join(("orch", *arguments))
        self.print_line(style(f"$ {command}", bold=True))
        captured = _CapturedOutput(self._printer.text_stream)
        with redirect_stdout(captured), chdir(self.directory):
            code = self._run(arguments)
        output = captured.getvalue()
        self.steps.append(DemoStep(command, code, expected, click.unstyle(output)))
        shown = re.compile(show if code == expected and not self._printer.is_verbose else _ALL)
        lines = [line for line in output.splitlines(keepends=True) if shown.match(click.unstyle(line))]
        self._printer.print_rendered("".join(lines))

    def _run(self, arguments: tuple[str, ...]) -> int:
        try:
            code = self._app.main([*self._printer.verbosity_flags, "-C", ".", *arguments], standalone_mode=False)
        except OrchError as error:
            self.print_line(f"orch: {error.message}")
            code = error.exit_code
        return int(code or 0)

    def print_line(self, line: str) -> None:
        """Prints a line for people."""
        self._printer.print_line(line)

    def print_hint(self, line: str) -> None:
        """Prints a line for people, unless -q was given."""
        self._printer.print_hint(line)

    def print_heading(self, heading: str) -> None:
        """Prints a heading for people, after an empty line."""
        if self.steps:
            self._printer.print_line()
        self._printer.print_line(style(heading, bold=True))


class _CapturedOutput(StringIO):
    """Keeps what is printed, with the colours and the width that it would have on a stream."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    @override
    def isatty(self) -> bool:
        return self._stream.isatty()

    @override
    def fileno(self) -> int:
        return self._stream.fileno()


def _print_record(session: _DemoSession, run_id: str) -> None:
    workspace = Workspace(session.directory)
    record = session.directory / workspace.record_path(run_id)
    count = format_count(len(list(record.parent.rglob("attempt-*.json"))), "attempt")
    session.print_heading("# The record, to be committed with git")
    session.print_line(f"  {workspace.run_path(run_id)}/record/")
    session.print_line(f"  RUN.json                 the run: three gates, {count}, what happened when")
    session.print_line("  gates/G2/attempt-1.json  why G2 failed: what each check measured")
    session.print_hint(f"Next: orch -C {quote(str(session.directory))} {_SHOW_RUN}")


def _create_scratch_directory(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="orch-demo-"))
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Refused(f"{directory} is not an empty directory", next_command=suggestions.DEMO)
    directory.mkdir(parents=True, exist_ok=True)
    return directory.absolute()


@click.command(cls=Command)
@click.option("--directory", type=click.Path(path_type=Path), metavar="DIR", help="Use this empty directory.")
@json_option
@click.pass_context
def demo(context: click.Context, directory: Path | None, as_json: bool) -> None:
    """Run a demo: three gates of a small real example.

    Uses a temporary directory. One of the gates fails at first; at the end the record is shown.

    \b
    Example:
      orch demo
    """
    printer = Printer(as_json)
    keep_interruptible()
    result = play_demo(context.find_root().command, directory, printer)
    printer.print_document(result.to_json())
    context.exit(Exit.OK if result.passed else Exit.FAIL)
