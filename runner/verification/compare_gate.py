"""Compares what the record claims of one gate with the verdict on it now."""

from collections.abc import Iterator, Sequence

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


def compare_gate(
    run: Run, task: ReplayTask, verdict: Verdict, scripts: Sequence[ScriptRun], scope: ReplayScope
) -> GateReplay:
    """The result for one gate: `scripts` are its pre_scripts, as they ended now."""
    attempt = task.attempt
    compared = compare_results(attempt.validations, verdict.validations, scope)
    differences = (*_compare_scripts(attempt, scripts, scope), *compared.differences)
    skipped = (*_list_skipped_scripts(task, scope), *compared.skipped)
    return GateReplay(
        run_id=run.run_id,
        gate=task.gate.gate,
        attempt=attempt.number,
        claimed=attempt.status,
        outcome=ReplayOutcome.DIFFERS if differences else ReplayOutcome.REPRODUCED,
        found=_find_status(verdict, scripts, {each.check_id for each in compared.skipped}),
        checks=len(verdict.validations) - len(compared.skipped),
        differences=differences,
        skipped=skipped,
        measured=compared.measured,
        files=(*_find_output_differences(attempt, verdict), *compared.read),
        notes=(*task.notes, *_describe_version(attempt, is_different=bool(differences))),
    )


def _compare_scripts(attempt: Attempt, scripts: Sequence[ScriptRun], scope: ReplayScope) -> Iterator[CheckDifference]:
    return find_script_differences(attempt.pre_scripts, scripts) if scope.programs else iter(())


def _list_skipped_scripts(task: ReplayTask, scope: ReplayScope) -> list[SkippedCheck]:
    scripts = () if scope.programs else task.compiled.scripts
    return [SkippedCheck(name_script(each.template), RUNS_PROGRAM) for each in scripts]


def _find_status(verdict: Verdict, scripts: Sequence[ScriptRun], skipped: set[str]) -> GateStatus:
    """The verdict now, of what was judged."""
    has_failed = any(each.has_failed for each in verdict.validations if each.id not in skipped)
    return GateStatus.FAIL if has_failed or any(each.fails_gate for each in scripts) else GateStatus.PASS


def _find_output_differences(attempt: Attempt, verdict: Verdict) -> Iterator[FileDifference]:
    judged = {output.path: output.sha256 for output in verdict.outputs}
    return find_file_differences(dict(attempt.artifact_hashes), judged)


def _describe_version(attempt: Attempt, *, is_different: bool) -> Iterator[str]:
    """Another version of orch may explain a difference."""
    judged_by = (attempt.runner or {}).get("orch")
    if is_different and judged_by != VERSION:
        yield f"judged then by orch {judged_by or 'of an unknown version'}, now by {VERSION}"
