"""Each CI system names the base of a pull request in its own way; no other job has one."""

import pytest

from runner.ci.proposed_base import ProposedBase, find_proposed_base

PULL_REQUESTS = {
    "GitHub": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
    "GitHub, of a fork": {"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_BASE_REF": "main"},
    "GitHub, in a merge queue": {
        "GITHUB_EVENT_NAME": "merge_group",
        "GITHUB_REF": f"refs/heads/gh-readonly-queue/main/pr-7-{'a' * 40}",
    },
    "GitLab": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    "Azure": {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
    "Azure, in short": {"SYSTEM_PULLREQUEST_TARGETBRANCH": "main"},
    "Bitbucket": {"BITBUCKET_PR_DESTINATION_BRANCH": "main"},
    "Buildkite": {"BUILDKITE_PULL_REQUEST": "7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"},
    "Jenkins": {"CHANGE_ID": "7", "CHANGE_TARGET": "main"},
    "Woodpecker": {"CI": "woodpecker", "CI_COMMIT_TARGET_BRANCH": "main"},
    "Drone": {"DRONE_BUILD_EVENT": "pull_request", "DRONE_TARGET_BRANCH": "main"},
}
PUSHES = {
    "no CI": {"HOME": "/home/me"},
    "GitHub": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_BASE_REF": ""},
    "GitLab": {"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main"},
    "Buildkite": {"BUILDKITE_PULL_REQUEST": "false", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": ""},
    "Buildkite, of an earlier build": {
        "BUILDKITE_PULL_REQUEST": "false",
        "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
    },
    "Drone": {"DRONE_BUILD_EVENT": "push", "DRONE_TARGET_BRANCH": "main"},
    "CircleCI": {"CIRCLECI": "true", "CIRCLE_PULL_REQUEST": "https://github.com/o/r/pull/7"},
}


@pytest.mark.parametrize("environ", PULL_REQUESTS.values(), ids=PULL_REQUESTS.keys())
def test_the_base_branch_of_a_pull_request_is_found(environ: dict[str, str]) -> None:
    base = find_proposed_base(environ)
    assert base is not None
    assert base.revisions[:2] == ("refs/remotes/origin/main", "refs/heads/main")
    assert base.variable in environ


@pytest.mark.parametrize("environ", PUSHES.values(), ids=PUSHES.keys())
def test_no_other_job_has_a_base(environ: dict[str, str]) -> None:
    assert find_proposed_base(environ) is None


def test_gitlab_names_commits_that_a_clone_without_the_branch_may_have() -> None:
    environ = {
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "a" * 40,
    }
    assert find_proposed_base(environ) == ProposedBase("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main", ("a" * 40,))


def test_a_branch_may_have_slashes_in_its_name() -> None:
    base = find_proposed_base({"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/release/1.0"})
    assert base
    assert base.branch == "release/1.0"
