"""The file of a repository by which a host finds its hooks: where it is, reading it, writing it atomically."""

import os
import shutil
import stat
import sysconfig
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from gate_tests.errors import NotReadable, Refused
from gate_tests.files.directory import Directory
from gate_tests.files.regular_file import FileTooLarge, NotRegularFile, read_regular_file
from runner import suggestions
from runner.agents.hooks.hosts import HOSTS
from runner.storage.atomic_files import remove_if_exists, replace_file

LOCAL_PATHS: Final = {"claude-code": ".claude/settings.local.json"}
"""The files of one person, that no commit has, where the host has such a file."""
_EVIDENCE: Final = {
    "claude-code": (".claude",),
    "codex": (".codex",),
    "copilot": (".github/hooks", ".github/copilot"),
    "gemini": (".gemini",),
    "cursor": (".cursor",),
}
"""The directories of a repository that show which hosts its people use."""
_MAX_BYTES: Final = 16 << 20
_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class SettingsFile(NamedTuple):
    """A host's file. `path` is relative to `top`."""

    top: Path
    path: str

    @classmethod
    def of(cls, root: Path, target: str, *, is_local: bool = False) -> "SettingsFile":
        """The file of this host for the repository that contains the root."""
        return cls(find_top(root), LOCAL_PATHS[target] if is_local else HOSTS[target].settings_path)

    @property
    def file(self) -> Path:
        """Its absolute path."""
        return self.top / self.path

    def read(self) -> bytes | None:
        """Its content; None if it does not exist. Raises Refused for a symlink or anything but a file, NotReadable."""
        self._refuse_symlinks()
        try:
            return read_regular_file(self.file, _MAX_BYTES)
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise self._refuse_parent() from None
        except (NotRegularFile, FileTooLarge) as error:
            raise self._refused(f"{error.strerror}, so no hook can be written there") from None
        except OSError as error:
            raise NotReadable(f"{self.path}: cannot be read: {error.strerror}") from None

    def write(self, content: bytes) -> None:
        """Replaces or creates the file, with the permissions it had. Raises Refused, OSError."""
        mode = self._find_mode()
        parent, _, name = self.path.rpartition("/")
        with Directory.open(self.top) as top, top.open_below(parent, create=True) as directory:
            replace_file(directory, name, content)
            if mode is not None:
                os.chmod(name, mode, dir_fd=directory.descriptor)

    def remove(self) -> None:
        """Removes the file, and the directories that it leaves empty. Raises Refused, OSError."""
        self._find_mode()
        parent, _, name = self.path.rpartition("/")
        with Directory.open(self.top) as top, top.open_below(parent) as directory:
            remove_if_exists(directory, name)
        while parent:
            try:
                os.rmdir(self.top / parent)
            except OSError:  # something else is in it
                return
            parent = parent.rpartition("/")[0]

    def _refuse_symlinks(self) -> None:
        parts = self.path.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if os.path.islink(self.top / path):
                raise Refused(
                    f"{path} is a symlink to {os.readlink(self.top / path)}; hooks are written into no file behind one",
                    next_command=suggestions.show_path(str(self.top / path)),
                )

    def _refuse_parent(self) -> Refused:
        parents = list(PurePath(self.path).parents)[-2::-1]
        path = next((each for each in parents if not os.path.isdir(self.top / each)), parents[-1])
        return Refused(
            f"{path} is not a directory, so no hook can be written there",
            next_command=suggestions.show_path(str(self.top / path)),
        )

    def _find_mode(self) -> int | None:
        """The permissions of the file, None without one. Raises Refused if nobody may write it."""
        try:
            mode = stat.S_IMODE(os.stat(self.file).st_mode)
        except FileNotFoundError:
            return None
        if not mode & _WRITABLE:
            raise self._refused("is read-only")
        return mode

    def _refused(self, what: str) -> Refused:
        return Refused(f"{self.path} {what}", next_command=suggestions.show_path(str(self.file)))


def find_top(root: Path) -> Path:
    """The top of the git work tree that contains the root; without one the root."""
    return next((each for each in (root, *root.parents) if os.path.lexists(each / ".git")), root)


def list_evident_targets(top: Path) -> list[str]:
    """The hosts that have a directory in the repository."""
    return [target for target, paths in _EVIDENCE.items() if any(os.path.isdir(top / path) for path in paths)]


def find_own_program() -> Path | None:
    """The `orch` of this environment; None where it was started without one, as by `python -m runner`."""
    program = Path(sysconfig.get_path("scripts")) / "orch"
    return program if os.access(program, os.X_OK) else None


def explain_missing_program() -> str | None:
    """Why a shell does not start this `orch` by its name; None where it does."""
    found, own = shutil.which("orch"), find_own_program()
    if found is None:
        return "orch is not on the PATH"
    if own and not os.path.samefile(found, own):
        return f"orch on the PATH is {found}, not {own}"
    return None
