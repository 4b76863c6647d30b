"""Finds the paths that a verdict depends on, for `gate check --watch`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.errors import OrchError
from runner.models.run import Run
from runner.operations.attempts import compile_run_gate
from runner.storage.store import Store

_GLOB_CHARACTERS: Final = re.compile(r"[*?[]")
_PATH_KEYS: Final = ("schema", "sources", "targets", "in")
"""Keys of checks with the paths they read besides their target."""


class WatchList(NamedTuple):
    """The paths that verdicts depend on, and whether judging runs programs, which may write some of them."""

    paths: tuple[str, ...]
    runs_programs: bool = False


def find_watched_paths(store: Store, run_id: str, gates: Sequence[str]) -> WatchList:
    """What the verdicts on these gates depend on, as far as their contracts show.

    Of an invalid contract or record only its own path, since it has to be fixed first.
    """
    workspace = store.workspace
    paths = [workspace.record_path(run_id), *map(workspace.contract_path, gates)]
    try:
        run = store.read(run_id)
    except OrchError:
        return WatchList(tuple(paths))
    paths.append(run.workflow.artifact_path)
    compiled = [each for gate in gates if (each := _compile_or_none(store, run, gate))]
    for each in compiled:
        paths += _find_contract_paths(each, run)
    relevant = dict.fromkeys(path for path in paths if path.strip("./"))
    return WatchList(tuple(relevant), any(each.commands for each in compiled))


def _compile_or_none(store: Store, run: Run, gate: str) -> CompiledGate | None:
    try:
        return compile_run_gate(store, run, gate)
    except OrchError:
        return None


def _find_contract_paths(compiled: CompiledGate, run: Run) -> Iterator[str]:
    files = [*(output.file for output in compiled.outputs), *(check.target.file for check in compiled.checks)]
    yield from (file.path if file.pattern is None else file.directory for file in files)
    for check in compiled.checks:
        yield from check.reads
    values = run.context().values()
    for validation in compiled.contract.validations:
        for key in _PATH_KEYS:
            templates = validation.keys.get(key, ())
            for template in [templates] if isinstance(templates, str) else templates:
                with suppress(UnknownVariable):  # one of PATH_VARIABLES: below the artifact path, watched anyway
                    yield _pattern_directory(expand(template, values))


def _pattern_directory(pattern: str) -> str:
    """The directory that a glob pattern searches; a path without glob characters is returned unchanged."""
    magic = _GLOB_CHARACTERS.search(pattern)
    return pattern[: magic.start()].rpartition("/")[0] if magic else pattern
