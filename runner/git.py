"""Reads from git the current commit and which files it ignores.

Never writes, and runs no program that the repository contains or configures.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, NamedTuple

from gate_tests.workspace.layout import Workspace

_TIMEOUT_S: Final = 10.0
"""Limit for all commands of a query: a FIFO named .gitattributes would block git for ever."""

_EMPTY_VARIABLE: Final = "ORCH_NOTHING"
"""An empty environment variable that git reads a setting from."""

_SETTINGS: Final = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "safe.bareRepository=explicit")
_VARIABLES: Final = {
    "GIT_OPTIONAL_LOCKS": "0",  # the index is not refreshed
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone fetches no missing object,
    "GIT_ALLOW_PROTOCOL": "none",  # nor with an older git; overrides every `protocol.*` setting
    "GIT_TERMINAL_PROMPT": "0",
    _EMPTY_VARIABLE: "",
}


class GitState(NamedTuple):
    """The commit (None before the first), whether tracked files differ from it, and which queried paths are ignored."""

    commit: str | None
    dirty: bool
    ignored: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{commit, dirty}`, as recorded in an attempt."""
        return {"commit": self.commit, "dirty": self.dirty}


class GitQuery:
    """Runs in a thread from its construction on, so that judging need not wait for git.

    `paths`, relative to the root, are those to check against git's ignore rules.
    """

    def __init__(self, root: Path, paths: Iterable[str] = ()) -> None:
        self._git = _Git(root)
        self._state: GitState | None = None
        self._thread = Thread(target=self._query, args=(tuple(paths),), daemon=True)
        self._thread.start()

    def __enter__(self) -> "GitQuery":
        return self

    def __exit__(self, *_: object) -> None:
        self._git.stop()
        self._thread.join()

    def wait(self) -> GitState | None:
        """Blocks until git has answered; None without git, outside a work tree, or where git fails or times out."""
        self._thread.join()
        return self._state

    def _query(self, paths: tuple[str, ...]) -> None:
        with suppress(_GitUnavailable, OSError):
            if self._git.run("rev-parse", "--is-inside-work-tree") != b"true\n":
                return  # a bare repository, or one whose work tree is elsewhere
            commit, dirty = _read_status(self._git)
            self._state = GitState(commit, dirty, tuple(_find_ignored(self._git, paths)))


class GitRules(NamedTuple):
    """How git treats the files of a run."""

    version: str
    ignores_records: bool
    ignores_logs: bool
    converts_line_ends: bool

    @property
    def preserves_records(self) -> bool:
        """Whether a commit contains the records, byte for byte, and no logs."""
        return self.ignores_logs and not self.ignores_records and not self.converts_line_ends


def read_git_rules(root: Path, record: str, log: str) -> GitRules | None:
    """How git treats two paths, which need not exist; None where git is not available."""
    git = _Git(root)
    with suppress(_GitUnavailable, OSError):
        if git.run("rev-parse", "--is-inside-work-tree") == b"true\n":
            ignored = _check_ignore(git, [record, log])
            text = git.run("check-attr", "-z", "text", "--", record).split(b"\0")[2:3]
            version = git.run("version").decode("utf-8", "replace").strip()
            return GitRules(version, record in ignored, log in ignored, text != [b"unset"])
    return None


class _GitUnavailable(Exception):
    """git is not installed, failed, timed out or was stopped."""


class _Git:
    """Runs git commands that share one deadline."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._deadline = monotonic() + _TIMEOUT_S
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self, *arguments: str, stdin: bytes = b"", settings: Iterable[str] = ()) -> bytes:
        """The output of a command. Raises _GitUnavailable, OSError."""
        with self._start(arguments, settings) as process:
            try:
                output, _ = process.communicate(stdin, timeout=max(self._deadline - monotonic(), 0))
            except subprocess.TimeoutExpired:
                raise _GitUnavailable from None
            finally:
                process.kill()
        if process.returncode not in (0, 1):  # 1: no match
            raise _GitUnavailable
        return output

    def stop(self) -> None:
        """Kills the running command; no other is started."""
        with self._lock:
            self._stopped = True
            if self._running:
                self._running.kill()

    def _start(self, arguments: Iterable[str], settings: Iterable[str]) -> subprocess.Popen[bytes]:
        path = list(_list_trusted_directories(self.root))
        program = next((found for entry in path if (found := _find_program(self.root, entry))), None)
        if program is None:
            raise _GitUnavailable
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        # `-c` would split the name of a filter `a=b` at the wrong place.
        options += [f"--config-env={setting}={_EMPTY_VARIABLE}" for setting in settings]
        with self._lock:
            if self._stopped:
                raise _GitUnavailable
            self._running = subprocess.Popen(
                [program, "--no-pager", *options, *arguments],
                cwd=self.root,
                env={**_remove_git_variables(os.environ), **_VARIABLES, "PATH": os.pathsep.join(path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            return self._running


def _remove_git_variables(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def _list_trusted_directories(root: Path) -> Iterator[str]:
    """The directories of PATH that lie outside the repository, which may contain a program called git."""
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if os.path.isabs(entry) and not Workspace(root).contains(entry):
            yield entry


def _find_program(root: Path, directory: str) -> str | None:
    path = os.path.join(directory, "git")
    is_executable = os.path.isfile(path) and os.access(path, os.X_OK)
    return path if is_executable and not Workspace(root).contains(path) else None


def _read_status(git: _Git) -> tuple[str | None, bool]:
    output = git.run(
        "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--no-renames",
        "--untracked-files=no", "--ignore-submodules=all", settings=_list_filter_settings(git),
    )  # fmt: skip
    lines = output.decode("utf-8", "replace").rstrip("\n").split("\n")
    head = next((line.split()[2] for line in lines if line.startswith("# branch.oid ")), "(initial)")
    return None if head == "(initial)" else head, any(not line.startswith("#") for line in lines)


def _list_filter_settings(git: _Git) -> list[str]:
    """The settings to empty, so that git compares files without running filters on them."""
    listed = git.run("config", "-z", "--name-only", "--get-regexp", r"^filter\.").split(b"\0")
    names = {os.fsdecode(setting).rpartition(".")[0] for setting in listed if setting.count(b".") > 1}
    return [f"{name}.{key}" for name in sorted(names) for key in ("clean", "process", "required")]


def _find_ignored(git: _Git, paths: tuple[str, ...]) -> Iterator[str]:
    """Those of `paths` that a commit would lack because git ignores them or the target of a symlink on them."""
    queried = {path: _resolve_committed_paths(git.root, path) for path in paths}
    ignored = _check_ignore(git, sorted({each for group in queried.values() for each in group}))
    return (path for path, group in queried.items() if not ignored.isdisjoint(group))


def _resolve_committed_paths(root: Path, path: str) -> tuple[str, ...]:
    """The paths a commit must contain for `path` to exist: itself, or the first symlink on it and its target."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        head = "/".join(parts[:count])
        if os.path.islink(root / head):
            return head, os.path.relpath(os.path.realpath(root / path), os.path.realpath(root))
    return (path,)


def _check_ignore(git: _Git, paths: list[str]) -> set[str]:
    """Those of `paths` that git ignores. A path that git refuses (in a submodule, outside) does not affect others."""
    if not paths:
        return set()
    # `./`, because git would take a file named `:/a` for a path from the top.
    queried = b"\0".join(os.fsencode(f"./{path}") for path in paths)
    try:
        output = git.run("check-ignore", "-z", "--stdin", stdin=queried)
    except _GitUnavailable:
        return set[str]().union(*(_check_ignore(git, [path]) for path in paths)) if len(paths) > 1 else set()
    return {path.removeprefix("./") for path in os.fsdecode(output).split("\0")}
