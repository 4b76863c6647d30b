"""Reads the files that decide how a gate is judged: its contract, the workflow, the JSON schemas of its checks."""

from gate_tests.compiler.gate import CompiledGate
from gate_tests.workspace.layout import Workspace
from runner.models.rules import GateRules, RuleFile
from runner.workflows.rule_changes import hash_file as hash_file


def read_rules(workspace: Workspace, compiled: CompiledGate, workflow: RuleFile) -> GateRules:
    """The rules of a compiled gate; `workflow` as it was read. A schema that is an output of the gate is work."""
    document = compiled.contract.document
    schemas = tuple(hash_file(workspace, path) for path in compiled.schema_paths if not compiled.declares(path))
    return GateRules(RuleFile(document.path, document.sha256), workflow, schemas)


def read_rules_again(workspace: Workspace, rules: GateRules) -> GateRules:
    """The same files as they are now."""
    return GateRules(
        hash_file(workspace, rules.contract.path),
        hash_file(workspace, rules.workflow.path),
        tuple(hash_file(workspace, schema.path) for schema in rules.schemas),
    )
