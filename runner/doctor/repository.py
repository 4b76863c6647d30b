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
from gate_tests.plurals import format_count
from gate_tests.workspace.find_run import list_run_ids
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.doctor.diagnosis import Diagnosis
from runner.git.rules import read_git_rules
from runner.storage.file_lock import LockWait, acquire_lock, is_locked
from runner.workflows.bundled import can_overrule
from runner.workflows.definition import load_workflow

_RUN: Final = "orchestration/runs/run_20260101T000000Z_doctor_000000"
"""A run that does not exist: git's rules are queried for its paths."""
_MAX_LISTED: Final = 5
_TO_BE_COMMITTED: Final = "records are meant to be committed"
_MIN_FREE_BYTES: Final = 100 * 1024 * 1024


def diagnose_repository(workspace: Workspace, found_by: str) -> Iterator[Diagnosis]:
    """Diagnoses the root and what its records depend on. `found_by`: how the root was found, in words."""
    runs = workspace.root / "orchestration/runs"
    if os.path.lexists(runs) and not runs.is_dir():
        message = f"{runs} is not a directory: no run can be found or started"
        yield Diagnosis.bad("root", message, f"mv {quote(str(runs))} {quote(f'{runs}.old')}")
        yield from _diagnose_git(workspace.root)
        return
    gates, workflows = len(workspace.gates_with_contract()), len(workspace.workflows())
    counts = (
        format_count(gates, "contract"),
        format_count(workflows, "workflow"),
        format_count(len(list_run_ids(workspace)), "run"),
    )
    message = f"{workspace.root} ({found_by}): {', '.join(counts)}"
    yield Diagnosis.ok("root", message) if gates and workflows else Diagnosis.warn("root", message, suggestions.INIT)
    yield from _diagnose_contracts(workspace)
    yield from _diagnose_git(workspace.root)
    yield _diagnose_writing(workspace)
    yield _diagnose_locking(workspace)


def _diagnose_contracts(workspace: Workspace) -> Iterator[Diagnosis]:
    """Contracts that no workflow names; nothing is known where a workflow is invalid, which `contract lint` reports."""
    try:
        workflows = [load_workflow(workspace, name) for name in workspace.workflows()]
    except OrchError as error:
        first, *_ = error.message.splitlines()
        yield Diagnosis.warn("contracts", first, "orch contract lint")
        return
    named = {gate.gate for workflow in workflows for gate in workflow.gates}
    unused = [gate for gate in workspace.gates_with_contract() if gate not in named]
    if workflows and unused:
        more = f" and {len(unused) - _MAX_LISTED:,} more" if len(unused) > _MAX_LISTED else ""
        message = f"contracts that no workflow uses: {', '.join(unused[:_MAX_LISTED])}{more}"
        yield Diagnosis.warn("contracts", message, "orch contract lint")


def _diagnose_git(root: Path) -> Iterator[Diagnosis]:
    """Records are meant to be committed: git must preserve their bytes and ignore the logs."""
    rules = read_git_rules(root, f"{_RUN}/record/RUN.json", f"{_RUN}/logs/prompt.txt")
    if rules is None:
        if shutil.which("git") is None:
            yield Diagnosis.warn("git", f"git is not installed; {_TO_BE_COMMITTED}", advice="install git")
        else:
            yield _diagnose_missing_repository(root)
        return
    if rules.record_rule:
        message = f"git ignores records ({rules.record_rule}): no commit will contain them"
        show_rule = suggestions.check_ignored(f"{_RUN}/record/RUN.json")
        yield Diagnosis.bad("git", message, suggestions.INIT if can_overrule(root, rules.record_rule) else show_rule)
    if not rules.ignores_logs:
        message = "git does not ignore the logs of runs: a commit would contain packets and the output of agents"
        yield Diagnosis.warn("git", message, "echo 'runs/*/logs/' >> orchestration/.gitignore")
    if rules.converts_line_ends:
        message = "git may convert the line endings of records, which changes their hashes"
        yield Diagnosis.warn("git", message, "echo '* -text' >> orchestration/.gitattributes")
    if rules.preserves_records:
        yield Diagnosis.ok("git", f"{rules.version}; commits records unchanged and ignores logs")


def _diagnose_missing_repository(root: Path) -> Diagnosis:
    """There is no repository, or one that git cannot read."""
    if any((directory / ".git").exists() for directory in (root, *root.parents)):
        message = f"git refuses the repository; {_TO_BE_COMMITTED}"
        return Diagnosis.warn("git", message, f"git -C {quote(str(root))} status")
    message = f"not a git repository; {_TO_BE_COMMITTED}"
    return Diagnosis.warn("git", message, f"git init {quote(str(root))}")


def _diagnose_writing(workspace: Workspace) -> Diagnosis:
    directory = _find_existing_directory(workspace)
    try:
        with NamedTemporaryFile(dir=directory, prefix=".tmp-doctor-"):
            free = shutil.disk_usage(directory).free
    except OSError as error:
        message = f"{directory} is not writable: {error.strerror}"
        return Diagnosis.bad("writing", message, f"ls -ld {quote(str(directory))}")
    if free < _MIN_FREE_BYTES:
        message = f"only {free >> 20} MiB are free in {directory}"
        return Diagnosis.warn("writing", message, f"df -h {quote(str(directory))}")
    return Diagnosis.ok("writing", f"{directory.relative_to(workspace.root)} is writable")


def _diagnose_locking(workspace: Workspace) -> Diagnosis:
    """Whether locks exclude each other here, which network file systems may not ensure, and which are held now."""
    directory = _find_existing_directory(workspace)
    lock = directory / f".tmp-doctor-{os.getpid()}"
    try:
        lock.mkdir()
        with acquire_lock(lock, lambda: _open_lock(lock), "checking its locks", LockWait(1, lambda _: None)):
            works = is_locked(lock)
    except (OrchError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error.message
        return Diagnosis.bad("lock", f"cannot lock files in {directory}: {why}", f"ls -ld {quote(str(directory))}")
    finally:
        with contextlib.suppress(OSError):
            lock.rmdir()
    if not works:
        message = "locks do not exclude other processes here: of two commands at once one may lose its record"
        return Diagnosis.bad("lock", message, f"df -T {quote(str(directory))}")
    held = [run_id for run_id in list_run_ids(workspace) if _is_busy(workspace, run_id)]
    if held:
        message = f"locks work; {len(held)} in use: {', '.join(held[:3])}{', …' if len(held) > 3 else ''}"
        return Diagnosis.ok("lock", message)
    return Diagnosis.ok("lock", "locks work; none in use")


def _is_busy(workspace: Workspace, run_id: str) -> bool:
    run = workspace.root / workspace.run_path(run_id)
    return any(is_locked(directory) for directory in (run, run / "record", *(run / "record").glob("gates/*")))


def _open_lock(lock: Path) -> Directory:
    return Directory(os.open(lock, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), lock.name)


def _find_existing_directory(workspace: Workspace) -> Path:
    runs = workspace.root / "orchestration/runs"
    return runs if runs.is_dir() else runs.parent
