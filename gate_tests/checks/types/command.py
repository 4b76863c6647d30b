"""`command`: a program exits with 0 in time, such as a build, a type checker or a test suite.

The rule does not run it: programs run before any file is read or hashed, in the caller's environment. It evaluates
their results.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import replaced, upper_bound
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts
from gate_tests.programs.program import Program, ProgramResults
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class Command(Rule):
    """`program` has exited with 0. `index` is that of the check in the contract's `validations`."""

    reads_text: ClassVar[bool] = False

    program: Program
    gate: str
    index: int
    programs: ProgramResults = field(repr=False)

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the arguments."""
        templates = enumerate(validation.keys["command"])
        arguments = tuple(scope.text(each, validation, "command", index) for index, each in templates)
        if not arguments[0].strip() or any("\0" in argument for argument in arguments):
            raise scope.make_error(validation, "does not name a program that can be run", "command")
        program = Program(arguments, validation.keys.get("timeout_s", scope.limits.check_s))
        return cls(program, scope.gate, int(validation.json_path[1]), scope.programs)

    @property
    @override
    def subject(self) -> str:
        return self.program.arguments[0]

    @override
    def describe(self) -> str:
        return f"`{shlex.join(self.program.arguments)}` to exit with code 0 within {self.program.timeout_s:g} s"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        from gate_tests.programs.shell_words import find_shell_syntax

        for index, problem in find_shell_syntax(self.program.arguments):
            message = f"{self.program.arguments[index]!r} {problem}"
            yield LintWarning("no-shell", ("command", index), message)
            return  # one of them shows the mistake

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        result = self.programs.result(self.gate, self.index)
        measured = {
            "exit_code": result.exit_code, "duration_ms": result.duration_ms, "output_sha256": result.output_sha256,
        }  # fmt: skip
        return Outcome(result.succeeded, result.found, measured)


CHECK_TYPE: Final = CheckType(
    name="command",
    summary=(
        "the program exits with code 0 within the time limit. It runs without a shell, in the root, in the "
        "caller's environment"
    ),
    keys={
        "command": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "minLength": 1},
            "description": "The program and its arguments, passed as they are, without a shell.",
        },
        "timeout_s": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 86400,
            "description": "Time limit in seconds, after which the program is killed; by default `limits.check_s`.",
        },
    },
    required=("command",),
    measures={
        "exit_code": "its exit code; null if it did not exit by itself",
        "duration_ms": "its duration in milliseconds",
        "output_sha256": "SHA-256 of its output, which is kept in the run's `logs/`; empty if over 256 MiB",
    },
    example={"type": "command", "command": ["npm", "run", "build"], "timeout_s": 300},
    fix="Run this command in the root, and fix the work until it exits with code 0.",
    bind=Command.bind,
    strictness={"command": replaced, "timeout_s": upper_bound()},
    target_key=None,
    not_mutated="it would run a program",
)
