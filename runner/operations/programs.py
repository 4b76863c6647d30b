"""Runs a contract's programs before any file is judged: its pre_scripts, then the programs of its `command` checks.

Their output goes to the run's `logs/`. The record has only how they ended, because output names paths of machines.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.pre_script import BoundScript
from gate_tests.programs.program import KnownProgramResults, Program, ProgramResult
from gate_tests.sanitize import flatten_line, sanitize_line
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Json
from runner.storage.logs import LogFile

OpenLog = Callable[[str], AbstractContextManager[LogFile]]
"""Opens the file that a program prints to, by its name below `logs/`."""

_UNSAFE_CHARACTERS: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Log(NamedTuple):
    """The path of a program's output, relative to the root, and its last lines. Neither is recorded.

    The path is None where the output was not kept; `problem` says why.
    """

    path: str | None
    last_lines: tuple[str, ...]
    problem: str | None = None


class ScriptRun(NamedTuple):
    """A pre_script, how it ended, and its output; `log` is None where it was not run."""

    script: BoundScript
    ran: ProgramResult
    log: Log | None

    @property
    def fails_gate(self) -> bool:
        """Whether it fails its gate."""
        return not self.ran.succeeded and not self.script.may_fail

    @property
    def reason(self) -> str:
        """How it failed, in one line."""
        return sanitize_line(f"{self.script.path}: expected exit code 0 of this pre_script, found {self.ran.found}")

    def to_json(self) -> Json:
        """`{path, exit_code, duration_ms, output_sha256, pass, reason?}`, with `warning` if it failed and may fail."""
        row: Json = {
            "path": self.script.template,
            "exit_code": self.ran.exit_code,
            "duration_ms": self.ran.duration_ms,
            "output_sha256": self.ran.output_sha256,
            "pass": not self.fails_gate,
        }
        if not self.ran.succeeded:
            row |= {"reason": self.reason} if self.fails_gate else {"warning": True, "reason": self.reason}
        return row


class ProgramRuns(NamedTuple):
    """The programs that were run: scripts by gate id, logs of `command` checks by (gate id, check id)."""

    scripts: Mapping[str, tuple[ScriptRun, ...]]
    programs: KnownProgramResults
    logs: Mapping[tuple[str, str], Log]

    def for_gate(self, gate: str) -> tuple[tuple[ScriptRun, ...], dict[str, Log]]:
        """The scripts of one gate, and its logs by check id."""
        return self.scripts.get(gate, ()), {check: log for (name, check), log in self.logs.items() if name == gate}


NO_PROGRAMS: Final = ProgramRuns({}, KnownProgramResults({}), {})


def has_programs(contracts: Iterable[Document], *, scripts: bool) -> bool:
    """Whether one of these contracts, valid or not, has programs that must run before judging begins."""
    return any(
        (scripts and _list_members(each, "pre_scripts")) or has_check_type(each, "command") for each in contracts
    )


def has_check_type(document: Document, name: str) -> bool:
    """Whether a contract, valid or not, contains a check of this type."""
    return any(
        isinstance(check, dict) and check.get("type") == name for check in _list_members(document, "validations")
    )


def _list_members(document: Document, key: str) -> Sequence[object]:
    members = document.data.get(key) if isinstance(document.data, dict) else None
    return members if isinstance(members, list) else ()


def name_command_log(directory: str, number: int, program: str) -> str:
    """The log of a gate's `number`th `command` check, in the directory of its logs; `program` has no directory."""
    return f"{directory}/command-{number}-{_UNSAFE_CHARACTERS.sub('-', program)}.txt"


def name_script_log(directory: str, number: int, path: str) -> str:
    """The log of a gate's `number`th pre_script, in the directory of its logs."""
    return f"{directory}/pre-script-{number}-{_UNSAFE_CHARACTERS.sub('-', path.rpartition('/')[2])}.txt"


def run_programs(
    workspace: Workspace,
    open_log: OpenLog,
    gates: Sequence[tuple[CompiledGate, str]],
    show: Callable[[str], object],
    *,
    scripts: bool,
) -> ProgramRuns:
    """Runs the pre_scripts of all gates, if `scripts` is true, then their `command` checks, one after the other.

    `gates` pairs each gate with the directory below `logs/` for its output.
    """
    runner = _ProgramRunner(workspace, open_log, show)
    ran = {gate.contract.gate: runner.scripts(gate, directory) if scripts else () for gate, directory in gates}
    programs: dict[tuple[str, int], ProgramResult] = {}
    logs: dict[tuple[str, str], Log] = {}
    for gate, directory in gates:
        for number, (check_id, rule) in enumerate(gate.commands, start=1):
            name = name_command_log(directory, number, rule.program.name)
            programs[rule.gate, rule.index], log = runner.run(rule.program, name)
            logs[rule.gate, check_id] = log
    return ProgramRuns(ran, KnownProgramResults(programs), logs)


class _ProgramRunner(NamedTuple):
    workspace: Workspace
    open_log: OpenLog
    show: Callable[[str], object]

    def scripts(self, gate: CompiledGate, directory: str) -> tuple[ScriptRun, ...]:
        return tuple(self._run_script(script, directory, number) for number, script in enumerate(gate.scripts, start=1))

    def _run_script(self, script: BoundScript, directory: str, number: int) -> ScriptRun:
        name = name_script_log(directory, number, script.path)
        if self.workspace.contains(script.path):
            return ScriptRun(script, *self.run(script.program, name))
        outside = ProgramResult(None, 0, "", "that it is outside the root (through a symlink); it was not run")
        return ScriptRun(script, outside, None)

    def run(self, program: Program, name: str) -> tuple[ProgramResult, Log]:
        from gate_tests.programs.execute import execute, read_last_lines

        self.show(f"running {flatten_line(shlex.join(program.arguments))}\n")
        with self.open_log(name) as log:
            ran = execute(program, self.workspace.root, log.descriptor)
            last_lines = read_last_lines(log.descriptor)
        self.show(f"  {ran.found} after {ran.duration_ms / 1000:.1f} s\n")
        return ran, Log(None if log.problem else log.path, last_lines, log.problem)
