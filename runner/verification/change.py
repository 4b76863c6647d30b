"""What a commit is about to change, and which roots that concerns."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import Refused
from runner.git.isolated import IsolatedGit
from runner.git.staged_change import ChangedPath, diff_index, list_bases, list_staged, list_staged_in

_ROOT: Final = re.compile(r"((?:.*?/)??)orchestration/(?:gates|workflows)/.*", re.DOTALL)
_IN_ROOTS: Final = tuple(f":(top,glob)**/orchestration/{name}/**" for name in ("gates", "workflows"))


class Change(NamedTuple):
    """The paths that a commit changes, for each of its parents; and of these the new ones.

    A merge has several parents. What it takes from one of them as it is there is not changed by the merge.
    """

    changed: tuple[frozenset[str], ...]
    added: tuple[frozenset[str], ...]

    @property
    def paths(self) -> frozenset[str]:
        """All paths that are not as in one of the parents."""
        return frozenset().union(*self.changed)

    def touches(self, paths: Iterable[str]) -> bool:
        """Whether these files together are as in no parent."""
        named = set(paths)
        return all(not named.isdisjoint(changed) for changed in self.changed)

    def adds(self, path: str) -> bool:
        """Whether no parent has the file."""
        return all(path in added for added in self.added)

    def select_below(self, directory: str) -> "Change":
        """The paths below a directory, relative to it. `directory` is empty or ends with `/`."""
        changed, added = ([_select_below(each, directory) for each in group] for group in self)
        return Change(tuple(changed), tuple(added))


def _select_below(paths: Iterable[str], directory: str) -> frozenset[str]:
    return frozenset(path.removeprefix(directory) for path in paths if path.startswith(directory))


def read_staged_change(git: IsolatedGit, files: Iterable[str] = ()) -> Change:
    """What is staged. The `files`, relative to the current directory, count as changed too if they are not.

    Where pre-commit asks about a range of commits, all since its beginning counts as staged. Raises Refused for a file
    that does not exist or is outside the repository, and for an unknown commit, GitUnavailable, OSError.
    """
    named = frozenset(_find_named(git, files))
    parents = [list(diff_index(git, commit)) for commit in list_bases(git)] or [_list_all(git)]
    staged = [frozenset(each.path for each in parent) for parent in parents]
    unchanged = named.difference(*staged)  # in a merge, a file may be as in one parent, which is not changed here
    return Change(
        tuple(each | unchanged for each in staged),
        tuple(frozenset(each.path for each in parent if each.is_new) for parent in parents),
    )


def _list_all(git: IsolatedGit) -> list[ChangedPath]:
    """All that is staged: before the first commit, all of it is new."""
    return [ChangedPath(path, True) for path in list_staged(git)]


def _find_named(git: IsolatedGit, files: Iterable[str]) -> Iterator[str]:
    inner = [_find_in_repository(git, file) for file in files]
    yield from inner
    yield from list_staged_in(git, inner)  # those in directories


def _find_in_repository(git: IsolatedGit, file: str) -> str:
    absolute = os.path.abspath(file)
    if not os.path.lexists(absolute):
        raise Refused(f"file {file} does not exist")
    path = Path(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute))
    if not path.is_relative_to(git.top):
        raise Refused(f"file {file} is outside the repository {git.top}")
    return path.relative_to(git.top).as_posix()


def find_roots(git: IsolatedGit, change: Change) -> list[str]:
    """The roots, in the index or before the change, that have one of its paths: empty for the top, else with `/`."""
    staged = list_staged(git, _IN_ROOTS)
    roots = {match[1] for path in (*staged, *change.paths) if (match := _ROOT.fullmatch(path))}
    return sorted(root for root in roots if any(path.startswith(root) for path in change.paths))
