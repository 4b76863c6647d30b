"""Which rule files of a gate changed after its run or its open attempt started: only a person may accept that."""

from gate_tests.files.regular_file import read_regular_file
from gate_tests.files.short_hash import hash_content
from gate_tests.workspace.layout import Workspace
from runner.models.gate import Gate
from runner.models.rules import GateRules, RuleFile, find_baseline_changes, find_pin_changes
from runner.models.run import Run


def find_changed_rules(workspace: Workspace, run: Run, gate: Gate) -> tuple[str, ...]:
    """The paths of the files for which a start of the gate, or a finish of its open attempt, is refused."""
    baseline = gate.open_attempt.baseline if gate.open_attempt else None
    rules = GateRules(
        hash_file(workspace, workspace.contract_path(gate.gate)),
        hash_file(workspace, workspace.workflow_path(run.workflow.name)),
        tuple(hash_file(workspace, path) for path, _ in (baseline.schemas if baseline else ())),
    )
    changes = (*find_pin_changes(run.pins, gate.gate, rules), *find_baseline_changes(baseline, rules))
    return tuple(dict.fromkeys(change.path for change in changes))


def hash_file(workspace: Workspace, path: str) -> RuleFile:
    """The file and its hash, which is None where it cannot be read."""
    try:
        content = read_regular_file(workspace.root / path) if workspace.contains(path) else None
    except (OSError, ValueError):  # a path with a NUL
        content = None
    return RuleFile(path, None if content is None else hash_content(content))
