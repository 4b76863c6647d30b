"""The commands that messages suggest, each spelled once, and with its values quoted for the shell."""

import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote
from typing import Final

from gate_tests.suggestions import CHECK_RECORDS as CHECK_RECORDS
from gate_tests.suggestions import DOCTOR as DOCTOR
from gate_tests.suggestions import INIT as INIT
from gate_tests.suggestions import LIST_RUNS as LIST_RUNS
from gate_tests.suggestions import START_RUN_HELP as START_RUN_HELP
from gate_tests.suggestions import STATUS as STATUS
from gate_tests.suggestions import at_root as at_root
from gate_tests.suggestions import check_gates as check_gates
from gate_tests.suggestions import explain_contract as explain_contract
from gate_tests.suggestions import list_path as list_path
from gate_tests.suggestions import list_work_trees as list_work_trees
from gate_tests.suggestions import make_root as make_root
from gate_tests.suggestions import new_contract as new_contract
from gate_tests.suggestions import show_path as show_path
from gate_tests.suggestions import show_run as show_run
from gate_tests.suggestions import use_work_tree as use_work_tree

LIST_WAITING: Final = "orch status --waiting --all"
HELP: Final = "orch --help"
RUN_HELP: Final = "orch run --help"
VERIFY: Final = "orch verify"
CI_HELP: Final = "orch ci --help"
VERIFY_HELP: Final = "orch verify --help"
VERIFY_TOUCHED: Final = "orch verify --staged --touched"
LINT_CONTRACTS: Final = "orch contract lint"
DEMO: Final = "orch demo"
IGNORE_AGENTS_FILE: Final = "echo '/agents.local.json' >> orchestration/.gitignore"
WIRING_STATUS: Final = "orch hook status"

LIST_BRANCHES: Final = "git branch --all"
LIST_UPSTREAMS: Final = "git branch -vv"
LIST_COMMITS: Final = "git log --oneline"
GIT_STATUS: Final = "git status"
FETCH_HISTORY: Final = "git fetch --unshallow"
FETCH_OBJECTS: Final = "git fetch --refetch --no-filter"
CHECK_OBJECTS: Final = "git fsck"
UPDATE_SUBMODULES: Final = "git submodule update --init"
PULL_LFS: Final = "git lfs pull"
REBUILD_INDEX: Final = "git read-tree HEAD"

_MAX_ARGUMENTS_LENGTH: Final = 1500
"""Messages have lines of at most 2000 characters."""


def verify(revision: str | None) -> str:
    """Verifies all runs of a commit, or of the index."""
    return f"{VERIFY} --at {quote(revision)}" if revision else f"{VERIFY} --staged"


def verify_base(base: str) -> str:
    """Compares the work tree with a commit."""
    return f"orch verify --base {quote(base)}"


def verify_run(run_id: str) -> str:
    """Verifies a run."""
    return f"{VERIFY} --run {quote(run_id)}"


def show_help(command: str) -> str:
    """Explains a command, given with its groups, and its options."""
    return " ".join(filter(None, ("orch", command, "--help")))


def start_workflow_help(workflow: str) -> str:
    """Explains how to start a run of a workflow."""
    return f"orch run {quote(workflow)} --help"


def start_workflow(workflow: str, slug: str, *options: str) -> str:
    """Starts a run of a workflow and goes through its gates."""
    return " ".join((f"orch run {quote(workflow)} --slug", *map(quote, (slug, *options))))


def new_workflow(name: str, gates: Iterable[str] = (), run_id: str | None = None) -> str:
    """Writes a workflow of these gates, or of those of a run."""
    named = [f"--gate {quote(gate)}" for gate in gates] or ["--gate G1"]
    return " ".join(("orch workflow new", quote(name), *([f"--from-run {quote(run_id)}"] if run_id else named)))


def replay_with(option: str) -> str:
    """Judges all gates that passed again, with an option that needs that."""
    return f"{VERIFY} --replay {option}"


def show_status(run_id: str) -> str:
    """Shows the status of a run and its gates."""
    return f"orch status --run {quote(run_id)}"


def start_gate(run_id: str, gate: str, agent: str, *, accept_contract: bool = False) -> str:
    """Opens an attempt at a gate."""
    start = f"orch gate start --run {quote(run_id)} --gate {quote(gate)} --agent {quote(agent)}"
    return f"{start} --accept-contract" if accept_contract else start


def abandon_attempt(run_id: str, gate: str, agent: str, *, accept_contract: bool = False) -> str:
    """Closes the open attempt as abandoned and opens the next."""
    return f"{start_gate(run_id, gate, agent, accept_contract=accept_contract)} --abandon"


def finish_gates(run_id: str, *gates: str, accept_contract: bool = False) -> str:
    """Judges the open attempts of gates and records the verdicts."""
    named = " ".join((f"orch gate finish --run {quote(run_id)}", *(f"--gate {quote(gate)}" for gate in gates)))
    return f"{named} --accept-contract" if accept_contract else named


def complete_run(run_id: str) -> str:
    """Completes a run whose gates have passed."""
    return f"orch run complete --run {quote(run_id)}"


def cancel_run(run_id: str) -> str:
    """Ends a run as canceled, and closes its open attempts."""
    return f"{complete_run(run_id)} --status CANCELED"


def resume_run(run_id: str, options: Sequence[str] = ()) -> str:
    """Continues a run that was stopped, has failed or was completed, with these options and their values."""
    return " ".join((f"orch run resume --run {quote(run_id)}", *map(quote, options)))


def end_processes(pids: Iterable[int]) -> str:
    """Ends processes."""
    return " ".join(("kill", *map(str, pids)))


def repair_run(run_id: str) -> str:
    """Rebuilds a damaged record."""
    return f"orch run repair --run {quote(run_id)}"


def checkout_file(path: str, *, is_left_out: bool = False) -> str:
    """Restores a file as it was committed, also one that a sparse checkout leaves out."""
    option = "--ignore-skip-worktree-bits " if is_left_out else ""
    return f"git checkout {option}HEAD -- {quote(path)}"


def checkout_staged(path: str) -> str:
    """Restores a file as it was staged last."""
    return f"git checkout -- {quote(path)}"


def checkout_ours(path: str) -> str:
    """Takes our side of a file in conflict."""
    return f"git checkout --ours -- {quote(path)}"


def show_commits(path: str, last: str = "") -> str:
    """Shows the commits, up to the `last` one, that changed a file, which need not exist any more."""
    return f"git log {f'{quote(last)} ' if last else ''}-- {quote(path)}"


def show_commits_of_all(path: str) -> str:
    """The same, of all branches."""
    return f"git log --all -- {quote(path)}"


def list_commits(branch: str) -> str:
    """Lists the commits of a branch that is not the current one."""
    return f"{LIST_COMMITS} {quote(branch)} --"


def show_refs(name: str) -> str:
    """Shows the branches and tags of this name, and their commits."""
    return f"git show-ref -- {quote(name)}"


def list_objects(abbreviation: str) -> str:
    """Lists the objects whose ids begin so."""
    return f"git rev-parse --disambiguate={quote(abbreviation)}"


def fetch_branch(remote: str, branch: str, *, is_shallow: bool = False) -> str:
    """Fetches a branch with its whole history, also one that the clone was not told to fetch."""
    refspec = f"{branch}:refs/remotes/{remote}/{branch}"
    return " ".join(("git fetch", *(["--unshallow"] if is_shallow else []), quote(remote), quote(refspec)))


def check_ignored(path: str) -> str:
    """Shows the rule by which git ignores a file."""
    return f"git check-ignore -v {quote(path)}"


def diff_file(path: str) -> str:
    """Shows how a file differs from what was committed."""
    return f"git diff HEAD -- {quote(path)}"


def diff_from_commit(commit: str, path: str, present: str | None = None, *, staged: bool = False) -> str:
    """Shows how a file or directory differs from a commit: in the commit `present`, in the index or the work tree.

    Of a path that cannot be typed, the directory.
    """
    while not path.isprintable():
        path = posixpath.dirname(path)
    named = " ".join((commit[:12], *([quote(present)] if present else [])))
    return f"git diff {'--cached ' if staged else ''}{named} -- {quote(path or '.')}"


def show_file(path: str) -> str:
    """Shows a file."""
    return f"cat {quote(path)}"


def append_lines(path: str, *lines: str) -> str:
    """Appends lines to a file."""
    return " ".join(("printf '%s\\n'", *map(quote, lines), ">>", quote(path)))


def stage_paths(paths: Iterable[str], *, are_ignored: bool = False) -> str:
    """Stages files and directories, also those that git ignores.

    Of more than a line holds, their directories, which may contain others; of ignored ones the first.
    """
    paths = list(paths)
    named = [*map(_quote_path, paths)]
    if not are_ignored and _count_fitting(named) < len(named):
        named = [*dict.fromkeys(_quote_path(each.rpartition("/")[0] or each) for each in paths)]
    return f"git add {'--force ' if are_ignored else ''}{' '.join(named[: _count_fitting(named)])}"


def _count_fitting(arguments: Sequence[str]) -> int:
    """How many arguments a line holds, at least one."""
    length = 0
    for number, argument in enumerate(arguments):
        length += len(argument) + 1
        if length > _MAX_ARGUMENTS_LENGTH:
            return max(number, 1)
    return len(arguments)


def commit_paths(paths: Iterable[str], message: str) -> str:
    """Commits files and directories, none of which git takes for an option or a pattern."""
    return f"{stage_paths(paths)} && git commit -m {quote(message)}"


def _quote_path(path: str) -> str:
    """The path so that git takes it for neither an option nor a pattern."""
    return quote(f"./{path}" if path.startswith(("-", ":")) else path)


def list_directory(path: str | Path) -> str:
    """Lists a file, or the files in a directory."""
    return f"ls -l {quote(str(path))}"


def make_directory(path: str) -> str:
    """Makes a directory."""
    return f"mkdir -p {quote(path)}"


def rename(path: str, to: str) -> str:
    """Renames a directory."""
    return f"mv {quote(path)} {quote(to)}"


def compare_directories(one: str, other: str) -> str:
    """Shows how the files of two directories differ."""
    return f"diff -r {quote(one)} {quote(other)}"


def stop_tracking(path: str) -> str:
    """Keeps a file out of the next commit, and in the work tree."""
    return f"git rm --cached --force -- {quote(path)}"


def set_aside(path: str) -> str:
    """Renames a file, so that it counts no more."""
    return f"mv {quote(path)} {quote(f'{path}.unknown')}"


def wire_hooks(command: str, target: str, *options: str) -> str:
    """Installs, shows or removes (`command`) the hooks in the file of a host."""
    return " ".join(("orch hook", command, "--target", target, *options))
