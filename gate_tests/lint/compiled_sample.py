"""A gate compiled for a sample run, and what can fail it."""

from typing import NamedTuple

from gate_tests.checks.check_type import Evidence
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate
from gate_tests.contract import Severity
from gate_tests.workspace.names import Depth


class CompiledSample(NamedTuple):
    """A gate compiled for a sample run of this depth."""

    depth: Depth
    gate: CompiledGate

    @property
    def decisive_checks(self) -> list[Check]:
        """The checks that can fail the gate."""
        return [check for check in self.gate.checks if check.severity is Severity.ERROR]

    @property
    def content_checks(self) -> list[Check]:
        """Those of them that look into a file."""
        return [check for check in self.decisive_checks if check.type.evidence is not Evidence.EXISTENCE]

    @property
    def has_decisive_script(self) -> bool:
        """Whether a script can fail the gate."""
        return any(not script.may_fail for script in self.gate.scripts)
