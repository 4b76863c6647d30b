"""Finds the commit that a change is compared with."""

from pathlib import Path
from typing import NamedTuple

from gate_tests.errors import Refused
from runner import suggestions
from runner.ci.proposed_base import Environ, ProposedBase, find_proposed_base
from runner.git.completeness import is_shallow
from runner.git.isolated import IsolatedGit
from runner.git.revision import UnknownRevision, resolve_commit
from runner.git.verification import open_for_verification

_ORIGIN = "origin"


class Base(NamedTuple):
    """The revision to compare with, and the variable that named it; None if a person did."""

    revision: str
    variable: str | None = None

    @property
    def name(self) -> str:
        """As people call it: `origin/main`."""
        return self.revision.removeprefix("refs/remotes/").removeprefix("refs/heads/")


def find_base(root: Path, named: str | None, environ: Environ) -> Base | None:
    """The base that was `named`, else that of the pull request which the environment is of, else None.

    Raises Refused where the clone does not have the base of the pull request: without it, edits would get through.
    """
    if named is not None:
        return Base(named)
    proposed = find_proposed_base(environ)
    if proposed is None:
        return None
    with open_for_verification(root) as git:
        return Base(_resolve(git, proposed), proposed.variable)


def _resolve(git: IsolatedGit, proposed: ProposedBase) -> str:
    for revision in proposed.revisions:
        try:
            resolve_commit(git, revision)
        except UnknownRevision:
            continue
        return revision
    message = f"this clone lacks the base branch {proposed.branch!r} of the pull request ({proposed.variable})"
    raise Refused(message, next_command=_suggest_fetch(git, proposed.branch))


def _suggest_fetch(git: IsolatedGit, branch: str) -> str:
    if _ORIGIN not in git.list_remotes():
        return suggestions.LIST_BRANCHES
    return suggestions.fetch_branch(_ORIGIN, branch, is_shallow=is_shallow(git))
