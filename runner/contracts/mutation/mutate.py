"""Tries to make each check of a gate fail: with what it reads emptied, missing, and sabotaged.

A check that holds for good artifacts and for whatever is done to them demands nothing. Every check is tried alone, on a
copy, and what was done is undone.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from gate_tests.checks.custom.rule import CustomRule
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from runner.contracts.mutation.example import Example
from runner.contracts.mutation.sandbox import Bench, Contents
from runner.contracts.mutation.time_limit import TookTooLong, at_most

_LONGEST_REPEATED = 1_000_000  # characters


class Way(StrEnum):
    """What is done to a file."""

    EMPTIED = "emptied"
    MISSING = "missing"
    SABOTAGED = "sabotaged"


class Trial(NamedTuple):
    """What was done, to which files, and whether the check failed. `aimed`: its own rule says that it must."""

    way: Way
    how: str
    killed: bool
    aimed: bool

    def to_json(self) -> dict[str, Any]:
        """`{way, how, killed}`."""
        return {"way": str(self.way), "how": self.how, "killed": self.killed}


class TriedCheck(NamedTuple):
    """A check and how it took its trials. `fault` says why there were none, `excused` where that is no fault."""

    check: Check
    trials: tuple[Trial, ...] = ()
    fault: str = ""
    excused: bool = False

    def killed(self, way: Way) -> bool | None:
        """Whether anything of this kind made it fail; None where nothing was tried."""
        tried = [trial.killed for trial in self.trials if trial.way is way]
        return any(tried) if tried else None

    @property
    def looked_for(self) -> str:
        """Where it looks, if nothing is there among the good artifacts; else empty."""
        return "" if self.trials or self.fault else self.check.target.path

    @property
    def survived(self) -> bool:
        """Whether it was tried, and nothing made it fail."""
        return not self.fault and not any(trial.killed for trial in self.trials)

    @property
    def asks_only_for_a_file(self) -> bool:
        """Whether it reads a text, and no text makes it fail."""
        of_text = [trial.killed for trial in self.trials if trial.way is not Way.MISSING]
        return self.check.rule.reads_text and not self.survived and bool(of_text) and not any(of_text)

    @property
    def missed(self) -> tuple[str, ...]:
        """What its own rule says must make it fail, and did not."""
        return tuple(trial.how for trial in self.trials if trial.aimed and not trial.killed)

    def to_json(self) -> dict[str, Any]:
        """`{id, not_tried, emptied, missing, sabotaged, survived, trials}`."""
        return {
            "id": self.check.id,
            "not_tried": self.fault or None,
            **{str(way): self.killed(way) for way in Way},
            "survived": self.survived,
            "trials": [trial.to_json() for trial in self.trials],
        }


class MutationTest(NamedTuple):
    """The kill test of a gate, done."""

    gate: str
    slug: str
    artifact_path: str
    depth: Depth
    checks: tuple[TriedCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every check that was tried holds for the good artifacts and can fail."""
        return all(each.excused or not (each.fault or each.survived) for each in self.checks)

    def to_json(self) -> dict[str, Any]:
        """`{gate, slug, artifact_path, depth, passed, checks}`."""
        return {
            "gate": self.gate,
            "slug": self.slug,
            "artifact_path": self.artifact_path,
            "depth": str(self.depth),
            "passed": self.passed,
            "checks": [each.to_json() for each in self.checks],
        }


def run_mutation_test(
    workspace: Workspace, gate: str, depth: Depth, slug: str | None = None, artifact_path: str | None = None
) -> MutationTest:
    """Tries each check of the gate on its good artifacts. Raises Refused, InvalidFile, NoVerdict."""
    contract = load_contract(workspace, gate)
    example = Example.of(workspace, gate)
    context = example.context(workspace, contract, depth, slug, artifact_path)
    with Bench(example) as bench:
        compiled = compile_gate(bench.workspace, contract, context)
        bench.add_what_is_of_no_run(workspace, compiled, context)
        tried = tuple(_try(bench, compiled, check) for check in compiled.checks)
    return MutationTest(gate, context.slug, context.artifact_path, depth, tried)


def _try(bench: Bench, gate: CompiledGate, check: Check) -> TriedCheck:
    if check.type.not_mutated is not None:
        return TriedCheck(check, fault=check.type.not_mutated, excused=True)
    trials: list[Trial] = []
    how = "with the good artifacts"
    try:
        outcome, paths = _evaluate(bench, gate, check)
        if not outcome.holds:
            return TriedCheck(check, fault=f"does not hold for the good artifacts: {check.reason(outcome)}")
        for way, how, contents, aimed in _attacks(bench, check, paths):
            with bench.changed(contents):
                killed = not _evaluate(bench, gate, check)[0].holds
            trials.append(Trial(way, how, killed, aimed))
    except TookTooLong as error:
        return TriedCheck(check, tuple(trials), fault=f"{how}, it {error}")
    return TriedCheck(check, tuple(trials))


def _evaluate(bench: Bench, gate: CompiledGate, check: Check) -> tuple[Outcome, list[str]]:
    """As the bench does, and no longer than a check may take. Raises TookTooLong."""
    with at_most(gate.contract.limits.check_s):
        return bench.evaluate(gate, check)


_Attack = tuple[Way, str, Contents, bool]


def _attacks(bench: Bench, check: Check, paths: list[str]) -> Iterator[_Attack]:
    for path in paths:
        yield Way.EMPTIED, f"{path} emptied", {path: ""}, False
        yield Way.MISSING, f"{path} missing", {path: None}, False
    if len(paths) > 1:
        yield Way.EMPTIED, f"all {len(paths)} emptied", dict.fromkeys(paths, ""), False
        yield Way.MISSING, f"all {len(paths)} missing", dict.fromkeys(paths), False
    if check.rule.reads_text:
        for path in paths:
            yield from _sabotages(bench, check, path)


def _sabotages(bench: Bench, check: Check, path: str) -> Iterator[_Attack]:
    text = bench.text(path)
    if text is None:
        return
    if path == check.target.path:
        for how, sabotaged in check.rule.generate_mutations(text, path):
            yield Way.SABOTAGED, f"{path} {how}", {path: sabotaged}, True
    named = check.rule.parameter_texts if isinstance(check.rule, CustomRule) else ()
    for how, sabotaged in (*_any_text(text), *_with_and_without(text, named)):
        yield Way.SABOTAGED, f"{path} {how}", {path: sabotaged}, False


def _any_text(text: str) -> Iterator[Mutation]:
    """What breaks many a rule, whatever it asks for."""
    yield Mutation("with another text in its place", "Something else stands here.\n")
    yield Mutation("cut off in the middle", text[: len(text) // 2])
    if len(text) <= _LONGEST_REPEATED:
        yield Mutation("said ten times", text * 10)


def _with_and_without(text: str, named: Iterable[str]) -> Iterator[Mutation]:
    """What a team's own check may look for, or forbid, put in and taken out: only its function knows which it is."""
    for each in named:
        yield Mutation(f"with {each!r} added", append_line(text, each))
        if each in text:
            yield Mutation(f"without {each!r}", text.replace(each, ""))
