"""The good artifacts of a gate, and the run that they are of: both are told by a folder."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import commonpath

from gate_tests.checks.registry import PATH_VARIABLES, rule_type
from gate_tests.compiler.templates import VARIABLE
from gate_tests.contract import Contract
from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import SLUG, Depth, normal_path
from gate_tests.workspace.run_context import RunContext
from runner.workflows.bundled import EXAMPLES, bundled_directory
from runner.workflows.definition import find_workflow_with_gate

_THE_PLACE_ALONE = ("{artifact_path}", *(f"{{{name}}}" for name in PATH_VARIABLES))
_TOLD_BY_PATHS = {"artifact_path": ".+", "slug": SLUG.pattern}


@dataclass(frozen=True)
class Example:
    """Good artifacts below `folder`, as under a root; `files` are their paths there."""

    folder: Path
    files: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace, gate: str) -> "Example":
        """The repository's own, else what ships for a gate of that name. Raises Refused where there is none."""
        own = f"orchestration/{EXAMPLES}/{gate}"
        for folder in (workspace.root / own, bundled_directory() / EXAMPLES / gate):
            files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
            if files:
                return cls(folder, tuple(files))
        raise Refused(
            f"{own} holds no file: put good artifacts of {gate} there, as they would lie under a root",
            next_command=f"mkdir -p {own}",
        )

    def context(
        self, workspace: Workspace, contract: Contract, depth: Depth, slug: str | None, artifact_path: str | None
    ) -> RunContext:
        """The run that the artifacts are of, as their paths tell, unless slug and artifact path are said. Refused."""
        workflow = find_workflow_with_gate(workspace, contract.gate)
        if artifact_path is None:
            artifact_path = self._place(contract)
        slug = slug or self._told(contract, "slug") or _last_of(artifact_path) or "example"
        if artifact_path is None:
            usual = workflow is not None and workflow.artifact_path is not None
            artifact_path = workflow.expand_artifact_path(slug, depth) if workflow and usual else f"work/{slug}"
        artifact_path = normal_path(artifact_path, "artifact path")
        return RunContext(
            run_id=f"run_20260101T000000Z_{slug}_aaaaaa",
            slug=slug,
            artifact_path=artifact_path,
            depth=depth,
            gates=tuple(step.gate for step in workflow.gates) if workflow else (contract.gate,),
            variables=workflow.bind_variables(slug, artifact_path, depth) if workflow else {},
        )

    def _place(self, contract: Contract) -> str | None:
        """Where the work lies: as the paths in it tell, or as all files do where the contract names the place alone."""
        place = self._told(contract, "artifact_path")
        if place is None and any(template in _THE_PLACE_ALONE for template in _templates(contract)):
            return commonpath(str(PurePosixPath(file).parent) for file in self.files) or None
        return place

    def _told(self, contract: Contract, variable: str) -> str | None:
        """The value of a variable for which most paths of the contract are paths of the example."""
        places = {*self.files, *(str(folder) for file in self.files for folder in PurePosixPath(file).parents)}
        values: Counter[str] = Counter()
        for template in dict.fromkeys(_templates(contract)):
            if f"{{{variable}}}" in template and template not in _THE_PLACE_ALONE:
                path = re.compile(_as_regex(template))
                values.update({match[variable] for place in places if (match := path.fullmatch(place))})
        return min(values, key=lambda value: (-values[value], len(value), value), default=None)


def _last_of(place: str | None) -> str | None:
    """Its last name, if that may be a slug."""
    name = PurePosixPath(place or "").name
    return name if SLUG.fullmatch(name) else None


def _templates(contract: Contract) -> Iterator[str]:
    """The paths that the contract names, as written."""
    yield from (output.path for output in contract.outputs)
    for validation in contract.validations:
        named = validation.keys.get(rule_type(validation.type).target_key or "", ())
        yield from [named] if isinstance(named, str) else named


def _as_regex(template: str) -> str:
    """What the paths match that the template may stand for; a variable stands for the same each time."""
    regex, end = "", 0
    for match in VARIABLE.finditer(template):
        name = match[1]
        value = f"(?P={name})" if f"(?P<{name}>" in regex else f"(?P<{name}>{_TOLD_BY_PATHS.get(name, '.+')})"
        regex += re.escape(template[end : match.start()]) + value
        end = match.end()
    return regex + re.escape(template[end:])
