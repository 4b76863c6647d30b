"""The commands that messages of this package suggest. `runner/suggestions.py` has these and all others."""

import os
from pathlib import Path
from shlex import quote
from typing import Final

INIT: Final = "orch init"
LIST_RUNS: Final = "orch run list"
CHECK_RECORDS: Final = "orch run check"
DOCTOR: Final = "orch doctor"
STATUS: Final = "orch status"
START_RUN_HELP: Final = "orch run start --help"
INSTALL_XDIST: Final = "pip install 'orch-runner[xdist]'"
USE_UTF8: Final = "export LC_ALL=C.UTF-8 PYTHONUTF8=1"


def at_root(root: str | Path, command: str) -> str:
    """The same command for another root than that of the current directory."""
    return f"orch -C {quote(str(root))} {command.removeprefix('orch ')}"


def make_root(root: str | Path) -> str:
    """Creates a directory and installs contracts and workflows in it."""
    return f"mkdir -p {quote(str(root))} && {at_root(root, INIT)}"


def use_work_tree(repository: str) -> str:
    """Lists the work trees of a bare repository; where it has none, clones it into a new directory beside it."""
    if os.path.isdir(os.path.join(repository, "worktrees")):
        return list_work_trees(repository)
    stem = repository.removesuffix(".git").removesuffix("/")
    targets = (stem, *(f"{stem}-clone{number}" for number in ("", *range(2, 100))))
    target = next((each for each in targets if not os.path.lexists(each)), f"{stem}-clone")
    return f"git clone {quote(repository)} {quote(target)}"


def list_work_trees(repository: str) -> str:
    """Lists the work trees of a repository."""
    return f"git -C {quote(repository)} worktree list"


def show_run(run_id: str) -> str:
    """Shows a run with its gates and attempts."""
    return f"orch run show --run {quote(run_id)}"


def check_gates(run_id: str, *gates: str) -> str:
    """Judges gates and records nothing."""
    return " ".join((f"orch gate check --run {quote(run_id)}", *(f"--gate {quote(gate)}" for gate in gates)))


def explain_contract(gate: str, run_id: str | None = None) -> str:
    """Explains in words what a contract checks, in this run if one is named."""
    explain = f"orch contract explain {quote(gate)}"
    return explain if run_id is None else f"{explain} --run {quote(run_id)}"


def judge_run(run_id: str) -> str:
    """Judges all gates of a run in a session of pytest, and records nothing."""
    return f"pytest --gate-run {quote(run_id)}"


def new_contract(gate: str, name: str = "NAME") -> str:
    """Writes the template of a contract; a person may give it a better name."""
    return f"orch contract new {quote(gate)} --name {quote(name)}"


def list_path(root: Path, path: str) -> str:
    """Shows what is at a path, relative to the root: it, or the part of it that exists, a symlink for itself."""
    existing = path
    while existing and not os.path.lexists(root / existing):
        existing = os.path.dirname(existing)
    return f"ls -ld {quote(_as_argument(existing or '.'))}"


def show_path(path: str) -> str:
    """Shows what is at a path, a symlink for itself."""
    return f"ls -ld {quote(path)}"


def _as_argument(path: str) -> str:
    """`path` so that no program takes it for an option."""
    return f"./{path}" if path.startswith("-") else path
