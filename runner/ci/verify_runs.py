"""The second part of `orch ci`: verifies what a change does to records and rules, or that runs are as recorded."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.checks.strictness import Effect
from gate_tests.errors import CorruptedRecord, DamagedRecord, Exit, OrchError, choose_gravest
from gate_tests.workspace.layout import Workspace
from runner.ci.place import split_place
from runner.ci.rule_line import find_rule_line
from runner.reports.ci_report import Finding, Level, Part
from runner.storage.store import Store
from runner.verification.changes.allowances import parse_allowances
from runner.verification.changes.comparison import ChangeVerification, verify_change
from runner.verification.changes.report import RecordDifference, RuleChange, RuleEffect
from runner.verification.describe import describe_rule, describe_status
from runner.verification.report import RuleReport, RunReport
from runner.verification.sources import open_source
from runner.verification.verify import Verifier

_CHANGED_RULES: Final = {
    RuleEffect.LOOSENED: (Level.ERROR, "rule-loosened"),
    RuleEffect.INVALID: (Level.ERROR, "rule-invalid"),
    RuleEffect.OTHER_VERSION: (Level.ERROR, "other-rule-version"),
    RuleEffect.UNKNOWN: (Level.WARNING, "rule-changed"),
}
"""The changes that are reported. Others, such as of a contract that was tightened, pass."""


class VerifyResult(NamedTuple):
    """What was found, and the exit code, warnings aside."""

    findings: tuple[Finding, ...]
    exit_code: Exit


class ChangeResult(NamedTuple):
    """The same of a change: `touched` are the runs that it touches, of which it changed or added `changed_records`.

    `changed_rules` are names of gates and workflows. `base` is the id of the commit. `notes` explain the comparison.
    `work`: the paths of changed files other than records and rules. `is_partial`: it may concern any run, as there is a
    place with records or rules of which nothing is known.
    """

    result: VerifyResult
    base: str
    touched: tuple[str, ...]
    changed_records: frozenset[str]
    changed_rules: frozenset[str]
    notes: tuple[str, ...]
    work: frozenset[str]
    is_partial: bool


def verify_against_base(store: Store, base: str, allow: Sequence[str], start: Path | None) -> ChangeResult:
    """Compares the work tree with the commit that is called `base`. Raises Refused, OSError.

    `start`: the directory from which the root was found, None where it was named.
    """
    found = verify_change(store.workspace, base, None, staged=False, allowances=parse_allowances(allow), start=start)
    findings = (*_report_change(store.workspace, found), *_report_runs(found.unexplained_runs))
    codes = {_exit_code(each) for each in found.unexplained_runs}
    if found.changes.has_differences(is_strict=False):
        codes.add(Exit.FAIL)
    return ChangeResult(
        VerifyResult(findings, choose_gravest(codes)),
        found.changes.base,
        tuple(report.run_id for report in found.runs),
        frozenset(found.changed_records),
        frozenset(change.name for change in found.changes.rules),
        found.changes.notes,
        found.work,
        found.changes.is_partial,
    )


def verify_runs(store: Store, run_ids: Sequence[str], *, with_rules: bool) -> VerifyResult:
    """Verifies these runs in the work tree; `with_rules` also that contracts and workflows are those that were used."""
    if not run_ids:
        return VerifyResult((), Exit.OK)
    with open_source(store) as source:
        reports = list(Verifier(source).verify_all(run_ids))
    if not with_rules:
        reports = [report._replace(rules=()) for report in reports]
    return VerifyResult(tuple(_report_runs(reports)), choose_gravest({_exit_code(each) for each in reports}))


def _exit_code(report: RunReport) -> Exit:
    """That of `orch verify`; but a rule that is known not to be looser now is a warning: gates are judged by it."""
    if report.error:
        return report.error.exit_code
    return Exit.FAIL if report.changed_files or any(map(_may_be_looser, report.rules)) else Exit.OK


def _may_be_looser(rule: RuleReport) -> bool:
    return (
        rule.changes is None
        or rule.present_sha256 is None
        or any(change.effect is Effect.LOOSER for change in rule.changes)
    )


def _report_change(workspace: Workspace, found: ChangeVerification) -> Iterator[Finding]:
    for difference in found.changes.records:
        if not difference.is_allowed:
            yield _report_difference(difference)
    for change in found.changes.rules:
        if change.kind in _CHANGED_RULES and not change.is_allowed:
            yield _report_rule_change(workspace, change)
    for warning in found.changes.warnings:
        yield Finding(Part.VERIFY, Level.WARNING, "doubtful-record", warning)


def _report_difference(difference: RecordDifference) -> Finding:
    subject = difference.subject or difference.run_id
    message, gate = ": ".join(filter(None, (difference.kind, subject, difference.change))), difference.gate
    rule = f"record-{difference.kind}"
    return Finding(Part.VERIFY, Level.ERROR, rule, message, difference.path, None, difference.run_id, gate)


def _report_rule_change(workspace: Workspace, change: RuleChange) -> Finding:
    level, rule = _CHANGED_RULES[change.kind]
    problem, _, line = split_place(change.change)  # of an invalid one, where it is wrong
    line = line or find_rule_line(workspace, change)
    return Finding(Part.VERIFY, level, rule, change._replace(change=problem).describe(), change.path, line)


def _report_runs(reports: Iterable[RunReport]) -> Iterator[Finding]:
    for report in reports:
        if report.error:
            yield _report_error(report.run_id, report.error)
        for file in report.changed_files:
            rule, message, gate = f"file-{file.status}", describe_status(file), file.attempt.gate
            yield Finding(Part.VERIFY, Level.ERROR, rule, message, file.file.path, None, report.run_id, gate)
        for changed in report.rules:
            yield _report_changed_rule(report.run_id, changed)
        for warning in report.warnings:
            yield Finding(Part.VERIFY, Level.WARNING, "doubtful-record", warning, run_id=report.run_id)


def _report_error(run_id: str, error: OrchError) -> Finding:
    kind = "not-readable"
    if isinstance(error, DamagedRecord):
        kind = "corrupted-record" if isinstance(error, CorruptedRecord) else "inconsistent-record"
    message, path, line = split_place(error.message)
    path = path or f"orchestration/runs/{run_id}/record/RUN.json"
    return Finding(Part.VERIFY, Level.ERROR, kind, message, path, line, run_id)


def _report_changed_rule(run_id: str, rule: RuleReport) -> Finding:
    level = Level.ERROR if _may_be_looser(rule) else Level.WARNING
    status, *changes = describe_rule(rule)
    message = "; ".join((status.removesuffix(f": {rule.path}"), *(line.strip() for line in changes)))
    return Finding(Part.VERIFY, level, str(rule.status).replace(" ", "-"), message, rule.path, None, run_id, rule.gate)
