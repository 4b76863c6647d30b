"""`orch ci`: lint, verification and checks, one after the other, with one result."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import Exit, OrchError, Refused, choose_gravest
from gate_tests.plurals import format_count
from runner.ci.base import Base
from runner.ci.check_gates import GateCheck, OpenProcess
from runner.ci.lint_contracts import LintResult, lint_contracts
from runner.ci.select_runs import find_current_runs
from runner.ci.verify_runs import ChangeResult, VerifyResult, verify_against_base, verify_runs
from runner.git.repository import GitUnavailable, find_repository
from runner.models.run import Run
from runner.reports.ci_report import CiReport, Finding, GateReport, Level
from runner.storage.store import Store

_SHORT_ID: Final = 12
_MAX_NOTES: Final = 10
"""How many runs have a note of their own."""


class CiRequest(NamedTuple):
    """What to do. `runs`: the ids of named runs; none: those that the change touches, else the current ones.

    `base` is what the change is compared with, None without a change; `allow` are differences that are accepted.
    `start` is the directory from which the root was found, None where it was named.
    """

    runs: tuple[str, ...] = ()
    base: Base | None = None
    allow: tuple[str, ...] = ()
    fail_on: Level = Level.ERROR
    offline: bool = False
    start: Path | None = None


class _Selection(NamedTuple):
    """What is verified, and the runs whose gates are checked. `run_ids`: all of them, newest first."""

    run_ids: tuple[str, ...]
    verified: VerifyResult
    to_check: tuple[Run, ...]
    notes: tuple[str, ...]


def run_ci(
    store: Store,
    request: CiRequest,
    open_process: OpenProcess,
    clock: Callable[[], float],
    on_gate: Callable[[GateReport], object] = lambda _: None,
) -> CiReport:
    """The report. `clock` gives seconds since 1970; `on_gate` gets each gate as soon as it is judged.

    Raises Refused where the request is not possible, Interrupted, OSError.
    """
    started_at = clock()
    linted = lint_contracts(store.workspace)
    selected = _select(store, request)
    gates: list[GateReport] = []
    for gate in GateCheck(store, open_process, request.offline).check_runs(selected.to_check):
        on_gate(gate)
        gates.append(gate)
    findings = (*linted.findings, *selected.verified.findings)
    return CiReport(
        runs=selected.run_ids,
        contracts=linted.contracts,
        findings=findings,
        gates=tuple(gates),
        exit_code=_choose_exit_code(linted, selected.verified, findings, gates, request.fail_on),
        started_at=started_at,
        finished_at=clock(),
        root_prefix=_find_root_prefix(store.workspace.root),
        notes=selected.notes,
    )


def _select(store: Store, request: CiRequest) -> _Selection:
    if request.base is None:
        run_ids = list(request.runs) or find_current_runs(store).run_ids
        runs = _read(store, run_ids, are_named=bool(request.runs))
        verified = verify_runs(store, run_ids, with_rules=True)
        notes = (*_note_unread(run_ids, runs), *_note_runs(runs)) if run_ids else ("there are no runs",)
        return _Selection(tuple(run_ids), verified, tuple(runs), notes)
    change = verify_against_base(store, request.base.revision, request.allow, request.start)
    if request.runs:
        return _select_named(store, request, change)
    selected = _select_touched(store, request.base, change)
    if not change.is_partial:
        return selected
    run_ids = sorted({*selected.run_ids, *find_current_runs(store).run_ids}, reverse=True)
    return selected._replace(run_ids=tuple(run_ids), verified=_verify_rest(store, run_ids, change))


def _select_named(store: Store, request: CiRequest, change: ChangeResult) -> _Selection:
    """The named runs. The change is verified as a whole all the same: it may be about other runs."""
    runs = _read(store, request.runs, are_named=True)
    verified = _verify_rest(store, request.runs, change)
    run_ids = sorted({*request.runs, *change.touched}, reverse=True)
    notes = (*_note_base(request.base, change), *_note_unread(request.runs, runs), *_note_runs(runs))
    return _Selection(tuple(run_ids), verified, tuple(runs), notes)


def _verify_rest(store: Store, run_ids: Sequence[str], change: ChangeResult) -> VerifyResult:
    """The verification of the change, and of those of the runs that it does not touch."""
    others = verify_runs(store, [run_id for run_id in run_ids if run_id not in change.touched], with_rules=False)
    code = choose_gravest({change.result.exit_code, others.exit_code})
    return VerifyResult((*change.result.findings, *others.findings), code)


def _select_touched(store: Store, base: Base, change: ChangeResult) -> _Selection:
    """Runs of which the record was changed; of those that a changed file or rule concerns, the current ones."""
    concerned = {run.run_id: run for run in _find_concerned(store, change)}
    recorded = _read(store, sorted(change.changed_records - concerned.keys(), reverse=True), are_named=False)
    runs = sorted((*concerned.values(), *recorded), key=lambda run: run.run_id, reverse=True)
    run_ids = sorted({*change.touched, *(run.run_id for run in runs)}, reverse=True)
    notes = [*_note_base(base, change), *([] if run_ids else ["the change touches no run"])]
    checked = {run.run_id for run in runs}
    notes += _note_unread(sorted(change.changed_records), runs)
    if left_out := [run_id for run_id in change.touched if run_id not in checked | change.changed_records]:
        notes.append(f"{format_count(len(left_out), 'run')} with a newer one of the same artifact path: not checked")
    return _Selection(tuple(run_ids), change.result, tuple(runs), (*notes, *_note_runs(runs)))


def _find_concerned(store: Store, change: ChangeResult) -> Iterator[Run]:
    files = frozenset(change.touched)
    if not files and not change.changed_rules and not change.work and not change.is_partial:
        return
    for summary in find_current_runs(store).current:
        below = f"{summary.artifact_path}/"
        if summary.run_id in files or change.is_partial or any(path.startswith(below) for path in change.work):
            yield from _read(store, [summary.run_id], are_named=False)
        elif change.changed_rules:
            yield from (run for run in _read(store, [summary.run_id], are_named=False) if _has_rule(run, change))


def _has_rule(run: Run, change: ChangeResult) -> bool:
    return run.workflow.name in change.changed_rules or any(gate.gate in change.changed_rules for gate in run.gates)


def _read(store: Store, run_ids: Sequence[str], *, are_named: bool) -> list[Run]:
    """The runs that can be read; what is wrong with the others is found by the verification."""
    runs = []
    for run_id in run_ids:
        try:
            runs.append(store.read(run_id))
        except Refused:
            if are_named:
                raise
        except OrchError:
            continue
    return runs


def _note_base(base: Base | None, change: ChangeResult) -> Iterator[str]:
    if base:
        named = f", the base of the pull request ({base.variable})" if base.variable else ""
        yield f"compared with {base.name} ({change.base[:_SHORT_ID]}){named}"
    yield from change.notes


def _note_runs(runs: Sequence[Run]) -> Iterator[str]:
    """Of which runs not all gates were checked."""
    partial = [run for run in runs if run.gates_passed < len(run.gates)]
    for run in partial[:_MAX_NOTES]:
        yield f"{run.run_id} is {run.status}: {_describe_passed(run)}"
    if more := partial[_MAX_NOTES:]:
        yield f"{format_count(len(more), 'more run')} of which only the gates that passed are checked"


def _describe_passed(run: Run) -> str:
    if not run.gates_passed:
        return "no gate passed, so none is checked"
    return f"{run.gates_passed:,} of {format_count(len(run.gates), 'gate')} passed, and only these are checked"


def _note_unread(run_ids: Sequence[str], runs: Sequence[Run]) -> Iterator[str]:
    """Which runs were not checked because their record cannot be read."""
    unread = [run_id for run_id in run_ids if run_id not in {run.run_id for run in runs}]
    for run_id in unread[:_MAX_NOTES]:
        yield f"{run_id} has a record that cannot be read: its gates are not checked"
    if more := unread[_MAX_NOTES:]:
        yield f"{format_count(len(more), 'more run')} whose records cannot be read"


def _choose_exit_code(
    linted: LintResult,
    verified: VerifyResult,
    findings: Sequence[Finding],
    gates: Sequence[GateReport],
    fail_on: Level,
) -> Exit:
    """That of the worst part."""
    codes = {linted.exit_code, verified.exit_code, *(gate.exit_code for gate in gates)}
    if fail_on is Level.WARNING and (
        any(finding.level is Level.WARNING for finding in findings) or any(map(_has_warned, gates))
    ):
        codes.add(Exit.FAIL)
    return choose_gravest(codes)


def _has_warned(gate: GateReport) -> bool:
    return any(check.result.has_warned for check in gate.checks)


def _find_root_prefix(root: Path) -> str:
    """The path from the top of the repository to the root, with `/` at its end; empty where that is the same."""
    try:
        repository = find_repository(root)
    except (GitUnavailable, OSError):
        return ""
    if repository is None:
        return ""
    relative = os.path.relpath(os.path.realpath(root), os.path.realpath(repository.top))
    return "" if relative in (os.curdir,) or relative.startswith(os.pardir) else f"{Path(relative).as_posix()}/"
