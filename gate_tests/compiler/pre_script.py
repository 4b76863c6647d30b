"""A script that runs before the checks of a gate, in one run."""

import sys
from typing import Final, NamedTuple

from gate_tests.compiler.scope import RunScope
from gate_tests.contract import PreScript
from gate_tests.programs.program import Program

_INTERPRETERS: Final = {".mjs": "node", ".js": "node", ".py": sys.executable, ".sh": "sh"}
"""The interpreter of a script by its suffix; a script with another suffix is executed directly."""


class BoundScript(NamedTuple):
    """A pre_script in one run. `path` is relative to the root; if it `may_fail`, its failure is only reported."""

    template: str
    path: str
    program: Program
    may_fail: bool

    @property
    def given(self) -> tuple[str, ...]:
        """The script's own arguments, without interpreter and script."""
        arguments = self.program.arguments
        return arguments[1:] if arguments[0] == f"./{self.path}" else arguments[2:]


def bind_script(script: PreScript, scope: RunScope) -> BoundScript:
    """The script with its variables replaced. Raises InvalidFile."""
    path = scope.path_at(script.path, (*script.json_path, "path"))
    arguments = [
        scope.text_at(argument, (*script.json_path, "args", index)) for index, argument in enumerate(script.arguments)
    ]
    interpreter = script.interpreter or default_interpreter(path)
    command = (interpreter, f"./{path}" if path.startswith("-") else path) if interpreter else (f"./{path}",)
    program = Program((*command, *arguments), script.timeout_s or scope.limits.check_s)
    return BoundScript(script.path, path, program, script.may_fail)


def default_interpreter(path: str) -> str | None:
    """The program that runs a script for which the contract names none; None for one that is executed directly."""
    return _INTERPRETERS.get(path[path.rfind(".") :] if "." in path.rpartition("/")[2] else "")
