"""Runs made up to try a contract in: it is bound to each of them, and what that refuses is a fault of the contract."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from gate_tests.compiler.templates import BUILT_IN_VARIABLES, VARIABLE
from gate_tests.errors import suggest
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext

SLUG: Final = "the-slug"
ARTIFACT_PATH: Final = "artifact/path"
_RUN_ID: Final = f"run_20260101T000000Z_{SLUG}_abc123"
_NOTHING: Final[Mapping[str, str]] = {}


class Trial(NamedTuple):
    """The runs of one workflow that names the gate, one for each depth; of none where no workflow does."""

    contexts: tuple[RunContext, ...]
    workflow: str | None = None


def made_up_run(
    depth: Depth,
    artifact_path: str = ARTIFACT_PATH,
    gates: Iterable[str] = (),
    variables: Mapping[str, str] = _NOTHING,
) -> RunContext:
    """A run that nobody has started."""
    return RunContext(_RUN_ID, SLUG, artifact_path, depth, tuple(gates), variables)


def trial_without_workflow(output_templates: Iterable[str]) -> Trial:
    """Runs for a gate that no workflow names: what its outputs' paths name is taken to be declared some day."""
    named = {name for template in output_templates for name in undeclared(template)}
    variables = {name: name for name in sorted(named)}
    return Trial(tuple(made_up_run(depth, variables=variables) for depth in Depth))


def undeclared(template: str) -> list[str]:
    """The variables in the template that only a workflow could declare."""
    return [name for name in VARIABLE.findall(template) if name not in BUILT_IN_VARIABLES]


def told_undeclared(names: Iterable[str]) -> str:
    """In words, which variables are meant, and what each may be a slip of."""
    return ", ".join(f"{{{name}}}{suggest(name, BUILT_IN_VARIABLES)}" for name in names)
