"""The example artifacts of a gate, and a run that fits their paths."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import commonpath
from typing import Final

from gate_tests.checks.registry import PATH_VARIABLES, check_type
from gate_tests.compiler.templates import VARIABLE
from gate_tests.contract import Contract
from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import SLUG, Depth, normal_path
from gate_tests.workspace.run_context import RunContext
from runner import suggestions
from runner.workflows.bundled import EXAMPLES, bundled_directory
from runner.workflows.definition import find_workflow_with_gate

_BARE_DIRECTORIES: Final = ("{artifact_path}", *(f"{{{name}}}" for name in PATH_VARIABLES))
_VARIABLE_PATTERNS: Final = {"artifact_path": ".+", "slug": SLUG.pattern}


@dataclass(frozen=True)
class Example:
    """Good artifacts below `directory`, laid out as below a root; `files` are their paths, relative to it."""

    directory: Path
    files: tuple[str, ...]

    @classmethod
    def find(cls, workspace: Workspace, gate: str) -> "Example":
        """The repository's example, else the bundled one for a gate of that name. Raises Refused."""
        own_directory = f"orchestration/{EXAMPLES}/{gate}"
        for directory in (workspace.root / own_directory, bundled_directory() / EXAMPLES / gate):
            files = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
            if files:
                return cls(directory, tuple(files))
        make = None if (workspace.root / own_directory).is_dir() else suggestions.make_directory(own_directory)
        raise Refused(
            f"{own_directory} contains no files; put good artifacts of {gate} there, laid out as below the root",
            next_command=make,
            advice=None if make else "add them, then repeat the command",
        )

    def build_context(
        self, workspace: Workspace, contract: Contract, depth: Depth, slug: str | None, artifact_path: str | None
    ) -> RunContext:
        """A run that fits the artifacts; slug and artifact path are inferred from their paths where None. Refused."""
        workflow = find_workflow_with_gate(workspace, contract.gate)
        if artifact_path is None:
            artifact_path = self._find_artifact_path(contract)
        slug = slug or self._infer_variable(contract, "slug") or _slug_from_path(artifact_path) or "example"
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

    def _find_artifact_path(self, contract: Contract) -> str | None:
        """Inferred from the paths in the contract; the common directory where it names only the artifact path."""
        path = self._infer_variable(contract, "artifact_path")
        if path is None and any(template in _BARE_DIRECTORIES for template in _templates(contract)):
            return commonpath(str(PurePosixPath(file).parent) for file in self.files) or None
        return path

    def _infer_variable(self, contract: Contract, variable: str) -> str | None:
        """The value of a variable with which most paths of the contract match paths of the example."""
        paths = {*self.files, *(str(directory) for file in self.files for directory in PurePosixPath(file).parents)}
        values: Counter[str] = Counter()
        for template in dict.fromkeys(_templates(contract)):
            if f"{{{variable}}}" in template and template not in _BARE_DIRECTORIES:
                pattern = re.compile(_template_regex(template))
                values.update({match[variable] for path in paths if (match := pattern.fullmatch(path))})
        return min(values, key=lambda value: (-values[value], len(value), value), default=None)


def _slug_from_path(path: str | None) -> str | None:
    """The last component, if it is a valid slug."""
    name = PurePosixPath(path or "").name
    return name if SLUG.fullmatch(name) else None


def _templates(contract: Contract) -> Iterator[str]:
    """The path templates in the contract; one with `**` as the directory below which that looks."""
    return (template.partition("/**")[0] for template in _written_templates(contract))


def _written_templates(contract: Contract) -> Iterator[str]:
    yield from (output.path for output in contract.outputs)
    for validation in contract.validations:
        named = validation.keys.get(check_type(validation.type).target_key or "", ())
        yield from [named] if isinstance(named, str) else named


def _template_regex(template: str) -> str:
    """A regex for the paths that a template may expand to; a repeated variable has the same value each time."""
    regex, end = "", 0
    for match in VARIABLE.finditer(template):
        name = match[1]
        value = f"(?P={name})" if f"(?P<{name}>" in regex else f"(?P<{name}>{_VARIABLE_PATTERNS.get(name, '.+')})"
        regex += _glob_regex(template[end : match.start()]) + value
        end = match.end()
    return regex + _glob_regex(template[end:])


_WILDCARDS: Final = {"*": "[^/]*", "?": "[^/]"}


def _glob_regex(text: str) -> str:
    """A regex for a part of a path template, in which `*` and `?` are wildcards."""
    return "".join(_WILDCARDS.get(part) or re.escape(part) for part in re.split(r"([*?])", text))
