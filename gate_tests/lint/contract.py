"""Everything there is to say of one contract: first what it is refused with, then advice."""

from collections.abc import Iterable

from gate_tests.compiler.contract_schema import schema_for
from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import validate_contract
from gate_tests.compiler.problems import find_problems
from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile
from gate_tests.lint.findings import Advice, Findings, Topic
from gate_tests.lint.sample_runs import Trial, told_undeclared, trial_without_workflow, undeclared
from gate_tests.lint.suppressions import without_accepted
from gate_tests.lint.valid_part import sound_part
from gate_tests.lint.whole_contract import Tried, advise
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace


def lint_contract(workspace: Workspace, document: Document, trials: Iterable[Trial]) -> Findings:
    """What is wrong with the contract, tried in runs of the workflows that name it, else what it might do better."""
    trials = tuple(trials)
    try:
        contract = validate_contract(document)
    except InvalidFile as error:
        return Findings((document.path,), (*error.problems, *_hidden(workspace, document, trials)))
    trials = trials or (_without_workflow(contract),)
    faults = _refused(workspace, contract, trials)
    if faults:
        return Findings((document.path,), faults)
    contexts = [context for trial in trials for context in trial.contexts]
    tried = [Tried(context.depth, compile_gate(workspace, contract, context)) for context in contexts]
    given = dict.fromkeys([*_unknown_outputs(contract, trials), *advise(contract, tried)])
    advice = without_accepted(document, given)
    return Findings((document.path,), (), tuple(sorted(advice, key=lambda each: each.line)))


def _hidden(workspace: Workspace, document: Document, trials: tuple[Trial, ...]) -> tuple[str, ...]:
    """The faults of what conforms to the schema, in a contract that does not."""
    contract = sound_part(document, schema_for(document))
    if contract is None:
        return ()
    nothing_left = f"{document.at(())}: compiles to no check"
    faults = _refused(workspace, contract, trials or (_without_workflow(contract),))
    return tuple(fault for fault in faults if not fault.startswith(nothing_left))


def _refused(workspace: Workspace, contract: Contract, trials: tuple[Trial, ...]) -> tuple[str, ...]:
    """Each fault once; with the workflows in whose runs it is one, where it is none in those of others."""
    workflows: dict[str, dict[str | None, None]] = {}
    for trial in trials:
        for fault in (fault for context in trial.contexts for fault in find_problems(workspace, contract, context)):
            workflows.setdefault(fault, {})[trial.workflow] = None
    return tuple(
        fault if len(found) == len(trials) else f"{fault} (in a run of workflow {', '.join(map(str, found))})"
        for fault, found in workflows.items()
    )


def _without_workflow(contract: Contract) -> Trial:
    return trial_without_workflow(output.path for output in contract.outputs)


def _unknown_outputs(contract: Contract, trials: tuple[Trial, ...]) -> Iterable[Advice]:
    """Outputs that no run can come to. Where a workflow names the gate, an undeclared variable is a fault instead."""
    if any(trial.workflow for trial in trials):
        return
    for output in contract.outputs:
        if names := undeclared(output.path):
            yield Advice.about(
                Topic.UNKNOWN_OUTPUT,
                contract.document,
                (*output.json_path, "path"),
                f"no workflow names gate {contract.gate} and declares {told_undeclared(names)}",
            )
