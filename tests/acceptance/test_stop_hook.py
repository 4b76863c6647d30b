"""`orch hook stop`: an agent cannot stop while its gate fails, and nothing else ever keeps it from stopping."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import NoVerdict
from runner.agents.hooks.hosts import HOSTS
from runner.cli.main import run
from runner.models.timestamps import now
from runner.operations.attempts import fail_gate
from runner.storage.store import Store
from tests.support.hook_payloads import stop as payload
from tests.support.messages import meant, message, says
from tests.support.repository import ARTIFACTS, BIN, SLUG, Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"
NO_DOCUMENT = {"CLAUDE_PROJECT_DIR": ""}


def stops(
    repository: Repository, *arguments: str, told: str | None = None, env: dict[str, str] = NO_DOCUMENT, **more: Any
) -> dict[str, str]:
    """What the hook answers there: always one line of JSON, exit code 0 and no word besides."""
    ended = repository.orch(
        "hook", "stop", *arguments, stdin=payload(repository.root, **more) if told is None else told, env=env
    )
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("\n") == 1
    answer: dict[str, str] = ended.json
    assert set(answer) in (set(), {"decision", "reason"}, {"systemMessage"})
    return answer


def started(repository: Repository) -> str:
    """The id of a new run."""
    return repository.start_run(ARTIFACTS)


def begin(repository: Repository, run_id: str, gate: str = "G2") -> None:
    repository.start_gate(run_id, gate)


def fail(repository: Repository, run_id: str) -> None:
    """Closes the attempt at G2."""
    fail_gate(Store(repository.workspace), run_id, "G2", "made up", now())


def records(repository: Repository) -> dict[str, bytes]:
    return {path: content for path, content in repository.snapshot().items() if "/logs/" not in path}


@pytest.fixture
def open_run(shipped: Repository) -> str:
    """The id of a run with an attempt open at G2: of all its sources one is missing."""
    shipped.add_example("G2")
    shipped.write(CITATIONS, (shipped.root / CITATIONS).read_text("utf-8").partition("### Source 8")[0])
    run_id = started(shipped)
    begin(shipped, run_id)
    return run_id


@pytest.mark.parametrize("target", ["claude-code", "codex"])
def test_an_agent_whose_gate_fails_is_sent_back_with_what_fails(
    shipped: Repository, open_run: str, target: str
) -> None:
    answer = stops(shipped, "--target", target)
    assert answer["decision"] == "block"
    reason = answer["reason"]
    told = message("gate-has-not-passed", gate="G2", name="Research Complete", failed=1, checks="7 checks")
    assert reason.startswith(f"{told}\n\n1. ")
    assert f"{CITATIONS}: expected at least 8 sources (depth standard), found 7" in reason
    assert "check `min_sources[research/CITATIONS.md]`" in reason
    assert says(reason, "how-to-fix")
    assert reason.endswith(f"\n\n    orch gate check --run {open_run} --gate G2\n")


@pytest.mark.slow
def test_the_command_in_the_reason_says_the_same(shipped: Repository, open_run: str) -> None:
    reason = stops(shipped)["reason"]
    checked = shipped.orch(*reason.splitlines()[-1].split()[1:])
    assert checked.code == 1
    assert "  expected  at least 8 sources (depth standard)\n  found     7" in checked.out


def test_an_agent_whose_gate_holds_may_stop_and_the_person_is_told_how_to_finish(
    shipped: Repository, open_run: str
) -> None:
    shipped.add_example("G2")
    assert stops(shipped) == {
        "systemMessage": f"orch: Gate G2 Research Complete passes.\nNext: orch gate finish --run {open_run} --gate G2"
    }


@pytest.mark.slow
def test_nothing_is_recorded(shipped: Repository, open_run: str) -> None:
    before = records(shipped)
    assert "reason" in stops(shipped)
    assert records(shipped) == before
    shipped.add_example("G2")
    whole = shipped.snapshot()
    assert "systemMessage" in stops(shipped)
    assert shipped.snapshot() == whole


@pytest.mark.slow
def test_after_so_many_blocks_the_agent_may_stop(shipped: Repository, open_run: str) -> None:
    answers = [stops(shipped, prompt_id=f"p{number}") for number in range(5)]
    assert ["reason" in answer for answer in answers] == [True, True, True, False, False]
    assert answers[4] == {
        "systemMessage": "orch: Gate G2 Research Complete still fails. The agent was blocked 3 times in"
        f" attempt 1 and may stop now.\nNext: orch gate check --run {open_run} --gate G2"
    }


@pytest.mark.slow
def test_another_session_and_another_attempt_are_counted_anew(shipped: Repository, open_run: str) -> None:
    once = ("--max-blocks", "1")
    assert "reason" in stops(shipped, *once)
    assert "systemMessage" in stops(shipped, *once, prompt_id="next")
    assert "reason" in stops(shipped, *once, session="two")
    assert "systemMessage" in stops(shipped, *once, session="two", prompt_id="next")
    fail(shipped, open_run)
    begin(shipped, open_run)
    assert "reason" in stops(shipped, *once)


@pytest.mark.slow
def test_none_is_blocked_where_no_block_is_wanted(shipped: Repository, open_run: str) -> None:
    assert "systemMessage" in stops(shipped, "--max-blocks", "0")


def stop_at_once(repository: Repository, payloads: list[str]) -> list[bool]:
    """Whether each of these hooks, which run at the same time, sends the agent back; two blocks are allowed."""
    command = [str(BIN / "orch"), "hook", "stop", "--max-blocks", "2"]
    hooks = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=repository.root, text=True)
        for _ in payloads
    ]
    for hook, told in zip(hooks, payloads, strict=True):
        assert hook.stdin
        hook.stdin.write(told)
        hook.stdin.close()
    answers = [json.loads(hook.stdout.read()) for hook in hooks if hook.stdout]
    assert [hook.wait(60) for hook in hooks] == [0] * len(payloads)
    for hook in hooks:
        assert hook.stdout
        hook.stdout.close()
    return ["reason" in answer for answer in answers]


@pytest.mark.slow
def test_hooks_at_the_same_time_are_all_counted(shipped: Repository, open_run: str) -> None:
    stops_of_one = [payload(shipped.root, prompt_id=f"p{number}") for number in range(5)]
    assert sorted(stop_at_once(shipped, stops_of_one)) == [False, False, False, True, True]


@pytest.mark.slow
def test_one_stop_that_is_told_by_several_hooks_at_the_same_time_is_counted_once(
    shipped: Repository, open_run: str
) -> None:
    assert stop_at_once(shipped, [payload(shipped.root)] * 4) == [True] * 4
    assert [stops(shipped, prompt_id=each).keys() for each in ("p2", "p3")] == [
        {"decision", "reason"}, {"decision", "reason"},
    ]  # fmt: skip
    assert "systemMessage" in stops(shipped, prompt_id="p4")


# What cannot be counted does not block


@pytest.mark.slow
def test_a_block_that_cannot_be_counted_is_none(shipped: Repository, open_run: str) -> None:
    shipped.write(f"orchestration/runs/{open_run}/logs/stop-hook", "in the way")
    answer = stops(shipped)
    assert says(answer["systemMessage"], "could-not-be-written")


@pytest.mark.slow
def test_nothing_is_counted_on_the_other_side_of_a_link(shipped: Repository, open_run: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (shipped.root / f"orchestration/runs/{open_run}/logs/stop-hook").symlink_to(outside)
    answer = stops(shipped)
    assert says(answer["systemMessage"], "is-symlink")
    assert list(outside.iterdir()) == []


# Which attempt


@pytest.mark.slow
def test_with_nothing_open_the_agent_may_stop_without_a_word(shipped: Repository) -> None:
    assert stops(shipped) == {}
    run_id = started(shipped)
    assert stops(shipped) == {}
    assert stops(shipped, "--run", run_id) == {}
    begin(shipped, run_id)
    fail(shipped, run_id)
    assert stops(shipped) == {}
    begin(shipped, run_id)
    assert "reason" in stops(shipped)
    fail(shipped, run_id)
    shipped.orch("run", "complete", "--run", run_id)
    assert stops(shipped, "--run", run_id) == {}


def test_looking_for_an_open_attempt_is_quick(shipped: Repository) -> None:
    started(shipped)
    command = (sys.executable, "-I", "-X", "importtime", "-m", "runner", "hook", "stop")
    ended = shipped.run(*command, stdin=payload(shipped.root))
    assert ended.json == {}
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.err.splitlines()}
    assert "click" in imported
    assert not imported & {"pytest", "jsonschema", "markdown_it", "urllib3", "subprocess", "difflib", "orjson"}


@pytest.mark.slow
def test_the_newest_run_with_an_open_attempt_is_meant_and_in_it_the_last_gate(
    shipped: Repository, open_run: str
) -> None:
    started(shipped)
    assert f"--run {open_run} --gate G2\n" in stops(shipped)["reason"]
    begin(shipped, open_run, "G1")
    assert f"--run {open_run} --gate G1\n" in stops(shipped)["reason"]
    assert f"--run {open_run} --gate G2\n" in stops(shipped, "--gate", "G2")["reason"]
    assert stops(shipped, "--gate", "G3") == {}


@pytest.mark.slow
def test_an_agent_that_was_started_by_us_is_held_to_its_own_gate(shipped: Repository, open_run: str) -> None:
    begin(shipped, open_run, "G1")
    ours = {"ORCH_RUN": open_run, "ORCH_GATE": "G2"}
    assert "--gate G2\n" in stops(shipped, env=ours)["reason"]
    assert "--gate G1\n" in stops(shipped, "--gate", "G1", env=ours)["reason"]
    other = started(shipped)
    assert stops(shipped, "--run", other, env=ours) == {}


AGENT = """\
import json, os, subprocess
from pathlib import Path
from runner.workflows.bundled import copy_example

def is_sent_back():
    done = subprocess.run([{orch!r}, "hook", "stop"], input=b"{{}}", capture_output=True, check=True)
    return "reason" in json.loads(done.stdout)

before = is_sent_back()
copy_example(os.environ["ORCH_GATE"], Path.cwd())
print(os.environ["ORCH_GATE"], before, is_sent_back())
"""


@pytest.mark.slow
def test_an_agent_that_we_started_mends_what_fails_within_its_attempt(short: Repository) -> None:
    agent = short.write("agent.py", AGENT.format(orch=str(BIN / "orch")))
    pipeline = ("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)
    ended = short.orch(*pipeline, "--agent-command", f"'{sys.executable}' '{agent}'")
    assert ended.code == 0, ended.err
    assert [line for line in ended.out.splitlines() if line.endswith(" False")] == ["G1 True False"]
    (run_id,) = short.workspace.runs()
    assert [len(gate["attempts"]) for gate in short.record(run_id)["gates"]] == [1]


@pytest.mark.slow
def test_it_works_from_the_folder_the_agent_is_in(shipped: Repository, open_run: str, tmp_path: Path) -> None:
    elsewhere = Repository(tmp_path)
    assert stops(elsewhere) == {}
    inside = shipped.root / ARTIFACTS
    assert f"    orch gate check --run {open_run}" in stops(elsewhere, told=payload(inside))["reason"]
    assert "reason" in stops(shipped, told=payload(tmp_path / "gone"))
    assert "reason" in stops(shipped, told="{}")


@pytest.mark.slow
def test_an_agent_that_went_elsewhere_is_still_found(shipped: Repository, open_run: str, tmp_path: Path) -> None:
    elsewhere, begun_in = Repository(tmp_path), {"CLAUDE_PROJECT_DIR": str(shipped.root)}
    assert f"    orch -C {shipped.root} gate check" in stops(elsewhere, env=begun_in)["reason"]
    assert stops(elsewhere, "--target", "codex", env=begun_in) == {}


@pytest.mark.slow
def test_a_root_that_is_named_is_taken(shipped: Repository, open_run: str, tmp_path: Path) -> None:
    ended = Repository(tmp_path).orch("-C", str(shipped.root), "hook", "stop", stdin=payload(tmp_path))
    assert f"    orch -C {shipped.root} gate check" in ended.json["reason"]


# Whatever goes wrong, the agent may stop


@pytest.mark.slow
@pytest.mark.parametrize(
    "told",
    [
        "",
        "  ",
        "no JSON",
        "[]",
        "null",
        "{",
        '{"session_id": "one", "cwd": "/',
        "[" * 100_000,
        '"\ud800"',
        '{"a": 1} {}',
    ],
    ids=["empty", "blank", "words", "a list", "null", "cut off", "cut off in a name", "deep", "not UTF-8", "two"],
)
def test_a_stop_is_judged_whatever_is_told_of_it(shipped: Repository, open_run: str, told: str) -> None:
    sent = told.encode(errors="surrogatepass")
    done = subprocess.run([str(BIN / "orch"), "hook", "stop"], input=sent, cwd=shipped.root, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["decision"] == "block"


@pytest.mark.slow
def test_a_payload_without_end_is_read_to_its_limit_and_judged(shipped: Repository, open_run: str) -> None:
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run([str(BIN / "orch"), "hook", "stop"], stdin=endless, cwd=shipped.root, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "reason" in json.loads(done.stdout)


@pytest.mark.slow
def test_a_payload_of_many_megabytes_is_read(shipped: Repository, open_run: str) -> None:
    assert "reason" in stops(shipped, last_assistant_message="x" * (15 << 20))


@pytest.mark.slow
@pytest.mark.parametrize(
    "odd", [{"cwd": 7}, {"cwd": "\0"}, {"cwd": "\ud800"}, {"session_id": None}, {"session_id": "\ud800"}]
)
def test_a_payload_with_odd_members_is_read_as_far_as_it_goes(
    shipped: Repository, open_run: str, odd: dict[str, Any]
) -> None:
    assert "reason" in stops(shipped, told=json.dumps({"session_id": "s", "cwd": str(shipped.root), **odd}))


@pytest.mark.slow
def test_another_event_blocks_nobody(shipped: Repository, open_run: str) -> None:
    answer = stops(shipped, hook_event_name="PostToolUse")
    told = message("other-event", agent="Claude Code", event="PostToolUse", events="Stop or SubagentStop")
    assert told in answer["systemMessage"]
    assert "reason" in stops(shipped, hook_event_name="SubagentStop")


WRONG = {
    "a number that is none": (("--max-blocks", "x"), "invalid value for '--max-blocks'"),
    "too few blocks": (("--max-blocks", "-1"), "invalid value for '--max-blocks'"),
    "a program nobody knows": (("--target", "emacs"), "invalid value for '--target'"),
    "an option nobody knows": (("--colour",), "no such option"),
    "an argument": (("now",), "unexpected extra argument"),
    "a run that is none": (("--run", "../x"), message("no-run-matches", run="../x")),
    "an unknown run": (
        ("--run", "run_20261122T093000Z_tea_abc123"),
        message("unknown-run", run="run_20261122T093000Z_tea_abc123"),
    ),
    "an unknown gate": (("--run", "{run}", "--gate", "G9"), message("unknown-gate", gate="G9", run="{run}")),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_in_the_command_blocks_nobody(
    shipped: Repository, open_run: str, arguments: tuple[str, ...], told: str
) -> None:
    answer = stops(shipped, *(argument.format(run=open_run) for argument in arguments))["systemMessage"]
    assert told.replace("{run}", open_run) in answer
    assert "Next: orch " in answer


@pytest.mark.parametrize("named", ["-C", "ORCH_ROOT"])
def test_a_root_that_is_named_and_is_none_is_said(tmp_path: Path, named: str) -> None:
    root = Repository(tmp_path)
    folder = ("-C", str(tmp_path)) if named == "-C" else ()
    ended = root.orch(*folder, "hook", "stop", stdin="{}", env={} if folder else {"ORCH_ROOT": str(tmp_path)})
    assert ended.code == 0
    told = message("root-without-orchestration", named_by=named, root=tmp_path)
    assert told in ended.json["systemMessage"]


def test_an_invalid_contract_blocks_nobody(shipped: Repository, open_run: str) -> None:
    shipped.write_contract("G2", validations=[{"type": "min_source"}])
    answer = stops(shipped)["systemMessage"]
    assert meant("min_sources") in answer
    assert "G2.contract.json:" in answer


def test_a_damaged_record_blocks_nobody(shipped: Repository, open_run: str) -> None:
    record = shipped.root / shipped.workspace.record_path(open_run)
    record.write_bytes(record.read_bytes()[:-99])
    for arguments in ((), ("--run", open_run)):
        assert f"Next: orch run repair --run {open_run}" in stops(shipped, *arguments)["systemMessage"]
    assert record.exists()


@pytest.mark.slow
def test_an_old_damaged_record_is_passed_over(shipped: Repository, open_run: str) -> None:
    old = f"run_20200101T000000Z_{SLUG}_abc123"
    shipped.write(f"orchestration/runs/{old}/record/RUN.json", "{")
    assert "reason" in stops(shipped)
    fail(shipped, open_run)
    assert stops(shipped) == {}


@pytest.mark.slow
def test_a_contract_that_was_changed_is_said(shipped: Repository, open_run: str) -> None:
    shipped.write_contract("G2", validations=[{"type": "file_exists", "target": CITATIONS}])
    answer = stops(shipped)["systemMessage"]
    path = "orchestration/gates/contracts/G2.contract.json"
    assert "passes" + message("contract-changed-hook", path=path) in answer
    assert answer.endswith(f"Next: cat {path}")


@pytest.mark.slow
def test_warnings_block_nobody(shipped: Repository, open_run: str) -> None:
    shipped.write_contract("G2", validations=[{"type": "file_exists", "target": "no/such.md", "severity": "warning"}])
    assert says(stops(shipped)["systemMessage"], "passes-now")


@pytest.mark.slow
def test_the_reason_has_a_sane_length(repository: Repository) -> None:
    outputs = [{"path": f"{'long/' * 40}{number}.md"} for number in range(500)]
    repository.write_contract("G1", required_outputs={"all_of": outputs})
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests")
    begin(repository, run_id, "G1")
    reason, limit = stops(repository)["reason"], HOSTS["claude-code"].max_answer_bytes
    assert limit / 2 < len(reason.encode()) <= limit
    assert says(reason, "gate-has-not-passed", gate="G1", failed=500, checks="500 checks")
    told = reason.count(message("how-to-fix", how=""))
    assert message("more-failed", count=500 - told) in reason
    assert reason.endswith(f"--run {run_id} --gate G1\n")


def write_program(repository: Repository, text: str, count: int = 1) -> str:
    """A run with an open attempt at a gate whose `count` checks run a script of this text."""
    repository.write("build.sh", text)
    command = {"type": "command", "command": ["sh", "build.sh"]}
    repository.write_contract("G1", validations=[{**command, "timeout_s": 10 + each} for each in range(count)])
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests")
    begin(repository, run_id, "G1")
    return run_id


def quoted(text: str) -> list[str]:
    """The lines of a program's output in a reason or packet."""
    return re.findall(r"^ {9}\| (.*)$", text, re.M)


@pytest.mark.slow
def test_what_a_failed_program_printed_last_is_in_the_reason_with_the_path_of_its_log(repository: Repository) -> None:
    run_id = write_program(
        repository, "for i in $(seq 40); do echo \"line $i\"; done; printf '\\033[31mred\\n'; exit 3"
    )
    reason = stops(repository)["reason"]
    log = f"orchestration/runs/{run_id}/logs/gates/G1/check/command-1-sh.txt"
    assert message("last-lines", count=30, path=log) in reason
    assert quoted(reason) == [*(f"line {number}" for number in range(12, 41)), "red"]
    assert "line 40" in (repository.root / log).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 9])
def test_what_programs_printed_leaves_room_for_what_failed(repository: Repository, count: int) -> None:
    write_program(repository, "for i in $(seq 99); do printf '%s %0300d\\n' äöü $i; done; exit 3", count)
    ended = repository.orch("hook", "stop", stdin=payload(repository.root), env=NO_DOCUMENT)
    reason = ended.json["reason"]
    assert len(reason.encode()) <= HOSTS["claude-code"].max_answer_bytes
    assert reason.count(message("how-to-fix", how="")) == count
    assert reason.count("command-") >= count
    assert quoted(reason)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoVerdict("the judging process was killed by SIGKILL"), "the judging process was killed by SIGKILL"),
        (RuntimeError("boom"), "a bug: RuntimeError: boom"),
        (OSError(28, "No space left on device", "x"), "x: No space left on device"),
        (MemoryError(), "not enough memory"),
    ],
    ids=["no verdict", "a bug", "the machine", "no memory"],
)
def test_where_there_is_no_verdict_the_agent_may_stop(
    shipped: Repository,
    open_run: str,
    error: Exception,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("runner.operations.judging.check_gates", refuse)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(payload(shipped.root).encode())))
    code = run(["-C", str(shipped.root), "hook", "stop"])
    ended = Ended(code, *capsys.readouterr())
    assert (ended.code, ended.err) == (0, "")
    assert told in ended.json["systemMessage"]
    assert "Next: " in ended.json["systemMessage"]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["> /dev/full", ">&-", "<&-", "2>&-", "<&- >&- 2>&-", "| true"])
def test_a_stream_that_is_closed_or_full_ends_it_with_0_all_the_same(
    shipped: Repository, open_run: str, where: str
) -> None:
    line = f"echo '{{}}' | {{ {BIN}/orch hook stop {where}; echo ended with $? >&3; }} 3>&1"
    if "| true" in where:
        line = f"echo '{{}}' | {BIN}/orch hook stop | true; echo ended with ${{PIPESTATUS[1]}}"
    ended = shipped.run("bash", "-c", line)
    assert "ended with 0" in ended.out
    assert "Traceback" not in ended.err
