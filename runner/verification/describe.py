"""What a verification found out about a file or a rule, in words."""

from collections.abc import Iterator

from runner.verification.file_status import FileReport
from runner.verification.report import RuleReport


def describe_file(file: FileReport) -> str:
    """`changed: out/tea/a.md (G1 attempt 1)`, with what else is known of it."""
    where = f"{file.attempt.gate} attempt {file.attempt.number}"
    reader = f", read by {file.file.read_by}" if file.file.read_by else ""
    problem = f": {file.present.problem}" if file.present and file.present.problem else ""
    moved = f" → {file.moved_to}" if file.moved_to else ""
    return f"{file.status}: {file.file.path}{moved} ({where}{reader}){problem}"


def describe_status(file: FileReport) -> str:
    """The same without the path: `changed since G1 attempt 1 passed`."""
    reader = f", of which {file.file.read_by} read it" if file.file.read_by else ""
    problem = f": {file.present.problem}" if file.present and file.present.problem else ""
    moved = f" to {file.moved_to}" if file.moved_to else ""
    return f"{file.status}{moved} since {file.attempt.gate} attempt {file.attempt.number} passed{reader}{problem}"


def describe_rule(rule: RuleReport) -> Iterator[str]:
    """`contract changed since G1 passed: …`, then a line for each change."""
    since = f"since {rule.gate} passed" if rule.gate else "since the run started"
    yield f"{rule.status} {since}: {rule.path}"
    if rule.problem:
        yield f"  what changed is not known: {rule.problem}"
    if rule.changes == () and rule.present_sha256:
        yield "  no check changed"
    for change in rule.changes or ():
        yield f"  {change.effect}: {change.describe()}"
