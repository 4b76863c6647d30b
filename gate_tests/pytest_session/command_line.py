"""What was typed of a pytest command line, as far as it says what is judged. Knows no pytest."""

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gate_tests.errors import Refused
from gate_tests.workspace.find_run import LATEST, full_run_id, known_runs
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext

# What leaves checks out, and what shows something in their place. What stops (-x, --maxfail) ends in an exit code of
# its own, what reorders (--ff, --nf) leaves none out: they do not explain a check that is missing from a success.
_SELECTING = (
    "keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "stepwise_skip", "collectonly",
    "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test", "cacheshow", "markers", "help", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """Gates, run, and the files, folders and node ids to collect. Where `run_id` is None, none was typed."""

    gates: tuple[str, ...]
    run_id: str | None
    arguments: tuple[str, ...]
    folder: Path
    selects: bool
    names_run: bool

    @classmethod
    def of(cls, options: argparse.Namespace, folder: Path, words: Iterable[str | os.PathLike[str]]) -> "Typed":
        """The typed `words`, which pytest's parser has read as `options`, in the folder they were typed in."""
        return cls(
            gates=tuple(dict.fromkeys(options.gate_ids or ())),
            run_id=options.gate_run,
            arguments=tuple(options.file_or_dir),
            folder=folder,
            selects=any(getattr(options, option, None) for option in _SELECTING),
            names_run=any(os.fspath(word).partition("=")[0] == "--run" for word in words),
        )

    @property
    def paths(self) -> list[str]:
        """The files and folders, symlinks followed, without what selects in a file."""
        return [os.path.realpath(self.folder / argument.partition("::")[0]) for argument in self.arguments]

    def run(self, workspace: Workspace) -> str:
        """The whole id of the run that was typed, else of the one in the environment. Raises Refused."""
        run_id = os.environ.get("ORCH_RUN") if self.run_id is None else self.run_id
        if run_id:
            return full_run_id(workspace, run_id)
        if not known_runs(workspace):
            raise Refused("which run? There is none yet", next_command="orch run start --help")
        newest = full_run_id(workspace, LATEST)
        if self.run_id is None and self.names_run:
            own = "--run is an option of this repository's own"
            raise Refused(f"which run? {own}: say --gate-run {newest}, or set ORCH_RUN")
        raise Refused(
            f"which run? Say --run {newest}, or --gate-run where --run is an option of yours, or set ORCH_RUN"
        )

    def chosen(self, workspace: Workspace, context: RunContext) -> tuple[str, ...]:
        """The gates: those named; else those whose contracts lie at or below the paths; else all. Raises Refused."""
        if self.gates:
            return tuple(context.check_gate(gate) for gate in self.gates)
        if not self.arguments:
            return context.gates
        contracts = {
            gate: Path(os.path.realpath(workspace.root / workspace.contract_path(gate))) for gate in context.gates
        }
        chosen = [gate for gate, file in contracts.items() if any(file.is_relative_to(path) for path in self.paths)]
        if not chosen:
            none = f"no check of run {context.run_id} lies at the typed paths"
            raise Refused(f"{none}; name a gate with --gate, or no path")
        return tuple(chosen)

    def selects_in(self, contracts: Iterable[str | os.PathLike[str]]) -> bool:
        """Whether anything typed leaves checks out: an option, or a node id in one of the contracts."""
        files = {os.path.realpath(path) for path in contracts}
        arguments = zip(self.arguments, self.paths, strict=True)
        return self.selects or any("::" in argument and path in files for argument, path in arguments)
