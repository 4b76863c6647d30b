"""The first part of `orch ci`: lints all contracts and workflows."""

import re
from typing import Final, NamedTuple

from gate_tests.errors import Exit
from gate_tests.workspace.layout import Workspace
from runner.contracts.lint import lint_all
from runner.reports.ci_report import Finding, Level, Part

_PLACE: Final = re.compile(r"(orchestration/[^\n]*?\.json)(?::([0-9]+))?: (?=\S)")
"""The beginning of an error: `path:line: ` or `path: `."""


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
    """The finding of an error, which begins with its place."""
    match = _PLACE.match(error)
    if match is None:
        return Finding(Part.LINT, Level.ERROR, "contract-error", error)
    path, line = match.groups()
    kind = "workflow-error" if path.startswith("orchestration/workflows/") else "contract-error"
    return Finding(Part.LINT, Level.ERROR, kind, error[match.end() :], path, int(line) if line else None)
