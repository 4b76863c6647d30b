"""Warnings about files that a workflow or a contract names and that do not exist: prompts, scripts, JSON schemas.

A missing skill is an error. A path with variables is not looked for, nor one that a gate declares as its output: the
work of a run may create it.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from gate_tests.compiler.loader import load_contract
from gate_tests.compiler.templates import VARIABLE, UnknownVariable, expand
from gate_tests.contract import Contract, Validation
from gate_tests.errors import OrchError, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.lint.sample_runs import SLUG, make_sample_run
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from runner.workflows.definition import Workflow, WorkflowGate

_SCRIPTS: Final = (".py", ".sh", ".js", ".mjs", ".ts", ".rb", ".pl")


def find_prompt_warnings(workspace: Workspace, workflow: Workflow) -> Iterator[ContractWarning]:
    """A warning for each prompt that is missing, empty or not readable, or that names an unknown variable."""
    document = workspace.read_document(workflow.path)
    for index, gate in enumerate(workflow.gates):
        if gate.prompt_template is not None and (problem := _find_prompt_problem(workspace, workflow, gate)):
            message = f"the prompt {gate.prompt_template} {problem}"
            json_path = ("gates", index, "prompt_template")
            yield ContractWarning.at(WarningTopic.UNUSABLE_PROMPT, document, json_path, message)


def _find_prompt_problem(workspace: Workspace, workflow: Workflow, gate: WorkflowGate) -> str | None:
    try:
        path = workspace.confine(str(gate.prompt_template), "prompt")
        text = read_regular_file(workspace.root / path).decode().removeprefix("\ufeff")
        variables = workflow.bind_variables(SLUG, "artifact/path", Depth.STANDARD)
        expand(text, make_sample_run(Depth.STANDARD, variables=variables).values())
    except FileNotFoundError:
        return f"does not exist, so `orch run {workflow.name}` stops at gate {gate.gate}"
    except UnicodeDecodeError:
        return "is not UTF-8"
    except (OSError, Refused, UnknownVariable) as error:
        return f"cannot be used: {getattr(error, 'strerror', None) or error}"
    return None if text.strip() else "is empty, so the packet has no instructions"


def find_missing_files(workspace: Workspace, contract: Contract) -> Iterator[ContractWarning]:
    """A warning for each script and schema of the contract that does not exist."""
    for what, path, json_path in _list_files(contract):
        is_looked_for = not VARIABLE.search(path) and not path.startswith("/")
        if is_looked_for and not (workspace.root / path).exists() and path not in _list_outputs(workspace):
            message = f"the {what} {path} does not exist"
            yield ContractWarning.at(WarningTopic.MISSING_FILE, contract.document, json_path, message)


def _list_files(contract: Contract) -> Iterator[tuple[str, str, JsonPath]]:
    """(What it is, its path, where the contract names it)."""
    for script in contract.pre_scripts:
        yield "script", script.path, (*script.json_path, "path")
    for validation in contract.validations:
        if isinstance(schema := validation.keys.get("schema"), str) and validation.type == "json_schema":
            yield "JSON schema", schema, (*validation.json_path, "schema")
        if validation.type == "command":
            yield from _list_programs(validation)


def _list_programs(validation: Validation) -> Iterator[tuple[str, str, JsonPath]]:
    """The program, if it is a path, and the script that it is given first, if its name ends like one."""
    command = validation.keys["command"]
    if "/" in command[0]:
        yield "program", command[0], (*validation.json_path, "command", 0)
    if len(command) > 1 and command[1].endswith(_SCRIPTS):
        yield "script", command[1], (*validation.json_path, "command", 1)


def _list_outputs(workspace: Workspace) -> set[str]:
    """The paths that the valid contracts of the repository declare as outputs."""
    paths = set[str]()
    for gate in workspace.gates_with_contract():
        with suppress(OrchError):
            paths |= {output.path for output in load_contract(workspace, gate).outputs}
    return paths
