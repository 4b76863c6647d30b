"""Runs what a contract asks for before any file is read: its pre_scripts, then the programs of its `command` checks.

What they print goes to the run's `logs/`. In a record stands only how they ended: output names paths of machines.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.pre_script import BoundScript
from gate_tests.programs.program import KnownProgramResults, Program, ProgramResult
from gate_tests.sanitize import plain
from gate_tests.strict_json.document import Document
from runner.models.attempt import Json
from runner.storage.logs import log_file
from runner.storage.store import Store

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class Log(NamedTuple):
    """Where the output of a program stands, relative to the root, and its last lines. No record holds them."""

    path: str
    last_lines: tuple[str, ...]


class ScriptRun(NamedTuple):
    """A pre_script that has run, and its output where it was run."""

    script: BoundScript
    ran: ProgramResult
    log: Log | None

    @property
    def fails(self) -> bool:
        """Whether it fails its gate."""
        return not self.ran.succeeded and not self.script.may_fail

    @property
    def reason(self) -> str:
        """In one line, how it failed."""
        return plain(f"{self.script.path}: wanted exit code 0 of this pre_script, found {self.ran.found}")

    def to_json(self) -> Json:
        """`{path, exit_code, duration_ms, output_sha256, pass, reason?}`, with `warning` where it may fail and did."""
        row: Json = {
            "path": self.script.template,
            "exit_code": self.ran.exit_code,
            "duration_ms": self.ran.duration_ms,
            "output_sha256": self.ran.output_sha256,
            "pass": not self.fails,
        }
        if not self.ran.succeeded:
            row |= {"reason": self.reason} if self.fails else {"warning": True, "reason": self.reason}
        return row


class ProgramsRun(NamedTuple):
    """What was run for some gates: scripts by gate, and the logs of `command` checks by gate and id of the check."""

    scripts: Mapping[str, tuple[ScriptRun, ...]]
    programs: KnownProgramResults
    logs: Mapping[tuple[str, str], Log]

    def of(self, gate: str) -> tuple[tuple[ScriptRun, ...], dict[str, Log]]:
        """The scripts of one gate, and its logs by the id of the check."""
        return self.scripts.get(gate, ()), {check: log for (name, check), log in self.logs.items() if name == gate}


NO_PROGRAMS = ProgramsRun({}, KnownProgramResults({}), {})


def wants_programs(contracts: Iterable[Document], *, scripts: bool) -> bool:
    """Whether anything is to be run for one of these contracts, valid or not, and so before the judging begins."""
    return any((scripts and _members(each, "pre_scripts")) or names_type(each, "command") for each in contracts)


def names_type(document: Document, name: str) -> bool:
    """Whether a check of this type stands in a contract, valid or not."""
    return any(isinstance(check, dict) and check.get("type") == name for check in _members(document, "validations"))


def _members(document: Document, key: str) -> Sequence[object]:
    members = document.data.get(key) if isinstance(document.data, dict) else None
    return members if isinstance(members, list) else ()


def run_programs(
    store: Store,
    run_id: str,
    gates: Sequence[tuple[CompiledGate, str]],
    show: Callable[[str], object],
    *,
    scripts: bool,
) -> ProgramsRun:
    """Runs the pre_scripts of all gates, if `scripts` are wanted, then their `command` checks, one after the other.

    `gates` says for each in which folder of the logs its output goes.
    """
    runner = _Runner(store, run_id, show)
    ran = {gate.contract.gate: runner.scripts(gate, folder) if scripts else () for gate, folder in gates}
    programs: dict[tuple[str, int], ProgramResult] = {}
    logs: dict[tuple[str, str], Log] = {}
    for gate, folder in gates:
        for number, (check_id, rule) in enumerate(gate.commands, start=1):
            name = f"{folder}/command-{number}-{_ODD.sub('-', rule.program.name)}.txt"
            programs[rule.gate, rule.index], log = runner.run(rule.program, name)
            logs[rule.gate, check_id] = log
    return ProgramsRun(ran, KnownProgramResults(programs), logs)


class _Runner(NamedTuple):
    store: Store
    run_id: str
    show: Callable[[str], object]

    def scripts(self, gate: CompiledGate, folder: str) -> tuple[ScriptRun, ...]:
        return tuple(self._script(script, folder, number) for number, script in enumerate(gate.scripts, start=1))

    def _script(self, script: BoundScript, folder: str, number: int) -> ScriptRun:
        name = f"{folder}/pre-script-{number}-{_ODD.sub('-', script.path.rpartition('/')[2])}.txt"
        if self.store.workspace.holds(script.path):
            return ScriptRun(script, *self.run(script.program, name))
        outside = ProgramResult(None, 0, "", "it leaves the root through a symlink and was not run")
        return ScriptRun(script, outside, None)

    def run(self, program: Program, name: str) -> tuple[ProgramResult, Log]:
        from gate_tests.programs.execute import execute, read_last_lines

        self.show(f"running {plain(' '.join(program.arguments))}\n")
        with log_file(self.store, self.run_id, name) as (path, output):
            ran = execute(program, self.store.workspace.root, output)
            log = Log(path, read_last_lines(output))
        self.show(f"  {ran.found} after {ran.duration_ms / 1000:.1f} s\n")
        return ran, log
