"""A team's own check as a rule like ours."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from gate_tests.checks.custom.definition import CustomCheck
from gate_tests.checks.custom.entry_points import CustomType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.thresholds import THRESHOLDS, threshold
from gate_tests.contract import Validation
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts, NotText

_MOST_RECORDED = 20_000
"""Characters of JSON that a check may have recorded."""


@dataclass(frozen=True)
class CustomRule(TextRule):
    """What `own` says of the text of the target. It holds only where the function says True, and nothing else.

    A function that breaks has not said that. So the check fails, and names the exception and the line, which is more
    than no verdict would say; its message is left out, for it may tell of somebody's machine.
    """

    own: ClassVar[CustomCheck]
    plugin: ClassVar[str]
    type: ClassVar[str]
    summary: ClassVar[str]
    mend: ClassVar[str]
    keys: ClassVar[Mapping[str, Any]]
    required: ClassVar[tuple[str, ...]]
    measures: ClassVar[Mapping[str, str]]
    example: ClassVar[Mapping[str, Any]]

    parameters: Mapping[str, Any]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the texts; of thresholds, takes the number of the run's depth."""
        given = {key: value for key, value in validation.keys.items() if key != "target"}
        return cls({key: cls._bound(key, value, validation, scope) for key, value in given.items()})

    @classmethod
    def _bound(cls, key: str, value: Any, validation: Validation, scope: Scope) -> Any:
        if cls.keys[key].get("$ref") == THRESHOLDS["$ref"]:
            return threshold(validation, scope, key)
        return _expanded(value, validation, scope, (key,))

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that the contract gives it, as it is in this run."""
        return tuple(dict.fromkeys(_texts(self.parameters)))

    def wanted(self) -> str:
        """What must be so."""
        return f"that {self.summary}"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """The function is asked only about a text."""
        try:
            text = artifacts.text(path)
        except NotText as problem:
            return self._outcome(False, str(problem))
        return self.judge(text, path)

    def judge(self, text: str, path: str) -> Outcome:
        """What the function says. What it prints goes nowhere."""
        try:
            with _silence():
                answer = self.own.judge(text, **self.parameters)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # pytest's own outcomes too: a check does not skip
            return self._outcome(False, f"the check itself broke: {_where(error)} ({self.plugin})")
        return self._taken(answer)

    def _taken(self, answer: object) -> Outcome:
        match answer:
            case True | False:
                return self._outcome(bool(answer), "it is so" if answer else "it is not")
            case str() if answer:
                return self._outcome(False, answer)
            case Outcome(bool(holds), str(found), measured):
                return self._measured(holds, found, measured)
            case _:
                kind = "an empty text" if answer == "" else type(answer).__name__
                return self._outcome(False, f"an answer that is none ({kind}, of {self.plugin})")

    def _measured(self, holds: bool, found: str, measured: object) -> Outcome:
        try:
            text = json.dumps(measured, allow_nan=False, ensure_ascii=False)
            text.encode()
            values = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            return self._outcome(False, f"measured what is no JSON ({self.plugin})")
        if not isinstance(values, dict) or not values.keys() <= self.own.measures.keys():
            return self._outcome(False, f"measured what its package does not declare ({self.plugin})")
        if len(text) > _MOST_RECORDED:
            return self._outcome(False, f"measured more than a record should hold ({self.plugin})")
        return self._outcome(holds, found, values)

    def _outcome(self, holds: bool, found: str, measured: Mapping[str, Any] | None = None) -> Outcome:
        return Outcome(holds, found, {**(measured or {}), "plugin": self.plugin})


@cache
def custom_rule(own: CustomType) -> type[CustomRule]:
    """The rule of an installed type. Raises InvalidFile where its package gives none."""
    check = _loaded(own)
    if fault := _fault(check):
        raise _unusable(own, fault)
    described = {
        "own": check,
        "plugin": own.plugin,
        "type": own.name,
        "summary": check.summary,
        "mend": check.mend,
        "keys": {"target": {"$ref": "#/definitions/path"}, **check.keys},
        "required": ("target", *check.required),
        "measures": {**check.measures, "plugin": "the package that judged, and its version"},
        "example": {"type": own.name, "target": "{artifact_path}/report.md", **check.example},
    }
    return type(f"OwnRule_{own.name}", (CustomRule,), described)


def _loaded(own: CustomType) -> CustomCheck:
    try:
        with _silence():
            loaded = _load(own)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a package may do anything when it is imported
        raise _unusable(own, f"cannot be loaded: {type(error).__name__}: {error}") from None
    if not isinstance(loaded, CustomCheck):
        raise _unusable(own, f"{own.entry_point.value} is no gate_tests.own.OwnCheck (got {type(loaded).__name__})")
    return loaded


def _fault(check: CustomCheck) -> str | None:
    try:
        return check.fault()
    except (TypeError, AttributeError) as error:  # a key's schema that is no schema at all
        return f"says of itself what means nothing: {error}"


def _load(own: CustomType) -> object:
    try:
        return own.entry_point.load()
    except ImportError:
        if not sys.flags.no_site:
            raise
        from site import main as add_what_pth_files_name  # the package is installed as editable

        add_what_pth_files_name()
        return own.entry_point.load()


def _unusable(own: CustomType, fault: str) -> InvalidFile:
    return InvalidFile([f"check type {own.name!r} of {own.plugin}: {' '.join(fault.split())}"])


def _expanded(value: Any, validation: Validation, scope: Scope, keys: tuple[str | int, ...]) -> Any:
    """The value with the variables of every text in it replaced."""
    if isinstance(value, str):
        return scope.text(value, validation, *keys)
    if isinstance(value, list):
        return [_expanded(item, validation, scope, (*keys, index)) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: _expanded(item, validation, scope, (*keys, name)) for name, item in value.items()}
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text in the value, the empty one left out."""
    if isinstance(value, str) and value:
        yield value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)


def _where(error: BaseException) -> str:
    """The exception's type, and the file and line that raised it."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    return f"{type(error).__name__} at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}"


class _Nowhere(io.TextIOBase):
    """Takes what is printed."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Nothing that is printed meanwhile stands between our own lines."""
    nowhere = _Nowhere()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield
