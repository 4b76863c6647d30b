"""A gate's contract as written in its file: which files must exist and what they must contain."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.workspace.names import Depth

SUPPRESSIONS_KEY: Final = "x-accepted-advice"
"""Judging ignores this key: it lists the warnings of the lint that the contract accepts."""


class Severity(StrEnum):
    """Whether a check that does not pass fails its gate or only warns."""

    ERROR = "error"
    WARNING = "warning"


class Output(NamedTuple):
    """A file that must or may exist when the gate is finished, or with wildcards in `path`, `min_files` of them.

    `min_files` is None where it is not given. `json_path`: its place in the contract.
    """

    path: str
    description: str
    required: bool
    required_for_depth: frozenset[str] | None
    optional_for_depth: frozenset[str]
    json_path: JsonPath
    allow_empty: bool = False
    min_files: int | None = None

    def is_optional(self, depth: Depth) -> bool:
        """Whether the output may be missing in a run of this depth."""
        if depth in self.optional_for_depth:
            return True
        if self.required_for_depth is not None:
            return depth not in self.required_for_depth
        return not self.required


class Validation(NamedTuple):
    """One entry of `validations`, as written; `keys` are those of its check type."""

    type: str
    keys: Mapping[str, Any]
    description: str
    severity: Severity
    missing_ok: bool
    json_path: JsonPath


class PreScript(NamedTuple):
    """A script that runs before the checks; `arguments`, `interpreter` and `timeout_s` (seconds) as written."""

    path: str
    arguments: tuple[str, ...]
    interpreter: str | None
    timeout_s: float | None
    may_fail: bool
    json_path: JsonPath


class Skill(NamedTuple):
    """Instructions for the agent. `inject`: whether the packet has the file's text, or which files of a directory."""

    path: str
    name: str
    reason: str
    inject: bool | tuple[str, ...]
    json_path: JsonPath


class Limits(NamedTuple):
    """The limits of each check: `text_bytes` and `markdown_bytes` of a file, in bytes, the others in seconds."""

    text_bytes: int = 16 * 1024 * 1024
    regex_s: float = 2
    check_s: float = 600
    markdown_bytes: int = 2 * 1024 * 1024


class Contract(NamedTuple):
    """A gate's contract. At least one output of `any_of` must exist, and each of `all_of` that is not optional."""

    gate: str
    name: str
    blocking: bool
    description: str
    any_of: tuple[Output, ...]
    all_of: tuple[Output, ...]
    validations: tuple[Validation, ...]
    pre_scripts: tuple[PreScript, ...]
    limits: Limits
    document: Document
    skills: tuple[Skill, ...] = ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Every declared output, `any_of` first."""
        return (*self.any_of, *self.all_of)


def parse_contract(document: Document) -> Contract:
    """The contract of a document that is valid; raises KeyError, TypeError or ValueError for another."""
    data = document.data
    outputs = data.get("required_outputs", {})
    return Contract(
        gate=data["gate"],
        name=data["name"],
        blocking=data.get("blocking", True),
        description=data.get("description", ""),
        any_of=tuple(_outputs(outputs, "any_of")),
        all_of=tuple(_outputs(outputs, "all_of")),
        validations=tuple(_validation(index, entry) for index, entry in enumerate(data.get("validations", []))),
        pre_scripts=tuple(_pre_script(index, entry) for index, entry in enumerate(data.get("pre_scripts", []))),
        limits=Limits(**data.get("limits", {})),
        document=document,
        skills=tuple(_skill(index, entry) for index, entry in enumerate(data.get("required_skills", []))),
    )


_NO_DEPTHS: Final[frozenset[str]] = frozenset()


def _outputs(outputs: Mapping[str, Any], group: str) -> list[Output]:
    return [
        Output(
            path=entry["path"],
            description=entry.get("description", ""),
            required=entry.get("required", True),
            required_for_depth=frozenset(entry["required_for_depth"]) if "required_for_depth" in entry else None,
            optional_for_depth=frozenset(entry["optional_for_depth"]) if "optional_for_depth" in entry else _NO_DEPTHS,
            json_path=("required_outputs", group, index),
            allow_empty=entry.get("allow_empty", False),
            min_files=entry.get("min_files"),
        )
        for index, entry in enumerate(outputs.get(group, []))
    ]


def _pre_script(index: int, entry: Mapping[str, Any]) -> PreScript:
    return PreScript(
        path=entry["path"],
        arguments=tuple(entry.get("args", ())),
        interpreter=entry.get("interpreter"),
        timeout_s=entry.get("timeout_s"),
        may_fail=entry.get("may_fail", False),
        json_path=("pre_scripts", index),
    )


def _skill(index: int, entry: Mapping[str, Any]) -> Skill:
    inject = entry.get("inject", True)
    return Skill(
        path=entry["path"],
        name=entry.get("name", ""),
        reason=entry.get("reason", ""),
        inject=inject if isinstance(inject, bool) else tuple(inject),
        json_path=("required_skills", index),
    )


def _validation(index: int, entry: Mapping[str, Any]) -> Validation:
    common = ("type", "description", "severity", "missing_ok")
    return Validation(
        type=entry["type"],
        keys={key: value for key, value in entry.items() if key not in common},
        description=entry.get("description", ""),
        severity=Severity(entry.get("severity", "error")),
        missing_ok=entry.get("missing_ok", False),
        json_path=("validations", index),
    )
