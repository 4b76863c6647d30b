"""What a gate will check, in words: before a run is there, or before its work begins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from shlex import join
from typing import Any, NamedTuple

from gate_tests.compile import CompiledGate, compile_gate
from gate_tests.contract import Contract
from gate_tests.pre_script import BoundScript
from gate_tests.scope import BoundOutput
from gate_tests.workspace import RunContext, Workspace


@dataclass(frozen=True)
class PlannedRun(RunContext):
    """A run of which not everything is known: `open_variables` stand for themselves, as `{slug}` does."""

    open_variables: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """What is known, and for the rest the variable as it is written."""
        return {**super().values(), **{name: f"{{{name}}}" for name in self.open_variables}}


class Explanation(NamedTuple):
    """A gate as it would be judged in a run, told to people and to programs."""

    gate: CompiledGate
    context: RunContext

    @classmethod
    def of(cls, workspace: Workspace, contract: Contract, context: RunContext) -> "Explanation":
        """Raises InvalidFile where the contract means nothing in such a run."""
        return cls(compile_gate(workspace, contract, context), context)

    @property
    def open_variables(self) -> tuple[str, ...]:
        """The variables that something in the gate depends on and that have no value yet."""
        named = self.context.open_variables if isinstance(self.context, PlannedRun) else ()
        scripts = (_told_script(script) for script in self.gate.scripts)
        told = [*map(_told_output, self.gate.outputs), *(check.describe() for check in self.gate.checks), *scripts]
        return tuple(name for name in named if any(f"{{{name}}}" in each for each in told))

    def lines(self) -> Iterator[str]:
        """What people read."""
        contract = self.gate.contract
        consequence = "a failure fails the run" if contract.blocking else "a failure does not fail the run"
        yield f"{contract.gate} {contract.name}, at depth {self.context.depth}: {consequence}"
        if contract.description:
            yield f"  {contract.description}"
        yield f"  contract  {contract.document.path}"
        yield from _section("At least one of these files must be there:", map(_told_output, self.gate.any_of))
        required = [_told_output(output) for output in self.gate.all_of if not output.optional]
        optional = [_told_output(output) for output in self.gate.all_of if output.optional]
        yield from _section("These files must be there:", required)
        yield from _section("These may be there, and are hashed if they are:", optional)
        yield from _section("These scripts run first, by orch gate finish only:", map(_told_script, self.gate.scripts))
        yield from _section("Then it is checked that all of this holds:", self._checks())
        limits = contract.limits
        yield ""
        yield (
            f"Limits: a text has at most {limits.text_bytes:,} bytes, a regex takes at most {limits.regex_s:g} s,"
            f" a check {limits.check_s:g} s"
        )
        if self.open_variables:
            yield f"Not known yet: {', '.join(f'{{{name}}}' for name in self.open_variables)}"

    def _checks(self) -> Iterator[str]:
        for number, check in enumerate(self.gate.checks, start=1):
            yield f"{number}. {check.describe()}"
            if check.description:
                yield f"   because: {check.description}"

    def to_json(self) -> dict[str, Any]:
        """`{gate, name, blocking, description, depth, contract, any_of, all_of, pre_scripts, checks, limits, open}`."""
        contract = self.gate.contract
        return {
            "gate": contract.gate,
            "name": contract.name,
            "blocking": contract.blocking,
            "description": contract.description,
            "depth": str(self.context.depth),
            "contract": contract.document.path,
            "any_of": [_output_json(output) for output in self.gate.any_of],
            "all_of": [_output_json(output) for output in self.gate.all_of],
            "pre_scripts": [_script_json(script) for script in self.gate.scripts],
            "checks": [self._check_json(index) for index in range(len(self.gate.checks))],
            "limits": contract.limits._asdict(),
            "open": list(self.open_variables),
        }

    def _check_json(self, index: int) -> Mapping[str, Any]:
        check = self.gate.checks[index]
        return {
            "id": check.id,
            "type": check.rule.type,
            "resolved_path": check.target.path,
            "severity": str(check.severity),
            "words": check.describe(),
            "description": check.description,
            "line": check.line,
        }


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Nothing where there are no lines."""
    for number, line in enumerate(lines):
        if number == 0:
            yield ""
            yield title
        yield f"  {line}"


def _told_output(output: BoundOutput) -> str:
    return f"{output.path}: {output.description}" if output.description else output.path


def _output_json(output: BoundOutput) -> dict[str, Any]:
    return {
        "path": output.template,
        "resolved_path": output.path,
        "optional": output.optional,
        "description": output.description,
    }


def _arguments(script: BoundScript) -> tuple[str, ...]:
    """Those it is given, without what runs it, which is another on every machine."""
    words = script.program.arguments
    return words[1:] if words[0] == f"./{script.path}" else words[2:]


def _told_script(script: BoundScript) -> str:
    may = "; it may fail" if script.may_fail else ""
    return f"{join((script.path, *_arguments(script)))} (at most {script.program.timeout_s:g} s{may})"


def _script_json(script: BoundScript) -> dict[str, Any]:
    return {
        "path": script.template,
        "resolved_path": script.path,
        "args": list(_arguments(script)),
        "timeout_s": script.program.timeout_s,
        "may_fail": script.may_fail,
    }
