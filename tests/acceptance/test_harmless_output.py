"""What is printed cannot act on a terminal or a CI system, and what it says can be read all the same."""

import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ci_systems import COMMANDS, ORDINARY, find_command, is_harmless
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, BIN, SLUG, Ended, Repository

Orch = Callable[..., Ended]
PIPELINE = ("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)
OBEYED = {"C1": "\x9b2J", "next line": "\x85", "right to left": "\u202e", "isolate": "\u2067", "separator": "\u2028"}


def led(repository: Repository, *pieces: str) -> Ended:
    """The pipeline with an agent that prints these pieces, each for itself."""
    writes = "\n".join(
        f"sys.stdout.buffer.write({piece.encode()!r}); sys.stdout.flush(); time.sleep(0.1)" for piece in pieces
    )
    source = repository.write("agent.py", f"import sys, time\n{writes}\n")
    return repository.orch(*PIPELINE, "--agent-command", f"'{sys.executable}' '{source}'")


# What an agent prints

PIECES = {
    "Azure": ("a ##vso", "[task.setvariable variable=x]y\n"),
    "TeamCity": ("##teamcity", "[buildStatus status='SUCCESS']\n"),
    "GitHub, after many line ends": ("\n" * 1500 + ":", ":error::x\n"),
    "GitHub, after many blanks": (" " * 1500 + "##", "[error]x\n"),
    "GitHub, one by one": (":", ":", "error::x\n"),
    "GitLab": ("section_start:1560896352:x", "\r", "\x1b", "[0K"),
}


@pytest.mark.slow
@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES.keys())
def test_an_agent_gives_a_ci_system_no_command_in_pieces_either(short: Repository, pieces: tuple[str, ...]) -> None:
    ended = led(short, *pieces)
    assert ended.code == 1
    assert is_harmless(ended.out + ended.err)


@pytest.mark.slow
def test_the_colours_of_an_agent_are_printed_and_end_with_its_output(short: Repository) -> None:
    ended = led(short, "\x1b[8;31mhidden\n")
    before, _, after = ended.out.partition("\x1b[8;31mhidden\n")
    assert is_harmless(before)
    assert after.startswith("\x1b[0m")
    assert is_harmless(after.removeprefix("\x1b[0m"))


@pytest.mark.slow
@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_what_an_agent_prints_in_any_language_is_printed_as_it_is(short: Repository, text: str) -> None:
    cut = len(text) // 2
    assert f"\n{text}\n" in led(short, "\n" + text[:cut], text[cut:] + "\n").out


# Names of files


@pytest.fixture
def component_gate(shipped: Repository, run_id: str) -> str:
    """A run whose first gate wants the client component."""
    component = {"path": "{client_component}"}
    checks = [{"type": "word_count", "target": "{client_component}", "min": 5}]
    shipped.write_contract("G1", required_outputs={"all_of": [component]}, validations=checks)
    return run_id


def judge(repository: Repository, run_id: str) -> tuple[Ended, Ended]:
    """The gate, judged by `orch` and in a session of pytest."""
    checked = repository.orch("gate", "check", "--run", run_id, "--gate", "G1", "-v")
    return checked, repository.pytest("--gate", "G1", "--run", run_id)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["##vso[task.complete]", "a ##teamcity[x] b", "##[error]"])
def test_the_name_of_a_file_is_no_command_to_a_ci_system(shipped: Repository, component_gate: str, name: str) -> None:
    shipped.write(f"{ARTIFACTS}/{name}Client.tsx", "too few")
    for ended in judge(shipped, component_gate):
        assert ended.code == 1
        assert find_command(ended.out + ended.err) is None
        assert "Client.tsx: expected" in ended.out or "found     2" in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("character", OBEYED.values(), ids=OBEYED.keys())
def test_a_file_with_a_control_character_in_its_name_fails_and_is_named_harmlessly(
    shipped: Repository, component_gate: str, character: str
) -> None:
    shipped.write(f"{ARTIFACTS}/a{character}Client.tsx", "one two three four five")
    for ended in judge(shipped, component_gate):
        assert ended.code == 1
        assert is_harmless(ended.out + ended.err)
        assert says(ended.out, "unnameable")


@pytest.mark.slow
@pytest.mark.parametrize("options", [("-v", "-rA"), ("--collect-only",)], ids=str)
def test_the_id_of_a_check_is_no_command_to_a_ci_system(
    shipped: Repository, run_id: str, options: tuple[str, ...]
) -> None:
    shipped.write_contract("G1", validations=[{"type": "file_exists", "target": "a ##vso[task.complete].md"}])
    shipped.write("a ##vso[task.complete].md", "x")
    session = shipped.pytest("--gate", "G1", "--run", run_id, *options)
    assert (session.code, find_command(session.out + session.err)) == (0, None)
    checked = shipped.orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert (checked.code, find_command(checked.out)) == (0, None)


@pytest.mark.slow
def test_what_pytest_says_of_an_error_is_no_command_to_a_ci_system(shipped: Repository, run_id: str) -> None:
    unknown = shipped.pytest("--gate", "##vso[task.complete]", "--run", run_id)
    shipped.write_contract("G1", validations=[{"type": "file_exists", "target": "a.md", "##vso[task.complete]": 1}])
    invalid = shipped.pytest("--gate", "G1", "--run", run_id)
    for ended in (unknown, invalid):
        assert ended.code in (2, 4)
        assert "# #vso[task.complete]" in ended.out + ended.err
        assert find_command(ended.out + ended.err) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["größe", "二つ", "\U0001f469\u200d\U0001f4bb", "\u05e9\u05dc\u05d5\u05dd", "a#b::c"])
def test_a_file_with_any_other_name_passes_and_is_named(shipped: Repository, component_gate: str, name: str) -> None:
    shipped.write(f"{ARTIFACTS}/{name}Client.tsx", "one two three four five")
    checked, session = judge(shipped, component_gate)
    assert (checked.code, session.code) == (0, 0)
    assert f"{name}Client.tsx" in checked.out


@pytest.mark.slow
def test_a_folder_with_such_a_file_does_not_have_enough_files(shipped: Repository, run_id: str) -> None:
    for name in ("a.md", "b\u202e.md"):
        shipped.write(f"{ARTIFACTS}/{name}", "x")
    check = {"type": "min_file_count", "target": "{artifact_path}", "thresholds": {"standard": 2}}
    shipped.write_contract("G1", validations=[check])
    ended = shipped.orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert ended.code == 1
    assert f"  found     1 of 2{message('names-not-counted', count=1)}" in ended.out
    shipped.write(f"{ARTIFACTS}/größe.md", "x")
    assert shipped.orch("gate", "check", "--run", run_id, "--gate", "G1").code == 0


# Names and paths at their source


@pytest.mark.parametrize("character", OBEYED.values(), ids=OBEYED.keys())
def test_a_name_or_path_with_a_control_character_is_refused_where_it_is_given(
    shipped: Repository, orch: Orch, run_id: str, character: str
) -> None:
    text = f"a{character}b"
    at_gate = ("--run", run_id, "--gate", "G1")
    before = shipped.snapshot()
    for refused in (
        orch("run", "start", "--workflow", "visual-essay", "--slug", "tea", "--artifact-path", text),
        orch("gate", "start", *at_gate, "--agent", text),
        orch("gate", "fail", *at_gate, "--reason", text),
        orch("invocation", "record", *at_gate, "--agent", text),
        orch("contract", "new", "G9", "--name", text),
    ):
        assert refused.code == 2
        assert f"{text!r} contains a control character" in refused.err
        assert is_harmless(refused.out + refused.err)
    assert shipped.snapshot() == before


@pytest.mark.parametrize("character", OBEYED.values(), ids=OBEYED.keys())
def test_a_contract_or_workflow_with_such_a_path_or_name_is_refused_with_its_line(
    shipped: Repository, orch: Orch, run_id: str, character: str
) -> None:
    text = f"a{character}b"
    shipped.write_contract("G1", validations=[{"type": "file_exists", "target": text}])
    judged = orch("gate", "check", "--run", run_id, "--gate", "G1")
    for key in ("name", "agent", "prompt_template"):
        gate = {"gate": "G1", "name": "One", "agent": "maker", "prompt_template": "p.md", key: text}
        workflow = {"workflow": "tea", "version": "1", "gates": [gate]}
        shipped.write("orchestration/workflows/tea.json", json.dumps(workflow))
        started = orch("run", "start", "--workflow", "tea", "--slug", "tea", "--artifact-path", "x")
        for refused, place in ((judged, "G1.contract.json:"), (started, "tea.json:")):
            assert refused.code == 2
            assert place in refused.err
            assert f"{text!r} contains a control character" in refused.err
            assert is_harmless(refused.out + refused.err)


@pytest.mark.parametrize("character", OBEYED.values(), ids=OBEYED.keys())
def test_a_record_with_such_a_path_is_damaged(shipped: Repository, orch: Orch, run_id: str, character: str) -> None:
    record = shipped.record(run_id)
    record["workflow"]["artifact_path"] = text = f"a{character}b"
    shipped.write(shipped.workspace.record_path(run_id), json.dumps(record))
    for command in (("run", "show", "--run", run_id), ("gate", "check", "--run", run_id, "--gate", "G1")):
        damaged = orch(*command)
        assert damaged.code == 4
        assert f"$.workflow.artifact_path: artifact path {text!r} contains a control character" in damaged.err
        assert is_harmless(damaged.out + damaged.err)


# Commands that are named


def paste_next(repository: Repository, printed: str) -> Ended:
    """The command that is named last, pasted into a shell."""
    command = printed.rpartition("Next: ")[2].splitlines()[0].removeprefix("do the work, then ")
    return repository.run("bash", "-c", command, env={"PATH": f"{BIN}:{os.environ['PATH']}"})


@pytest.mark.parametrize(
    "agent", ["$(touch pwned)", "`touch pwned`", "a;touch pwned", "a b'c", "-x", "--force", "jürgen"]
)
def test_a_command_with_the_name_of_an_agent_can_be_pasted(
    shipped: Repository, orch: Orch, run_id: str, agent: str
) -> None:
    at_gate = ("--run", run_id, "--gate", "G1")
    assert orch("gate", "start", *at_gate, f"--agent={agent}").code == 0
    failed = orch("gate", "fail", *at_gate, "--reason", "no")
    pasted = paste_next(shipped, failed.out)
    assert pasted.code == 0, pasted.err
    attempts = shipped.record(run_id)["gates"][0]["attempts"]
    assert [attempt["agent"] for attempt in attempts] == [agent, agent]
    assert not (shipped.root / "pwned").exists()


def test_a_command_with_the_path_of_a_root_can_be_pasted(tmp_path: Path) -> None:
    inside, outside = Repository(tmp_path / "r $(touch pwned)'"), Repository(tmp_path)
    (inside.root / "orchestration").mkdir(parents=True)
    inside.install()
    named = outside.orch("-C", str(inside.root), "status")
    pasted = paste_next(outside, named.out)
    assert (pasted.code, "Usage: orch" in pasted.out) == (0, True), pasted.err
    assert not list(tmp_path.rglob("pwned"))


def test_a_path_that_looks_like_an_option_is_none_in_a_command(shipped: Repository, orch: Orch, tmp_path: Path) -> None:
    (shipped.root / "--help").symlink_to(tmp_path.parent)
    refused = orch("run", "start", "--workflow", "visual-essay", "--slug", "tea", "--artifact-path=--help")
    assert paste_next(shipped, refused.err).out.startswith("lrwx")


@pytest.mark.parametrize("names", [("a$(touch pwned)", "visual-essay-2"), ("a$(touch pwned)",)], ids=["one", "none"])
def test_the_next_command_names_only_a_valid_workflow(shipped: Repository, orch: Orch, names: tuple[str, ...]) -> None:
    for path in (shipped.root / "orchestration/workflows").iterdir():
        path.unlink()
    for name in names:
        shipped.write(f"orchestration/workflows/{name}.json", "{}")
    told = orch("status").out
    new = "Next: orch workflow new my-workflow --gate G1"
    assert told.splitlines()[-1] == ("Next: orch run visual-essay-2 --help" if len(names) > 1 else new)
    assert names[0] not in orch("run", "--help").out


# JSON documents


@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_record_is_printed_as_json_without_commands_and_is_the_same(
    shipped: Repository, orch: Orch, text: str
) -> None:
    from tests.support.legacy_records import early_failed, write_original

    record = early_failed()
    record["gates"][0]["name"] = record["workflow"]["version"] = text
    run_id = write_original(shipped, record)
    shown = orch("run", "show", "--run", run_id, "--json")
    assert shown.json == record
    assert is_harmless(shown.out)
    assert is_harmless(orch("run", "show", "--run", run_id).out)
    assert is_harmless(orch("status", "--run", run_id).out)


@pytest.mark.parametrize("text", ["##vso[task.complete]", "::error::x", "\x9b\u202e\u2028x"])
def test_an_error_is_printed_as_json_without_commands(shipped: Repository, orch: Orch, text: str) -> None:
    for command in (
        ("run", "show", "--run", text),
        ("run", text),
        ("run", "start", "--workflow", text, "--slug", "tea"),
    ):
        refused = orch(*command, "--json")
        assert refused.code == 2
        assert repr(text) in refused.json["error"]["message"]
        assert is_harmless(refused.out + refused.err)


@pytest.mark.slow
@pytest.mark.quick("*")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_document_is_json_whatever_the_encoding_of_the_stream(
    shipped: Repository, run_id: str, encoding: str
) -> None:
    reason = "Größe: 二つ \U0001f600"
    words = ("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", reason, "--json")
    command = f"{BIN}/orch {shlex.join(words)} 2>/dev/null"
    ended = shipped.run("bash", "-c", command, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"})
    assert ended.code == 0
    assert ended.json["failure_reason"] == reason
    assert (reason in ended.out) is (encoding == "utf-8")


NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.slow
@pytest.mark.parametrize(("artifacts", "target"), [("größe", "a.md"), ("art", "größe.md")], ids=["artifacts", "target"])
def test_a_path_that_the_locale_cannot_spell_is_refused_in_a_line(
    shipped: Repository, orch: Orch, artifacts: str, target: str
) -> None:
    check = {"type": "word_count", "target": f"{{artifact_path}}/{target}", "min": 1}
    shipped.write_contract("G1", validations=[check])
    shipped.write(f"{artifacts}/{target}", "two words")
    start = ("run", "start", "--workflow", "visual-essay", "--slug", "tea", "--artifact-path", artifacts, "--json")
    at_gate = ("--run", orch(*start).json["run_id"], "--gate", "G1")
    path = artifacts if artifacts == "größe" else f"{artifacts}/{target}"
    told = message("no-name-in-this-locale", path=ascii(path), encoding="ascii")
    refused = shipped.installed_orch("gate", "check", *at_gate, env=NO_UTF8)
    assert (refused.code, told in refused.err) == (2, True), refused.err
    session = shipped.pytest(*at_gate, env=NO_UTF8)
    assert (session.code, told in session.out) == (2, True), session.out
    assert "Traceback" not in session.out + session.err
    assert shipped.installed_orch("gate", "check", *at_gate).code == 0


@pytest.mark.slow
def test_neither_is_one_that_a_workflow_or_a_report_names(shipped: Repository, orch: Orch, run_id: str) -> None:
    gate = {"gate": "G1", "name": "One", "agent": "maker", "prompt_template": "p.md"}
    workflow = {"workflow": "tea", "version": "1", "artifact_path": "größe/{slug}", "gates": [gate]}
    shipped.write("orchestration/workflows/tea.json", json.dumps(workflow))
    start = ("run", "start", "--workflow", "tea", "--slug", "tea")
    refused = shipped.installed_orch(*start, env=NO_UTF8)
    told = message("no-name-in-this-locale", path=ascii("größe/tea"), encoding="ascii")
    assert (refused.code, told in refused.err) == (2, True), refused.err
    shipped.write_contract("G1", validations=[{"type": "citations_resolve", "target": "a.md"}])
    shipped.write("a.md", "größe.md:1")
    shipped.write("größe.md", "one line\n")
    session = shipped.pytest("--gate", "G1", "--run", run_id, env=NO_UTF8)
    assert (session.code, "not a path below the root" in session.out) == (1, True), session.out
    assert shipped.pytest("--gate", "G1", "--run", run_id).code == 0


def test_a_name_in_an_unknown_workflow_is_said_in_its_letters(shipped: Repository, orch: Orch) -> None:
    assert (
        message("unknown-workflow", workflow="größe") in orch("run", "start", "--workflow", "größe", "--slug", "t").err
    )
