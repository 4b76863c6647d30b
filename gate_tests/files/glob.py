"""Finds the files below a root that match a glob such as `research/**/*.md`.

`*` matches any characters of one name, `?` one character, `[abc]` one of these, `[!abc]` one of the others. `[*]` is
the only way to escape, and braces are literal. `**` as a whole name matches zero or more directories, and at the end of
a pattern everything below. Matching is case-sensitive. A name that begins with a dot matches only where the pattern has
that dot, as in `.github/*.yml`: no wildcard matches it, and `**` does not enter such a directory. Nor does a pattern
find files in `orchestration/runs` unless it begins so: records, packets and logs of runs are no artifacts.

Not `os.fwalk` and a translated regex: a named directory would cost a walk of the whole tree (30,000 files: 90 ms, not
0.2), and a regex cannot tell a symlink that a name matches, which is followed, from one that `**` matches.
"""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.files.regular_file import RESOURCE_ERRNOS

MAX_ENTRIES: Final = 200_000
MAX_DEPTH: Final = 100

_MAGIC: Final = re.compile(r"[*?[]")
_RUNS: Final = "orchestration/runs/"
_States = frozenset[int]


class TooManyFiles(Exception):
    """The search exceeded a limit; the message says which."""


def escape_glob(text: str) -> str:
    """A glob that matches `text` only."""
    return _MAGIC.sub(lambda match: f"[{match[0]}]", text)


def escape_brackets(template: str) -> str:
    """A glob in which only `*` and `?` are wildcards: directories are often named `[slug]`."""
    return template.replace("[", "[[]")


def has_wildcards(template: str) -> bool:
    """Whether a path of a contract, as written, stands for all files that match."""
    return "*" in template or "?" in template


class FoundFiles(NamedTuple):
    """The paths that match a glob, in byte order, and how many files they are: several links to one are one file."""

    paths: list[str]
    file_count: int


def find_files(root: Path, pattern: str, max_entries: int = MAX_ENTRIES) -> FoundFiles:
    """The regular files below `root` that match, relative to it. Raises TooManyFiles, OSError.

    Symlinks to files below the root match, those that lead out do not. `**` does not follow symlinks to directories;
    names and other patterns do. What cannot be read for lack of rights is skipped. Names may contain control characters
    and surrogates: see `sanitize.escape_controls`.
    """
    ids = dict(_Search(root, pattern, max_entries).files())
    return FoundFiles(sorted(ids, key=os.fsencode), len(set(ids.values())))


def walk_files(root: Path, skipped: Collection[str], max_entries: int) -> Iterator[str]:
    """The paths of all files, hidden ones too, but for those in directories with one of the `skipped` names.

    Raises TooManyFiles, OSError, when it has yielded what it found before.
    """
    return (path for path, _ in _Search(root, "**", max_entries, skipped).files())


def matches_glob(pattern: str, path: str) -> bool:
    """Whether a file at `path`, relative to the root, matches. Says nothing of whether it exists."""
    if path.startswith(_RUNS) and not pattern.startswith(_RUNS):
        return False
    automaton = _Automaton(pattern)
    states = automaton.start
    for name in path.split("/"):
        states = automaton.advance(states, name)
    return automaton.end in states


class _Automaton:
    """A glob as a nondeterministic automaton over the names of a path: a state is an index of the pattern's names."""

    def __init__(self, pattern: str, with_hidden: bool = False) -> None:
        """`with_hidden`: wildcards match the dot of a hidden name too."""
        self._with_hidden = with_hidden
        self._names = _split_pattern(pattern)
        self.end = len(self._names)
        can_match = bool(self._names) and ".." not in self._names
        self.start: _States = self._skip_double_stars({0}) if can_match else frozenset()

    def advance(self, states: _States, name: str, *, is_link: bool = False) -> _States:
        """The states after an entry called `name`; `is_link`: it is a symlink, which `**` does not follow."""
        advanced: set[int] = set()
        for state in states:
            if state == self.end:
                continue
            if self._names[state] != "**":
                advanced |= {state + 1} if _compile_name(self._names[state], self._with_hidden)(name) else set()
            elif not is_link and (self._with_hidden or not name.startswith(".")):
                advanced.add(state)
        return self._skip_double_stars(advanced)

    def expected_names(self, states: _States) -> set[str]:
        """The patterns of the next name."""
        return {self._names[state] for state in states if state < self.end}

    def _skip_double_stars(self, states: set[int]) -> _States:
        """The states with those after each `**`, which may match no directory."""
        for state in sorted(states):
            while state < self.end and self._names[state] == "**":
                state += 1
                states.add(state)
        return frozenset(states)


class _Search:
    """Walks the tree once, along the automaton. Enters no directory with one of the `skipped` names."""

    def __init__(self, root: Path, pattern: str, max_entries: int, skipped: Collection[str] = ()) -> None:
        self._skipped = skipped
        self._confined_root = ConfinedRoot(root)
        self._automaton = _Automaton(pattern, with_hidden=bool(skipped))
        self._left = self._max_entries = max_entries
        self._closed = None if pattern.startswith(_RUNS) else _RUNS

    def files(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Each path, with the device and inode of its file."""
        end = self._automaton.end
        directories = [("", self._automaton.start)] if self._automaton.start else []
        while directories:
            directory, states = directories.pop()
            if directory.count("/") >= MAX_DEPTH:
                raise TooManyFiles(f"directories nested more than {MAX_DEPTH} deep")
            for name, entry in self._entries(directory, states):
                path, status = directory + name, entry
                is_link = stat.S_ISLNK(entry.st_mode)
                next_states = self._automaton.advance(states, name, is_link=is_link)
                if is_link and (target := self._stat_target(path)):
                    status = target
                if stat.S_ISDIR(status.st_mode):
                    if min(next_states, default=end) < end and self._may_enter(name, f"{path}/"):
                        directories.append((f"{path}/", next_states))
                elif stat.S_ISREG(status.st_mode) and end in next_states:
                    yield path, (status.st_dev, status.st_ino)

    def _may_enter(self, name: str, directory: str) -> bool:
        return name not in self._skipped and directory != self._closed

    def _entries(self, directory: str, states: _States) -> Iterator[tuple[str, os.stat_result]]:
        """Names and their `lstat` in the directory: all, or only the name that the pattern asks for."""
        expected = self._automaton.expected_names(states)
        try:
            descriptor = self._confined_root.open(directory)
        except (LeavesRoot, OSError) as error:
            _raise_if_resource_error(error)
            return
        try:
            is_literal = len(expected) == 1 and not _MAGIC.search(min(expected))
            for name in expected if is_literal else self._list(descriptor):
                if status := _stat_entry(name, descriptor):
                    yield name, status
        finally:
            os.close(descriptor)

    def _list(self, descriptor: int) -> list[str]:
        names = []
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    self._left -= 1
                    if self._left < 0:
                        raise TooManyFiles(f"more than {self._max_entries} files and directories to search")
                    names.append(entry.name)
        except OSError as error:  # removed meanwhile
            _raise_if_resource_error(error)
        return names

    def _stat_target(self, path: str) -> os.stat_result | None:
        """The status of a symlink's target; None if that is missing or outside the root."""
        try:
            descriptor = self._confined_root.open(path)
        except (LeavesRoot, OSError) as error:
            _raise_if_resource_error(error)
            return None
        try:
            return os.fstat(descriptor)
        finally:
            os.close(descriptor)


def _split_pattern(pattern: str) -> list[str]:
    """The names of a glob, without repeated `**`, and with `*` after a last `**`."""
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    once = [name for index, name in enumerate(names) if name != "**" or names[index - 1 : index] != ["**"]]
    return [*once, "*"] if once[-1:] == ["**"] else once


@cache
def _compile_name(pattern: str, with_hidden: bool) -> Callable[[str], object]:
    hidden = "" if with_hidden or pattern.startswith(".") else r"(?!\.)"
    return re.compile(hidden + translate(pattern)).match


def _stat_entry(name: str, directory: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError as error:
        _raise_if_resource_error(error)
        return None


def _raise_if_resource_error(error: Exception) -> None:
    if isinstance(error, OSError) and error.errno in RESOURCE_ERRNOS:
        raise error
