"""Messages about what is verified: which state, what of it differs, and what a reviewer allows."""

from functools import partial
from pathlib import Path

from tests.acceptance.messages.case import Case, edit, first, output, remove, write
from tests.acceptance.messages.runs import INTAKE, pass_g1
from tests.support.git_checkout import git
from tests.support.repository import Repository

G1 = "orchestration/gates/contracts/G1.contract.json"
WORKFLOW = "orchestration/workflows/visual-essay.json"
ATTEMPT = "orchestration/runs/{run}/record/gates/G1/attempt-1.json"
ALLOW_FORMS = "expected loosened:GATE, loosened:WORKFLOW, edited:RUN or deleted:RUN"


def commit(repository: Repository, _: str = "") -> None:
    """All is committed."""
    repository.commit()


def in_git(*arguments: str) -> "partial[None]":
    """A command of git."""
    return partial(_run_git, arguments)


def _run_git(arguments: tuple[str, ...], repository: Repository, _: str) -> None:
    git(repository.root, *arguments)


def commit_unlike_branch(repository: Repository, run_id: str) -> None:
    """Two refs have one name and are two commits."""
    commit(repository)
    git(repository.root, "tag", "main")
    commit(repository)


def make_conflict(repository: Repository, run_id: str) -> None:
    """The record was edited on two branches, and is not merged."""
    commit(repository)
    path = f"orchestration/runs/{run_id}/record/RUN.json"
    for branch in ("one", "two"):
        git(repository.root, "checkout", "--quiet", "-b", branch, "main")
        repository.write(path, f"{branch}\n")
        commit(repository)
    repository.run("git", "merge", "one")


def break_contract(repository: Repository, _: str) -> None:
    """The contract by which the gate passed is no JSON any more."""
    repository.write(G1, "{")


def loosen(repository: Repository, _: str) -> None:
    """The contract requires nothing of what its last check did."""
    edit(G1, lambda contract: contract["validations"].pop())(repository, "")


def move_output(repository: Repository, _: str) -> None:
    """git tracks the output elsewhere."""
    git(repository.root, "mv", INTAKE, str(Path(INTAKE).with_name("OTHER.md")))


def verify(*options: str) -> tuple[str, ...]:
    return ("verify", *options)


def refused(*options: str, next_step: str = "orch verify --help", after: str = "", **values: object) -> Case:
    """Options that the command does not take together."""
    return Case(verify(*options), values, 2, next_step, after=after)


PASSED = first(pass_g1, commit)
SAME = {"gate": "G1", "path": G1}
CASES: dict[str, Case] = {
    # Options
    "all-and-run": refused("--all", "latest"),
    "at-and-staged": refused("--at", "HEAD", "--staged"),
    "base-excludes": refused("--base", "HEAD", "latest"),
    "allow-needs-base": refused("--allow", "loosened:G1"),
    "network-needs-replay": refused("--network", next_step="orch verify --replay --network"),
    "allow-form": refused("--base", "HEAD", "--allow", "G1", value="G1", forms=ALLOW_FORMS),
    "allow-kind": refused(
        *("--base", "HEAD", "--allow", "loosend:G1"),
        after=", did you mean 'loosened'?",
        value="loosend:G1",
        kind="loosend",
    ),
    # What git is asked for
    "not-in-git": Case(verify("--at", "HEAD"), {}, 2, "orch verify"),
    "unknown-revision": Case(verify("--at", "elsewhere"), {"name": "elsewhere"}, 2, "git branch --all", commit),
    "no-commit-yet": Case(
        verify("--at", "HEAD"), {"name": "HEAD"}, 2, "git status", in_git("init", "--quiet", "-b", "main")
    ),
    "invalid-revision": Case(verify("--at=-x"), {"name": "-x"}, 2, "git branch --all", commit),
    "range-of-revisions": Case(
        verify("--at", "main..main~9"), {"name": "main..main~9"}, 2, "git log --oneline", commit
    ),
    "not-a-commit": Case(
        verify("--at", "HEAD:orchestration"),
        {"name": "HEAD:orchestration", "kind": "tree"},
        2,
        "git log --oneline",
        commit,
    ),
    "ambiguous-revision": Case(
        verify("--at", "main"),
        {"name": "main", "refs": "refs/heads/main, refs/tags/main"},
        2,
        "git show-ref -- main",
        commit_unlike_branch,
    ),
    "no-root-in-tree": Case(
        verify("--staged"),
        {"tree": "the index"},
        2,
        "orch verify",
        first(commit, in_git("rm", "-rq", "--cached", "orchestration")),
    ),
    "in-conflict": Case(
        verify("--staged"), {"path": "orchestration/runs/{run}/record/RUN.json"}, 2, "git status", make_conflict
    ),
    # What differs
    "file-changed": output(verify(), first(PASSED, write(INTAKE, "tea")), 1, "  ", path=INTAKE, attempt="G1 attempt 1"),
    "file-missing": output(verify(), first(PASSED, remove(INTAKE)), 1, "  ", path=INTAKE, attempt="G1 attempt 1"),
    "file-moved": output(verify(), first(PASSED, move_output), 1, "  ", path=INTAKE, attempt="G1 attempt 1"),
    "contract-differs": output(verify(), first(PASSED, loosen), 1, "  ", **SAME),
    "difference-looser": output(verify(), first(PASSED, loosen), 1, "    "),
    "difference-unknown": output(verify(), first(PASSED, break_contract), 1, "    ", problem="invalid JSON: "),
    "no-check-changed": output(verify(), first(PASSED, edit(G1, lambda _: None)), 1, "    "),
    "contract-gone": output(verify(), first(PASSED, remove(G1)), 1, "  ", **SAME),
    "workflow-gone": output(verify(), first(PASSED, remove(WORKFLOW)), 1, "  ", path=WORKFLOW),
    "workflow-differs": output(
        verify(), first(PASSED, edit(WORKFLOW, lambda workflow: workflow["gates"].pop())), 1, "  ", path=WORKFLOW
    ),
    "runs-verified": output(verify(), PASSED, 0, where="", files="1 file (1 ok)"),
    "no-runs-verified": output(verify(), remove("orchestration/runs/{run}"), 0),
    # What a commit changes
    "run-deleted": output(
        verify("--staged", "--touched"), first(PASSED, in_git("rm", "-rq", "orchestration/runs")), 0, run="{run}"
    ),
    # What is different from a commit
    "since-base": output(verify("--base", "HEAD"), PASSED, 0, counts="no record edited, no rule changed"),
    "touched-none": output(verify("--base", "HEAD"), PASSED, 0),
    "attempt-deleted": output(
        verify("--base", "HEAD"), first(PASSED, remove(ATTEMPT)), 1, run="{run}", file="record/gates/G1/attempt-1.json"
    ),
    "rule-loosened": output(verify("--base", "HEAD"), first(PASSED, loosen), 1, name="G1"),
    "difference-allowed": output(
        verify("--base", "HEAD", "--allow", "loosened:G1"), first(PASSED, loosen), 0, name="G1"
    ),
    # Judged again
    "nothing-to-replay": output(verify("--replay"), None, 0),
    "replay-of": output(verify("--replay"), PASSED, 0, run="{run}"),
    "replay-result": output(verify("--replay"), PASSED, 0, count=1, gates="gate"),
    # What makes a reader doubt
    "outputs-unchanged": output(verify(), PASSED, 0, "  ", attempt="G1 attempt 1"),
}
