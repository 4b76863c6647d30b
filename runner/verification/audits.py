"""Which gates audit the work of others, as workflow and contracts say."""

from collections.abc import Iterator

from runner.models.run import Run
from runner.verification.rule_versions import RuleVersions


def list_audits(run: Run, rules: RuleVersions) -> list[tuple[str, str]]:
    """(Gate, gate whose work it audits): it is independent of it, or compares its outputs, by the rules of the run."""
    return list(dict.fromkeys([*_list_independent(run, rules), *_list_compared(run, rules)]))


def _list_independent(run: Run, rules: RuleVersions) -> Iterator[tuple[str, str]]:
    sha256 = run.pins.workflow if run.pins else None
    workflow = rules.find_workflow(run.workflow.name, sha256) if sha256 else None
    for gate in workflow.gates if workflow else ():
        yield from ((gate.gate, other) for other in gate.independent_of)


def _list_compared(run: Run, rules: RuleVersions) -> Iterator[tuple[str, str]]:
    for gate in run.gates:
        sha256 = gate.attempts[-1].contract_sha256 if gate.has_passed else None
        contract = rules.find_contract(gate.gate, sha256) if sha256 else None
        for check in contract.validations if contract else ():
            if check.type == "unchanged_since":
                yield gate.gate, str(check.keys.get("gate"))
