"""Mutation-tests a gate: empties, removes and mutates what each check reads, to make it fail.

A check that passes for good artifacts and for every mutant of them is useless. Each check is tested alone, on a copy of
the artifacts, and each change is undone. Then each output is emptied, for which a check of the gate must fail.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.checks.custom.rule import CustomRule
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.lint.findings import WarningTopic
from gate_tests.lint.suppressions import find_suppressed_topics
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from runner.contracts.mutation.example import Example
from runner.contracts.mutation.outputs import MAX_TRIED_ALONE, OutputTest, run_output_tests
from runner.contracts.mutation.sandbox import Contents, Sandbox
from runner.contracts.mutation.time_limit import TimeLimitExceeded, enforce_time_limit

_MAX_REPEATED_LENGTH: Final = 1_000_000  # characters


class MutantKind(StrEnum):
    """How a file is changed."""

    EMPTIED = "emptied"
    MISSING = "missing"
    MUTATED = "mutated"


class Mutant(NamedTuple):
    """A change of the artifacts, and whether it was killed: the check failed.

    `is_targeted`: by its own rule, the check must fail.
    """

    kind: MutantKind
    description: str
    killed: bool
    is_targeted: bool

    def to_json(self) -> dict[str, Any]:
        """`{way, how, killed}`."""
        return {"way": str(self.kind), "how": self.description, "killed": self.killed}


class CheckMutationTest(NamedTuple):
    """The mutation test of one check. `error`: why it could not be tested, `is_excused` if it need not be.

    `paths` are the files and directories that it reads of the good artifacts.
    """

    check: Check
    mutants: tuple[Mutant, ...] = ()
    error: str | None = None
    is_excused: bool = False
    paths: tuple[str, ...] = ()

    def killed(self, kind: MutantKind) -> bool | None:
        """Whether a mutant of this kind made it fail; None where there is none."""
        results = [mutant.killed for mutant in self.mutants if mutant.kind is kind]
        return any(results) if results else None

    @property
    def missing_target(self) -> str | None:
        """The check's target, if it is missing among the artifacts, so that there are no mutants."""
        return None if self.mutants or self.error else self.check.target.path

    @property
    def survived(self) -> bool:
        """Whether it was tested, and no mutant made it fail."""
        return not self.error and not any(mutant.killed for mutant in self.mutants)

    @property
    def is_existence_only(self) -> bool:
        """Whether it reads a text, and only a missing file makes it fail."""
        of_text = [mutant.killed for mutant in self.mutants if mutant.kind is not MutantKind.MISSING]
        return self.check.rule.reads_text and not self.survived and bool(of_text) and not any(of_text)

    @property
    def missed_mutants(self) -> tuple[str, ...]:
        """The targeted mutants that did not make it fail, described."""
        return tuple(mutant.description for mutant in self.mutants if mutant.is_targeted and not mutant.killed)

    def to_json(self) -> dict[str, Any]:
        """`{id, not_tried, emptied, missing, mutated, survived, trials}`."""
        return {
            "id": self.check.id,
            "not_tried": self.error,
            **{str(kind): self.killed(kind) for kind in MutantKind},
            "survived": self.survived,
            "trials": [mutant.to_json() for mutant in self.mutants],
        }


class MutationTest(NamedTuple):
    """The result of the mutation test of a gate.

    `outputs`: of a contract that declares none, the files that its checks are about. `accepts_emptying`: whether it
    gives a reason why they may be emptied.
    """

    gate: str
    slug: str
    artifact_path: str
    depth: Depth
    checks: tuple[CheckMutationTest, ...]
    outputs: tuple[OutputTest, ...]
    declares_outputs: bool
    accepts_emptying: bool

    @property
    def passed(self) -> bool:
        """Whether it passed in both respects."""
        return self.can_every_check_fail and (self.accepts_emptying or not self.emptied_outputs)

    @property
    def can_every_check_fail(self) -> bool:
        """Whether every check that had to be tested passed for the good artifacts and can fail."""
        return all(each.is_excused or not (each.error or each.survived) for each in self.checks)

    @property
    def emptied_outputs(self) -> tuple[OutputTest, ...]:
        """The outputs that can be emptied, or contain one word, while every check passes."""
        return tuple(each for each in self.outputs if each.survived)

    def to_json(self) -> dict[str, Any]:
        """`{gate, slug, artifact_path, depth, passed, checks, outputs, accepted}`."""
        return {
            "gate": self.gate,
            "slug": self.slug,
            "artifact_path": self.artifact_path,
            "depth": str(self.depth),
            "passed": self.passed,
            "checks": [each.to_json() for each in self.checks],
            "outputs": [each.to_json() for each in self.outputs],
            "accepted": self.accepts_emptying,
        }


def run_mutation_test(
    workspace: Workspace, gate: str, depth: Depth, slug: str | None = None, artifact_path: str | None = None
) -> MutationTest:
    """Tests each check of the gate on its example artifacts. Raises Refused, InvalidFile, NoVerdict."""
    contract = load_contract(workspace, gate)
    example = Example.find(workspace, gate)
    context = example.build_context(workspace, contract, depth, slug, artifact_path)
    with Sandbox(example) as sandbox:
        compiled = compile_gate(sandbox.workspace, contract, context)
        sandbox.copy_shared_files(workspace, compiled, context)
        results = tuple(_test_check(sandbox, compiled, check) for check in compiled.checks)
        outputs = run_output_tests(sandbox, compiled, {each.check.id: each.paths for each in results if not each.error})
    accepts = WarningTopic.SURVIVES_EMPTYING in find_suppressed_topics(contract.document)
    return MutationTest(
        gate, context.slug, context.artifact_path, depth, results, outputs, bool(contract.outputs), accepts
    )


def _test_check(sandbox: Sandbox, gate: CompiledGate, check: Check) -> CheckMutationTest:
    if check.type.not_mutated is not None:
        return CheckMutationTest(check, error=check.type.not_mutated, is_excused=True)
    mutants: list[Mutant] = []
    description = "with the good artifacts"
    try:
        outcome, paths = _evaluate(sandbox, gate, check)
        if not outcome.holds:
            return CheckMutationTest(check, error=f"fails for the good artifacts: {check.reason(outcome)}")
        for kind, description, contents, is_targeted in _generate_changes(sandbox, check, paths):
            with sandbox.apply_changes(contents):
                killed = not _evaluate(sandbox, gate, check)[0].holds
            mutants.append(Mutant(kind, description, killed, is_targeted))
    except TimeLimitExceeded as error:
        return CheckMutationTest(check, tuple(mutants), error=f"{description}: {error}")
    return CheckMutationTest(check, tuple(mutants), paths=tuple(paths))


def _evaluate(sandbox: Sandbox, gate: CompiledGate, check: Check) -> tuple[Outcome, list[str]]:
    """Evaluates within the time limit of a check. Raises TimeLimitExceeded."""
    with enforce_time_limit(gate.contract.limits.check_s):
        return sandbox.evaluate(gate, check)


_Change = tuple[MutantKind, str, Contents, bool]
"""(Kind, description, contents, is_targeted) of a mutant."""


def _generate_changes(sandbox: Sandbox, check: Check, paths: list[str]) -> Iterator[_Change]:
    alone = _choose_tried_alone(check, paths)
    for path in alone:
        yield MutantKind.EMPTIED, f"{path} emptied", {path: ""}, False
        yield MutantKind.MISSING, f"{path} missing", {path: None}, False
    if len(paths) > 1:
        yield MutantKind.EMPTIED, f"all {len(paths)} emptied", dict.fromkeys(paths, ""), False
        yield MutantKind.MISSING, f"all {len(paths)} missing", dict.fromkeys(paths), False
    if check.rule.reads_text or check.type.target_key is None:
        for path in alone:
            yield from _mutate_text(sandbox, check, path)


def _choose_tried_alone(check: Check, paths: list[str]) -> list[str]:
    """All of them, or of many the target and the first."""
    named = {file.path for file in (check.target.file, *check.target.alternatives)}
    return (
        sorted(paths, key=lambda path: path not in named)[:MAX_TRIED_ALONE] if len(paths) > MAX_TRIED_ALONE else paths
    )


def _mutate_text(sandbox: Sandbox, check: Check, path: str) -> Iterator[_Change]:
    text = sandbox.read_text(path)
    if text is None:
        return
    is_target = any(file.matches(path) for file in (check.target.file, *check.target.alternatives))
    if is_target or check.type.target_key is None:
        for description, mutated in check.rule.generate_mutations(text, path):
            yield MutantKind.MUTATED, f"{path} {description}", {path: mutated}, True
    named = check.rule.parameter_texts if isinstance(check.rule, CustomRule) else ()
    for description, mutated in (*_generic_mutations(text), *_literal_mutations(text, named)):
        yield MutantKind.MUTATED, f"{path} {description}", {path: mutated}, False


def _generic_mutations(text: str) -> Iterator[Mutation]:
    """Mutations that make most checks fail, whatever they are about."""
    yield Mutation("replaced by another text", "Some other text.\n")
    yield Mutation("truncated in the middle", text[: len(text) // 2])
    if len(text) <= _MAX_REPEATED_LENGTH:
        yield Mutation("repeated ten times", text * 10)


def _literal_mutations(text: str, named: Iterable[str]) -> Iterator[Mutation]:
    """Adds and removes each text that a custom check names: it may require or forbid it."""
    for each in named:
        yield Mutation(f"with {each!r} added", append_line(text, each))
        if each in text:
            yield Mutation(f"without {each!r}", text.replace(each, ""))
