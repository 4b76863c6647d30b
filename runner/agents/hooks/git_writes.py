"""Finds which paths a git command takes from the work tree: it restores, removes or puts away what is there.

Where it takes whatever has changed, as `git stash` and `git checkout .` do, git is asked what that is.
"""

import os
from collections.abc import Iterator
from typing import Final

from runner.agents.hooks.protected_paths import Write
from runner.agents.hooks.shell_words import expand_pattern

_GLOBAL_VALUES: Final = ("-C", "-c", "--git-dir", "--work-tree", "--namespace")
"""Options before the command that are followed by a value."""
_VALUES: Final = ("-m", "--message", "-s", "--source")
"""Options of the commands that are followed by a value."""
_STASHING: Final = ("push", "save")
_OF_PATHS: Final = ("checkout", "restore", "rm", "mv", "clean")
_OF_EVERYTHING: Final = {
    "reset": {"--hard", "--merge", "--keep"},
    "checkout": {"-f", "--force"},
    "switch": {"-f", "--force", "--discard-changes"},
}
"""By command, the options with which it takes what has changed anywhere."""
_HARMLESS: Final = {
    "restore": {"--staged", "-S"},
    "checkout": {"-b", "-B", "--orphan"},
    "clean": {"-n", "--dry-run"},
}
"""By command, the options with which it takes nothing from the work tree."""
_TIMEOUT_S: Final = 5


def find_written_by_git(arguments: list[str], directory: str) -> Iterator[Write]:
    """The paths that the command restores, removes or stashes."""
    index = 0
    while index < len(arguments) and arguments[index][:1] == "-":
        if arguments[index] == "-C" and index + 1 < len(arguments):
            directory = os.path.join(directory, os.path.expanduser(arguments[index + 1]))
        index += 2 if arguments[index] in _GLOBAL_VALUES else 1
    command, options = (*arguments[index : index + 1], "")[0], arguments[index + 1 :]
    paths = _list_paths(command, options)
    for path in paths or ():
        for each in expand_pattern(path):
            yield Write(each, True, directory)
    if paths is not None and (not paths or any(os.path.isdir(os.path.join(directory, path)) for path in paths)):
        yield from _list_changed(command, {*options}, paths, directory)


def _list_paths(command: str, options: list[str]) -> list[str] | None:
    """The paths that the command takes, none for everything; None where it takes nothing."""
    values = zip(["", *options], options, strict=False)
    given, named = {*options}, [each for before, each in values if each[:1] != "-" and before not in _VALUES]
    paths = options[options.index("--") + 1 :] if "--" in options else named
    if command == "stash":
        is_stashing = not options or options[0] in _STASHING or options[0][:1] == "-"
        return [path for path in paths if path not in _STASHING] if is_stashing else None
    if given & _OF_EVERYTHING.get(command, set()):
        return paths if "--" in options else []
    if command not in _OF_PATHS or (given & _HARMLESS.get(command, set()) and not given & {"--worktree", "-W"}):
        return None
    return paths or ([] if command == "clean" else None)


def _list_changed(command: str, options: set[str], paths: list[str], directory: str) -> Iterator[Write]:
    """What has changed below these paths, or anywhere, in an `orchestration/`, and would be gone."""
    takes_new = command == "clean" or bool(options & {"-u", "-a", "--include-untracked", "--all"})
    if command == "clean":
        paths = paths or ["."]
    within = [f":(glob){os.path.normpath(path)}/**/orchestration/**".replace("./", "", 1) for path in paths]
    top = _find_top(directory)
    for line in _read_status(directory, (*within,) or (":(top,glob)**/orchestration/**",), takes_new=takes_new):
        if command != "clean" or line.startswith("??"):
            yield Write(os.path.join(top, line[3:]))


def _read_status(directory: str, within: tuple[str, ...], *, takes_new: bool) -> list[str]:
    """The lines `XY PATH` of `git status`; none where it fails."""
    import subprocess

    status = ("git", "--no-optional-locks", "status", "--porcelain", "-z", f"-u{'all' if takes_new else 'no'}", "--")
    try:
        done = subprocess.run(
            [*status, *within], cwd=directory, capture_output=True, timeout=_TIMEOUT_S, check=True
        )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    return done.stdout.decode(errors="surrogateescape").split("\0")


def _find_top(directory: str) -> str:
    while not os.path.lexists(os.path.join(directory, ".git")) and directory != os.path.dirname(directory):
        directory = os.path.dirname(directory)
    return directory
