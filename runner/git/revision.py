"""Commits by the names that a person gives them. Each function raises GitUnavailable, OSError."""

import os
import re
from typing import Final

from gate_tests.errors import Refused, find_closest
from runner import suggestions
from runner.git.completeness import is_shallow
from runner.git.isolated import IsolatedGit
from runner.git.repository import GitUnavailable

_KINDS: Final = ("refs/heads/", "refs/tags/", "refs/remotes/")


class UnknownRevision(Refused):
    """No commit has that name, or several have it."""


def resolve_commit(git: IsolatedGit, revision: str) -> str:
    """The id of the commit that git knows by this name. Raises UnknownRevision."""
    if not revision or revision.startswith("-") or "\0" in revision:
        raise UnknownRevision(f"{revision!r} names no revision", next_command=suggestions.LIST_BRANCHES)
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
    """The id of the object, None if there is none. Raises UnknownRevision if there are several."""
    try:
        output, messages = git.run_with_messages("rev-parse", "--verify", name)
    except GitUnavailable as error:
        if "ambiguous" not in str(error):
            return None
        raise _ambiguous(git, revision) from None
    if b" is ambiguous" in messages:
        raise _ambiguous(git, revision)
    return output.decode("ascii").strip() or None


def _ambiguous(git: IsolatedGit, revision: str) -> UnknownRevision:
    name = _base_name(revision)
    refs = [ref for ref in _list_refs(git) if ref.endswith(f"/{name}")]
    if refs:
        message = f"revision {revision!r} is ambiguous: {', '.join(refs)}"
        return UnknownRevision(message, next_command=suggestions.show_refs(name))
    return UnknownRevision(f"revision {revision!r} is ambiguous", next_command=suggestions.list_objects(name))


def _not_a_commit(git: IsolatedGit, revision: str, object_id: str) -> UnknownRevision:
    kind = git.run("cat-file", "-t", object_id).decode("ascii").strip()
    return UnknownRevision(f"revision {revision!r} is a {kind}, not a commit", next_command=suggestions.LIST_COMMITS)


def _unknown(git: IsolatedGit, revision: str) -> UnknownRevision:
    refs = _list_refs(git)
    if ".." in revision:
        return UnknownRevision(f"{revision!r} is a range, not a revision", next_command=suggestions.LIST_COMMITS)
    name = _base_name(revision)
    if name in ("HEAD", "@") and not git.run("rev-parse", "--verify", "--quiet", "HEAD"):
        return UnknownRevision(f"unknown revision {revision!r}: no commit exists", next_command=suggestions.GIT_STATUS)
    names = [ref.removeprefix(kind) for ref in refs for kind in _KINDS if ref.startswith(kind)]
    message = f"unknown revision {revision!r}"
    if name not in names and (close := _find_remote_branch(name, names) or find_closest(name, names)):
        message = f"{message}, did you mean {close!r}?"
    return UnknownRevision(message, next_command=_suggest(git, name, names))


def _suggest(git: IsolatedGit, name: str, names: list[str]) -> str:
    """What fetches the revision, if the clone may lack it, else lists those that it has."""
    remote, _, branch = name.partition("/")
    if branch and name not in names and any(each.startswith(f"{remote}/") for each in names):
        return suggestions.fetch_branch(remote, branch, is_shallow=is_shallow(git))
    if is_shallow(git) and not _find_remote_branch(name, names):
        return suggestions.FETCH_HISTORY
    return suggestions.LIST_COMMITS if name in names or name in ("HEAD", "@") else suggestions.LIST_BRANCHES


def _find_remote_branch(name: str, names: list[str]) -> str | None:
    return next((each for each in names if each.partition("/")[2] == name), None)


def _list_refs(git: IsolatedGit) -> list[str]:
    return os.fsdecode(git.run("for-each-ref", "--format=%(refname)")).splitlines()


def _base_name(revision: str) -> str:
    """The name in the revision: `main` in `main~2`, `HEAD` in `@{upstream}`."""
    return re.split(r"[~^:]|@\{", revision, maxsplit=1)[0] or "HEAD"
