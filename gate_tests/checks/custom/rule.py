"""A custom check as a check type like the built-in ones."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.custom.definition import OwnCheck
from gate_tests.checks.custom.entry_points import CustomType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.thresholds import THRESHOLDS, select_threshold
from gate_tests.contract import Validation
from gate_tests.errors import InvalidFile, NoVerdict
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.files.memory import is_limited_by_system
from gate_tests.typing_compat import override

_MAX_MEASURED_CHARS: Final = 20_000  # of JSON


@dataclass(frozen=True)
class CustomRule(TextRule):
    """Passes only if the function of the check returns True, or an Outcome whose `holds` is True.

    If the function raises, the check fails and names the exception and the line. The exception's message is left out:
    it may contain private data of the machine.
    """

    has_memory_limit: ClassVar[bool] = False  # what its package needs is unknown

    check: OwnCheck
    plugin: str
    parameters: Mapping[str, Any]

    @property
    def parameter_texts(self) -> tuple[str, ...]:
        """Each non-empty text among the parameters, once."""
        return tuple(dict.fromkeys(_find_texts(self.parameters)))

    @override
    def describe(self) -> str:
        return f"that {self.check.summary}"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            return artifacts.judge_text(path, lambda text: self.evaluate_text(text, path))
        except NotText as error:  # the function is called with texts only
            return self._make_outcome(False, str(error))

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return False  # its function is called where a gate is judged or tested, and nowhere else

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            with _discard_output():
                answer = self.check.judge(text, **self.parameters)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # pytest's own outcomes too: a check does not skip
            if isinstance(error, MemoryError) and is_limited_by_system():
                raise NoVerdict(f"{path}: not enough memory") from None
            return self._make_outcome(False, f"the check raised {_locate_error(error)} ({self.plugin})")
        return self._interpret_answer(answer)

    def _interpret_answer(self, answer: object) -> Outcome:
        match answer:
            case True | False:
                return self._make_outcome(bool(answer), "the check passes" if answer else "the check fails")
            case str() if answer:
                return self._make_outcome(False, answer)
            case Outcome(bool(holds), str(found), measured):
                return self._validate_measured(holds, found, measured)
            case _:
                kind = "an empty text" if answer == "" else type(answer).__name__
                return self._make_outcome(False, f"an invalid return value ({kind}, from {self.plugin})")

    def _validate_measured(self, holds: bool, found: str, measured: object) -> Outcome:
        try:
            text = json.dumps(measured, allow_nan=False, ensure_ascii=False)
            text.encode()
            values = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            return self._make_outcome(False, f"measured values that are not JSON ({self.plugin})")
        if not isinstance(values, dict) or not values.keys() <= self.check.measures.keys():
            return self._make_outcome(False, f"measured keys that its package does not declare ({self.plugin})")
        if len(text) > _MAX_MEASURED_CHARS:
            return self._make_outcome(False, f"measured over {_MAX_MEASURED_CHARS:,} characters ({self.plugin})")
        return self._make_outcome(holds, found, values)

    def _make_outcome(self, holds: bool, found: str, measured: Mapping[str, Any] | None = None) -> Outcome:
        return Outcome(holds, found, {**(measured or {}), "plugin": self.plugin})


@cache
def load_check_type(custom: CustomType) -> CheckType:
    """The type of an installed package. Raises InvalidFile if it cannot be loaded or is not valid."""
    check = _load_check(custom)
    if error := _validate_check(check):
        raise _unusable(custom, error)

    def bind(validation: Validation, scope: Scope) -> CustomRule:
        return CustomRule(check, custom.plugin, _bind_parameters(check, validation, scope))

    return CheckType(
        name=custom.name,
        summary=check.summary,
        keys={"target": {"$ref": "#/definitions/path"}, **check.keys},
        required=("target", *check.required),
        measures={**check.measures, "plugin": "the package that provides the check, and its version"},
        example={"type": custom.name, "target": "{artifact_path}/report.md", **check.example},
        fix=check.fix,
        bind=bind,
    )


def _bind_parameters(check: OwnCheck, validation: Validation, scope: Scope) -> dict[str, Any]:
    """The keys that the contract gives: variables replaced, and of thresholds the number for the run's depth."""
    return {
        key: select_threshold(validation, scope, key)
        if check.keys[key].get("$ref") == THRESHOLDS["$ref"]
        else _expand(value, validation, scope, (key,))
        for key, value in validation.keys.items()
        if key != "target"
    }


def _load_check(custom: CustomType) -> OwnCheck:
    try:
        with _discard_output():
            loaded = _load_entry_point(custom)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a package may do anything when it is imported
        raise _unusable(custom, f"cannot be loaded: {type(error).__name__}: {error}") from None
    if not isinstance(loaded, OwnCheck):
        value, kind = custom.entry_point.value, type(loaded).__name__
        raise _unusable(custom, f"{value} must be a gate_tests.own.OwnCheck (found {kind})")
    return loaded


def _validate_check(check: OwnCheck) -> str | None:
    try:
        return check.find_error()
    except (TypeError, AttributeError) as error:  # the schema of a key is not a schema at all
        return f"invalid definition: {error}"


def _load_entry_point(custom: CustomType) -> object:
    try:
        return custom.entry_point.load()
    except ImportError:
        if not sys.flags.no_site:
            raise
        from site import main as process_pth_files  # the package is installed as editable

        process_pth_files()
        return custom.entry_point.load()


def _unusable(custom: CustomType, error: str) -> InvalidFile:
    return InvalidFile([f"check type {custom.name!r} of {custom.plugin}: {' '.join(error.split())}"])


def _expand(value: Any, validation: Validation, scope: Scope, keys: tuple[str | int, ...]) -> Any:
    """The value with the variables in each of its texts replaced."""
    if isinstance(value, str):
        return scope.text(value, validation, *keys)
    if isinstance(value, list):
        return [_expand(item, validation, scope, (*keys, index)) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: _expand(item, validation, scope, (*keys, name)) for name, item in value.items()}
    return value


def _find_texts(value: Any) -> Iterator[str]:
    """Every non-empty text in the value."""
    if isinstance(value, str) and value:
        yield value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _find_texts(part)


def _locate_error(error: BaseException) -> str:
    """The exception's type, and the file and line that raised it."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    return f"{type(error).__name__} at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}"


class _NullStream(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _discard_output() -> Iterator[None]:
    """Discards what is printed meanwhile."""
    null = _NullStream()
    with contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
        yield
