"""A script that runs before the checks of a gate, in one run."""

import sys
from typing import NamedTuple

from gate_tests.compiler.scope import RunScope
from gate_tests.contract import PreScript
from gate_tests.programs.program import Program

_INTERPRETERS = {".mjs": "node", ".js": "node", ".py": sys.executable, ".sh": "sh"}
"""By the end of its name, what runs a script; another runs by itself."""


class BoundScript(NamedTuple):
    """`path` is relative to the root; where it `may_fail`, its failure is only told."""

    template: str
    path: str
    program: Program
    may_fail: bool

    @property
    def given(self) -> tuple[str, ...]:
        """Its own arguments, without what runs it."""
        words = self.program.arguments
        return words[1:] if words[0] == f"./{self.path}" else words[2:]


def bind_script(script: PreScript, scope: RunScope) -> BoundScript:
    """The script with its variables replaced. Raises InvalidFile."""
    path = scope.path_at(script.path, (*script.json_path, "path"))
    given = [
        scope.text_at(argument, (*script.json_path, "args", index)) for index, argument in enumerate(script.arguments)
    ]
    ending = path[path.rfind(".") :] if "." in path.rpartition("/")[2] else ""
    interpreter = script.interpreter or _INTERPRETERS.get(ending)
    called = (interpreter, f"./{path}" if path.startswith("-") else path) if interpreter else (f"./{path}",)
    program = Program((*called, *given), script.timeout_s or scope.limits.check_s)
    return BoundScript(script.path, path, program, script.may_fail)
