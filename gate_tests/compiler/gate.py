"""Contract and run become checks: every one with an id, a target and its parameters. Knows no pytest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import check_type
from gate_tests.checks.rule import Rule
from gate_tests.checks.types import file_exists, file_exists_any_of
from gate_tests.checks.types.file_exists import FileExists
from gate_tests.checks.types.file_exists_any_of import FileExistsAnyOf
from gate_tests.compiler.check import Check, Target
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.compiler.pre_script import BoundScript, bind_script
from gate_tests.compiler.scope import BoundOutput, RunScope
from gate_tests.compiler.skill import BoundSkill, bind_skill
from gate_tests.contract import Contract, Severity, Validation
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext

if TYPE_CHECKING:
    from gate_tests.checks.types.command import Command


class CompiledGate(NamedTuple):
    """A gate as it will be judged in one run."""

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
        """The checks that a program has to be run for: id and rule."""
        from gate_tests.checks.types.command import Command

        return tuple((check.id, check.rule) for check in self.checks if isinstance(check.rule, Command))

    def artifacts(self, root: Path) -> Artifacts:
        """A reader for the files of this gate, which has read none of them yet."""
        texts = [check.target for check in self.checks if check.rule.reads_text]
        paths = {path for target in texts for path in (target.path, *target.stand_ins)}
        return Artifacts(root, paths, self.contract.limits.text_bytes, self.unnameable)


def compile_gate(
    workspace: Workspace, contract: Contract, context: RunContext, options: EvaluationOptions = DEFAULT_OPTIONS
) -> CompiledGate:
    """The checks of a gate, in the order of the record: required outputs first. Raises InvalidFile."""
    scope = RunScope(workspace, contract, context, options)
    any_of = tuple(scope.output(output) for output in contract.any_of)
    all_of = tuple(scope.output(output) for output in contract.all_of)
    drafts = [*_output_drafts(contract, any_of, all_of), *draft_validations(contract, scope, any_of)]
    if not drafts:
        raise InvalidFile([f"{contract.document.at(())}: compiles to no check at all at depth {context.depth}"])
    scripts = tuple(bind_script(script, scope) for script in contract.pre_scripts)
    skills = tuple(bind_skill(skill, scope) for skill in contract.skills)
    checks = tuple(_with_ids(drafts, contract))
    return CompiledGate(contract, checks, any_of, all_of, scripts, scope.unnameable, skills)


class _Draft(NamedTuple):
    """A check that has no id yet."""

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
    about = output_severities(contract)
    if any_of:
        severity, description = about.get("any_of", (Severity.ERROR, ""))
        candidates = tuple((output.template, output.path) for output in any_of)
        target = Target(any_of[0].template, any_of[0].path)
        rule, json_path = FileExistsAnyOf(candidates), ("required_outputs", "any_of")
        yield _Draft(file_exists_any_of.CHECK_TYPE, rule, target, json_path, description, severity)
    severity, fallback = about.get("all_required", (Severity.ERROR, ""))
    for output, declared in zip(all_of, contract.all_of, strict=True):
        if not output.optional:
            target = Target(output.template, output.path)
            description = output.description or fallback
            yield _Draft(file_exists.CHECK_TYPE, FileExists(), target, declared.json_path, description, severity)


_OUTPUT_GROUPS = {"any_of": "any_of", "all_required": "all_of"}
"""What `file_exists` may name as its target besides a path, and where the outputs stand that it means."""


def output_severities(contract: Contract) -> Mapping[str, tuple[Severity, str]]:
    """Severity and description that `file_exists` on `any_of` or `all_required` gives to the required outputs."""
    about: dict[str, tuple[Severity, str]] = {}
    faults = []
    for validation, named in _naming_outputs(contract):
        if fault := _fault_about_outputs(contract, validation, named, named in about):
            faults.append(f"{contract.document.at((*validation.json_path, 'target'))}: {fault}")
        about[named] = (validation.severity, validation.description)
    if faults:
        raise InvalidFile(faults)
    return about


def _naming_outputs(contract: Contract) -> Iterator[tuple[Validation, str]]:
    for validation in contract.validations:
        named = validation.keys.get("target")
        if validation.type == file_exists.CHECK_TYPE.name and named in _OUTPUT_GROUPS:
            yield validation, named


def _fault_about_outputs(contract: Contract, validation: Validation, named: str, again: bool) -> str | None:
    group = _OUTPUT_GROUPS[named]
    if not getattr(contract, group):
        return f"names {named!r}, but required_outputs has no {group!r}"
    if validation.missing_ok:
        return f"names {named!r}, outputs that are required, and says missing_ok"
    return f"names {named!r} a second time" if again else None


def draft_validations(contract: Contract, scope: RunScope, any_of: tuple[BoundOutput, ...]) -> Iterable[_Draft]:
    """The checks that the contract's `validations` ask for, without ids yet. Raises InvalidFile."""
    alternatives = tuple(output.path for output in any_of)
    for validation in contract.validations:
        named = validation.keys.get("target")
        if named in _OUTPUT_GROUPS:
            if validation.type == file_exists.CHECK_TYPE.name:
                continue  # the outputs have their checks already
            raise scope.make_error(validation, f"only file_exists may name {named!r}; a path is wanted", "target")
        bound_type = check_type(validation.type)
        rule = bound_type.bind(validation, scope)
        yield _Draft(
            type=bound_type,
            rule=rule,
            target=_target(bound_type, rule, validation, scope, alternatives),
            json_path=validation.json_path,
            description=validation.description,
            severity=validation.severity,
            missing_ok=validation.missing_ok,
        )


def _target(
    bound_type: CheckType, rule: Rule, validation: Validation, scope: RunScope, alternatives: tuple[str, ...]
) -> Target:
    """What the check is about: the path that the type's target key names first, or else the rule's subject."""
    if bound_type.target_key is None:
        return Target(rule.subject, rule.subject)
    template, path = named_target(bound_type.target_key, validation, scope)
    return Target(template, path, alternatives if path in alternatives else ())


def named_target(key: str, validation: Validation, scope: RunScope) -> tuple[str, str]:
    """The path that the key names, or names first: as written, and in this run."""
    named = validation.keys[key]
    template, index = (named, ()) if isinstance(named, str) else (named[0], (0,))
    return template, scope.path(template, validation, key, *index)


def _with_ids(drafts: list[_Draft], contract: Contract) -> Iterable[Check]:
    """Ids such as `min_sources[research/CITATIONS.md]`; the second of the same gets `-2`."""
    seen: Counter[str] = Counter()
    for draft in drafts:
        label = draft.target.template.removeprefix("{artifact_path}/")
        stem = f"{draft.type.name}[{label}]"
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
