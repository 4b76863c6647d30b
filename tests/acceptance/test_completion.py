"""The Tab key completes commands, options, runs, gates and workflows, and never makes a noise."""

import os
import shutil
from collections.abc import Callable

import pytest

from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]


def completed(repository: Repository, line: str, shell: str = "bash") -> list[str]:
    """What may come next on the line, of which the last word is begun; silent, with exit code 0."""
    words = line.split(" ")
    env = {"_ORCH_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    ended = repository.installed_orch(env={**env, "COMP_CWORD": words[-1]} if shell == "fish" else env)
    assert (ended.code, ended.err) == (0, "")
    lines = [line for line in ended.out.splitlines() if line]
    if shell == "bash":
        return [line.partition(",")[2] for line in lines]
    return lines[1::3] if shell == "zsh" else [line.partition(",")[2].partition("\t")[0] for line in lines]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_the_ids_newest_first(shipped: Repository, run_id: str, shell: str) -> None:
    newer = f"run_20991122T093000Z_tea_{'a' * 6}"
    shipped.write(shipped.workspace.record_path(newer), "{")
    assert completed(shipped, "orch gate finish --run ", shell)[:3] == ["latest", newer, run_id]


@pytest.mark.slow
def test_commands_options_gates_and_workflows_are_completed(shipped: Repository, run_id: str) -> None:
    shipped.write_contract("G9", validations=[])
    assert completed(shipped, "orch ga") == ["gate"]
    assert completed(shipped, "orch gate fi") == ["finish"]
    assert "--gate" in completed(shipped, "orch gate finish --")
    assert completed(shipped, "orch gate finish --gate G") == ["G1", "G2", "G3", "G9"]
    assert completed(shipped, "orch gate finish --run latest --gate ") == ["G1", "G2", "G3"]
    assert completed(shipped, f"orch gate finish --run {run_id} --gate G2") == ["G2"]
    assert completed(shipped, "orch run vis") == ["visual-essay"]
    assert completed(shipped, "orch run start --workflow ") == ["data-report", "visual-essay"]
    assert completed(shipped, "orch run start --depth d") == ["deep"]
    assert completed(shipped, "orch contract explain G") == ["G1", "G2", "G3", "G9"]
    assert completed(shipped, f"orch run show --run {run_id[:20]}") == [run_id]
    assert completed(shipped, "orch gate finish --run latest --gate g2,G") == ["g2,G1", "g2,G2", "g2,G3"]
    assert completed(shipped, "orch gate finish --gate g2") == ["G2"]
    assert completed(shipped, "orch run show the-w") == ["the-word-robot"]
    assert completed(shipped, "orch status --run the-word-robot") == ["the-word-robot"]
    assert completed(shipped, "orch run check latest run_") == [run_id]
    assert completed(shipped, "orch gate check --run the-word-robot --gate G") == ["G1", "G2", "G3"]
    assert completed(shipped, "orch contract lint G") == ["G1", "G2", "G3", "G9"]
    assert completed(shipped, "orch hook stop --run ") == ["latest", run_id]
    assert completed(shipped, "orch hook stop --run latest --gate ") == ["G1", "G2", "G3"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("orch run complete --status c", ["CANCELED"]),
        ("orch run list --status f", ["FAILED"]),
        ("orch invocation record --status s", ["SUCCESS"]),
        ("orch contract test G1 --depth DE", ["deep"]),
        ("orch run show l", ["latest"]),
    ],
)
def test_a_word_is_completed_in_any_letter_case_and_once(shipped: Repository, line: str, words: list[str]) -> None:
    shipped.write(shipped.workspace.record_path("run_20991122T093000Z_latest_abc123"), "{")
    assert completed(shipped, line) == words


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("orch run show orch", "dir,orch"),
        ("orch status --run ./orchestration/ru", "dir,./orchestration/ru"),
        ("orch contract lint orchestration/ga", "file,orchestration/ga"),
        ("orch gate check --gate orch", ""),
    ],
)
def test_a_path_is_left_to_the_shell_where_one_may_be_given(shipped: Repository, line: str, path: str) -> None:
    env = {"_ORCH_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    assert shipped.installed_orch(env=env).out.strip() == path


def test_the_root_may_be_named_on_the_line(shipped: Repository, run_id: str, tmp_path: "os.PathLike[str]") -> None:
    elsewhere = Repository(type(shipped.root)(tmp_path))
    assert completed(elsewhere, f"orch -C {shipped.root} run show --run ") == ["latest", run_id]


@pytest.mark.parametrize(
    "line",
    [
        "orch gate finish --run run_20261122T093000Z_tea_abc123 --gate ",
        "orch gate finish --run teapot --gate ",
        "orch gate finish --run run_20991122T093000Z_tea_abc123 --gate ",
        "orch nonsense ",
        "orch --version ",
        "orch gate finish --nonsense --run x y z ",
        "orch -C /nowhere run show --run ",
        "orch gate finish -n many --gate ",
    ],
)
def test_what_is_unknown_or_damaged_makes_no_noise(shipped: Repository, run_id: str, line: str) -> None:
    shipped.write(shipped.workspace.record_path("run_20991122T093000Z_tea_abc123"), "{")
    assert not [word for word in completed(shipped, line) if "Traceback" in word]


def test_outside_a_repository_no_id_is_completed(tmp_path: "os.PathLike[str]") -> None:
    outside = Repository(type(BIN)(tmp_path))
    assert completed(outside, "orch gate finish --run ") == []
    assert completed(outside, "orch run st") == ["start"]


@pytest.mark.slow
@pytest.mark.parametrize("value", ["bash_complete", "zsh_source", "1"])
def test_the_variable_alone_breaks_no_command(shipped: Repository, run_id: str, value: str) -> None:
    there = {"_ORCH_COMPLETE": value}
    assert shipped.installed_orch("gate", "check", "--run", run_id, "--gate", "G1", env=there).code == 1
    ended = shipped.installed_orch(env=there)
    assert (ended.code, ended.err.startswith("Usage: orch")) == (2, True)


SESSIONS = {
    "bash": (
        'source <(orch completion bash); COMP_WORDS=(orch gate finish --run ""); COMP_CWORD=4;'
        ' _orch_completion orch; printf "%s\\n" "${COMPREPLY[@]}"'
    ),
    "fish": "orch completion fish | source; complete --do-complete 'orch gate finish --run '",
}


@pytest.mark.parametrize("shell", SESSIONS)
def test_a_real_shell_completes_with_the_script(shipped: Repository, run_id: str, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    config = ("--noprofile", "--norc") if shell == "bash" else ("--no-config",)
    path = {"PATH": f"{BIN}:{os.environ['PATH']}"}
    ended = shipped.run(shell, *config, "-c", SESSIONS[shell], env=path)
    assert [line.partition("\t")[0] for line in ended.out.splitlines()] == ["latest", run_id], ended.err


@pytest.mark.parametrize("line", ["orch run a", "orch run start --workflow a", "orch run list --workflow a"])
def test_only_valid_names_of_workflows_are_completed(shipped: Repository, line: str) -> None:
    for name in ("a$(touch pwned)", "a b", "a;x", "a*", "A", "a-2"):
        shipped.write(f"orchestration/workflows/{name}.json", "{}")
    assert completed(shipped, line) == ["a-2"]


@pytest.mark.slow
def test_a_command_that_a_real_bash_has_completed_runs_nothing_of_a_name(shipped: Repository) -> None:
    shipped.write("orchestration/workflows/a$(touch pwned).json", "{}")
    script = (
        'source <(orch completion bash); COMP_WORDS=(orch run "a"); COMP_CWORD=2; _orch_completion orch;'
        ' eval "orch run ${COMPREPLY[*]:-a}"'
    )
    ended = shipped.run("bash", "--noprofile", "--norc", "-c", script, env={"PATH": f"{BIN}:{os.environ['PATH']}"})
    assert (ended.code, ended.out) == (2, ""), "nothing was completed, and there is no workflow a"
    assert not (shipped.root / "pwned").exists()


def test_a_real_zsh_takes_the_script(shipped: Repository) -> None:
    if not shutil.which("zsh"):
        pytest.skip("no zsh here")
    script = "autoload -Uz compinit; compinit -D; source <(orch completion zsh); print $_comps[orch]"
    ended = shipped.run("zsh", "-f", "-c", script, env={"PATH": f"{BIN}:{os.environ['PATH']}"})
    assert ended.out.strip() == "_orch_completion", ended.err


def test_with_json_the_script_is_in_the_document(orch: Orch) -> None:
    told = orch("completion", "bash", "--json").json
    assert (told["shell"], "COMPREPLY" in told["script"]) == ("bash", True)
