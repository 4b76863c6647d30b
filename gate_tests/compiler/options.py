"""What an evaluation depends on besides the files of the run."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gate_tests.programs.program import KnownProgramResults, NoProgramResults, ProgramResults


class EvaluationOptions(NamedTuple):
    """Whether the network must not be used, and the results of the programs that the contracts run."""

    offline: bool = False
    programs: ProgramResults = NoProgramResults()

    def to_json(self) -> dict[str, Any]:
        """`{offline, programs}`."""
        return {"offline": self.offline, "programs": self.programs.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EvaluationOptions":
        """The options that `to_json` wrote."""
        return cls(data["offline"], KnownProgramResults.from_json(data["programs"]))


DEFAULT_OPTIONS: Final = EvaluationOptions()
"""The network may be used, and no program has run."""
