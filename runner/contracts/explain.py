"""Explains in words what a gate will check, before any work starts."""

import shlex
from collections.abc import Iterator
from typing import Final, NamedTuple

from gate_tests.checks.output import BoundOutput
from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Severity
from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_depth, check_slug
from gate_tests.workspace.run_context import RunContext
from runner import suggestions
from runner.contracts.workflow_template import choose_new_name, suggest_contract
from runner.models.attempt import Json
from runner.storage.store import Store
from runner.workflows.definition import Workflow, find_workflow_with_gate

_FIRST_SLUG: Final = "first-run"
_SLUG: Final = "the-slug"
_ARTIFACT_PATH: Final = "the/artifact/path"
"""Placeholders where neither a run nor a slug or artifact path is given."""


class ExplainRequest(NamedTuple):
    """A run, or the parameters that a run would be started with."""

    run_id: str | None
    slug: str | None
    artifact_path: str | None
    depth: str | None


class Explanation(NamedTuple):
    """A gate, compiled for a run; `workflow` is the one of which a run was made up, if any has the gate."""

    gate: CompiledGate
    context: RunContext
    workflow: Workflow | None = None

    def lines(self) -> Iterator[str]:
        """The text for people."""
        contract = self.gate.contract
        consequence = "a failure fails the run" if contract.blocking else "a failure does not fail the run"
        yield f"Gate {contract.gate} {contract.name}: {consequence}"
        if contract.description:
            yield f"  {contract.description}"
        yield f"  contract       {contract.document.path}"
        yield f"  slug           {self.context.slug}"
        yield f"  artifact path  {self.context.artifact_path}"
        yield f"  depth          {self.context.depth}"
        yield from _numbered_section("Programs that run first (gate finish):", self._describe_programs())
        yield from _numbered_section(
            f"One of these files {self._describe_requirement('any_of')}:", map(_describe_output, self.gate.any_of)
        )
        yield from _numbered_section(
            f"These files {self._describe_requirement('all_of')}:",
            map(_describe_output, self._list_outputs(optional=False)),
        )
        yield from _numbered_section("Optional files:", map(_describe_output, self._list_outputs(optional=True)))
        yield from _numbered_section("Skills given to the agent:", self._describe_skills())
        yield from _numbered_section("Checks:", (check.describe() for check in self.gate.checks))

    def to_json(self) -> Json:
        """`{gate, name, blocking, contract, slug, artifact_path, depth, pre_scripts, outputs, checks}`."""
        contract = self.gate.contract
        return {
            "gate": contract.gate,
            "name": contract.name,
            "blocking": contract.blocking,
            "contract": contract.document.path,
            "slug": self.context.slug,
            "artifact_path": self.context.artifact_path,
            "depth": str(self.context.depth),
            "pre_scripts": [script.path for script in self.gate.scripts],
            "outputs": [_output_to_json(output) for output in self.gate.outputs],
            "checks": [
                {"id": check.id, "type": check.type.name, "words": check.describe()} for check in self.gate.checks
            ],
        }

    def _list_outputs(self, *, optional: bool) -> Iterator[BoundOutput]:
        return (output for output in self.gate.all_of if output.optional is optional)

    def _describe_requirement(self, group: str) -> str:
        """Whether the outputs of a group are required: a validation may make their absence a warning."""
        severities = {
            check.severity for check in self.gate.checks if check.json_path[:2] == ("required_outputs", group)
        }
        return "should exist (warning only)" if Severity.WARNING in severities else "must exist"

    def _describe_skills(self) -> Iterator[str]:
        for skill in self.gate.skills:
            for file in skill.files:
                yield f"{skill.name}: {file.path}" + ("" if file.is_whole else " (path only)")

    def _describe_programs(self) -> Iterator[str]:
        for script in self.gate.scripts:
            may_fail = " (may fail)" if script.may_fail else ""
            yield shlex.join((script.path, *script.given)) + may_fail
        for _, rule in self.gate.commands:
            yield shlex.join(rule.program.arguments)


def explain_gate(store: Store, gate: str, request: ExplainRequest) -> Explanation:
    """Compiles the gate for the requested run. Raises Refused, InvalidFile."""
    contract, workflow = load_contract(store.workspace, gate), None
    if request.run_id is None:
        workflow = find_workflow_with_gate(store.workspace, gate)
        context = _build_sample_context(store.workspace, workflow, request)
    elif (request.slug, request.artifact_path) != (None, None):
        raise Refused(
            "--run cannot be combined with --slug or --artifact-path",
            next_command=suggestions.explain_contract(gate, request.run_id),
        )
    else:
        run = store.read(request.run_id)
        run.gate(gate)
        context = run.context()
        context = context if request.depth is None else context.at_depth(check_depth(request.depth))
    return Explanation(compile_gate(store.workspace, contract, context), context, workflow)


def suggest_next_command(workspace: Workspace, explained: Explanation, run_id: str | None) -> str:
    """Checks the gate of a run; else writes what is missing for one: a workflow, a contract; else starts a run."""
    gate, workflow = explained.gate.contract.gate, explained.workflow
    if run_id is not None:
        return suggestions.check_gates(run_id, gate)
    if workflow is None:
        return suggestions.new_workflow(choose_new_name(workspace), [gate])
    known = workspace.gates_with_contract()
    if missing := next((each for each in workflow.gates if each.gate not in known), None):
        return suggest_contract(workspace, missing.gate, missing.name)
    return suggestions.start_workflow(workflow.name, *_run_arguments(workflow, explained.context))


def _run_arguments(workflow: Workflow, context: RunContext) -> Iterator[str]:
    """The slug for a run like this sample, then its options that are not the workflow's defaults."""
    yield _FIRST_SLUG if context.slug == _SLUG else context.slug
    if (
        not workflow.artifact_path
        or workflow.expand_artifact_path(context.slug, context.depth) != context.artifact_path
    ):
        yield from ("--artifact-path", context.artifact_path)
    if context.depth is not Depth.STANDARD:
        yield from ("--depth", str(context.depth))


def _build_sample_context(workspace: Workspace, workflow: Workflow | None, request: ExplainRequest) -> RunContext:
    """A run of this workflow."""
    slug = _SLUG if request.slug is None else check_slug(request.slug)
    depth = Depth.STANDARD if request.depth is None else check_depth(request.depth)
    default = workflow.expand_artifact_path(slug, depth) if workflow and workflow.artifact_path else _ARTIFACT_PATH
    artifact_path = workspace.confine(
        default if request.artifact_path is None else request.artifact_path, "artifact path"
    )
    gates = tuple(step.gate for step in workflow.gates) if workflow else ()
    variables = workflow.bind_variables(slug, artifact_path, depth) if workflow else {}
    return RunContext("run_20260101T000000Z_the-slug_abc123", slug, artifact_path, depth, gates, variables)


def _output_to_json(output: BoundOutput) -> Json:
    """`{path, optional}`, with `min_files` of a glob."""
    min_files = {"min_files": output.min_files} if output.pattern is not None else {}
    return {"path": output.path, "optional": output.optional, **min_files}


def _describe_output(output: BoundOutput) -> str:
    files = f", {output.describe_requirement()}" if output.pattern is not None and not output.optional else ""
    return f"{output.path}{files}" + (f": {output.description}" if output.description else "")


def _numbered_section(title: str, entries: Iterator[str]) -> Iterator[str]:
    lines = [f"  {number}. {entry}" for number, entry in enumerate(entries, start=1)]
    yield from (title, *lines) if lines else ()
