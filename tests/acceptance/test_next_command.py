"""The command that is named next can be pasted as it stands."""

import shlex
import sys
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


@pytest.mark.slow
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


def test_the_help_of_a_workflow_of_another_root_is_that_of_the_root(shipped: Repository, tmp_path: Path) -> None:
    elsewhere, at_root = Repository(tmp_path), ("-C", str(shipped.root))
    refused = elsewhere.orch(*at_root, "run", "visual-essay", "--slug", "?")
    assert named(refused) == ["orch", *at_root, "run", "visual-essay", "--help"]
    assert elsewhere.orch(*named(refused)[1:]).code == 0


# A pipeline is resumed as it was begun

INTAKE = f"src/app/essays/{SLUG}/research/INTAKE.md"
AGENT = f"""{sys.executable} -c "open('{INTAKE}', 'a').write('more')\""""
"""One that changes an output each time: a retry that changes nothing would be the last."""

TYPED = ["--agent-command", AGENT, "--agent-timeout", "90.5", "--retry", "1"]


@pytest.mark.slow
def test_a_pipeline_is_resumed_with_the_options_that_were_typed(shipped: Repository) -> None:
    shipped.write(INTAKE, "An intake.\n")
    failed = shipped.orch("run", "visual-essay", "--slug", SLUG, *TYPED)
    assert failed.code == 1
    resume = named(failed)
    assert resume[1:4] == ["run", "resume", "--run"]
    assert resume[5:] == TYPED
    again = shipped.orch(*resume[1:])
    assert (again.code, named(again)) == (1, resume)
    assert len(shipped.record(resume[4])["gates"][0]["attempts"]) == 4, "each time once, and once more"


@pytest.mark.slow
def test_a_pause_keeps_the_retries_and_the_prompt_file_where_that_was_given_again(shipped: Repository) -> None:
    shipped.write("my topic.txt", "tea")
    paused = shipped.orch("run", "visual-essay", "--slug", SLUG, "--prompt-file", "my topic.txt", "--retry", "2")
    assert named(paused)[5:] == ["--retry", "2"], "the text is in the logs of the run"
    resumed = shipped.orch(*named(paused)[1:], "--prompt-file", "my topic.txt")
    assert named(resumed)[5:] == ["--prompt-file", "my topic.txt", "--retry", "2"]


def test_another_root_is_named_before_the_options(shipped: Repository, tmp_path: Path) -> None:
    at_root = ["-C", str(shipped.root)]
    paused = Repository(tmp_path).orch(*at_root, "run", "visual-essay", "--slug", SLUG, "--retry", "2")
    assert named(paused)[1:5] == [*at_root, "run", "resume"]
    assert named(paused)[-2:] == ["--retry", "2"]
