"""The context of a command: which root it works at, and how it formats commands for messages."""

from pathlib import Path

import click
import pytest

from gate_tests.errors import Refused
from runner.cli.context import CliContext, find_cli_context
from tests.support.repository import Repository


@pytest.fixture(autouse=True)
def no_root_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORCH_ROOT", raising=False)


# The root


def test_the_root_is_looked_for_upwards(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    below = repository.root / "a/b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert CliContext(None).workspace.root == repository.root


def test_c_goes_before_orch_root_which_goes_before_the_current_directory(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "here"):
        (tmp_path / name / "orchestration/gates").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert CliContext(None).workspace.root == tmp_path / "here"
    monkeypatch.setenv("ORCH_ROOT", str(repository.root))
    assert CliContext(None).workspace.root == repository.root
    assert CliContext(tmp_path / "named").workspace.root == tmp_path / "named"


def test_where_there_is_no_root_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for context in (CliContext(None), CliContext(tmp_path)):
        with pytest.raises(Refused):
            assert context.workspace


def test_in_a_directory_that_was_removed_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    removed = tmp_path / "removed"
    removed.mkdir()
    monkeypatch.chdir(removed)
    removed.rmdir()
    with pytest.raises(Refused) as caught:
        assert CliContext(None).workspace
    assert "cd" in str(caught.value.advice)


def test_while_a_shell_completes_the_context_is_made_of_c(tmp_path: Path) -> None:
    command = click.Command("orch", params=[click.Option(["-C", "directory"], type=click.Path(path_type=Path))])
    with command.make_context("orch", ["-C", str(tmp_path)], resilient_parsing=True) as context:
        assert find_cli_context(context) == CliContext(tmp_path)
    with command.make_context("orch", ["-C", "~/x"]) as context:
        assert find_cli_context(context) == CliContext(Path.home() / "x")
    with command.make_context("orch", [], obj=CliContext(tmp_path, 3)) as context:
        assert find_cli_context(context) == CliContext(tmp_path, 3)


# Commands in messages


@pytest.mark.parametrize(
    ("directory", "command", "formatted"),
    [
        (None, "orch run list", "orch run list"),
        (Path(), "orch run list", "orch run list"),
        (Path("../x"), "orch run list", "orch -C ../x run list"),
        (Path("a b"), "orch run list", "orch -C 'a b' run list"),
        (Path("x"), "orch -C y run list", "orch -C y run list"),
        (Path("x"), "git status", "git status"),
        (Path("x"), "orchestra", "orchestra"),
    ],
)
def test_a_command_is_given_the_c_of_this_one(directory: Path | None, command: str, formatted: str) -> None:
    assert CliContext(directory).format_command(command) == formatted


def test_a_command_with_a_path_of_the_root_is_run_there(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "git checkout HEAD -- orchestration/workflows/a.json"
    monkeypatch.chdir(repository.root)
    assert CliContext(None).format_command(command) == command
    monkeypatch.chdir(repository.root / "orchestration")
    assert CliContext(None).format_command(command) == f"(cd {repository.root} && {command})"


def test_where_no_root_is_found_such_a_command_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliContext(None).format_command("ls orchestration/runs") == "ls orchestration/runs"
