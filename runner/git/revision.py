"""Commits by the names that a person gives them. Each function raises GitUnavailable, OSError."""

from gate_tests.errors import Refused, find_closest
from runner import suggestions
from runner.git.file_history import is_shallow
from runner.git.isolated import IsolatedGit
from runner.git.repository import GitUnavailable

_BRANCHES, _TAGS, _REMOTES = "refs/heads/", "refs/tags/", "refs/remotes/"


class UnknownRevision(Refused):
    """No commit has that name, or several have it."""


def resolve_commit(git: IsolatedGit, revision: str) -> str:
    """The id of the commit that git knows by this name. Raises UnknownRevision."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise UnknownRevision(f"{revision!r} is not a revision", next_command=suggestions.LIST_BRANCHES)
    commit = _parse(git, f"{revision}^{{commit}}", revision)
    if commit is None and (object_id := _parse(git, revision, revision)):
        commit = _parse(git, f"{object_id}^{{commit}}", revision)  # `:/text` cannot be followed by more
        if commit is None:
            raise _not_a_commit(git, revision, object_id)
    if commit is None:
        raise _unknown(git, revision)
    return commit


def find_merge_base(git: IsolatedGit, one: str, other: str) -> str | None:
    """The best common ancestor of two commits, None if they have none."""
    return git.run("merge-base", one, other).decode("ascii").strip() or None


def _parse(git: IsolatedGit, name: str, revision: str) -> str | None:
    try:
        output, messages = git.run_with_messages("rev-parse", "--verify", name)
    except GitUnavailable as error:
        if "ambiguous" in str(error):
            raise _ambiguous(revision) from None
        return None
    if b" is ambiguous" in messages:
        raise _ambiguous(revision)
    return output.decode("ascii").strip() or None


def _ambiguous(revision: str) -> UnknownRevision:
    return UnknownRevision(f"revision {revision!r} is ambiguous", next_command=suggestions.list_refs(revision))


def _not_a_commit(git: IsolatedGit, revision: str, object_id: str) -> UnknownRevision:
    kind = git.run("cat-file", "-t", object_id).decode("ascii").strip()
    return UnknownRevision(f"revision {revision!r} is a {kind}, not a commit", next_command=suggestions.LIST_COMMITS)


def _unknown(git: IsolatedGit, revision: str) -> UnknownRevision:
    message = f"unknown revision {revision!r}"
    refs = git.run("for-each-ref", "--format=%(refname)").decode("utf-8", "surrogateescape").splitlines()
    if revision == "HEAD":
        return UnknownRevision("the branch has no commit yet", next_command=suggestions.GIT_STATUS)
    if is_shallow(git):
        return UnknownRevision(f"{message} in a shallow clone", next_command=suggestions.FETCH_HISTORY)
    names = [ref.removeprefix(kind) for ref in refs for kind in (_BRANCHES, _TAGS, _REMOTES) if ref.startswith(kind)]
    remote = next((name for name in names if name.partition("/")[2] == revision), None)
    if close := remote or find_closest(revision, names):
        message = f"{message}, did you mean {close!r}?"
    return UnknownRevision(message, next_command=suggestions.LIST_BRANCHES)
