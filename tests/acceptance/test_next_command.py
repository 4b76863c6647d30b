"""The command that is named next can be pasted as it stands."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.repository import SLUG, Ended, Repository

Orch = Callable[..., Ended]


def named(ended: Ended) -> list[str]:
    """The words of the command after `Next: `."""
    return shlex.split((ended.out + ended.err).partition("Next: ")[2].splitlines()[0])


def test_a_root_that_was_named_is_named_again(shipped: Repository, tmp_path: Path) -> None:
    elsewhere = Repository(tmp_path)
    spaced = tmp_path / "with space"
    shipped.root.rename(spaced)
    started = elsewhere.orch("-C", str(spaced), "run", "start", "--workflow", "visual-essay", "--slug", SLUG)
    assert named(started)[:4] == ["orch", "-C", str(spaced), "gate"]
    assert elsewhere.orch(*named(started)[1:]).code == 0
    refused = elsewhere.orch(*named(started)[1:])
    assert refused.code == 2
    assert named(refused)[:3] == ["orch", "-C", str(spaced)]
    assert elsewhere.orch(*named(refused)[1:]).code == 1, "it names gate finish, and the work is not done"


def test_an_agent_whose_name_has_a_space_is_quoted(shipped: Repository, orch: Orch, run_id: str) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "Mary Ann")
    failed = orch("gate", "finish", "--run", run_id, "--gate", "G1")
    assert named(failed)[-1] == "Mary Ann"
    assert orch(*named(failed)[1:]).code == 0


def test_after_a_manual_failure_the_usual_agent_is_named(orch: Orch, run_id: str) -> None:
    failed = orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "made up")
    assert named(failed)[-1] == "research-orchestrator"


@pytest.mark.parametrize(
    ("arguments", "following"),
    [
        pytest.param(["run", "start", "--workflow", "visual-essay", "--slug", "A"], "orch run start --help", id="slug"),
        pytest.param(
            ["run", "start", "--workflow", "visual-essay", "--slug", "a", "--depth", "x"],
            "orch run start --help",
            id="depth",
        ),
        pytest.param(["run", "visual-essay", "--slug", "A"], "orch run visual-essay --help", id="a workflow's slug"),
        pytest.param(
            ["gate", "fail", "--run", "{run}", "--gate", "G1", "--reason", ""], "orch gate fail --help", id="reason"
        ),
        pytest.param(
            ["gate", "start", "--run", "{run}", "--gate", "G1", "--agent", ""], "orch gate start --help", id="agent"
        ),
    ],
)
def test_a_refused_value_names_the_help_of_its_own_command(
    orch: Orch, run_id: str, arguments: list[str], following: str
) -> None:
    refused = orch(*(argument.replace("{run}", run_id) for argument in arguments))
    assert refused.code == 2
    assert named(refused) == following.split()
