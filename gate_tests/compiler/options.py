"""What judging may use besides the files of the work."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gate_tests.programs.program import KnownProgramResults, NoProgramResults, ProgramResults


class EvaluationOptions(NamedTuple):
    """Whether the network must not be asked, and what the programs came to that the contracts ask for."""

    offline: bool = False
    programs: ProgramResults = NoProgramResults()

    def to_json(self) -> dict[str, Any]:
        """`{offline, programs}`."""
        return {"offline": self.offline, "programs": self.programs.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EvaluationOptions":
        """The same, read."""
        return cls(data["offline"], KnownProgramResults.from_json(data["programs"]))


DEFAULT_OPTIONS = EvaluationOptions()
"""The network may be asked, and no program has run."""
