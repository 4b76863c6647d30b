"""Finds the repository around a directory as git does. git itself would read its configuration to do so."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.files.regular_file import FileTooLarge, read_regular_file

_GITFILE_PREFIX = b"gitdir: "
_MAX_NAME_BYTES: Final = 1 << 16
"""The largest file that is read as the name of a directory."""


class GitRepository(NamedTuple):
    """A repository with a work tree; all paths are absolute."""

    top: str
    """The directory with the `.git`."""
    directory: str
    """What belongs to this work tree: its HEAD and its index."""
    common_directory: str
    """What all work trees share: objects, references and the configuration."""

    @property
    def is_linked(self) -> bool:
        """Whether `git worktree add` made the work tree: `core.bare` and `core.worktree` are not about it."""
        return self.directory != self.common_directory


class GitUnavailable(Exception):
    """git is not installed, cannot read the repository, failed, timed out or was stopped; the message says which."""


class GitNotInstalled(GitUnavailable):
    """No program called git is on the PATH, outside the repository."""


class BareRepository(GitUnavailable):
    """The repository has no work tree."""

    def __init__(self, directory: str) -> None:
        super().__init__(f"{directory} is a bare repository")
        self.directory = directory


class BrokenRepository(GitUnavailable):
    """A file or directory of the repository, at `path`, is not what git expects there."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class GitFailed(GitUnavailable):
    """A command of git failed; `messages` is all that it wrote to stderr."""

    def __init__(self, description: str, messages: bytes) -> None:
        super().__init__(description)
        self.messages = messages


class GitTimedOut(GitUnavailable):
    """git took longer than it may."""


def find_repository(root: Path) -> GitRepository | None:
    """The nearest repository, None if there is none. Raises GitUnavailable, OSError."""
    broken: str | None = None
    for directory in _list_directories_upwards(root):
        path = os.path.join(directory, ".git")
        git_directory = _read_gitfile(path) if os.path.isfile(path) else path
        common_directory = _find_common_directory(git_directory)
        if is_git_directory(git_directory, common_directory):
            return GitRepository(directory, git_directory, common_directory)
        if git_directory != path:
            raise BrokenRepository(path, f"{path} names {git_directory}, which is not a git directory")
        if is_git_directory(directory, directory):
            raise BareRepository(directory)
        if broken is None and os.path.lexists(path):
            broken = path
    if broken:
        raise BrokenRepository(broken, f"{broken} is not a git directory, or cannot be read")
    return None


def is_bare(directory: Path) -> bool:
    """Whether the directory is in a repository without a work tree."""
    try:
        find_repository(directory)
    except BareRepository:
        return True
    except (GitUnavailable, OSError):
        pass
    return False


def is_other_work_tree(directory: Path, root: Path) -> bool:
    """Whether the directory is in another work tree of the root's repository: in another checkout of the same files."""
    try:
        here, there = find_repository(directory), find_repository(root)
    except (GitUnavailable, OSError):
        return False
    if here is None or there is None or here.top == there.top:
        return False
    return os.path.realpath(here.common_directory) == os.path.realpath(there.common_directory)


def list_surrounding_directories(root: Path) -> Iterator[str]:
    """The root and the topmost directory above it that has a `.git`, as written and with symlinks resolved."""
    for start in {os.path.abspath(root), os.path.realpath(root)}:
        above = [str(each) for each in Path(start).parents if os.path.lexists(each / ".git")]
        yield above[-1] if above else start


def _list_directories_upwards(root: Path) -> Iterator[str]:
    """The root and the directories above it on the same file system, which git does not leave either."""
    real = Path(os.path.realpath(root))
    device = real.stat().st_dev
    for directory in (real, *real.parents):
        if directory.stat().st_dev != device:
            return
        yield str(directory)


def _read_gitfile(path: str) -> str:
    """The git directory that the `.git` of a submodule or a linked work tree names."""
    content = _read_short_file(path)
    if not content.startswith(_GITFILE_PREFIX):
        raise BrokenRepository(path, f"{path} names no git directory")
    named = os.fsdecode(content.removeprefix(_GITFILE_PREFIX).rstrip(b"\r\n"))
    return os.path.join(os.path.dirname(path), named)


def _read_short_file(path: str) -> bytes:
    """The bytes of a file that names a directory. Raises GitUnavailable if they are too many for that, OSError."""
    try:
        return read_regular_file(Path(path), _MAX_NAME_BYTES)
    except FileTooLarge as error:
        raise BrokenRepository(path, f"{path} {error.strerror}") from None


def _find_common_directory(git_directory: str) -> str:
    try:
        named = os.fsdecode(_read_short_file(os.path.join(git_directory, "commondir")).rstrip(b"\r\n"))
    except OSError:
        return git_directory
    return os.path.join(git_directory, named)


def is_git_directory(directory: str, common_directory: str) -> bool:
    """Whether the directory, with what it shares with others in `common_directory`, is a repository."""
    return os.path.lexists(os.path.join(directory, "HEAD")) and all(
        os.path.isdir(os.path.join(common_directory, name)) for name in ("objects", "refs")
    )
