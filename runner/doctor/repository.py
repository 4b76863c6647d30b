"""The root and what is around it: git, the right to write, locks that hold."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from tempfile import NamedTemporaryFile

from gate_tests.errors import OrchError
from gate_tests.workspace.find_run import known_runs
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.doctor.finding import Finding, Health, fine
from runner.git import read_git_rules
from runner.storage.file_lock import Patience, hold, is_held

_RUN = "orchestration/runs/run_20260101T000000Z_doctor_000000"
"""A run that is not there: only git is asked what it would do with it."""
_LITTLE_BYTES = 100 * 1024 * 1024


def look_at_root(workspace: Workspace, found_by: str) -> Iterator[Finding]:
    """The root, in words how it was found, and all that its records depend on."""
    runs = workspace.root / "orchestration/runs"
    if os.path.lexists(runs) and not runs.is_dir():
        told = f"{runs} is no folder: no run can be found or started"
        yield Finding("root", Health.BAD, told, f"mv {quote(str(runs))} ANOTHER_NAME")
        yield from _git(workspace.root)
        return
    gates, workflows = len(workspace.gates_with_contract()), len(workspace.workflows())
    told = f"{workspace.root} ({found_by}): {gates} contracts, {workflows} workflows, {len(known_runs(workspace))} runs"
    yield fine("root", told) if gates and workflows else Finding("root", Health.WARN, told, suggestions.INIT)
    yield from _git(workspace.root)
    yield _writing(workspace)
    yield _locking(workspace)


def _git(root: Path) -> Iterator[Finding]:
    """Records are made to be committed: git has to take them as they are, and leave out the logs."""
    rules = read_git_rules(root, f"{_RUN}/record/RUN.json", f"{_RUN}/logs/prompt.txt")
    if rules is None:
        if shutil.which("git") is None:
            yield Finding("git", Health.WARN, "there is no git; records are made to be committed", "install git")
        else:
            yield _no_repository(root)
        return
    if rules.ignores_records:
        told = "git ignores records: none would be in a commit"
        yield Finding("git", Health.BAD, told, f"git check-ignore -v {_RUN}/record/RUN.json")
    if not rules.ignores_logs:
        told = "git does not ignore the runs' logs: a commit would hold packets and what agents print"
        yield Finding("git", Health.WARN, told, "echo 'runs/*/logs/' >> orchestration/.gitignore")
    if rules.converts_line_ends:
        told = "git may convert the line ends of records, whose hashes are of bytes"
        yield Finding("git", Health.WARN, told, "echo '* -text' >> orchestration/.gitattributes")
    if rules.preserves_records:
        yield fine("git", f"{rules.version}; takes records as they are, and ignores logs")


def _no_repository(root: Path) -> Finding:
    """None is there, or one that git does not take, of another user for instance: git itself says why."""
    if any((folder / ".git").exists() for folder in (root, *root.parents)):
        told = "git refuses the repository; records are made to be committed"
        return Finding("git", Health.WARN, told, f"git -C {quote(str(root))} status")
    told = "no repository; records are made to be committed"
    return Finding("git", Health.WARN, told, f"git init {quote(str(root))}")


def _writing(workspace: Workspace) -> Finding:
    folder = _runs_or_above(workspace)
    try:
        with NamedTemporaryFile(dir=folder, prefix=".tmp-doctor-"):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        told = f"nothing can be written below {folder}: {error.strerror}"
        return Finding("writing", Health.BAD, told, f"ls -ld {quote(str(folder))}")
    if free < _LITTLE_BYTES:
        told = f"only {free >> 20} MiB are free at {folder}"
        return Finding("writing", Health.WARN, told, f"df -h {quote(str(folder))}")
    return fine("writing", f"files can be made and removed below {folder.relative_to(workspace.root)}")


def _locking(workspace: Workspace) -> Finding:
    """Whether a lock keeps a second one out here, which network file systems may not do; and who holds one now."""
    folder = _runs_or_above(workspace)
    path = f"{folder.relative_to(workspace.root)}/.tmp-doctor-{os.getpid()}.lock"
    lock = workspace.root / path
    try:
        with hold(workspace.root, path, "looks at locks", Patience(1, lambda _: None)):
            works = is_held(lock)
    except (OrchError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error.message
        return Finding(
            "lock", Health.BAD, f"no lock can be taken below {folder}: {why}", f"ls -ld {quote(str(folder))}"
        )
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
    if not works:
        told = "a lock does not keep others out here; two commands at once may lose what one of them records"
        return Finding("lock", Health.BAD, told, f"df -T {quote(str(folder))}")
    held = [run_id for run_id in known_runs(workspace) if _is_busy(workspace, run_id)]
    if held:
        told = f"locks work; {len(held)} held now, of {', '.join(held[:3])}{', …' if len(held) > 3 else ''}"
        return fine("lock", told)
    return fine("lock", "locks work, and none is held")


def _is_busy(workspace: Workspace, run_id: str) -> bool:
    logs = workspace.root / workspace.run_path(run_id) / "logs"
    return any(
        is_held(lock) for lock in (logs / ".lock", *logs.glob("gates/*/.lock"), *logs.glob("gates/*/.agent.lock"))
    )


def _runs_or_above(workspace: Workspace) -> Path:
    runs = workspace.root / "orchestration/runs"
    return runs if runs.is_dir() else runs.parent
