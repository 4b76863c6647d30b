"""Which paths git ignores."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from runner.git.isolated import IsolatedGit
from runner.git.repository import GitFailed, GitUnavailable


def find_uncommitted(git: IsolatedGit, paths: Iterable[str]) -> Iterator[str]:
    """Those of `paths` that a commit would lack because git ignores them or the target of a symlink on them."""
    queried = {path: resolve_committed_paths(git.root, path) for path in paths}
    ignored = find_ignored(git, sorted({each for group in queried.values() for each in group}))
    return (path for path, group in queried.items() if not ignored.isdisjoint(group))


def find_ignored(git: IsolatedGit, paths: list[str]) -> set[str]:
    """Those of `paths` that git ignores. A path that git refuses (in a submodule, outside) does not affect others."""
    if not paths:
        return set()
    # `./`, because git would take a file named `:/a` for a path from the top.
    queried = b"\0".join(os.fsencode(f"./{path}") for path in paths)
    try:
        output = git.run("check-ignore", "-z", "--stdin", stdin=queried)
    except GitUnavailable:
        return set[str]().union(*(find_ignored(git, [path]) for path in paths)) if len(paths) > 1 else set()
    return {path.removeprefix("./") for path in os.fsdecode(output).split("\0")}


def find_ignore_rule(git: IsolatedGit, path: str) -> str | None:
    """`FILE:LINE: PATTERN` of the rule by which git ignores the path or the target of a symlink on it; None if none.

    None, too, of a path that git refuses (in a submodule, outside). Raises GitUnavailable.
    """
    for each in resolve_committed_paths(git.root, path):
        try:
            output = git.run("check-ignore", "-v", "-z", "--stdin", stdin=os.fsencode(f"./{each}"))
        except GitFailed:
            continue
        file, line, pattern = [*os.fsdecode(output).split("\0"), "", ""][:3]
        if file and not pattern.startswith("!"):
            return f"{file}:{line}: {pattern}"
    return None


def resolve_committed_paths(root: Path, path: str) -> tuple[str, ...]:
    """The paths a commit must contain for `path` to exist: itself, or the first symlink on it and its target."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        head = "/".join(parts[:count])
        if os.path.islink(root / head):
            return head, os.path.relpath(os.path.realpath(root / path), os.path.realpath(root))
    return (path,)
