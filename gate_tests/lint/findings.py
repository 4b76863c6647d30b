"""The results of linting: errors, for which a contract is refused, and warnings, with which it may prove little."""

from enum import StrEnum
from typing import Any, NamedTuple

from gate_tests.strict_json.document import Document, JsonPath, format_json_path


class Topic(StrEnum):
    """The kinds of warnings; users name them to suppress a warning."""

    ONLY_WARNINGS = "only-warnings"
    ONLY_IF_THERE = "only-if-there"
    ONLY_EXISTENCE = "only-existence"
    OWN_WORD = "own-word"
    MATCHES_NOTHING = "matches-nothing"
    DEMANDS_NOTHING = "demands-nothing"
    HALF_CHARACTERS = "half-characters"
    SLOW_REGEX = "slow-regex"
    ALL_BUT_ONE = "all-but-one"
    UNKNOWN_OUTPUT = "unknown-output"
    NO_CONTRACT = "no-contract"
    NEEDLESS_ACCEPTANCE = "needless-acceptance"


class Advice(NamedTuple):
    """A warning and its position."""

    topic: Topic
    path: str
    line: int
    json_path: str
    message: str

    @classmethod
    def about(cls, topic: Topic, document: Document, json_path: JsonPath, message: str) -> "Advice":
        """A warning about a value of the document."""
        return cls(topic, document.path, document.line(json_path), format_json_path(json_path), message)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.json_path}: advice: {self.message} [{self.topic}]"

    def to_json(self) -> dict[str, Any]:
        """`{topic, path, line, json_path, message}`."""
        return {**self._asdict(), "topic": str(self.topic)}


class Findings(NamedTuple):
    """The errors and warnings of the linted `files`, in their order."""

    files: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()

    def and_then(self, more: "Findings") -> "Findings":
        """Both results, without duplicates."""
        return Findings(
            files=tuple(dict.fromkeys((*self.files, *more.files))),
            faults=tuple(dict.fromkeys((*self.faults, *more.faults))),
            advice=tuple(dict.fromkeys((*self.advice, *more.advice))),
        )

    def to_json(self) -> dict[str, Any]:
        """`{files, faults, advice}`."""
        return {
            "files": list(self.files),
            "faults": list(self.faults),
            "advice": [each.to_json() for each in self.advice],
        }
