"""Runs the programs of gates that are judged again: their pre_scripts and `command` checks.

Their output is not kept: `logs/` belongs to the attempts. What they write themselves is their own affair.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile

from gate_tests.checks.result import CheckStatus
from gate_tests.compiler.gate import CompiledGate
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Json
from runner.operations.programs import ProgramRuns, ScriptRun, run_programs
from runner.storage.logs import LogFile
from runner.verification.replayed import CheckDifference


def run_programs_again(
    workspace: Workspace, gates: Sequence[CompiledGate], show: Callable[[str], object]
) -> ProgramRuns:
    """Runs the pre_scripts of all gates, then the programs of their `command` checks, one after the other."""
    return run_programs(workspace, _discard_log, [(gate, gate.contract.gate) for gate in gates], show, scripts=True)


@contextmanager
def _discard_log(name: str) -> Iterator[LogFile]:
    with TemporaryFile() as file:
        yield LogFile(name, file.fileno(), "it is not kept in a replay")


def find_script_differences(claimed: Sequence[Json], found: Iterable[ScriptRun]) -> Iterator[CheckDifference]:
    """The pre_scripts that do not end as the record claims; `claimed` are the rows of `pre_scripts`."""
    rows = list(claimed)
    for each in found:
        row = rows.pop(0) if rows and rows[0].get("path") == each.script.template else None
        claimed_status, status = _claimed_status(row) if row else None, _status(each)
        if claimed_status is not status:
            reason = _describe(each) if row else "the record has no result of this pre_script"
            yield CheckDifference(name_script(each.script.template), claimed_status, status, reason)
        elif row and each.ran.succeeded and row.get("exit_code") != each.ran.exit_code:
            reason = f"the record says exit_code {row.get('exit_code')!r}, found {each.ran.exit_code}"
            yield CheckDifference(name_script(each.script.template), claimed_status, status, reason)
    for row in rows:
        reason = "the contract has no such pre_script"
        yield CheckDifference(name_script(str(row.get("path"))), _claimed_status(row), None, reason)


def name_script(path: str) -> str:
    """The name of a pre_script among checks."""
    return f"pre_script {sanitize_line(path)}"


def _describe(script: ScriptRun) -> str:
    return f"{script.script.path}: exit code 0" if script.ran.succeeded else script.reason


def _status(script: ScriptRun) -> CheckStatus:
    if script.ran.succeeded:
        return CheckStatus.PASSED
    return CheckStatus.WARNED if script.script.may_fail else CheckStatus.FAILED


def _claimed_status(row: Mapping[str, object]) -> CheckStatus:
    if row.get("pass") is not True:
        return CheckStatus.FAILED
    return CheckStatus.WARNED if row.get("warning") else CheckStatus.PASSED
