"""The arguments of a pytest command line that select what is judged. Imports no pytest."""

import argparse
import os
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gate_tests import suggestions
from gate_tests.errors import OrchError, Refused
from gate_tests.workspace.find_run import LATEST, list_run_ids, resolve_environment_run, resolve_run_id
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import split_names
from gate_tests.workspace.run_context import RunContext

_MAX_SUITABLE_RUNS: Final = 20
"""Runs that are read for a suggestion."""
_SHOWING: Final = (
    "collectonly", "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test", "cacheshow", "markers", "help",
    "version",
)  # fmt: skip
"""Options that show something instead of running tests."""


@dataclass(frozen=True)
class CommandLineArguments:
    """The arguments as the user gave them in `directory`: `words`, of which `arguments` are files and node ids.

    `run_id` is None if none was given. `runs_nothing`: an option shows something instead. `has_run_option`: `--run`
    was given, which may be an option of the host repository's own.
    """

    words: tuple[str, ...]
    gates: tuple[str, ...]
    run_id: str | None
    arguments: tuple[str, ...]
    directory: Path
    runs_nothing: bool
    has_run_option: bool

    @classmethod
    def from_options(
        cls, options: argparse.Namespace, directory: Path, words: Iterable[str | os.PathLike[str]]
    ) -> "CommandLineArguments":
        """The arguments `words`, which pytest's parser has parsed into `options`."""
        typed = tuple(map(os.fsdecode, words))
        return cls(
            words=typed,
            gates=split_names(options.gate_ids or ()),
            run_id=options.gate_run,
            arguments=tuple(options.file_or_dir),
            directory=directory,
            runs_nothing=any(getattr(options, option, None) for option in _SHOWING),
            has_run_option=any(word.partition("=")[0] == "--run" for word in typed),
        )

    @property
    def paths(self) -> list[str]:
        """The files and directories, symlinks followed, without the part of a node id after `::`."""
        return [os.path.realpath(self.directory / argument.partition("::")[0]) for argument in self.arguments]

    def find_run_id(self, workspace: Workspace) -> str:
        """The full id of the given run, else of the one in the environment. Raises Refused."""
        if self.run_id:
            return resolve_run_id(workspace, self.run_id)
        if self.run_id is None and (run_id := resolve_environment_run(workspace)):
            return run_id
        if not list_run_ids(workspace):
            raise Refused("no run given, and no runs yet", next_command=suggestions.START_RUN_HELP)
        meant = next((each for each in self._list_newest(workspace) if self._has_gates(workspace, each)), None)
        repeat = shlex.join(("pytest", *self.words, "--gate-run", meant)) if meant else suggestions.LIST_RUNS
        if self.run_id is None and self.has_run_option:
            own = "--run is an option of this repository's own"
            raise Refused(f"no run given: {own}; name one with --gate-run or ORCH_RUN", next_command=repeat)
        raise Refused("no run given: name one with --run or ORCH_RUN", next_command=repeat)

    @staticmethod
    def _list_newest(workspace: Workspace) -> Iterator[str]:
        """The run that `latest` names, then the others; each is read only if it is come to."""
        yield resolve_run_id(workspace, LATEST)
        yield from list_run_ids(workspace)

    def _has_gates(self, workspace: Workspace, run_id: str) -> bool:
        """Whether the run can be read and has the gates of --gate."""
        try:
            context = RunContext.read(workspace, run_id)
            return all(map(context.check_gate, self.gates))
        except OrchError:
            return False

    def select_gates(self, workspace: Workspace, context: RunContext) -> tuple[str, ...]:
        """The gates of --gate; else those whose contracts are at or below the paths; else all. Raises Refused."""
        if self.gates:
            return tuple(dict.fromkeys(map(context.check_gate, self.gates)))
        if not self.arguments:
            return context.gates
        contracts = {
            gate: Path(os.path.realpath(workspace.root / workspace.contract_path(gate))) for gate in context.gates
        }
        selected = [gate for gate, file in contracts.items() if any(file.is_relative_to(path) for path in self.paths)]
        if not selected:
            raise Refused(
                f"no check of run {context.run_id} is at the given paths",
                next_command=suggestions.judge_run(context.run_id),
            )
        return tuple(selected)

    def find_names(self, contract: str) -> set[str]:
        """The parts after `::` of the arguments that lead to this real path; "" for the path itself or one above it."""
        named = zip(self.arguments, self.paths, strict=True)
        return {argument.partition("::")[2] for argument, path in named if Path(contract).is_relative_to(path)}

    def locate_contracts(self, workspace: Workspace, context: RunContext, rootdir: Path) -> "CommandLineArguments":
        """The same, with paths that lead to the contracts from `directory`.

        A printed node id can be given in any directory: `orch` prints it relative to the root, pytest relative to its
        `rootdir`, or to the current directory as if the root were the `rootdir`.
        """
        contracts = {workspace.contract_path(gate) for gate in context.gates}
        located = tuple(self._locate(argument, workspace.root, contracts, rootdir) for argument in self.arguments)
        return replace(self, arguments=located)

    def _locate(self, argument: str, root: Path, contracts: set[str], rootdir: Path) -> str:
        path, separator, name = argument.partition("::")
        if os.path.lexists(self.directory / path):
            return argument
        printed = (os.path.normpath(path), os.path.relpath(self.directory / path, rootdir))
        found = next((each for each in printed if each in contracts), None)
        return argument if found is None else os.path.relpath(root / found, self.directory) + separator + name
