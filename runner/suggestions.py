"""The commands that messages suggest, each spelled once, and with its values quoted for the shell."""

from collections.abc import Iterable
from shlex import quote
from typing import Final

INIT: Final = "orch init"
LIST_RUNS: Final = "orch run list"


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


def new_contract(gate: str, name: str) -> str:
    """Writes the template of a contract."""
    return f"orch contract new {quote(gate)} --name {quote(name)}"


def show_run(run_id: str) -> str:
    """Shows a run with its gates and attempts."""
    return f"orch run show --run {quote(run_id)}"


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


def check_gates(run_id: str, *gates: str) -> str:
    """Judges gates and records nothing."""
    return " ".join((f"orch gate check --run {quote(run_id)}", *(f"--gate {quote(gate)}" for gate in gates)))


def finish_gates(run_id: str, *gates: str, accept_contract: bool = False) -> str:
    """Judges the open attempts of gates and records the verdicts."""
    named = " ".join((f"orch gate finish --run {quote(run_id)}", *(f"--gate {quote(gate)}" for gate in gates)))
    return f"{named} --accept-contract" if accept_contract else named


def complete_run(run_id: str) -> str:
    """Completes a run whose gates have passed."""
    return f"orch run complete --run {quote(run_id)}"


def resume_run(run_id: str) -> str:
    """Continues a run that was stopped, has failed or was completed."""
    return f"orch run resume --run {quote(run_id)}"


def repair_run(run_id: str) -> str:
    """Rebuilds a damaged record."""
    return f"orch run repair --run {quote(run_id)}"


def explain_contract(gate: str) -> str:
    """Explains in words what a contract checks."""
    return f"orch contract explain {quote(gate)}"


def checkout_file(path: str, *, is_left_out: bool = False) -> str:
    """Restores a file as it was committed, also one that a sparse checkout leaves out."""
    option = "--ignore-skip-worktree-bits " if is_left_out else ""
    return f"git checkout {option}HEAD -- {quote(path)}"


def checkout_ours(path: str) -> str:
    """Takes our side of a file in conflict."""
    return f"git checkout --ours -- {quote(path)}"


def show_commits(path: str) -> str:
    """Shows the commits that changed a file, which need not exist any more."""
    return f"git log -- {quote(path)}"


def show_commits_of_all(path: str) -> str:
    """The same, of all branches."""
    return f"git log --all -- {quote(path)}"


def check_ignored(path: str) -> str:
    """Shows the rule by which git ignores a file."""
    return f"git check-ignore -v {quote(path)}"


def diff_file(path: str) -> str:
    """Shows how a file differs from what was committed."""
    return f"git diff HEAD -- {quote(path)}"
