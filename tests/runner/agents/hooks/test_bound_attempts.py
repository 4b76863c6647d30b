"""An attempt is bound to the session that opened it, if an agent's program names one; that never fails a start."""

from pathlib import Path

import pytest

from runner.agents.hooks.bound_attempts import Binding, list_bound_runs, read_bindings
from runner.storage.session_binding import bind_sessions, hash_session
from tests.support.repository import Repository

VARIABLES = {"CLAUDE_CODE_SESSION_ID": "c", "CODEX_THREAD_ID": "x", "CODEX_HOME": "/home"}


@pytest.fixture
def run_id(shipped: Repository) -> str:
    return shipped.start_run()


def test_an_attempt_is_bound_to_each_session_of_its_shell(shipped: Repository, run_id: str) -> None:
    bind_sessions(shipped.workspace, run_id, "G2", 1, VARIABLES)
    bind_sessions(shipped.workspace, run_id, "G3", 2, {"CODEX_THREAD_ID": "y"})
    assert read_bindings(shipped.workspace, run_id) == (
        Binding(hash_session("c"), "G2", 1), Binding(hash_session("x"), "G2", 1), Binding(hash_session("y"), "G3", 2),
    )  # fmt: skip
    assert [list_bound_runs(shipped.workspace, each) for each in ("c", "y", "z")] == [[run_id], [run_id], []]


def test_an_attempt_of_a_subagent_of_codex_is_bound_to_it_and_to_its_session(shipped: Repository, run_id: str) -> None:
    bind_sessions(shipped.workspace, run_id, "G2", 1, {"CODEX_SESSION_ID": "root", "CODEX_THREAD_ID": "sub"})
    assert {each.session for each in read_bindings(shipped.workspace, run_id)} == {*map(hash_session, ("root", "sub"))}
    bind_sessions(shipped.workspace, run_id, "G3", 1, {"CODEX_SESSION_ID": "root", "CODEX_THREAD_ID": "root"})
    assert len(read_bindings(shipped.workspace, run_id)) == 3


def test_without_a_session_nothing_is_written(shipped: Repository, run_id: str) -> None:
    bind_sessions(shipped.workspace, run_id, "G2", 1, {"CODEX_HOME": "/home", "CODEX_THREAD_ID": ""})
    assert not (shipped.root / shipped.workspace.run_path(run_id) / "logs/stop-hook").exists()
    assert read_bindings(shipped.workspace, run_id) == ()


def test_no_name_of_a_session_is_kept(shipped: Repository, run_id: str) -> None:
    bind_sessions(shipped.workspace, run_id, "G2", 1, {"CODEX_THREAD_ID": "a secret\nname"})
    (file,) = Path(shipped.root).glob("orchestration/runs/*/logs/stop-hook/sessions")
    assert file.read_text().split() == [hash_session("a secret\nname"), "G2", "1"]


@pytest.mark.parametrize("place", ["logs", "logs/stop-hook", "logs/stop-hook/sessions"])
def test_nothing_is_written_on_the_other_side_of_a_link(
    shipped: Repository, run_id: str, place: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    link = shipped.root / shipped.workspace.run_path(run_id) / place
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists():
        link.rmdir()
    link.symlink_to(outside / "file" if place.endswith("sessions") else outside)
    bind_sessions(shipped.workspace, run_id, "G2", 1, VARIABLES)
    assert [*outside.iterdir()] == []
    assert read_bindings(shipped.workspace, run_id) == ()


def test_lines_that_are_none_are_ignored(shipped: Repository, run_id: str) -> None:
    path = f"{shipped.workspace.run_path(run_id)}/logs/stop-hook/sessions"
    shipped.write(path, b"\xff\n\nabc G2\nabc G2 one\nabc G2 1 2\nabc G2 99999999999\nabc G2 1\n")
    assert read_bindings(shipped.workspace, run_id) == (Binding("abc", "G2", 1),)
