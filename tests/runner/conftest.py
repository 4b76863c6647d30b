"""What the tests of the records share: a store with one run in it."""

import pytest

from runner.models.run import Run
from runner.storage.store import Store
from tests.support.repository import Repository
from tests.support.sample_run import new_run


@pytest.fixture
def store(shipped: Repository) -> Store:
    return Store(shipped.workspace)


@pytest.fixture
def run(store: Store) -> Run:
    """A run that lies in the store."""
    run = new_run()
    store.create(run)
    return run
