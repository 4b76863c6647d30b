"""Writes a new workflow: of gates given by id, or of those in the record of a run."""

import json
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from gate_tests.compiler.loader import load_contract
from gate_tests.errors import LostFile, OrchError, Refused
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner import suggestions
from runner.contracts.new_file import write_new_file
from runner.models.attempt import MANUAL_AGENT, Json
from runner.models.gate import Gate
from runner.models.run import Run, WorkflowRef
from runner.workflows.definition import is_workflow_name
from runner.workflows.validation import RESERVED_NAMES, find_workflow_errors

_AGENT: Final = "author"
"""Who does the work of a gate, until the workflow's author names somebody."""
_NEW_NAME: Final = "my-workflow"
_ARTIFACT_PATH: Final = "work/{slug}"


class GateTemplate(NamedTuple):
    """A gate of the new workflow."""

    gate: str
    name: str
    agent: str


class WorkflowTemplate(NamedTuple):
    """What the file of a new workflow says, but for the instructions of its gates."""

    name: str
    gates: tuple[GateTemplate, ...]
    version: str = "1"
    description: str = "What this workflow produces, in one sentence."
    artifact_path: str = _ARTIFACT_PATH
    variables: Json | None = None

    @classmethod
    def for_gates(cls, workspace: Workspace, name: str, gates: Iterable[str]) -> "WorkflowTemplate":
        """Of these gates, in their order. One that has a contract gets its name. Raises Refused."""
        checked = [check_gate_id(gate) for gate in dict.fromkeys(gates)]
        named = (
            GateTemplate(gate, _find_contract_name(workspace, gate) or _derive_gate_name(gate, number), _AGENT)
            for number, gate in enumerate(checked, start=1)
        )
        return cls(name, tuple(named))

    @classmethod
    def from_run(cls, name: str, run: Run) -> "WorkflowTemplate":
        """Of the gates of a run, with the agents that worked at them."""
        recorded = run.workflow
        artifact_path = _generalize_artifact_path(recorded)
        return cls(
            name,
            tuple(GateTemplate(gate.gate, gate.name or gate.gate, _find_agent(run, gate)) for gate in run.gates),
            recorded.version or "1",
            f"Written from the record of run {run.run_id}.",
            artifact_path,
            {key: _generalize_value(value, recorded) for key, value in recorded.variables.items()} or None,
        )

    def to_json(self, workspace: Workspace) -> Json:
        """The workflow's JSON. A gate whose instructions exist names their file."""
        return {
            "workflow": self.name,
            "version": self.version,
            "description": self.description,
            "artifact_path": self.artifact_path,
            **({"variables": self.variables} if self.variables else {}),
            "gates": [
                {**each._asdict(), "prompt_template": _find_prompt(workspace, self.name, each.gate)}
                for each in self.gates
            ],
        }


def write_workflow(workspace: Workspace, template: WorkflowTemplate) -> str:
    """Writes the workflow's file; returns its path. Raises Refused where it exists or cannot be written."""
    path = workspace.workflow_path(template.name)
    text = json.dumps(template.to_json(workspace), indent=2, ensure_ascii=False) + "\n"
    _validate(workspace, template.name, Document.parse(path, text.encode()))
    try:
        write_new_file(workspace, path, text)
    except FileExistsError:
        raise Refused(f"{path} already exists", next_command=suggestions.start_workflow_help(template.name)) from None
    return path


def check_new_name(name: str, gates: Iterable[str] = (), run_id: str | None = None) -> str:
    """Return `name`. Raises Refused if no workflow can have it, with the command for these gates and a valid name."""
    if not is_workflow_name(name):
        message = f"{name!r} is not a workflow name: words of a-z and 0-9 joined by single '-', a letter first"
        raise Refused(message, next_command=suggestions.new_workflow(_derive_name(name), gates, run_id))
    if name in RESERVED_NAMES:
        message = f"{name!r} is a command of `orch run`, so no workflow can have this name"
        raise Refused(message, next_command=suggestions.new_workflow(f"{name}-workflow", gates, run_id))
    return name


def suggest_first_run(workspace: Workspace) -> str:
    """The command for a root without runs: explains how to start one, or brings a workflow."""
    named = next(filter(is_workflow_name, workspace.workflows()), None)
    return suggestions.start_workflow_help(named) if named else suggest_first_workflow(workspace)


def suggest_first_workflow(workspace: Workspace) -> str:
    """The command for a root without workflows: writes one; where `orch init` has not run, or git has them, that."""
    from runner.git.restore import find_lost_root  # few commands need git

    is_set_up = (workspace.root / "orchestration/gates/README.md").is_file()
    if not is_set_up or find_lost_root(workspace.root):
        return suggestions.INIT
    return suggestions.new_workflow(choose_new_name(workspace))


def choose_new_name(workspace: Workspace) -> str:
    """A name that no workflow has, for a command to type next."""
    known = workspace.workflows()
    names = (_NEW_NAME, *(f"{_NEW_NAME}-{number}" for number in range(2, len(known) + 2)))
    return next(name for name in names if name not in known)


def _validate(workspace: Workspace, name: str, document: Document) -> None:
    """Raises Refused for a workflow that would not be valid: a record may contain anything."""
    if errors := find_workflow_errors(workspace, name, document):
        raise Refused(
            f"the workflow would not be valid: {errors[0]}", next_command=suggestions.show_help("workflow new")
        )


def suggest_contract(workspace: Workspace, gate: str, name: str) -> str:
    """The command for a contract that is missing: restores it where git has it, else writes a template."""
    from runner.git.restore import suggest_restore

    lost = LostFile(workspace.root, workspace.contract_path(gate))
    return suggest_restore(lost) or suggestions.new_contract(gate, name)


def _derive_name(name: str) -> str:
    """The valid name that is most like this one."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    derived = "-".join(words).lstrip("-0123456789")
    return derived if is_workflow_name(derived) and derived not in RESERVED_NAMES else _NEW_NAME


def _derive_gate_name(gate: str, number: int) -> str:
    """`Draft written` of the gate `draft-written`, `Step 2` of one that is no words, such as `G2`."""
    words = re.split(r"[._-]+", gate)
    is_words = all(re.fullmatch(r"[A-Za-z]{2,}", word) for word in words)
    return " ".join(words).capitalize() if is_words else f"Step {number}"


def _find_contract_name(workspace: Workspace, gate: str) -> str | None:
    try:
        return load_contract(workspace, gate).name
    except OrchError:
        return None


def _find_prompt(workspace: Workspace, workflow: str, gate: str) -> str | None:
    path = f"orchestration/prompts/{workflow}/{gate}.md"
    return path if (workspace.root / path).is_file() else None


def _find_agent(run: Run, gate: Gate) -> str:
    """The agent of the gate's newest attempt that was not a person's decision, else of its newest invocation."""
    attempts = (attempt.agent for attempt in reversed(gate.attempts) if attempt.agent != MANUAL_AGENT)
    invoked = (each.agent for each in reversed(list(run.invocations)) if each.gate == gate.gate)
    return next((agent for agent in (*attempts, *invoked) if agent.strip()), _AGENT)


def _generalize_artifact_path(recorded: WorkflowRef) -> str:
    """The path as a template: the part that is the run's slug, or begins with it and `--`, becomes `{slug}`."""
    parts = recorded.artifact_path.split("/")
    is_slug = [part.split("--")[0] == recorded.slug for part in parts]
    if not any(is_slug) or any("{" in part or "}" in part for part in parts):
        return _ARTIFACT_PATH
    return "/".join("{slug}" if found else part for part, found in zip(parts, is_slug, strict=True))


def _generalize_value(value: str, recorded: WorkflowRef) -> str:
    return value.replace(recorded.artifact_path, "{artifact_path}").replace(recorded.slug, "{slug}")
