"""Sample runs that a contract is bound to, to find its errors."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from gate_tests.compiler.templates import BUILT_IN_VARIABLES, VARIABLE
from gate_tests.errors import suggest
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext

SLUG: Final = "the-slug"
ARTIFACT_PATH: Final = "artifact/path"
_RUN_ID: Final = f"run_20260101T000000Z_{SLUG}_abc123"
_NO_VARIABLES: Final[Mapping[str, str]] = {}


class SampleRuns(NamedTuple):
    """Sample runs of a workflow, one for each depth. `workflow` is None if no workflow names the gate."""

    contexts: tuple[RunContext, ...]
    workflow: str | None = None


def make_sample_run(
    depth: Depth,
    artifact_path: str = ARTIFACT_PATH,
    gates: Iterable[str] = (),
    variables: Mapping[str, str] = _NO_VARIABLES,
) -> RunContext:
    """A run that does not exist."""
    return RunContext(_RUN_ID, SLUG, artifact_path, depth, tuple(gates), variables)


def make_runs_without_workflow(output_templates: Iterable[str]) -> SampleRuns:
    """Sample runs for a gate that no workflow names, with a value for every variable in its outputs' paths."""
    names = {name for template in output_templates for name in find_undeclared_variables(template)}
    variables = {name: name for name in sorted(names)}
    return SampleRuns(tuple(make_sample_run(depth, variables=variables) for depth in Depth))


def find_undeclared_variables(template: str) -> list[str]:
    """The variables in the template that a workflow would have to declare."""
    return [name for name in VARIABLE.findall(template) if name not in BUILT_IN_VARIABLES]


def describe_undeclared(names: Iterable[str]) -> str:
    """The variables, for a message, each with the built-in one that was probably meant."""
    return ", ".join(f"{{{name}}}{suggest(name, BUILT_IN_VARIABLES)}" for name in names)
