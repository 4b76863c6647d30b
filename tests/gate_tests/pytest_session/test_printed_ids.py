"""A node id that was printed can be given to pytest in the folder in which it was printed."""

import os
import re
from pathlib import Path

import pytest

from tests.gate_tests.conftest import Host
from tests.support.repository import ARTIFACTS, Repository

SYNTHESIS = "file_exists[research/SYNTHESIS.md]"


@pytest.fixture
def bad(host: Host) -> Host:
    host.remove("SYNTHESIS.md")
    return host


def first_failed(output: str) -> str:
    """The node id in pytest's summary. Where `CI` is set, pytest adds the reason, however long the line gets."""
    found = re.search(r"^FAILED (.*?)(?: - .*)?$", output, re.MULTILINE)
    assert found
    return found[1]


def passed_on(host: Host, nodeid: str) -> str:
    """What the session counts that is given this node id."""
    ended = host.judge(nodeid)
    counts = re.findall(r"\d+ (?:passed|failed)", ended.out.strip().splitlines()[-1])
    return f"{ended.code} {', '.join(counts)}"


@pytest.mark.parametrize("folder", [".", "src/app", ARTIFACTS])
@pytest.mark.parametrize("settings", ["root", "folder", "none"])
@pytest.mark.quick("none-src/app")
def test_a_printed_node_id_can_be_pasted(
    bad: Host, monkeypatch: pytest.MonkeyPatch, folder: str, settings: str
) -> None:
    """`settings`: where the pytest.ini is that makes a folder pytest's rootdir."""
    if settings != "none":
        bad.repository.write("pytest.ini" if settings == "root" else f"{folder}/pytest.ini", "[pytest]\n")
    monkeypatch.chdir(bad.repository.root / folder)
    printed = first_failed(bad.judge().out)
    assert passed_on(bad, printed) == "1 1 failed"
    assert passed_on(bad, printed.partition("[")[0]) == "1 1 failed, 5 passed"


@pytest.mark.parametrize("folder", [".", "src/app"])
def test_a_node_id_that_orch_prints_can_be_pasted(bad: Host, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    printed = f"{bad.repository.workspace.contract_path('G2')}::{SYNTHESIS}"
    monkeypatch.chdir(bad.repository.root / folder)
    assert passed_on(bad, printed) == "1 1 failed"


@pytest.mark.slow
def test_the_same_holds_where_pytest_s_rootdir_lies_above_the_root(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.path.joinpath("pytest.ini").write_text("[pytest]\n")
    pytester.path.joinpath("svc/orchestration").mkdir(parents=True)
    repository = Repository(pytester.path / "svc").install()
    repository.add_example("G2")
    host = Host(pytester, repository, repository.start_run())
    host.remove("SYNTHESIS.md")
    monkeypatch.chdir(repository.root)
    printed = first_failed(host.judge().out)
    assert passed_on(host, printed) == "1 1 failed"


def test_a_path_that_exists_in_the_folder_is_taken_for_itself(bad: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bad.repository.root / "src"
    own = Path("src") / bad.repository.workspace.contract_path("G2")
    bad.repository.write(str(own), "{}")
    monkeypatch.chdir(folder)
    ended = bad.judge(f"{os.path.relpath(own, 'src')}::{SYNTHESIS}")
    assert ended.code == pytest.ExitCode.USAGE_ERROR
