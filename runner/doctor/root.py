"""Whether records can be written below the root, one writer at a time, and get into git."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from gate_tests.files import read_regular_file
from gate_tests.which_run import known_runs
from gate_tests.workspace import Workspace
from runner.disk import temporary_name
from runner.doctor.finding import Finding, Level
from runner.git import GitQuestion, git_version

_LITTLE_BYTES, _NONE_BYTES = 100 << 20, 1 << 20
_LOCKS = 200  # newest runs whose locks are looked at
_EXAMPLE = "orchestration/runs/run_20261122T093000Z_the-word-robot_k3x9ab"
_RUNS = "orchestration/runs"


def look_at_root(workspace: Workspace, now: str) -> Iterator[Finding]:
    """All findings. A file is created and removed again; nothing else is written."""
    yield _writing(workspace.root)
    yield _disk(workspace.root)
    yield from _git(workspace.root)
    if not os.path.lexists(workspace.root / _RUNS) or os.access(workspace.root / _RUNS / ".", os.R_OK | os.X_OK):
        yield _holders(workspace)
        yield _clock(workspace, now)


def _writing(root: Path) -> Finding:
    """Whether a file can be made where records go, and whether a lock on it keeps a second one out."""
    folder = next(each for each in (root / _RUNS, root / "orchestration") if os.path.lexists(each))
    name = temporary_name(folder)
    try:
        first = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except OSError as error:
        mend = "chmod -R u+w" if folder.is_dir() else "rm"
        return Finding(Level.BAD, "records", f"{folder}: {error.strerror}", f"{mend} {quote(str(folder))}")
    try:
        locks = _excludes(first, name)
    finally:
        os.close(first)
        os.unlink(name)
    if not locks:
        text = "the file system has no flock: only one command may write at a time"
        return Finding(Level.WARN, "records", text, "move the repository to a local disk")
    return Finding(Level.OK, "records", "files can be written and locked")


def _excludes(first: int, name: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        return True  # Windows: filelock does it
    second = os.open(name, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(second)
    return False


def _disk(root: Path) -> Finding:
    free_bytes = shutil.disk_usage(root).free
    told = f"{free_bytes >> 20:,} MiB free"
    if free_bytes >= _LITTLE_BYTES:
        return Finding(Level.OK, "disk", told)
    level = Level.BAD if free_bytes < _NONE_BYTES else Level.WARN
    return Finding(level, "disk", told, f"df -h {quote(str(root))}")


def _holders(workspace: Workspace) -> Finding:
    """Who is writing, or judging, just now."""
    locks = (
        path
        for run_id in known_runs(workspace)[:_LOCKS]
        for path in (workspace.root / workspace.run_path(run_id) / "logs").rglob(".lock")
    )
    if holder := next((path for path in locks if _is_held(path)), None):
        where = holder.parent.relative_to(workspace.root).as_posix()
        try:
            process = str(int(read_regular_file(holder)))
        except (OSError, ValueError):
            return Finding(Level.WARN, "lock", f"somebody holds the lock in {where}", "wait, or see who: lslocks")
        return Finding(Level.WARN, "lock", f"process {process} holds the lock in {where}", f"ps -fp {process}")
    return Finding(Level.OK, "lock", "nobody holds one")


def _is_held(path: Path) -> bool:
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (ImportError, OSError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _git(root: Path) -> Iterator[Finding]:
    version = git_version(root)
    if version is None:
        yield Finding(Level.WARN, "git", "not found, or it does not answer", "git --version")
        return
    record, log = f"{_EXAMPLE}/record/RUN.json", f"{_EXAMPLE}/logs/x"
    with GitQuestion(root, (record, log)) as question:
        state = question.answer()
    if state is None:
        yield Finding(Level.WARN, "git", f"{version}; the root lies in no repository", "git init")
        return
    yield Finding(Level.OK, "git", f"{version}; the root lies in a repository")
    if record in state.ignored:
        yield Finding(Level.WARN, "ignored", "git ignores the records", f"git check-ignore -v {record}")
    elif log not in state.ignored:
        yield Finding(Level.WARN, "ignored", "git does not ignore runs/*/logs/ and .tmp-*", "orch init")
    else:
        yield Finding(Level.OK, "ignored", "git ignores the logs, and not the records")
    yield _attributes(root)


def _attributes(root: Path) -> Finding:
    """Whether git leaves the bytes of records as they are."""
    try:
        text = read_regular_file(root / "orchestration/.gitattributes").decode("utf-8", "replace")
    except OSError:
        text = ""
    if any(line.split() == ["*", "-text"] for line in text.splitlines()):
        return Finding(Level.OK, "line ends", "git leaves them as they are")
    mend = "orch init" if not text else "echo '* -text' >> orchestration/.gitattributes"
    return Finding(Level.WARN, "line ends", "orchestration/.gitattributes does not say `* -text`", mend)


def _clock(workspace: Workspace, now: str) -> Finding:
    """Whether the newest run is not of the future."""
    stamps = [run_id.split("_")[1][:15] for run_id in known_runs(workspace)[:1]]
    here = "".join(character for character in now if character.isdigit() or character == "T")[:15]
    if stamps and stamps[0] > here:
        return Finding(Level.WARN, "clock", f"it is {now} here, and the newest run began later", "date -u")
    return Finding(Level.OK, "clock", f"it is {now}")
