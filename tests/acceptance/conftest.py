"""What the acceptance tests share: a run that has just been started."""

import json
from collections.abc import Callable

import pytest

from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository


@pytest.fixture
def short(shipped: Repository) -> Repository:
    """A repository whose workflow ends with its first gate."""
    path = shipped.root / "orchestration/workflows/visual-essay.json"
    workflow = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(workflow | {"gates": workflow["gates"][:1]}))
    return shipped


@pytest.fixture
def run_id(shipped: Repository, orch: Callable[..., Ended]) -> str:
    """The id of a new run of the shipped workflow on the word robot, depth standard."""
    ended = orch("run", "start", "--workflow", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS, "--json")
    assert ended.code == 0, ended.err
    started: str = ended.json["run_id"]
    return started
