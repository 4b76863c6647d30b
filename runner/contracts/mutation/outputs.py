"""Tests whether every check of a gate passes though no work is left: an output is empty, or contains one word.

Each output that is among the good artifacts is tried by itself. Of outputs of which one is enough the others are taken
away meanwhile; the files of a glob are tried together and, if they are few, each alone. One that may be empty is not
tried.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Final, NamedTuple

from gate_tests.checks.mutations import ONE_WORD
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate
from gate_tests.contract import Severity
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles
from gate_tests.files.path_or_glob import PathOrGlob
from runner.contracts.mutation.sandbox import Contents, Sandbox
from runner.contracts.mutation.time_limit import TimeLimitExceeded, enforce_time_limit

MAX_TRIED_ALONE: Final = 20
"""Files that are changed one by one: each time all that match a glob are read."""


class Emptying(StrEnum):
    """What is left of an output."""

    EMPTIED = "emptied"
    ONE_WORD = "one_word"


class OutputTest(NamedTuple):
    """The test of one output: whether a check failed where it was emptied, and where it held one word.

    None: unknown, as only a program could notice, or a check that fails for the good artifacts.
    """

    path: str
    emptied: bool | None
    one_word: bool | None

    @property
    def survived(self) -> tuple[Emptying, ...]:
        """The ways in which it was emptied, and every check passed."""
        results = {Emptying.EMPTIED: self.emptied, Emptying.ONE_WORD: self.one_word}
        return tuple(way for way, killed in results.items() if killed is False)

    def to_json(self) -> dict[str, Any]:
        """`{path, emptied, one_word, survived}`."""
        return {**self._asdict(), "survived": bool(self.survived)}


class _Target(NamedTuple):
    """An output: its path, its files among the good artifacts, and those that must not stand in for them."""

    path: str
    files: tuple[str, ...]
    others: tuple[str, ...] = ()

    def contents(self, text: str) -> Contents:
        """What is changed to try the output with this text."""
        return {**dict.fromkeys(self.others), **dict.fromkeys(self.files, text)}


class _Reader(NamedTuple):
    """A check that can fail the gate, and what it read. `is_usable`: whether it can be evaluated here."""

    check: Check
    read: frozenset[str]
    is_usable: bool

    def may_notice(self, contents: Contents) -> bool:
        """Whether it reads one of these files, or might where others are missing."""
        targets = (self.check.target.file, *self.check.target.alternatives)
        return not self.read.isdisjoint(contents) or any(file.matches(path) for path in contents for file in targets)


def run_output_tests(
    sandbox: Sandbox, gate: CompiledGate, read_by: Mapping[str, Sequence[str]]
) -> tuple[OutputTest, ...]:
    """Tests each output of the gate. `read_by`: what each check read of the good artifacts that passes for them."""
    readers = [
        _Reader(check, frozenset((*read_by.get(check.id, ()), *check.rule.other_paths)), check.id in read_by)
        for check in gate.checks
        if check.severity is Severity.ERROR
    ]
    return tuple(
        OutputTest(target.path, *(_is_killed(sandbox, gate, readers, target.contents(text)) for text in ("", ONE_WORD)))
        for target in _find_targets(sandbox, gate)
    )


def _is_killed(sandbox: Sandbox, gate: CompiledGate, readers: Sequence[_Reader], contents: Contents) -> bool | None:
    """Whether a check fails that reads what is changed: the others still pass. None: only a program reads it."""
    concerned = [each for each in readers if each.may_notice(contents)]
    with sandbox.apply_changes(contents):
        if any(_fails(sandbox, gate, each.check) for each in concerned if each.is_usable):
            return True
    runs_programs = any(each.check.type.name == "command" for each in readers)
    has_scripts = any(not script.may_fail for script in gate.scripts)
    is_known = all(each.is_usable for each in concerned) and not runs_programs and not has_scripts
    return False if is_known else None


def _fails(sandbox: Sandbox, gate: CompiledGate, check: Check) -> bool:
    try:
        with enforce_time_limit(gate.contract.limits.check_s):
            return not sandbox.evaluate(gate, check)[0].holds
    except TimeLimitExceeded:
        return True


_Find = Callable[[PathOrGlob], tuple[str, ...]]


def _find_targets(sandbox: Sandbox, gate: CompiledGate) -> Iterator[_Target]:
    """The outputs that exist and may not be empty; of a gate that declares none, the files its checks are about."""
    find: _Find = partial(_find_files, sandbox, gate.artifacts(sandbox.workspace.root))
    if not gate.outputs:
        files = dict.fromkeys(check.target.file for check in gate.checks if check.type.target_key)
        yield from (_Target(file.path, paths) for file in files if (paths := find(file)))
    for output in gate.any_of:
        paths = find(output.file)
        others = {path for other in gate.any_of for path in find(other.file)}.difference(paths)
        if paths and not output.allow_empty:
            yield _Target(output.path, paths, tuple(sorted(others)))
    named = {output.path for output in gate.outputs}
    for output in gate.all_of:
        if not output.allow_empty and (paths := find(output.file)):
            yield _Target(output.path, paths)
            yield from (_Target(path, (path,)) for path in _choose_tried_alone(paths) if path not in named)


def _choose_tried_alone(paths: tuple[str, ...]) -> tuple[str, ...]:
    return paths if 1 < len(paths) <= MAX_TRIED_ALONE else ()


def _find_files(sandbox: Sandbox, artifacts: Artifacts, file: PathOrGlob) -> tuple[str, ...]:
    """The files of an output; none where there are more than a gate takes."""
    try:
        paths = file.find(artifacts)
    except TooManyFiles:
        return ()
    return tuple(path for path in paths if (sandbox.workspace.root / path).is_file())
