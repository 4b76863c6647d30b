"""The paths that a verdict depends on, so that whoever watches them knows when to judge again."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.errors import OrchError
from runner.models.run import Run
from runner.operations.attempts import compile_run_gate
from runner.storage.store import Store

_MAGIC = re.compile(r"[*?[]")
_PATHS = ("schema", "sources")
"""Keys of checks that name what they read besides their target."""


class Watched(NamedTuple):
    """The files and folders that verdicts depend on; whether programs are run for them, which may write some anew."""

    paths: tuple[str, ...]
    runs_programs: bool = False


def watched_by(store: Store, run_id: str, gates: Sequence[str]) -> Watched:
    """What the verdict on these gates depends on, as far as their contracts tell.

    Of a contract or a record that is broken it is no more than itself, which has to be mended first.
    """
    workspace = store.workspace
    paths = [workspace.record_path(run_id), *map(workspace.contract_path, gates)]
    try:
        run = store.read(run_id)
    except OrchError:
        return Watched(tuple(paths))
    paths.append(run.workflow.artifact_path)
    compiled = [each for gate in gates if (each := _compiled(store, run, gate))]
    for each in compiled:
        paths += _named_by_the_contract(each, run)
    wanted = dict.fromkeys(path for path in paths if path.strip("./"))
    return Watched(tuple(wanted), any(each.commands for each in compiled))


def _compiled(store: Store, run: Run, gate: str) -> CompiledGate | None:
    try:
        return compile_run_gate(store, run, gate)
    except OrchError:
        return None


def _named_by_the_contract(compiled: CompiledGate, run: Run) -> Iterator[str]:
    yield from (output.path for output in compiled.outputs)
    for check in compiled.checks:
        yield from check.reads
    values = run.context().values()
    for validation in compiled.contract.validations:
        for key in _PATHS:
            named = validation.keys.get(key, ())
            for template in [named] if isinstance(named, str) else named:
                with suppress(UnknownVariable):  # one of PATH_VARIABLES, a file in the artifact folder
                    yield _folder_of(expand(template, values))


def _folder_of(pattern: str) -> str:
    """The folder in which a pattern is looked for; a path that is no pattern is itself."""
    magic = _MAGIC.search(pattern)
    return pattern[: magic.start()].rpartition("/")[0] if magic else pattern
