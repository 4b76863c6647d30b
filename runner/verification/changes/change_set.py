"""Which files differ between the base commit and the present state, and which of them the change itself made differ."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from gate_tests.errors import Refused
from runner import suggestions
from runner.git.completeness import is_shallow
from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader
from runner.git.present_changes import (
    UNKNOWN_ID,
    IndexRows,
    compare_index,
    compare_work_tree,
    hash_files,
    list_untracked,
    read_index_rows,
)
from runner.git.revision import find_merge_bases, resolve_commit
from runner.git.tree import TreeChange, TreeEntry, diff_commits
from runner.verification.changes.linked_files import LinkedFiles
from runner.verification.changes.present_state import PresentState

_OWN: Final = "orchestration/"
_RECORDS: Final = rb"orchestration/runs/[^/\0]+/record/RUN\.json"
_RULES: Final = ("orchestration/gates/**", "orchestration/workflows/*")
"""Where a file counts although git does not track it (yet); a run does as well."""

ReadFile = Callable[[str], bytes | None]


@dataclass(frozen=True)
class ChangeSet:
    """The differences between two states, by path relative to the root. `base` is the id of the base commit.

    `changes` are those that the change made: the path is neither as in the base nor as in the `merge_base`, the commit
    where the branch began; that is None where git knows none. What only the base has changed since is `only_in_base`.
    Where branches were merged crosswise there are several such commits: the path must be as in all of them.
    """

    base: str
    merge_base: str | None
    changes: Mapping[str, TreeChange]
    only_in_base: Mapping[str, TreeChange]
    is_behind: bool
    """Whether the branch began at its own last commit: the base has gone on from there."""
    links: LinkedFiles
    """Rules that are in the base through a symlink: what they lead to counts as changed at the path of the rule."""
    _read_present: ReadFile
    _old_entries: Mapping[str, TreeEntry | None]
    _reader: ObjectReader
    _read: dict[str, bytes] = field(default_factory=dict)

    def read_present(self, path: str) -> bytes | None:
        """The bytes of the file at any path at present; None for a new symlink, or where no file exists."""
        return self._read_present(self.links.follow_rule(path))

    def read_base(self, path: str) -> bytes | None:
        """The bytes of a path in `changes` in the base; None where that has no file there."""
        return self._read_entry(self.changes[path].before)

    def read_merge_base(self, path: str) -> bytes | None:
        """The bytes of a path in `changes` where the branch began; None where that has no file there."""
        return self._read_entry(self._old_entries.get(path, self.changes[path].before))

    def was_changed_in_base(self, path: str) -> bool:
        """Whether a path in `changes` was changed in the base, too, since the branch began."""
        before = self.changes[path].before
        return self._old_entries.get(path, before) != before

    def _read_entry(self, entry: TreeEntry | None) -> bytes | None:
        if entry is None or not entry.is_file:
            return None
        if entry.object_id not in self._read:
            self._read[entry.object_id] = self._reader.read(entry.object_id)
        return self._read[entry.object_id]


def read_change_set(git: IsolatedGit, reader: ObjectReader, base: str, state: PresentState) -> ChangeSet:
    """The differences from the commit that is called `base`. Raises Refused, GitUnavailable, OSError."""
    commit = resolve_commit(git, base)
    head = state.commit or resolve_commit(git, "HEAD")
    merge_bases = _find_merge_bases(git, base, commit, head)
    differences = _find_differences(git, reader, commit, state)
    links = LinkedFiles(git, reader, commit, differences.keys())
    from_base = since_began = links.add_rules(differences)
    if merge_bases and commit not in merge_bases:
        found = [links.add_rules(_find_differences(git, reader, each, state)) for each in reversed(merge_bases)]
        since_began = {path: change for each in found for path, change in each.items()}
    return ChangeSet(
        base=commit,
        merge_base=next(iter(merge_bases), None),
        changes={path: each for path, each in from_base.items() if path in since_began},
        only_in_base={path: each for path, each in from_base.items() if path not in since_began},
        is_behind=merge_bases == [head] != [commit],
        links=links,
        _read_present=state.read_file,
        _old_entries={path: since_began[path].before for path in from_base if path in since_began},
        _reader=reader,
    )


def _find_merge_bases(git: IsolatedGit, name: str, base: str, present: str) -> list[str]:
    """Where the branch began; empty in a clone that lacks that part of the history. Raises Refused."""
    merge_bases = [base] if base == present else find_merge_bases(git, base, present)
    if not merge_bases and not is_shallow(git):
        raise Refused(f"{name!r} and the present commit have no common history", next_command=suggestions.LIST_BRANCHES)
    return merge_bases


def _find_differences(
    git: IsolatedGit, reader: ObjectReader, commit: str, state: PresentState
) -> dict[str, TreeChange]:
    if state.commit:
        return _by_path(diff_commits(git, commit, state.commit))
    if state.is_staged:
        return _by_path(compare_index(git, commit))
    changes, rows = _by_path(compare_work_tree(git, commit)), read_index_rows(git)
    for hidden in rows.list_hidden(git.root):
        known = changes.get(hidden.path)
        changes[hidden.path] = hidden._replace(before=known.before) if known else hidden
    for path in _list_untracked(git, rows, state, changes.values()):
        removed = changes.get(path)
        changes[path] = TreeChange(path, removed.before if removed else None, TreeEntry("100644", UNKNOWN_ID))
    return _without_same_bytes(git, reader, state.read_file, changes)


def _list_untracked(git: IsolatedGit, rows: IndexRows, state: PresentState, changes: Iterable[TreeChange]) -> list[str]:
    """The files that exist without being tracked: rules, new runs, and what was only taken out of the index.

    git would read each directory to find the runs.
    """
    removed = [each.path for each in changes if each.after is None and each.path.startswith(_OWN)]
    records = set(state.list_records()).difference(rows.list_paths(_RECORDS))
    return [*list_untracked(git, _RULES), *records, *(path for path in removed if state.read_file(path) is not None)]


def _by_path(changes: Iterable[TreeChange]) -> dict[str, TreeChange]:
    return {change.path: change for change in changes}


def _without_same_bytes(
    git: IsolatedGit, reader: ObjectReader, read_present: ReadFile, changes: Mapping[str, TreeChange]
) -> dict[str, TreeChange]:
    """The changes without the files that git only supposes to differ. Below orchestration/, each byte counts."""
    supposed = [each for each in changes.values() if _is_supposed(each)]
    ids = hash_files(git, [each.path for each in supposed if not each.path.startswith(_OWN)])

    def is_same(change: TreeChange) -> bool:
        before, after = change.before, change.after
        assert before
        assert after
        if change.path.startswith(_OWN):
            return reader.read(before.object_id) == read_present(change.path)
        return before == after._replace(object_id=ids.get(change.path, UNKNOWN_ID))

    same = {each.path for each in supposed if is_same(each)}
    return {path: each for path, each in changes.items() if path not in same}


def _is_supposed(change: TreeChange) -> bool:
    """Whether it is a file that git has not read."""
    before, after = change.before, change.after
    return bool(before and before.is_file and after and after.is_file and after.object_id == UNKNOWN_ID)
