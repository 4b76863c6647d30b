"""Asks git which commit the work stands on and what a commit would leave out.

It never writes, and runs nothing that the repository brings along or configures.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any, NamedTuple

from gate_tests.workspace.layout import Workspace

_ANSWER_S = 10.0
"""How long the whole question may take: a FIFO called .gitattributes would keep git waiting for ever."""

_NOTHING = "ORCH_NOTHING"
"""An empty environment variable, for git to take a setting from."""

_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "safe.bareRepository=explicit")
_VARIABLES = {
    "GIT_OPTIONAL_LOCKS": "0",  # the index is not refreshed
    "GIT_NO_LAZY_FETCH": "1",  # what a partial clone lacks stays away,
    "GIT_ALLOW_PROTOCOL": "none",  # also with a git that does not know that; no `protocol.*` setting outdoes this
    "GIT_TERMINAL_PROMPT": "0",
    _NOTHING: "",
}


class GitState(NamedTuple):
    """The commit (None before the first), whether tracked files differ from it, and what git ignores of the paths."""

    commit: str | None
    dirty: bool
    ignored: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{commit, dirty}`, as it stands in an attempt."""
        return {"commit": self.commit, "dirty": self.dirty}


class GitQuestion:
    """Asked at once and answered when wanted, so that judging need not wait for it.

    `paths`, relative to the root, are those of which one wants to know whether git ignores them.
    """

    def __init__(self, root: Path, paths: Iterable[str] = ()) -> None:
        self._git = _Git(root)
        self._state: GitState | None = None
        self._thread = Thread(target=self._ask, args=(tuple(paths),), daemon=True)
        self._thread.start()

    def __enter__(self) -> "GitQuestion":
        return self

    def __exit__(self, *_: object) -> None:
        self._git.stop()
        self._thread.join()

    def answer(self) -> GitState | None:
        """What git says; None without git, outside a work tree, or where git refuses or does not come to an end."""
        self._thread.join()
        return self._state

    def _ask(self, paths: tuple[str, ...]) -> None:
        with suppress(_NoAnswer, OSError):
            if self._git.ask("rev-parse", "--is-inside-work-tree") != b"true\n":
                return  # a bare repository, or one whose work tree is elsewhere
            commit, dirty = _status(self._git)
            self._state = GitState(commit, dirty, tuple(_ignored(self._git, paths)))


class GitRules(NamedTuple):
    """What git would do with the files of a run."""

    version: str
    ignores_records: bool
    ignores_logs: bool
    converts_line_ends: bool

    @property
    def takes_records_as_they_are(self) -> bool:
        """Whether a commit holds the records, byte for byte, and no logs."""
        return self.ignores_logs and not self.ignores_records and not self.converts_line_ends


def ask_rules(root: Path, record: str, log: str) -> GitRules | None:
    """What git would do with two paths, which need not be there; None where git does not answer."""
    git = _Git(root)
    with suppress(_NoAnswer, OSError):
        if git.ask("rev-parse", "--is-inside-work-tree") == b"true\n":
            ignored = _check_ignore(git, [record, log])
            text = git.ask("check-attr", "-z", "text", "--", record).split(b"\0")[2:3]
            version = git.ask("version").decode("utf-8", "replace").strip()
            return GitRules(version, record in ignored, log in ignored, text != [b"unset"])
    return None


class _NoAnswer(Exception):
    """git is not there, refused, or was stopped."""


class _Git:
    """The git commands of one question, all before one deadline."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._deadline = monotonic() + _ANSWER_S
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, *arguments: str, stdin: bytes = b"", settings: Iterable[str] = ()) -> bytes:
        """What the command prints. Raises _NoAnswer, OSError."""
        with self._start(arguments, settings) as process:
            try:
                output, _ = process.communicate(stdin, timeout=max(self._deadline - monotonic(), 0))
            except subprocess.TimeoutExpired:
                raise _NoAnswer from None
            finally:
                process.kill()
        if process.returncode not in (0, 1):  # 1: nothing was found
            raise _NoAnswer
        return output

    def stop(self) -> None:
        """Ends the command that is running; no other will be started."""
        with self._lock:
            self._stopped = True
            if self._running:
                self._running.kill()

    def _start(self, arguments: Iterable[str], settings: Iterable[str]) -> subprocess.Popen[bytes]:
        path = list(_outside(self.root))
        program = next((found for entry in path if (found := _program(self.root, entry))), None)
        if program is None:
            raise _NoAnswer
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        # `-c` would take a filter called `a=b` apart at the wrong place.
        options += [f"--config-env={setting}={_NOTHING}" for setting in settings]
        with self._lock:
            if self._stopped:
                raise _NoAnswer
            self._running = subprocess.Popen(
                [program, "--no-pager", *options, *arguments],
                cwd=self.root,
                env={**_without_git(os.environ), **_VARIABLES, "PATH": os.pathsep.join(path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            return self._running


def _without_git(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def _outside(root: Path) -> Iterator[str]:
    """The folders of PATH in which nobody who works in the repository can have put a program."""
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if os.path.isabs(entry) and not Workspace(root).holds(entry):
            yield entry


def _program(root: Path, folder: str) -> str | None:
    found = os.path.join(folder, "git")
    runs = os.path.isfile(found) and os.access(found, os.X_OK)
    return found if runs and not Workspace(root).holds(found) else None


def _status(git: _Git) -> tuple[str | None, bool]:
    output = git.ask(
        "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--no-renames",
        "--untracked-files=no", "--ignore-submodules=all", settings=_filters(git),
    )  # fmt: skip
    lines = output.decode("utf-8", "replace").rstrip("\n").split("\n")
    head = next((line.split()[2] for line in lines if line.startswith("# branch.oid ")), "(initial)")
    return None if head == "(initial)" else head, any(not line.startswith("#") for line in lines)


def _filters(git: _Git) -> list[str]:
    """The settings that are to be empty, so that git compares a file without running a filter on it."""
    listed = git.ask("config", "-z", "--name-only", "--get-regexp", r"^filter\.").split(b"\0")
    names = {os.fsdecode(setting).rpartition(".")[0] for setting in listed if setting.count(b".") > 1}
    return [f"{name}.{key}" for name in sorted(names) for key in ("clean", "process", "required")]


def _ignored(git: _Git, paths: tuple[str, ...]) -> Iterator[str]:
    """Those of `paths` that a commit would not hold, because git ignores them or what they lead to."""
    asked = {path: _committed_as(git.root, path) for path in paths}
    ignored = _check_ignore(git, sorted({each for group in asked.values() for each in group}))
    return (path for path, group in asked.items() if not ignored.isdisjoint(group))


def _committed_as(root: Path, path: str) -> tuple[str, ...]:
    """What a commit must hold for `path` to be there: itself, or the first symlink on it and the file behind that."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        head = "/".join(parts[:count])
        if os.path.islink(root / head):
            return head, os.path.relpath(os.path.realpath(root / path), os.path.realpath(root))
    return (path,)


def _check_ignore(git: _Git, paths: list[str]) -> set[str]:
    """Those of `paths` that git ignores. One that git refuses, in a submodule or outside, spoils no other's answer."""
    if not paths:
        return set()
    # `./`, for a file may be called `:/a`, which to git is another one at the top.
    asked = b"\0".join(os.fsencode(f"./{path}") for path in paths)
    try:
        output = git.ask("check-ignore", "-z", "--stdin", stdin=asked)
    except _NoAnswer:
        return set[str]().union(*(_check_ignore(git, [path]) for path in paths)) if len(paths) > 1 else set()
    return {path.removeprefix("./") for path in os.fsdecode(output).split("\0")}
