"""Contract and run become checks: every one with an id, a target and its parameters. Knows no pytest."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gate_tests.artifacts import Artifacts, first_client_component
from gate_tests.checks import RULES
from gate_tests.checks.file_exists import FileExists
from gate_tests.checks.file_exists_any_of import FileExistsAnyOf
from gate_tests.checks.rule import Rule
from gate_tests.contract import Contract, Output, Validation
from gate_tests.document import Document, JsonPath
from gate_tests.errors import InvalidFile, Refused
from gate_tests.names import Depth, normal_path
from gate_tests.outcome import Outcome, Severity
from gate_tests.plain import plain, visible
from gate_tests.variables import UnknownVariable, expand
from gate_tests.workspace import RunContext, Workspace

_RULES = {rule.type: rule for rule in RULES}

_LONGEST_REASON = 2000


class Target(NamedTuple):
    """A path as the contract writes it, as it is in this run, and what may stand in for it if it is missing."""

    template: str
    path: str
    stand_ins: tuple[str, ...] = ()

    def standing(self, artifacts: Artifacts) -> "Target":
        """The target to judge: itself, or the first stand-in that is a file if nothing stands at its own path."""
        if not self.stand_ins or not artifacts.read(self.path).is_missing:
            return self
        path = next((path for path in self.stand_ins if artifacts.read(path).is_file), self.path)
        return self._replace(path=path)


class Check(NamedTuple):
    """One rule applied to one target in one run. `id` is unique in its gate and the same in every run."""

    id: str
    rule: Rule
    target: Target
    severity: Severity
    description: str
    missing_ok: bool
    document: Document
    json_path: JsonPath

    @property
    def line(self) -> int:
        """Where the contract asks for it. Looked for only where somebody wants to know."""
        return self.document.line(self.json_path)

    def standing(self, artifacts: Artifacts) -> "Check":
        """The check of the target that is there to be judged."""
        target = self.target.standing(artifacts)
        return self if target is self.target else self._replace(target=target)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path that it may look at; its target's first."""
        others = [path for _, path in self.rule.candidates] if isinstance(self.rule, FileExistsAnyOf) else ()
        return (self.target.path, *self.target.stand_ins, *others)

    def evaluate(self, artifacts: Artifacts) -> Outcome:
        """Whether the rule holds for the target."""
        path = self.target.path
        outcome = self.rule.evaluate(path, artifacts)
        if self.missing_ok and artifacts.read(path).is_missing:
            return Outcome(True, "nothing there, which is allowed", outcome.measured)
        return outcome._replace(found=plain(outcome.found))

    def describe(self) -> str:
        """In words, what will be checked."""
        about = f"{self.target.path}: {self.rule.wanted()}"
        if self.missing_ok:
            about += ", if it exists"
        return about + (" (a warning only)" if self.severity is Severity.WARNING else "")

    def reason(self, outcome: Outcome) -> str:
        """In one line, why it does not hold."""
        return plain(f"{self.target.path}: wanted {self.rule.wanted()}, found {outcome.found}", _LONGEST_REASON)

    def row(self, outcome: Outcome) -> dict[str, Any]:
        """The check's row in an attempt's `validations`."""
        fails = not outcome.holds and self.severity is Severity.ERROR
        row: dict[str, Any] = {
            "id": self.id,
            "type": self.rule.type,
            "path": self.target.template,
            "resolved_path": self.target.path,
            "severity": str(self.severity),
            "pass": not fails,
            "description": self.description,
            **outcome.measured,
        }
        if not outcome.holds:
            row |= {"reason": self.reason(outcome)} if fails else {"warning": True, "reason": self.reason(outcome)}
        return row


class BoundOutput(NamedTuple):
    """A declared output in this run."""

    template: str
    path: str
    description: str
    optional: bool


class CompiledGate(NamedTuple):
    """A gate as it will be judged in one run."""

    contract: Contract
    checks: tuple[Check, ...]
    any_of: tuple[BoundOutput, ...]
    all_of: tuple[BoundOutput, ...]
    unnameable: Mapping[str, str]

    @property
    def outputs(self) -> tuple[BoundOutput, ...]:
        """Every declared output, `any_of` first."""
        return (*self.any_of, *self.all_of)

    def artifacts(self, workspace: Workspace) -> Artifacts:
        """A reader for the files of this gate, which has read none of them yet."""
        texts = [check.target for check in self.checks if check.rule.reads_text]
        paths = {path for target in texts for path in (target.path, *target.stand_ins)}
        return Artifacts(workspace, paths, self.contract.limits.text_bytes, self.unnameable)


def compile_gate(workspace: Workspace, contract: Contract, context: RunContext) -> CompiledGate:
    """The checks of a gate, in the order of the record: required outputs first. Raises InvalidFile."""
    scope = _RunScope(workspace, contract, context)
    any_of = tuple(scope.output(output) for output in contract.any_of)
    all_of = tuple(scope.output(output) for output in contract.all_of)
    drafts = [*_output_drafts(contract, any_of, all_of), *_validation_drafts(contract, scope, any_of)]
    if not drafts:
        raise InvalidFile([f"{contract.document.at(())}: compiles to no check at all at depth {context.depth}"])
    return CompiledGate(contract, tuple(_with_ids(drafts, contract)), any_of, all_of, scope.unnameable)


@dataclass(frozen=True)
class _RunScope:
    """Binds what the contract writes to one run."""

    workspace: Workspace
    contract: Contract
    context: RunContext
    values: dict[str, str] = field(default_factory=dict)
    unnameable: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values.update(self.context.values())
        asked_for = "{client_component}" in self.contract.document.text  # else the folder need not be listed
        self.values["client_component"] = self._client_component() if asked_for else ""

    @property
    def depth(self) -> Depth:
        return self.context.depth

    def output(self, output: Output) -> BoundOutput:
        path = self.path(output.path, (*output.json_path, "path"))
        return BoundOutput(output.path, path, output.description, output.is_optional(self.depth))

    def target(self, validation: Validation) -> tuple[str, str]:
        template = validation.keys["target"]
        return template, self.path(template, (*validation.json_path, "target"))

    def text(self, template: str, validation: Validation, *keys: str | int) -> str:
        return self._expand(template, (*validation.json_path, *keys))

    def path(self, template: str, json_path: JsonPath) -> str:
        try:
            return normal_path(self._expand(template, json_path), "path")
        except Refused as error:
            raise self._invalid(json_path, error.message) from None

    def _client_component(self) -> str:
        """Its path. A name that no record can hold is written out, and fails the checks of it."""
        found = first_client_component(self.workspace, self.context.artifact_path)
        path = visible(found)
        if path != found:
            self.unnameable[path] = "its name holds control characters or is not UTF-8"
        return path

    def refuse(self, validation: Validation, message: str, *keys: str | int) -> InvalidFile:
        return self._invalid((*validation.json_path, *keys), message)

    def _expand(self, template: str, json_path: JsonPath) -> str:
        try:
            return expand(template, self.values)
        except UnknownVariable as error:
            raise self._invalid(json_path, str(error)) from None

    def _invalid(self, json_path: JsonPath, message: str) -> InvalidFile:
        return InvalidFile([f"{self.contract.document.at(json_path)}: {message}"])


class _Draft(NamedTuple):
    """A check that has no id yet."""

    rule: Rule
    target: Target
    json_path: JsonPath
    description: str
    severity: Severity = Severity.ERROR
    missing_ok: bool = False


def _output_drafts(
    contract: Contract, any_of: tuple[BoundOutput, ...], all_of: tuple[BoundOutput, ...]
) -> Iterable[_Draft]:
    about = _validations_about_outputs(contract)
    if any_of:
        severity, description = about.get("any_of", (Severity.ERROR, ""))
        candidates = tuple((output.template, output.path) for output in any_of)
        target = Target(any_of[0].template, any_of[0].path)
        yield _Draft(FileExistsAnyOf(candidates), target, ("required_outputs", "any_of"), description, severity)
    severity, fallback = about.get("all_required", (Severity.ERROR, ""))
    for output, declared in zip(all_of, contract.all_of, strict=True):
        if not output.optional:
            target = Target(output.template, output.path)
            yield _Draft(FileExists(), target, declared.json_path, output.description or fallback, severity)


_OUTPUT_GROUPS = {"any_of": "any_of", "all_required": "all_of"}
"""What `file_exists` may name as its target besides a path, and where the outputs stand that it means."""


def _validations_about_outputs(contract: Contract) -> Mapping[str, tuple[Severity, str]]:
    """Severity and description that `file_exists` on `any_of` or `all_required` gives to the required outputs."""
    about: dict[str, tuple[Severity, str]] = {}
    for validation in contract.validations:
        named = validation.keys.get("target")
        if validation.type == FileExists.type and named in _OUTPUT_GROUPS:
            if fault := _fault_about_outputs(contract, validation, named, named in about):
                raise InvalidFile([f"{contract.document.at((*validation.json_path, 'target'))}: {fault}"])
            about[named] = (validation.severity, validation.description)
    return about


def _fault_about_outputs(contract: Contract, validation: Validation, named: str, again: bool) -> str | None:
    group = _OUTPUT_GROUPS[named]
    if not getattr(contract, group):
        return f"names {named!r}, but required_outputs has no {group!r}"
    if validation.missing_ok:
        return f"names {named!r}, outputs that are required, and says missing_ok"
    return f"names {named!r} a second time" if again else None


def _validation_drafts(contract: Contract, scope: _RunScope, any_of: tuple[BoundOutput, ...]) -> Iterable[_Draft]:
    alternatives = tuple(output.path for output in any_of)
    for validation in contract.validations:
        named = validation.keys.get("target")
        if named in _OUTPUT_GROUPS:
            if validation.type == FileExists.type:
                continue  # the outputs have their checks already
            raise scope.refuse(validation, f"only file_exists may name {named!r}; a path is wanted", "target")
        template, path = scope.target(validation)
        yield _Draft(
            rule=_RULES[validation.type].bind(validation, scope),
            target=Target(template, path, alternatives if path in alternatives else ()),
            json_path=validation.json_path,
            description=validation.description,
            severity=validation.severity,
            missing_ok=validation.missing_ok,
        )


def _with_ids(drafts: list[_Draft], contract: Contract) -> Iterable[Check]:
    """Ids such as `min_sources[research/CITATIONS.md]`; the second of the same gets `-2`."""
    seen: Counter[str] = Counter()
    for draft in drafts:
        label = draft.target.template.removeprefix("{artifact_path}/")
        stem = f"{draft.rule.type}[{label}]"
        seen[stem] += 1
        yield Check(
            id=stem if seen[stem] == 1 else f"{stem}-{seen[stem]}",
            rule=draft.rule,
            target=draft.target,
            severity=draft.severity,
            description=draft.description,
            missing_ok=draft.missing_ok,
            document=contract.document,
            json_path=draft.json_path,
        )
