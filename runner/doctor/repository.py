"""Diagnoses the root and its surroundings: git, write permission, locks."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from tempfile import NamedTemporaryFile
from typing import Final

from gate_tests.errors import OrchError
from gate_tests.files.directory import Directory
from gate_tests.workspace.find_run import list_run_ids
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.doctor.diagnosis import Diagnosis
from runner.git.rules import read_git_rules
from runner.storage.file_lock import LockWait, acquire_lock, is_locked
from runner.workflows.bundled import can_overrule

_RUN: Final = "orchestration/runs/run_20260101T000000Z_doctor_000000"
"""A run that does not exist: git's rules are queried for its paths."""
_MIN_FREE_BYTES: Final = 100 * 1024 * 1024


def diagnose_repository(workspace: Workspace, found_by: str) -> Iterator[Diagnosis]:
    """Diagnoses the root and what its records depend on. `found_by`: how the root was found, in words."""
    runs = workspace.root / "orchestration/runs"
    if os.path.lexists(runs) and not runs.is_dir():
        message = f"{runs} is no folder: no run can be found or started"
        yield Diagnosis.bad("root", message, f"mv {quote(str(runs))} ANOTHER_NAME")
        yield from _diagnose_git(workspace.root)
        return
    gates, workflows = len(workspace.gates_with_contract()), len(workspace.workflows())
    message = (
        f"{workspace.root} ({found_by}): {gates} contracts, {workflows} workflows, {len(list_run_ids(workspace))} runs"
    )
    yield Diagnosis.ok("root", message) if gates and workflows else Diagnosis.warn("root", message, suggestions.INIT)
    yield from _diagnose_git(workspace.root)
    yield _diagnose_writing(workspace)
    yield _diagnose_locking(workspace)


def _diagnose_git(root: Path) -> Iterator[Diagnosis]:
    """Records are meant to be committed: git must preserve their bytes and ignore the logs."""
    rules = read_git_rules(root, f"{_RUN}/record/RUN.json", f"{_RUN}/logs/prompt.txt")
    if rules is None:
        if shutil.which("git") is None:
            yield Diagnosis.warn("git", "there is no git; records are made to be committed", "install git")
        else:
            yield _diagnose_missing_repository(root)
        return
    if rules.record_rule:
        message = f"git ignores records ({rules.record_rule}): none would be in a commit"
        show_rule = suggestions.check_ignored(f"{_RUN}/record/RUN.json")
        yield Diagnosis.bad("git", message, suggestions.INIT if can_overrule(root, rules.record_rule) else show_rule)
    if not rules.ignores_logs:
        message = "git does not ignore the runs' logs: a commit would hold packets and what agents print"
        yield Diagnosis.warn("git", message, "echo 'runs/*/logs/' >> orchestration/.gitignore")
    if rules.converts_line_ends:
        message = "git may convert the line ends of records, whose hashes are of bytes"
        yield Diagnosis.warn("git", message, "echo '* -text' >> orchestration/.gitattributes")
    if rules.preserves_records:
        yield Diagnosis.ok("git", f"{rules.version}; takes records as they are, and ignores logs")


def _diagnose_missing_repository(root: Path) -> Diagnosis:
    """There is no repository, or one that git cannot read."""
    if any((directory / ".git").exists() for directory in (root, *root.parents)):
        message = "git refuses the repository; records are made to be committed"
        return Diagnosis.warn("git", message, f"git -C {quote(str(root))} status")
    message = "no repository; records are made to be committed"
    return Diagnosis.warn("git", message, f"git init {quote(str(root))}")


def _diagnose_writing(workspace: Workspace) -> Diagnosis:
    directory = _find_existing_directory(workspace)
    try:
        with NamedTemporaryFile(dir=directory, prefix=".tmp-doctor-"):
            free = shutil.disk_usage(directory).free
    except OSError as error:
        message = f"nothing can be written below {directory}: {error.strerror}"
        return Diagnosis.bad("writing", message, f"ls -ld {quote(str(directory))}")
    if free < _MIN_FREE_BYTES:
        message = f"only {free >> 20} MiB are free at {directory}"
        return Diagnosis.warn("writing", message, f"df -h {quote(str(directory))}")
    return Diagnosis.ok("writing", f"files can be made and removed below {directory.relative_to(workspace.root)}")


def _diagnose_locking(workspace: Workspace) -> Diagnosis:
    """Whether locks exclude each other here, which network file systems may not ensure, and which are held now."""
    directory = _find_existing_directory(workspace)
    lock = directory / f".tmp-doctor-{os.getpid()}"
    try:
        lock.mkdir()
        with acquire_lock(lock, lambda: _open_lock(lock), "looks at locks", LockWait(1, lambda _: None)):
            works = is_locked(lock)
    except (OrchError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error.message
        return Diagnosis.bad(
            "lock", f"no lock can be taken below {directory}: {why}", f"ls -ld {quote(str(directory))}"
        )
    finally:
        with contextlib.suppress(OSError):
            lock.rmdir()
    if not works:
        message = "a lock does not keep others out here; two commands at once may lose what one of them records"
        return Diagnosis.bad("lock", message, f"df -T {quote(str(directory))}")
    held = [run_id for run_id in list_run_ids(workspace) if _is_busy(workspace, run_id)]
    if held:
        message = f"locks work; {len(held)} held now, of {', '.join(held[:3])}{', …' if len(held) > 3 else ''}"
        return Diagnosis.ok("lock", message)
    return Diagnosis.ok("lock", "locks work, and none is held")


def _is_busy(workspace: Workspace, run_id: str) -> bool:
    run = workspace.root / workspace.run_path(run_id)
    return any(is_locked(directory) for directory in (run, run / "record", *(run / "record").glob("gates/*")))


def _open_lock(lock: Path) -> Directory:
    return Directory(os.open(lock, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), lock.name)


def _find_existing_directory(workspace: Workspace) -> Path:
    runs = workspace.root / "orchestration/runs"
    return runs if runs.is_dir() else runs.parent
