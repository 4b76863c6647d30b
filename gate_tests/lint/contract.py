"""Lints one contract: its errors, or else its warnings."""

from collections.abc import Callable, Iterable

from gate_tests.compiler.contract_schema import schema_for
from gate_tests.compiler.gate import NO_CHECK, compile_gate
from gate_tests.compiler.loader import validate_contract
from gate_tests.compiler.problems import find_problems
from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.findings import ContractWarning, LintReport, WarningTopic
from gate_tests.lint.rule_files import find_file_warnings
from gate_tests.lint.sample_runs import (
    SampleRuns,
    describe_undeclared,
    find_undeclared_variables,
    make_runs_without_workflow,
)
from gate_tests.lint.suppressions import drop_suppressed
from gate_tests.lint.valid_part import extract_valid_part
from gate_tests.lint.whole_contract import find_warnings
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace


def lint_contract(
    workspace: Workspace,
    document: Document,
    trials: Iterable[SampleRuns],
    find_more: Callable[[Contract], Iterable[ContractWarning]] = lambda contract: (),
) -> LintReport:
    """The errors of the contract in sample runs of the workflows that name its gate, or else its warnings.

    `find_more` gives those warnings about a valid contract that need more than itself.
    """
    trials = tuple(trials)
    try:
        contract = validate_contract(document)
    except InvalidFile as error:
        return LintReport((document.path,), (*error.problems, *_find_hidden_errors(workspace, document, trials)))
    trials = trials or (_make_sample_runs(contract),)
    errors = _find_errors(workspace, contract, trials)
    if errors:
        return LintReport((document.path,), errors)
    contexts = [context for trial in trials for context in trial.contexts]
    samples = [CompiledSample(context.depth, compile_gate(workspace, contract, context)) for context in contexts]
    found = dict.fromkeys(
        [
            *_find_unknown_outputs(contract, trials),
            *find_warnings(contract, samples),
            *find_file_warnings(workspace.root, contract, samples),
            *find_more(contract),
        ]
    )
    warnings = drop_suppressed(document, found)
    return LintReport((document.path,), (), tuple(sorted(warnings, key=lambda each: each.line)))


def _find_hidden_errors(workspace: Workspace, document: Document, trials: tuple[SampleRuns, ...]) -> tuple[str, ...]:
    """The errors in the valid part of a contract that violates the schema."""
    contract = extract_valid_part(document, schema_for(document))
    if contract is None:
        return ()
    nothing_left = f"{document.at(())}: {NO_CHECK}"
    errors = _find_errors(workspace, contract, trials or (_make_sample_runs(contract),))
    return tuple(error for error in errors if not error.startswith(nothing_left))


def _find_errors(workspace: Workspace, contract: Contract, trials: tuple[SampleRuns, ...]) -> tuple[str, ...]:
    """Each error once, with its workflows if it does not occur in all."""
    workflows: dict[str, dict[str | None, None]] = {}
    for trial in trials:
        for error in (error for context in trial.contexts for error in find_problems(workspace, contract, context)):
            workflows.setdefault(error, {})[trial.workflow] = None
    return tuple(
        error if len(found) == len(trials) else f"{error} (in a run of workflow {', '.join(map(str, found))})"
        for error, found in workflows.items()
    )


def _make_sample_runs(contract: Contract) -> SampleRuns:
    return make_runs_without_workflow(output.path for output in contract.outputs)


def _find_unknown_outputs(contract: Contract, trials: tuple[SampleRuns, ...]) -> Iterable[ContractWarning]:
    """Warn of outputs with undeclared variables, if no workflow names the gate; else these are errors."""
    if any(trial.workflow for trial in trials):
        return
    for output in contract.outputs:
        if names := find_undeclared_variables(output.path):
            yield ContractWarning.at(
                WarningTopic.UNKNOWN_OUTPUT,
                contract.document,
                (*output.json_path, "path"),
                f"no workflow with gate {contract.gate} declares {describe_undeclared(names)}",
            )
