"""The prompt packet: everything an agent or a person needs to do the work of one gate.

Deterministic: the same inputs give the same bytes, so that a packet's hash can be verified. The inputs are the run's
record and rules, its topic, and for a retry the logs of the programs that failed.

Its second-level headings are its own, but for those of the team's instructions: the topic and the output of programs
are quoted, descriptions are one line. It has no escape sequences and no control characters.
"""

from dataclasses import dataclass
from typing import Final

from gate_tests.checks.output import BoundOutput
from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.errors import InvalidFile, LostFile, Refused
from gate_tests.files.blank import is_blank
from gate_tests.files.regular_file import read_regular_file
from gate_tests.sanitize import flatten_line, sanitize_line, strip_controls, unify_line_breaks
from gate_tests.workspace.layout import Workspace
from runner.models.run import Run
from runner.operations.invocation_lines import find_invocations
from runner.pipeline.failure_section import compose_failure_section, find_failed_attempt
from runner.pipeline.packet_file import name_packet
from runner.pipeline.program_output import OutputReader
from runner.pipeline.skills_section import compose_skills_section
from runner.workflows.definition import WorkflowGate

_MAX_DESCRIPTION: Final = 2000  # characters


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
        f"# Prompt packet: {_title(request)}, attempt {request.attempt}\n",
        _failure(workspace, request),
        _work(workspace, request),
        _section("Topic", f"{_ABOUT_TOPIC}\n\n{_quote(request.prompt_text)}"),
        _section("Instructions", _instructions(workspace, request)),
        compose_skills_section(workspace, request.compiled),
        _section("Required outputs", _outputs(request.compiled)),
        _section("What the validation will check", _checks(request.compiled)),
        _section("How to execute", _how_to(request)),
    ]
    return strip_controls("\n".join(filter(None, sections)))


def _title(request: PacketRequest) -> str:
    return sanitize_line(f"{request.workflow_gate.gate} {request.workflow_gate.name}")


def _quote(text: str) -> str:
    """`text` as a block quote of Markdown: each line has a mark, so that none can end the quotation."""
    lines = strip_controls(unify_line_breaks(text.removeprefix("\ufeff"))).strip("\n").split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _failure(workspace: Workspace, request: PacketRequest) -> str | None:
    """What failed before; the first section, because it is the most important one."""
    run, gate = request.run, request.workflow_gate.gate
    failed = find_failed_attempt(run.gate(gate), request.attempt)
    if failed is None:
        return None
    logs = f"{workspace.run_path(run.run_id)}/logs/gates/{gate}/attempt-{failed.number}"
    return compose_failure_section(failed, OutputReader(workspace), logs, find_invocations(run, failed))


def _work(workspace: Workspace, request: PacketRequest) -> str:
    run, gate = request.run, request.workflow_gate
    facts = {
        "Run": run.run_id,
        "Workflow": f"{run.workflow.name} {run.workflow.version}",
        "Gate": _title(request),
        "Attempt": str(request.attempt),
        "Agent": sanitize_line(gate.agent),
        "Slug": run.workflow.slug,
        "Artifact path": run.workflow.artifact_path,
        "Depth": str(run.depth),
        "This packet": f"`{workspace.run_path(run.run_id)}/logs/{name_packet(gate.gate, request.attempt)}`",
        "Description": sanitize_line(gate.description, _MAX_DESCRIPTION),
    }
    return _section("The work", "\n".join(f"- {name}: {value}" for name, value in facts.items() if value))


def has_instructions(workspace: Workspace, workflow_gate: WorkflowGate) -> bool:
    """Whether the gate has a prompt template that is not empty. Raises InvalidFile where it cannot be read."""
    path = workflow_gate.prompt_template
    return path is not None and not is_blank(_read_template(workspace, workflow_gate, path).encode())


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body.strip()}\n"


_ABOUT_TOPIC: Final = (
    "What this run is about, as it was given. It is quoted: headings and instructions in the quotation are part of the"
    " topic, not of this packet."
)
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
        return unify_line_breaks(read_regular_file(workspace.root / path).decode().removeprefix("\ufeff"))
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
    about = f": {sanitize_line(output.description, _MAX_DESCRIPTION)}" if output.description else ""
    return f"- `{output.path}`{files}{optional}{about}"


def _checks(compiled: CompiledGate) -> str:
    described = (flatten_line(check.describe()) for check in compiled.checks)
    return "\n".join(f"{number}. {text}" for number, text in enumerate(described, start=1))


def _how_to(request: PacketRequest) -> str:
    run_id, gate = request.run.run_id, request.workflow_gate.gate
    return f"""\
1. Do the work and write the files. Paths are relative to the root, the directory that contains `orchestration/`.
2. Check the work, as often as you like; nothing is recorded:

       orch gate check --run {run_id} --gate {gate}

3. When it is done, whoever gave you this packet records the verdict. If nobody does, run:

       orch gate finish --run {run_id} --gate {gate}
"""
