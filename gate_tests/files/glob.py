"""Which files below a folder match a pattern such as `research/**/*.md`.

`*` stands for any characters of one name, `?` for one, `[abc]` for one of these, `[!abc]` for one of the others; there
is no other escape than `[*]`, and `{a,b}` is no choice: braces stand for themselves. `**`, where it is a whole name,
stands for any number of folders, none too, and at the end of a pattern for everything below. Letter case counts. A name
that begins with a dot is a name like any other; only a folder `.git` is not entered by `**`.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Final

from gate_tests.files.confined import Beneath, LeavesRoot
from gate_tests.files.regular_file import OUT_OF_MEANS

MOST_ENTRIES: Final = 200_000
MOST_FOLDERS_DEEP: Final = 100

_MAGIC: Final = re.compile(r"[*?[]")
_States = frozenset[int]


class TooMany(Exception):
    """The tree has more in it than is looked at; says what."""


def escaped(text: str) -> str:
    """A pattern that means `text` and nothing else."""
    return _MAGIC.sub(lambda match: f"[{match[0]}]", text)


def find_files(root: Path, pattern: str, at_most: int = MOST_ENTRIES) -> list[str]:
    """The regular files below `root` that match, relative to it, in byte order. Raises TooMany.

    A link to a file below the root counts, one that leads out does not. A folder that is a link to one below the root
    is entered where the pattern names it, by `**` never. What may not be read is not there. Names are as the system
    has them: whoever prints or records one sees to it that it can be (`plain.visible`).
    """
    return sorted(_Search(root, pattern, at_most).files(), key=os.fsencode)


class _Search:
    """Goes through the tree once, each folder with the places of the pattern that its entries may be at."""

    def __init__(self, root: Path, pattern: str, at_most: int) -> None:
        self._beneath = Beneath(root)
        self._names = _names(pattern)
        self._end = len(self._names)
        self._left = self._at_most = at_most

    def files(self) -> Iterator[str]:
        folders = [("", self._reached({0}))] if self._names and ".." not in self._names else []
        while folders:
            folder, states = folders.pop()
            if folder.count("/") >= MOST_FOLDERS_DEEP:
                raise TooMany(f"folders more than {MOST_FOLDERS_DEEP} deep")
            for name, mode in self._entries(folder, states):
                path = folder + name
                if stat.S_ISLNK(mode):
                    states_there, mode = self._stepped(states, name, True), self._mode(path)
                else:
                    states_there = self._stepped(states, name, False)
                if stat.S_ISDIR(mode) and min(states_there, default=self._end) < self._end:
                    folders.append((f"{path}/", states_there))
                elif stat.S_ISREG(mode) and self._end in states_there:
                    yield path

    def _reached(self, states: set[int]) -> _States:
        """The states, and those behind each `**`, which may stand for no folder at all."""
        for state in sorted(states):
            while state < self._end and self._names[state] == "**":
                state += 1
                states.add(state)
        return frozenset(states)

    def _stepped(self, states: _States, name: str, is_link: bool) -> _States:
        """The states after an entry called `name`."""
        stepped: set[int] = set()
        for state in states:
            if state == self._end:
                continue
            if self._names[state] != "**":
                stepped |= {state + 1} if _matcher(self._names[state])(name) else set()
            elif not is_link and name != ".git":
                stepped.add(state)
        return self._reached(stepped)

    def _entries(self, folder: str, states: _States) -> Iterator[tuple[str, int]]:
        """Names and modes in the folder, of links their own: all, or the one name that is wanted there."""
        wanted = {self._names[state] for state in states if state < self._end}
        try:
            descriptor = self._beneath.open(folder)
        except (LeavesRoot, OSError) as error:
            _check_means(error)
            return
        try:
            if len(wanted) == 1 and not _MAGIC.search(name := min(wanted)):
                names: list[str] = [name]
            else:
                names = self._listed(descriptor)
            for name in names:
                mode = _mode_of(name, descriptor)
                if mode:
                    yield name, mode
        finally:
            os.close(descriptor)

    def _listed(self, descriptor: int) -> list[str]:
        names = []
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    self._left -= 1
                    if self._left < 0:
                        raise TooMany(f"more than {self._at_most} files and folders to look at")
                    names.append(entry.name)
        except OSError as error:  # no folder any more
            _check_means(error)
        return names

    def _mode(self, path: str) -> int:
        """The mode of what a link leads to; 0 where it leads nowhere, or out of the root."""
        try:
            descriptor = self._beneath.open(path)
        except (LeavesRoot, OSError) as error:
            _check_means(error)
            return 0
        try:
            return os.fstat(descriptor).st_mode
        finally:
            os.close(descriptor)


def _names(pattern: str) -> list[str]:
    """The names of a pattern, `**` never twice in a row nor at the end."""
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    once = [name for index, name in enumerate(names) if name != "**" or names[index - 1 : index] != ["**"]]
    return [*once, "*"] if once[-1:] == ["**"] else once


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(translate(pattern)).match


def _mode_of(name: str, folder: int) -> int:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError as error:
        _check_means(error)
        return 0


def _check_means(error: Exception) -> None:
    if isinstance(error, OSError) and error.errno in OUT_OF_MEANS:
        raise error
