"""Compiles a contract and a run into checks, each with an id, a target and its parameters. Imports no pytest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.output import BoundOutput
from gate_tests.checks.registry import check_type
from gate_tests.checks.rule import Rule
from gate_tests.checks.types import file_exists, file_exists_any_of
from gate_tests.checks.types.file_exists import OutputExists
from gate_tests.checks.types.file_exists_any_of import FileExistsAnyOf
from gate_tests.compiler.check import Check, Target
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.compiler.output_files import OutputFiles, find_output_files
from gate_tests.compiler.pre_script import BoundScript, bind_script
from gate_tests.compiler.scope import RunScope
from gate_tests.compiler.skill import BoundSkill, bind_skill
from gate_tests.contract import Contract, Severity, Validation
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import has_wildcards
from gate_tests.files.path_or_glob import PathOrGlob
from gate_tests.sanitize import break_ci_commands
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext

if TYPE_CHECKING:
    from gate_tests.checks.types.command import Command

NO_CHECK: Final = "contains no check"
"""The beginning of the error of a contract that compiles to no check."""


class CompiledGate(NamedTuple):
    """A gate compiled for one run. `unnameable`: paths that a record cannot contain, with the reason."""

    contract: Contract
    checks: tuple[Check, ...]
    any_of: tuple[BoundOutput, ...]
    all_of: tuple[BoundOutput, ...]
    scripts: tuple[BoundScript, ...]
    unnameable: Mapping[str, str]
    skills: tuple[BoundSkill, ...] = ()

    @property
    def outputs(self) -> tuple[BoundOutput, ...]:
        """Every declared output, `any_of` first."""
        return (*self.any_of, *self.all_of)

    @property
    def commands(self) -> "tuple[tuple[str, Command], ...]":
        """The checks that run a program, as (id, rule)."""
        from gate_tests.checks.types.command import Command

        return tuple((check.id, check.rule) for check in self.checks if isinstance(check.rule, Command))

    @property
    def schema_paths(self) -> tuple[str, ...]:
        """The files that are part of the checks' rules (JSON schemas): sorted, each once."""
        return tuple(sorted({path for check in self.checks for path in check.rule.schema_paths}))

    @property
    def refers_to_gates(self) -> bool:
        """Whether a check compares with the outputs that other gates have recorded."""
        return any(check.type.name == "unchanged_since" for check in self.checks)

    def artifacts(self, root: Path) -> Artifacts:
        """A new reader for the files of this gate."""
        texts = [check.target for check in self.checks if check.rule.reads_text]
        files = {file for target in texts for file in (target.file, *target.alternatives)}
        paths = {file.path for file in files if file.pattern is None}
        globs = {file.pattern for file in files if file.pattern is not None}
        return Artifacts(root, paths, self.contract.limits.text_bytes, self.unnameable, globs)

    def find_output_files(self, artifacts: Artifacts) -> OutputFiles:
        """The files of the outputs, of a glob all that match. Raises NoVerdict."""
        return find_output_files(self.outputs, artifacts)

    def declares(self, path: str) -> bool:
        """Whether the file at `path` is, or would be, one of the outputs."""
        return any(output.path == path or (output.pattern and output.file.matches(path)) for output in self.outputs)


def compile_gate(
    workspace: Workspace, contract: Contract, context: RunContext, options: EvaluationOptions = DEFAULT_OPTIONS
) -> CompiledGate:
    """The checks of a gate, in the order of the record: required outputs first. Raises InvalidFile."""
    scope = RunScope(workspace, contract, context, options)
    any_of = tuple(scope.bind_output(output) for output in contract.any_of)
    all_of = tuple(scope.bind_output(output) for output in contract.all_of)
    drafts = [*_output_drafts(contract, any_of, all_of), *draft_validations(contract, scope, any_of)]
    if not drafts:
        raise InvalidFile([f"{contract.document.at(())}: {NO_CHECK} at depth {context.depth}"])
    scripts = tuple(bind_script(script, scope) for script in contract.pre_scripts)
    skills = tuple(bind_skill(skill, scope) for skill in contract.skills)
    checks = tuple(_assign_ids(drafts, contract))
    return CompiledGate(contract, checks, any_of, all_of, scripts, scope.unnameable, skills)


class _Draft(NamedTuple):
    """A check without its id."""

    type: CheckType
    rule: Rule
    target: Target
    json_path: JsonPath
    description: str
    severity: Severity = Severity.ERROR
    missing_ok: bool = False


def _output_drafts(
    contract: Contract, any_of: tuple[BoundOutput, ...], all_of: tuple[BoundOutput, ...]
) -> Iterable[_Draft]:
    severities = output_severities(contract)
    if any_of:
        severity, description = severities.get("any_of", (Severity.ERROR, ""))
        target = Target(any_of[0].template, PathOrGlob(any_of[0].path))
        any_rule, json_path = FileExistsAnyOf(any_of), ("required_outputs", "any_of")
        yield _Draft(file_exists_any_of.CHECK_TYPE, any_rule, target, json_path, description, severity)
    severity, fallback = severities.get("all_required", (Severity.ERROR, ""))
    for output, declared in zip(all_of, contract.all_of, strict=True):
        if not output.optional:
            target, rule = Target(output.template, PathOrGlob(output.path)), OutputExists(output)
            description = output.description or fallback
            yield _Draft(file_exists.CHECK_TYPE, rule, target, declared.json_path, description, severity)


_OUTPUT_GROUPS: Final = {"any_of": "any_of", "all_required": "all_of"}
"""What `file_exists` may name as its target instead of a path, and the group of outputs that it means."""


def output_severities(contract: Contract) -> Mapping[str, tuple[Severity, str]]:
    """Severity and description that `file_exists` on `any_of` or `all_required` gives to the required outputs.

    Raises InvalidFile.
    """
    severities: dict[str, tuple[Severity, str]] = {}
    errors = []
    for validation, named in _output_validations(contract):
        if error := _find_output_error(contract, validation, named, named in severities):
            errors.append(f"{contract.document.at((*validation.json_path, 'target'))}: {error}")
        severities[named] = (validation.severity, validation.description)
    if errors:
        raise InvalidFile(errors)
    return severities


def _output_validations(contract: Contract) -> Iterator[tuple[Validation, str]]:
    yield from ((each, each.keys["target"]) for each in contract.validations if is_about_outputs(each))


def is_about_outputs(validation: Validation) -> bool:
    """Whether it is no check of its own, but gives the checks of the required outputs a description or severity."""
    return validation.type == file_exists.CHECK_TYPE.name and validation.keys.get("target") in _OUTPUT_GROUPS


def _find_output_error(contract: Contract, validation: Validation, named: str, is_repeated: bool) -> str | None:
    group = _OUTPUT_GROUPS[named]
    if not getattr(contract, group):
        return f"is {named!r}, but required_outputs has no {group!r}"
    if validation.missing_ok:
        return f"{named!r} are required outputs; missing_ok is not allowed"
    return f"duplicate check of {named!r}" if is_repeated else None


def draft_validations(contract: Contract, scope: RunScope, any_of: tuple[BoundOutput, ...]) -> Iterable[_Draft]:
    """The checks of the contract's `validations`, without their ids. Raises InvalidFile."""
    alternatives = tuple(output.file for output in any_of)
    for validation in contract.validations:
        named = validation.keys.get("target")
        if is_about_outputs(validation):
            continue  # the outputs have their checks already
        if named in _OUTPUT_GROUPS:
            raise scope.make_error(validation, f"only file_exists may name {named!r}; use a path", "target")
        bound_type = check_type(validation.type)
        rule = bound_type.bind(validation, scope)
        yield _Draft(
            type=bound_type,
            rule=rule,
            target=_target(bound_type, rule, validation, scope, alternatives),
            json_path=validation.json_path,
            description=validation.description,
            severity=validation.severity,
            missing_ok=validation.missing_ok and bound_type.target_key is not None,
        )


def _target(
    bound_type: CheckType, rule: Rule, validation: Validation, scope: RunScope, alternatives: tuple[PathOrGlob, ...]
) -> Target:
    """The first path that the type's target key names; without such a key, the rule's subject."""
    if bound_type.target_key is None:
        return Target(rule.subject, PathOrGlob(rule.subject))
    if not (rule.reads_text and bound_type.target_key == "target"):
        _refuse_globs(bound_type, validation, scope)
    template, file = named_target(bound_type.target_key, validation, scope)
    return Target(template, file, alternatives if file in alternatives else ())


def _refuse_globs(bound_type: CheckType, validation: Validation, scope: RunScope) -> None:
    """Raises InvalidFile for a glob where one path is meant."""
    key = bound_type.target_key or ""
    named = validation.keys[key]
    for index, template in (
        [((), named)] if isinstance(named, str) else [((at,), path) for at, path in enumerate(named)]
    ):
        if has_wildcards(template):
            message = (
                f"{template!r} is a glob, but {bound_type.name} takes one path; globs are for the target of a check"
                " that reads text, the pattern of min_file_count, and the path of an output"
            )
            raise scope.make_error(validation, message, key, *index)


def named_target(key: str, validation: Validation, scope: RunScope) -> tuple[str, PathOrGlob]:
    """The first path or glob that the key names: as written, and in this run."""
    named = validation.keys[key]
    template, index = (named, ()) if isinstance(named, str) else (named[0], (0,))
    return template, scope.path_or_glob_at(template, (*validation.json_path, key, *index))


def _assign_ids(drafts: list[_Draft], contract: Contract) -> Iterable[Check]:
    """Gives each check an id such as `min_sources[research/CITATIONS.md]`; the second with the same gets `-2`."""
    seen: Counter[str] = Counter()
    for draft in drafts:
        label = draft.target.template.removeprefix("{artifact_path}/")
        stem = break_ci_commands(f"{draft.type.name}[{label}]")  # a session of pytest prints it as it is
        seen[stem] += 1
        yield Check(
            id=stem if seen[stem] == 1 else f"{stem}-{seen[stem]}",
            type=draft.type,
            rule=draft.rule,
            target=draft.target,
            severity=draft.severity,
            description=draft.description,
            missing_ok=draft.missing_ok,
            document=contract.document,
            json_path=draft.json_path,
        )
