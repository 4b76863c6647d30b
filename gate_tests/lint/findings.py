"""The results of linting: errors, for which a contract is refused, and warnings, with which it may prove little."""

from enum import StrEnum
from typing import Any, NamedTuple

from gate_tests.strict_json.document import Document, JsonPath, format_json_path


class WarningTopic(StrEnum):
    """The kinds of warnings; users name them to suppress a warning."""

    ONLY_WARNINGS = "only-warnings"
    ONLY_IF_THERE = "only-if-there"
    ONLY_EXISTENCE = "only-existence"
    PASSES_EMPTY = "passes-empty"
    UNREAD_OUTPUT = "unread-output"
    OWN_WORD = "own-word"
    MATCHES_NOTHING = "matches-nothing"
    DEMANDS_NOTHING = "demands-nothing"
    HALF_CHARACTERS = "half-characters"
    SLOW_REGEX = "slow-regex"
    ALL_BUT_ONE = "all-but-one"
    UNUSABLE_SCHEMA = "unusable-schema"
    NO_DRAFT = "no-draft"
    IGNORED_KEYWORD = "ignored-keyword"
    NO_SHELL = "no-shell"
    NO_FRONT_MATTER = "no-front-matter"
    SURVIVES_EMPTYING = "survives-emptying"
    UNKNOWN_OUTPUT = "unknown-output"
    NO_CONTRACT = "no-contract"
    NO_WORKFLOW = "no-workflow"
    UNUSABLE_PROMPT = "unusable-prompt"
    MISSING_FILE = "missing-file"
    NEEDLESS_ACCEPTANCE = "needless-acceptance"


class ContractWarning(NamedTuple):
    """A warning and its position."""

    topic: WarningTopic
    path: str
    line: int
    json_path: str
    message: str

    @classmethod
    def at(cls, topic: WarningTopic, document: Document, json_path: JsonPath, message: str) -> "ContractWarning":
        """A warning about a value of the document."""
        return cls(topic, document.path, document.line(json_path), format_json_path(json_path), message)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.json_path}: warning: {self.message} [{self.topic}]"

    def to_json(self) -> dict[str, Any]:
        """`{topic, path, line, json_path, message}`."""
        return {**self._asdict(), "topic": str(self.topic)}


class LintReport(NamedTuple):
    """The errors and warnings of the linted `files`, in their order."""

    files: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[ContractWarning, ...] = ()

    def merge(self, more: "LintReport") -> "LintReport":
        """Both results, without duplicates."""
        return LintReport(
            files=tuple(dict.fromkeys((*self.files, *more.files))),
            errors=tuple(dict.fromkeys((*self.errors, *more.errors))),
            warnings=tuple(dict.fromkeys((*self.warnings, *more.warnings))),
        )

    def to_json(self) -> dict[str, Any]:
        """`{files, errors, warnings}`."""
        return {
            "files": list(self.files),
            "errors": list(self.errors),
            "warnings": [each.to_json() for each in self.warnings],
        }
