"""Compares what the record claims of one gate with the verdict on it now."""

from collections.abc import Iterator, Sequence
from typing import Final

from gate_tests.checks.result import CheckResult
from gate_tests.isolated_pytest.verdict import Verdict
from runner.models.attempt import Attempt
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.programs import ScriptRun
from runner.verification.compare_results import RUNS_PROGRAM, ReplayScope, compare_results, find_file_differences
from runner.verification.replay_plan import ReplayTask
from runner.verification.replay_programs import find_script_differences, name_script
from runner.verification.replayed import CheckDifference, FileDifference, GateReplay, ReplayOutcome, SkippedCheck
from runner.version import VERSION

NO_CHECKOUT: Final = "programs ran in an export of the files, which has no .git and nothing that git ignores"


def compare_gate(
    run: Run, task: ReplayTask, verdict: Verdict, scripts: Sequence[ScriptRun], scope: ReplayScope
) -> GateReplay:
    """The result for one gate: `scripts` are its pre_scripts, as they ended now."""
    attempt = task.attempt
    outputs = tuple(_find_output_differences(attempt, verdict))
    compared = compare_results(
        attempt.validations, verdict.validations, scope, None if outputs else _list_unchanged(attempt)
    )
    differences = (*_compare_scripts(attempt, scripts, scope), *compared.differences, *_find_invalid_rows(attempt))
    skipped = (*_list_skipped_scripts(task, scope), *compared.skipped)
    checks = len(verdict.validations) - len(compared.skipped)
    return GateReplay(
        run_id=run.run_id,
        gate=task.gate.gate,
        attempt=attempt.number,
        claimed=attempt.status,
        outcome=_choose_outcome(differences, is_judged=bool(checks or scripts)),
        found=_find_status(verdict, scripts, {each.check_id for each in compared.skipped}),
        checks=checks,
        differences=differences,
        skipped=skipped,
        measured=compared.measured,
        files=(*outputs, *_leave_out(compared.read, outputs)),
        notes=(
            *task.notes,
            *_describe_version(attempt, is_different=bool(differences)),
            *_describe_export(task, differences, scope),
        ),
    )


def _choose_outcome(differences: Sequence[CheckDifference], *, is_judged: bool) -> ReplayOutcome:
    if differences:
        return ReplayOutcome.DIFFERS
    return ReplayOutcome.REPRODUCED if is_judged else ReplayOutcome.SKIPPED


def _compare_scripts(attempt: Attempt, scripts: Sequence[ScriptRun], scope: ReplayScope) -> Iterator[CheckDifference]:
    return find_script_differences(attempt.pre_scripts, scripts) if scope.programs else iter(())


def _list_skipped_scripts(task: ReplayTask, scope: ReplayScope) -> list[SkippedCheck]:
    scripts = () if scope.programs else task.compiled.scripts
    return [SkippedCheck(name_script(each.template), RUNS_PROGRAM) for each in scripts]


def _describe_export(task: ReplayTask, differences: Sequence[CheckDifference], scope: ReplayScope) -> Iterator[str]:
    """That may explain how a program ended."""
    commands = {check_id for check_id, _ in task.compiled.commands}
    scripts = {name_script(each.template) for each in task.compiled.scripts}
    if scope.in_export and any(each.check_id in commands | scripts for each in differences):
        yield NO_CHECKOUT


def _find_status(verdict: Verdict, scripts: Sequence[ScriptRun], skipped: set[str]) -> GateStatus:
    """The verdict now, of what was judged."""
    has_failed = any(each.has_failed for each in verdict.validations if each.id not in skipped)
    return GateStatus.FAIL if has_failed or any(each.fails_gate for each in scripts) else GateStatus.PASS


def _find_output_differences(attempt: Attempt, verdict: Verdict) -> Iterator[FileDifference]:
    judged = {output.path: output.sha256 for output in verdict.outputs}
    return find_file_differences(dict(attempt.artifact_hashes), judged)


def _leave_out(files: Sequence[FileDifference], outputs: Sequence[FileDifference]) -> Iterator[FileDifference]:
    """What checks read that is no output: an output is listed once."""
    listed = {each.path for each in outputs}
    yield from (each for each in files if each.path not in listed)


def _list_unchanged(attempt: Attempt) -> frozenset[str] | None:
    """The paths of the outputs, all of which are unchanged; None where another version of orch judged them."""
    return frozenset(path for path, _ in attempt.artifact_hashes) if _judged_by(attempt) == VERSION else None


def _find_invalid_rows(attempt: Attempt) -> Iterator[CheckDifference]:
    """Rows that this version of orch does not write: whoever reads them takes others in their place."""
    rows = attempt.to_json()["validations"] if _judged_by(attempt) == VERSION else ()
    for row, result in zip(rows, attempt.validations, strict=False):
        try:
            CheckResult.from_json(row)
        except (KeyError, TypeError, ValueError):
            yield CheckDifference(result.id, result.status, result.status, "the result in the record is invalid")


def _judged_by(attempt: Attempt) -> object:
    """The version of orch that judged the attempt."""
    return (attempt.runner or {}).get("orch")


def _describe_version(attempt: Attempt, *, is_different: bool) -> Iterator[str]:
    """Another version of orch may explain a difference."""
    judged_by = _judged_by(attempt)
    if is_different and judged_by != VERSION:
        yield f"judged then by orch {judged_by or 'of an unknown version'}, now by {VERSION}"
