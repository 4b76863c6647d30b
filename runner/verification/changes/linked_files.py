"""Rules that a repository has through symlinks, such as contracts that several roots share."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree, TreeChange, read_commit_tree
from runner.git.tree_links import RULE_DIRECTORIES, NotInTree, find_file, list_aliases, list_linked

_RECORDS: Final = "orchestration/runs/"


class LinkedFiles:
    """The symlinks of the base commit, whose tree is read when it is asked for the first time.

    `rules`: where the path of each contract or workflow leads that is one; none where only records were `changed`.
    """

    def __init__(self, git: IsolatedGit, reader: ObjectReader, commit: str, changed: Collection[str]) -> None:
        self._git, self._reader, self._commit = git, reader, commit
        is_asked = not all(path.startswith(_RECORDS) for path in changed)
        self.rules = dict(self._list_rules()) if is_asked else {}
        self._changed = self.rules.keys() & changed

    def _list_rules(self) -> Iterator[tuple[str, str]]:
        for directory in RULE_DIRECTORIES:
            yield from list_linked(self._tree, self._reader, directory)

    def add_rules(self, changes: Mapping[str, TreeChange]) -> dict[str, TreeChange]:
        """The changes, and those of files that rules lead to as changes of the rules."""
        added = {}
        for path, led in self.rules.items():
            before = changes[led].before if led in changes else self._tree.entries[led]
            if path in changes:
                added[path] = changes[path]._replace(before=before)
            elif led in changes:
                added[path] = changes[led]._replace(path=path)
        return {**changes, **added}

    def follow_rule(self, path: str) -> str:
        """Where the path of a contract or workflow leads, as long as the symlink is that of the base."""
        return path if path in self._changed else self.rules.get(path, path)

    def follow(self, path: str) -> str:
        """Where any path leads in the base."""
        try:
            return find_file(self._tree, self._reader, path) or path
        except NotInTree:
            return path

    def list_aliases(self, paths: Iterable[str]) -> set[str]:
        """The paths that lead to one of these in the base."""
        return list_aliases(self._tree, self._reader, paths)

    @cached_property
    def _tree(self) -> GitTree:
        return read_commit_tree(self._git, self._commit)
