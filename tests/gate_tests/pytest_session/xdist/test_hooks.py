"""`pytest --gate G2 --run ID -n 2`: what pytest-xdist does with the checks, and where it makes them no verdict."""

import pytest

from tests.gate_tests.conftest import Host
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS

PARTIAL = message("partial")
NOTE = """
import os, pathlib
def pytest_runtest_setup(item):
    with open(os.environ["ORCH_TEST_NOTES"], "a") as notes:
        notes.write(f"{os.environ.get('PYTEST_XDIST_WORKER')} {item.nodeid}\\n")
"""
TWO_HASHES = f"""
import os, pathlib, time
read = pathlib.Path("read-by-one")
def pytest_runtest_setup(item):
    if "CITATIONS" in item.nodeid:
        if os.environ["PYTEST_XDIST_WORKER"] == "gw1":
            deadline = time.monotonic() + 20
            while not read.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            with open("{ARTIFACTS}/research/CITATIONS.md", "a") as citations:
                citations.write("more")
def pytest_runtest_teardown(item):
    if "CITATIONS" in item.nodeid:
        read.touch()
"""
DIES = "import os\ndef pytest_runtest_setup(item):\n    'SYNTHESIS' in item.nodeid and os._exit(0)\n"


@pytest.fixture
def noted(host: Host, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Who ran what, after `host.judge` was called in the test: node id and worker."""
    notes = host.repository.root / "notes"
    monkeypatch.setenv("ORCH_TEST_NOTES", str(notes))
    host.repository.write("conftest.py", NOTE)
    ended = host.judge("-n", "3")
    assert (ended.code, PARTIAL in ended.out) == (0, False), ended.out
    lines = [line.split(" ", 1) for line in notes.read_text("utf-8").splitlines()]
    return {nodeid: worker for worker, nodeid in lines}


@pytest.mark.slow
def test_the_checks_of_one_file_run_in_one_worker(noted: dict[str, str]) -> None:
    of_citations = {worker for nodeid, worker in noted.items() if "research/CITATIONS.md" in nodeid}
    assert len(noted) == 7
    assert len(of_citations) == 1
    assert len({*noted.values()}) > 1


def two_checks_of_one_file(host: Host) -> None:
    target = f"{ARTIFACTS}/research/CITATIONS.md"
    checks = [{"type": "not_contains", "target": target, "pattern": word} for word in ("DRAFT", "TODO")]
    host.repository.write_contract("G2", validations=checks)


@pytest.mark.slow
def test_two_hashes_of_one_file_are_no_verdict(host: Host) -> None:
    two_checks_of_one_file(host)
    host.repository.write("conftest.py", TWO_HASHES)
    ended = host.judge("-n", "2", "--dist", "load")  # which hands the checks of a file to any worker
    assert ended.code == 1, ended.out
    assert PARTIAL in ended.out
    assert says(ended.out, "other-content", path="CITATIONS.md")


@pytest.mark.slow
def test_what_somebody_typed_of_how_to_share_out_is_done(host: Host) -> None:
    two_checks_of_one_file(host)
    assert "2 passed" in host.judge("-n", "2", "--dist", "load").out
    assert host.judge("-n", "2", "--dist", "loadfile").code == 0
    assert host.judge("-n", "2", "--dist", "each").code == 1  # each check runs twice then


@pytest.mark.slow
def test_a_worker_that_dies_is_no_success(host: Host) -> None:
    host.repository.write("conftest.py", DIES)
    ended = host.judge("-n", "2")
    assert ended.code == 1, ended.out
    assert PARTIAL in ended.out
    assert "G2: worker gw" in ended.out
    assert "died" in ended.out


@pytest.mark.slow
def test_tests_of_the_host_run_beside_the_checks(host: Host) -> None:
    host.repository.write(
        "test_own.py", "import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_own(n): pass\n"
    )
    ended = host.judge("-n", "2", "test_own.py")
    assert (ended.code, PARTIAL in ended.out, "16 passed" in ended.out) == (0, False, True), ended.out
