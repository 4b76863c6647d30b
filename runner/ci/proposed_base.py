"""The base of a pull request, as the environment of its CI job names it."""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

Environ = Mapping[str, str]

_BRANCH: Final = "refs/heads/"


class ProposedBase(NamedTuple):
    """The branch that a pull request is to be merged into. `variable` is the one that names it.

    `commits` are ids of commits that the CI system names besides, the best first: a clone may lack the branch.
    """

    variable: str
    branch: str
    commits: tuple[str, ...] = ()

    @property
    def revisions(self) -> tuple[str, ...]:
        """What the base may be called in a clone, in the order to try."""
        return f"refs/remotes/origin/{self.branch}", f"{_BRANCH}{self.branch}", *self.commits


class _System(NamedTuple):
    """A CI system: the variable with the name of the branch, those with commits, and whether it is a pull request.

    Where the variable is set for pull requests only, `is_pull_request` need not ask.
    """

    branch: str
    commits: tuple[str, ...] = ()
    is_pull_request: Callable[[Environ], bool] = lambda _: True


_SYSTEMS: Final = (
    _System("GITHUB_BASE_REF"),  # GitHub, Gitea and Forgejo: of the events pull_request and pull_request_target
    # The target's commit is set in pipelines for merged results only; then the merge base would be the wrong one.
    _System(
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
    ),
    _System("SYSTEM_PULLREQUEST_TARGETBRANCH"),  # Azure, with and without `refs/heads/`
    _System("BITBUCKET_PR_DESTINATION_BRANCH"),
    _System("BUILDKITE_PULL_REQUEST_BASE_BRANCH", (), lambda environ: environ.get("BUILDKITE_PULL_REQUEST") != "false"),
    _System("CHANGE_TARGET"),  # Jenkins, in multibranch projects
    _System("CI_COMMIT_TARGET_BRANCH"),  # Woodpecker
    _System("DRONE_TARGET_BRANCH", (), lambda environ: environ.get("DRONE_BUILD_EVENT") == "pull_request"),
)
"""CircleCI names no base: `--base` has to."""


_QUEUED: Final = re.compile(r"refs/heads/gh-readonly-queue/(.+)/pr-[0-9]+-[0-9a-f]+")
"""The branch of a merge queue of GitHub, for which no variable has the base alone."""


def find_proposed_base(environ: Environ) -> ProposedBase | None:
    """The base that the environment names; None where it is not that of a pull or merge request."""
    if queued := _QUEUED.fullmatch(environ.get("GITHUB_REF", "")):
        return ProposedBase("GITHUB_REF", queued[1])
    for system in _SYSTEMS:
        branch = environ.get(system.branch, "").removeprefix(_BRANCH)
        if branch and system.is_pull_request(environ):
            return ProposedBase(system.branch, branch, tuple(filter(None, map(environ.get, system.commits))))
    return None
