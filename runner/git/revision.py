"""Commits by the names that a person gives them. Each function raises GitUnavailable, OSError."""

import os
import re
from typing import Final

from gate_tests.errors import Refused, find_closest
from runner import suggestions
from runner.git.completeness import is_shallow
from runner.git.isolated import IsolatedGit
from runner.git.object_pipe import MissingObject
from runner.git.repository import GitFailed

_HEADS: Final = ("HEAD", "@")
_REMOTES: Final = "refs/remotes/"
_KINDS: Final = ("refs/heads/", "refs/tags/", _REMOTES)

_TRACKING: Final = re.compile(r"([^:^~]*?)@\{(?:u|upstream|push)\}", re.IGNORECASE)
"""A revision that depends on the configuration of a branch."""


class UnknownRevision(Refused):
    """No commit has that name, or several have it."""


def resolve_commit(git: IsolatedGit, revision: str) -> str:
    """The id of the commit that git knows by this name. Raises UnknownRevision."""
    if not revision or revision.startswith(("-", "^")) or "\0" in revision:
        raise UnknownRevision(f"invalid revision {revision!r}", next_command=suggestions.LIST_BRANCHES)
    if commit := _parse(git, f"{revision}^{{commit}}", revision):
        return commit
    object_id = _parse(git, revision, revision)
    kind = _find_type(git, object_id) if object_id else None
    if object_id and kind is None and not object_id.startswith(revision.lower()):
        raise MissingObject(object_id)
    if object_id is None or kind is None:
        raise _unknown(git, revision)
    if commit := _parse(git, f"{object_id}^{{commit}}", revision):  # `:/text` cannot be followed by more
        return commit
    message = f"revision {revision!r} is a {kind}, not a commit"
    raise UnknownRevision(message, next_command=suggestions.LIST_COMMITS)


def find_merge_bases(git: IsolatedGit, one: str, other: str) -> list[str]:
    """The best common ancestors of two commits: several where branches were merged crosswise, none without any."""
    return git.run("merge-base", "--all", one, other).decode("ascii").split()


def _parse(git: IsolatedGit, name: str, revision: str) -> str | None:
    """The id of the object, None if there is none. Raises UnknownRevision if there are several."""
    output = b""
    try:
        if tracking := _TRACKING.match(revision):
            output, messages = git.run_with_tracking(tracking[1] or _find_branch(git), "rev-parse", "--verify", name)
        else:
            output, messages = git.run_with_messages("rev-parse", "--verify", name)
    except GitFailed as error:
        messages = error.messages
    if b" is ambiguous" in messages:
        raise _ambiguous(git, revision)
    return output.decode("ascii").strip() or None


def _find_branch(git: IsolatedGit) -> str:
    """The name of the current branch, empty if `HEAD` is a commit."""
    return os.fsdecode(git.run("symbolic-ref", "--quiet", "--short", "HEAD")).strip()


def _find_type(git: IsolatedGit, object_id: str) -> str | None:
    """What the object is, None if the repository does not have it: any whole id passes for one."""
    try:
        return git.run("cat-file", "-t", object_id).decode("ascii").strip()
    except GitFailed:
        return None


def _ambiguous(git: IsolatedGit, revision: str) -> UnknownRevision:
    name = _base_name(revision)
    refs = [ref for ref in _list_refs(git) if ref.endswith(f"/{name}")]
    if refs:
        message = f"revision {revision!r} is ambiguous: {', '.join(refs)}"
        return UnknownRevision(message, next_command=suggestions.show_refs(name))
    return UnknownRevision(f"revision {revision!r} is ambiguous", next_command=suggestions.list_objects(name))


def _unknown(git: IsolatedGit, revision: str) -> UnknownRevision:
    if ".." in revision:
        return UnknownRevision(f"{revision!r} is a range, not a revision", next_command=suggestions.LIST_COMMITS)
    refs, name, message = _list_refs(git), _base_name(revision), f"unknown revision {revision!r}"
    if not refs and not git.run("rev-parse", "--verify", "--quiet", "HEAD"):
        return UnknownRevision(f"{message}: no commit exists", next_command=suggestions.GIT_STATUS)
    names = [*_HEADS, *(ref.removeprefix(kind) for ref in refs for kind in _KINDS if ref.startswith(kind))]
    if name in names:  # it has no such ancestor, or no such file
        return _lacking(git, revision, name, message)
    remote_branches = [ref.removeprefix(_REMOTES) for ref in refs if ref.startswith(_REMOTES)]
    remote_branch = next((each for each in remote_branches if each.partition("/")[2] == name), None)
    if close := remote_branch or find_closest(name, names):
        message = f"{message}, did you mean {close!r}?"
    if remote_branch:
        return UnknownRevision(message, next_command=suggestions.LIST_BRANCHES)
    return UnknownRevision(
        message, next_command=_suggest_fetch(git, name, remote_branches) or suggestions.LIST_BRANCHES
    )


def _lacking(git: IsolatedGit, revision: str, name: str, message: str) -> UnknownRevision:
    """The error for something that is said to be before, or of, a branch that git may know."""
    if is_shallow(git):
        return UnknownRevision(message, next_command=suggestions.FETCH_HISTORY)
    if _TRACKING.match(revision):
        message = f"{message}: no upstream is configured"
        return UnknownRevision(message, next_command=suggestions.LIST_UPSTREAMS)
    if git.run("rev-parse", "--verify", "--quiet", "HEAD"):
        return UnknownRevision(message, next_command=suggestions.LIST_COMMITS)
    if name not in _HEADS:
        return UnknownRevision(message, next_command=suggestions.list_commits(name))
    message = f"{message}: the current branch has no commit"
    return UnknownRevision(message, next_command=suggestions.LIST_BRANCHES)


def _suggest_fetch(git: IsolatedGit, name: str, remote_branches: list[str]) -> str | None:
    """The command that fetches what the clone may lack; None if nothing shows that it does."""
    remote, _, branch = name.partition("/")
    if branch and (any(each.startswith(f"{remote}/") for each in remote_branches) or remote in git.list_remotes()):
        return suggestions.fetch_branch(remote, branch, is_shallow=is_shallow(git))
    return suggestions.FETCH_HISTORY if is_shallow(git) else None


def _list_refs(git: IsolatedGit) -> list[str]:
    return os.fsdecode(git.run("for-each-ref", "--format=%(refname)")).splitlines()


def _base_name(revision: str) -> str:
    """The name in the revision: `main` in `main~2`, `HEAD` in `@{upstream}`."""
    return re.split(r"[~^:]|@\{", revision, maxsplit=1)[0] or "HEAD"
