"""Where a verification reads from: records, contracts and workflows of one state of the repository, and its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from runner.storage.store import Store
from runner.verification.present_files import PresentFiles, WorkTreeFiles
from runner.verification.rule_versions import RuleVersions


class Source(NamedTuple):
    """A state of the repository. `name` is for messages; empty for the work tree."""

    name: str
    store: Store
    files: PresentFiles
    rules: RuleVersions


@contextmanager
def open_work_tree(store: Store) -> Iterator[Source]:
    """The files as they are in the work tree."""
    yield Source("", store, WorkTreeFiles(store.workspace.root), RuleVersions(store.workspace))


@contextmanager
def open_source(store: Store, revision: str | None = None, *, staged: bool = False) -> Iterator[Source]:
    """The work tree, or the commit `revision`, or what is staged in the index."""
    with open_work_tree(store) as source:
        yield source
