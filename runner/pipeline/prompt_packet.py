"""The prompt packet: everything an agent or a person needs to do the work of one gate.

Deterministic: the same inputs give the same bytes, so that a packet's hash can be verified.
"""

from dataclasses import dataclass
from typing import Final

from gate_tests.checks.output import BoundOutput
from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.errors import InvalidFile, LostFile, Refused
from gate_tests.files.blank import is_blank
from gate_tests.files.regular_file import read_regular_file
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.layout import Workspace
from runner.models.run import Run
from runner.pipeline.failure_section import compose_failure_section, find_failed_attempt
from runner.pipeline.program_output import OutputReader
from runner.pipeline.skills_section import compose_skills_section
from runner.workflows.definition import WorkflowGate


@dataclass(frozen=True)
class PacketRequest:
    """The inputs of a packet."""

    run: Run
    workflow_gate: WorkflowGate
    compiled: CompiledGate
    attempt: int
    prompt_text: str


def compose_packet(workspace: Workspace, request: PacketRequest) -> str:
    """The packet, in Markdown. Raises InvalidFile where instructions or skills cannot be read."""
    sections = [
        f"# Prompt packet: {request.workflow_gate.gate} {request.workflow_gate.name}, attempt {request.attempt}\n",
        _failure(workspace, request),
        _work(request),
        _section("Topic", request.prompt_text),
        _section("Instructions", _instructions(workspace, request)),
        compose_skills_section(workspace, request.compiled),
        _section("Required outputs", _outputs(request.compiled)),
        _section("What the validation will check", _checks(request.compiled)),
        _section("How to execute", _how_to(request)),
    ]
    return "\n".join(filter(None, sections))


def _failure(workspace: Workspace, request: PacketRequest) -> str | None:
    """What failed before; the first section, because it is the most important one."""
    run, gate = request.run, request.workflow_gate.gate
    failed = find_failed_attempt(run.gate(gate), request.attempt)
    if failed is None:
        return None
    logs = f"{workspace.run_path(run.run_id)}/logs/gates/{gate}/attempt-{failed.number}"
    return compose_failure_section(failed, OutputReader(workspace), logs)


def _work(request: PacketRequest) -> str | None:
    run = request.run
    facts = {
        "Run": run.run_id,
        "Workflow": f"{run.workflow.name} {run.workflow.version}",
        "Gate": f"{request.workflow_gate.gate} {request.workflow_gate.name}",
        "Attempt": str(request.attempt),
        "Agent": sanitize_line(request.workflow_gate.agent),
        "Slug": run.workflow.slug,
        "Artifact path": run.workflow.artifact_path,
        "Depth": str(run.depth),
    }
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    if request.workflow_gate.description:
        lines += ["", request.workflow_gate.description]
    return _section("The work", "\n".join(lines))


def has_instructions(workspace: Workspace, workflow_gate: WorkflowGate) -> bool:
    """Whether the gate has a prompt template that is not empty. Raises InvalidFile where it cannot be read."""
    path = workflow_gate.prompt_template
    return path is not None and not is_blank(_read_template(workspace, workflow_gate, path).encode())


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body.strip()}\n"


_NO_INSTRUCTIONS: Final = (
    "This gate has no instructions of its own. Do what the topic asks, so that the required outputs exist and every"
    " check below passes."
)


def _instructions(workspace: Workspace, request: PacketRequest) -> str:
    path = request.workflow_gate.prompt_template
    if path is None:
        return _NO_INSTRUCTIONS
    try:
        template = _read_template(workspace, request.workflow_gate, path)
        return expand(template, request.run.context().values()) if not is_blank(template.encode()) else _NO_INSTRUCTIONS
    except UnknownVariable as error:
        raise InvalidFile([f"{path}: {error}"]) from None


def _read_template(workspace: Workspace, workflow_gate: WorkflowGate, path: str) -> str:
    whose = f"(the instructions of gate {workflow_gate.gate})"
    try:
        path = workspace.confine(path, f"prompt template of gate {workflow_gate.gate}")
        return read_regular_file(workspace.root / path).decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidFile([f"{path}: is not UTF-8 {whose}"]) from None
    except Refused as error:
        raise InvalidFile([error.message], next_command=error.next_command) from None
    except OSError as error:
        lost = LostFile(workspace.root, path) if isinstance(error, FileNotFoundError) else None
        raise InvalidFile([f"{path}: {error.strerror} {whose}"], lost_file=lost) from None


def _outputs(compiled: CompiledGate) -> str:
    groups = []
    if compiled.any_of:
        groups.append("At least one of:\n\n" + "\n".join(map(_output, compiled.any_of)))
    if compiled.all_of:
        groups.append("\n".join(map(_output, compiled.all_of)))
    return "\n\n".join(groups) or "No output is declared; see what the validation will check."


def _output(output: BoundOutput) -> str:
    optional = " (optional)" if output.optional else ""
    files = f", {output.describe_requirement()}" if output.pattern is not None and not output.optional else ""
    about = f": {output.description}" if output.description else ""
    return f"- `{output.path}`{files}{optional}{about}"


def _checks(compiled: CompiledGate) -> str:
    return "\n".join(f"{number}. {check.describe()}" for number, check in enumerate(compiled.checks, start=1))


def _how_to(request: PacketRequest) -> str:
    run_id, gate = request.run.run_id, request.workflow_gate.gate
    return f"""\
1. Do the work and write the files. Paths are relative to the root, the directory that contains `orchestration/`.
2. Check the work, as often as you like; nothing is recorded:

       orch gate check --run {run_id} --gate {gate}

3. When it is done, whoever gave you this packet records the verdict. If nobody does, run:

       orch gate finish --run {run_id} --gate {gate}
"""
