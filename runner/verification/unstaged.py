"""What a commit lacks: files that make a record true, and are in the work tree but not staged."""

import os
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gate_tests.errors import OrchError, Refused
from gate_tests.workspace.layout import Workspace
from runner.git.ignored import find_ignore_rule, resolve_committed_paths
from runner.git.staged_change import list_parents
from runner.git.tree import read_commit_tree
from runner.storage.store import Store
from runner.verification.history import History
from runner.verification.lfs_pointer import IS_POINTER
from runner.verification.present_files import WorkTreeFiles
from runner.verification.recorded_files import list_passing_attempts
from runner.verification.report import RunReport

_RECORD_FILE: Final = re.compile(r"RUN\.json|gates/[^/]+/attempt-\d+\.json")


class UnstagedFile(NamedTuple):
    """A path relative to the root. `ignored_by`: the rule by which git ignores it, `FILE:LINE: PATTERN`."""

    path: str
    ignored_by: str | None


def find_unstaged(history: History, report: RunReport) -> list[UnstagedFile]:
    """The files that have to be staged as they are in the work tree. Raises Refused."""
    unstaged = _list_record(history, report) if report.error else _list_recorded(history, report)
    paths = dict.fromkeys(each for path in unstaged for each in _list_paths(history, path))
    return [UnstagedFile(path, _find_rule(history, path)) for path in paths]


def _list_paths(history: History, path: str) -> Iterator[str]:
    """What git can stage of the path: the symlink on it, if that is not staged, and its target, if in no submodule."""
    index = history.index
    *links, target = resolve_committed_paths(history.root, path)
    yield from (link for link in links if link not in index.entries)
    enclosing = index.find_enclosing(target)
    if enclosing is None or not index.entries[enclosing].is_submodule:
        yield target


def _find_rule(history: History, path: str) -> str | None:
    return None if path in history.index.entries else find_ignore_rule(history.git, path)


def _list_recorded(history: History, report: RunReport) -> Iterator[str]:
    """Those that differ in the index, and have the recorded bytes in the work tree."""
    changed = [
        each
        for each in report.changed_files
        if not (
            each.present and (each.present.sha256 == each.file.sha256 or IS_POINTER in (each.present.problem or ""))
        )
    ]
    recorded = [(each.file.path, each.file.sha256) for each in changed]
    recorded += [(rule.path, rule.recorded_sha256) for rule in report.rules]
    files = WorkTreeFiles(history.root)
    for path, sha256 in recorded:
        present = files.read(path)
        if present and present.sha256 == sha256:
            yield path


def _list_record(history: History, report: RunReport) -> Iterator[str]:
    """The files of a record that is damaged in the index and not in the work tree, and then those that it names."""
    workspace = Workspace(history.root)
    try:
        run = Store(workspace).read(report.run_id)
        directory = f"{workspace.run_path(report.run_id)}/record"
    except OrchError:
        return
    files = WorkTreeFiles(history.root)
    for path in _list_files(history, directory):
        present, staged = files.read(path), history.index.entries.get(path)
        if present and (staged is None or history.reader.hash(staged.object_id)[0] != present.sha256):
            yield path
    for recorded in (file for attempt in list_passing_attempts(run) for file in attempt.files):
        if recorded.path not in history.index.entries and (present := files.read(recorded.path)):
            yield from [recorded.path] if present.sha256 == recorded.sha256 else []


def _list_files(history: History, directory: str) -> Iterator[str]:
    for parent, _, names in os.walk(history.root / directory):
        paths = (os.path.relpath(os.path.join(parent, name), history.root) for name in sorted(names))
        yield from (path for path in paths if _RECORD_FILE.fullmatch(path.removeprefix(f"{directory}/")))


def list_removed(history: History, run_id: str) -> list[str]:
    """The files of a record that the commit has which is checked out, and neither the index nor the work tree."""
    try:
        directory = f"{Workspace(history.root).run_path(run_id)}/record"
    except Refused:  # an invalid run id
        return []
    head = list_parents(history.git)[:1]
    committed = read_commit_tree(history.git, head[0], directory).entries if head else {}
    return [
        path for path in committed
        if path not in history.index.entries and not os.path.lexists(history.root / path)
    ]  # fmt: skip
