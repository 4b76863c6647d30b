"""The first part of `orch ci`: lints all contracts and workflows."""

from typing import NamedTuple

from gate_tests.errors import Exit
from gate_tests.workspace.layout import Workspace
from runner.ci.place import split_place
from runner.contracts.lint import lint_all
from runner.reports.ci_report import Finding, Level, Part


class LintResult(NamedTuple):
    """The contracts that were linted, what was found, and the exit code, warnings aside."""

    contracts: tuple[str, ...]
    findings: tuple[Finding, ...]
    exit_code: Exit


def lint_contracts(workspace: Workspace) -> LintResult:
    """Lints every contract, and the workflows, of the work tree. Without any, nothing is found."""
    report = lint_all(workspace)
    errors = tuple(map(_parse_error, report.errors))
    warnings = tuple(
        Finding(Part.LINT, Level.WARNING, each.topic, f"{each.json_path}: {each.message}", each.path, each.line)
        for each in report.warnings
    )
    return LintResult(report.files, errors + warnings, Exit.REFUSED if errors else Exit.OK)


def _parse_error(error: str) -> Finding:
    message, path, line = split_place(error)
    is_workflow = path is not None and path.startswith("orchestration/workflows/")
    return Finding(Part.LINT, Level.ERROR, "workflow-error" if is_workflow else "contract-error", message, path, line)
