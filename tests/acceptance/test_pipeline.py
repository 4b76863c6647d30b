"""`orch run <workflow>`: the whole pipeline with a person in the loop, at a real terminal."""

import json
import re
import shlex
import signal
import sys
import termios
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.messages import meant, message, says
from tests.support.processes import wait_until
from tests.support.repository import ARTIFACTS, BIN, SLUG, Ended, Repository
from tests.support.terminal import PAUSE, RETRY, at_a_terminal, end, finish_unchanged

PIPELINE = ("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)


def only_run(repository: Repository) -> str:
    (run_id,) = repository.workspace.runs()
    return run_id


def logs(repository: Repository, run_id: str) -> Path:
    return repository.root / "orchestration/runs" / run_id / "logs"


def command_that_goes_on(ended: Ended) -> list[str]:
    """The arguments of the command that the last line names."""
    return shlex.split(ended.err.strip().rpartition("Next: orch ")[2])


# Without a terminal


def test_without_a_terminal_it_stops_at_the_pause_and_names_the_command_that_goes_on(shipped: Repository) -> None:
    ended = shipped.orch(*PIPELINE)
    run_id = only_run(shipped)
    assert ended.code == 5
    assert len(ended.err.splitlines()) == 2
    assert command_that_goes_on(ended) == ["run", "resume", "--run", run_id]
    assert shipped.record(run_id)["gates"][0]["status"] == "RUNNING"


def test_what_it_pipes_in_is_no_enter(shipped: Repository) -> None:
    assert shipped.orch(*PIPELINE, stdin="\n\n\n").code == 5


def test_a_closed_standard_input_is_no_terminal(shipped: Repository) -> None:
    ended = shipped.run("sh", "-c", f"{shlex.join([str(BIN / 'orch'), *PIPELINE])} <&-")
    assert ended.code == 5, ended.err


def test_a_workflow_that_is_called_like_a_command_is_not_offered(shipped: Repository) -> None:
    shipped.write("orchestration/workflows/resume.json", "{}")
    lines = [line.split() for line in shipped.orch("run", "--help").out.splitlines()]
    assert len([line for line in lines if line[:1] == ["resume"]]) == 1


@pytest.mark.slow
def test_the_command_that_goes_on_works(shipped: Repository) -> None:
    following = command_that_goes_on(shipped.orch(*PIPELINE))
    shipped.add_example("G1")
    assert shipped.orch(*following).code == 5
    assert [gate["status"] for gate in shipped.record(only_run(shipped))["gates"]] == ["PASS", "RUNNING", "NOT_STARTED"]


def test_with_json_a_pause_is_one_document(shipped: Repository) -> None:
    ended = shipped.orch(*PIPELINE, "--json")
    assert ended.code == 5
    assert ended.json["error"]["exit_code"] == 5
    assert ended.json["error"]["next"].startswith("orch run resume --run run_")


def test_any_workflow_file_is_a_command(repository: Repository) -> None:
    repository.write_workflow("GA", "GB")
    (repository.root / "orchestration/runs").mkdir()
    for gate in ("GA", "GB"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    assert "tests" in repository.orch("run", "--help").out
    assert repository.orch("run", "tests", "--slug", "tea").code == 5
    assert repository.record(only_run(repository))["workflow"]["artifact_path"] == "out/tea"


# The packet


def test_the_packet_is_written_kept_by_number_and_its_hash_is_the_attempts(shipped: Repository) -> None:
    shipped.orch(*PIPELINE)
    run_id = only_run(shipped)
    folder = logs(shipped, run_id) / "gates/G1"
    packet = (folder / "prompt.txt").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["prompt-1.txt", "prompt.txt"]
    assert (folder / "prompt-1.txt").read_bytes() == packet
    (attempt,) = shipped.record(run_id)["gates"][0]["attempts"]
    assert attempt["prompt_sha256"] == sha256(packet).hexdigest()
    for told in (run_id, SLUG, ARTIFACTS, "standard", "visual-essay-orchestrator", "- Attempt: 1", "the word robot"):
        assert told in packet.decode()


@pytest.mark.slow
def test_the_hash_of_the_packet_stays_in_the_finished_attempt(shipped: Repository) -> None:
    following = command_that_goes_on(shipped.orch(*PIPELINE))
    run_id = only_run(shipped)
    shipped.orch(*following)
    packet = (logs(shipped, run_id) / "gates/G1/prompt-1.txt").read_bytes()
    assert shipped.attempt(run_id, "G1")["prompt_sha256"] == sha256(packet).hexdigest()


def test_the_person_is_told_where_the_packet_lies(shipped: Repository) -> None:
    ended = shipped.orch(*PIPELINE)
    (path,) = re.findall(r"packet +(\S+)", ended.out)
    assert path == f"orchestration/runs/{only_run(shipped)}/logs/gates/G1/prompt.txt"


def test_the_prompt_files_hash_is_in_the_record_and_its_text_in_the_logs(shipped: Repository) -> None:
    text = "Woher kommt »Robot«?\r\nFrom {slug}?\n".encode()
    shipped.write("topics/robot.txt", text)
    shipped.orch(*PIPELINE, "--prompt-file", "topics/robot.txt")
    run_id = only_run(shipped)
    assert shipped.record(run_id)["prompt"] == {"file": "topics/robot.txt", "sha256": sha256(text).hexdigest()}
    assert (logs(shipped, run_id) / "prompts/original.txt").read_bytes() == text
    packet = (logs(shipped, run_id) / "gates/G1/prompt.txt").read_bytes()
    assert "Woher kommt »Robot«?".encode() in packet
    assert b"From {slug}?" in packet


def test_a_prompt_file_outside_the_root_is_named_without_its_folder(shipped: Repository, tmp_path: Path) -> None:
    (tmp_path / "topic.txt").write_text("outside")
    shipped.orch(*PIPELINE, "--prompt-file", str(tmp_path / "topic.txt"))
    assert shipped.record(only_run(shipped))["prompt"]["file"] == "topic.txt"


def test_without_a_prompt_file_the_record_has_no_prompt(shipped: Repository) -> None:
    shipped.orch(*PIPELINE)
    assert shipped.record(only_run(shipped))["prompt"] is None


def test_without_a_prompt_file_the_topic_that_is_taken_instead_is_shown(shipped: Repository) -> None:
    assert (
        f"  prompt  {SLUG.replace('-', ' ')} (the slug; give more with --prompt-file)\n" in shipped.orch(*PIPELINE).out
    )
    shipped.write("topic.txt", "Whence?")
    assert "  prompt  " not in shipped.orch(*PIPELINE, "--prompt-file", "topic.txt").out


@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff\u200b\n"], ids=["empty", "white space", "invisible"])
def test_an_empty_prompt_file_is_refused_and_no_run_is_made(shipped: Repository, text: str) -> None:
    shipped.write("topic.txt", text)
    ended = shipped.orch(*PIPELINE, "--prompt-file", "topic.txt")
    assert ended.code == 2
    assert says(ended.err, "prompt-file-empty", path="topic.txt")
    assert shipped.workspace.runs() == []


def test_a_prompt_file_in_the_home_directory_is_read_though_no_shell_expanded_it(
    shipped: Repository, tmp_path: Path
) -> None:
    (tmp_path / "topic.txt").write_text("Whence?")
    ended = shipped.orch(*PIPELINE, "--prompt-file=~/topic.txt", env={"HOME": str(tmp_path)})
    assert ended.code == 5, ended.err
    assert shipped.record(only_run(shipped))["prompt"]["file"] == "topic.txt"


@pytest.mark.parametrize("path", ["~", "~/tea", "~somebody/tea"])
def test_an_artifact_path_in_the_home_directory_is_refused_and_no_run_is_made(shipped: Repository, path: str) -> None:
    ended = shipped.orch("run", "visual-essay", "--slug", SLUG, f"--artifact-path={path}")
    assert ended.code == 2
    assert says(ended.err, "home-not-expanded", path=path)
    assert shipped.workspace.runs() == []


def test_a_packet_without_instructions_is_warned_of(shipped: Repository) -> None:
    path = "orchestration/prompts/visual-essay/G1.md"
    assert not says(shipped.orch(*PIPELINE).out, "no-instructions")
    shipped.write(path, " \n")
    ended = shipped.orch(*PIPELINE)
    assert says(ended.out, "no-instructions", why=f"{path} is empty")
    run_id = re.findall(r"--run (\S+)", ended.err.splitlines()[-1])[0]
    assert "no instructions of its own" in (logs(shipped, run_id) / "gates/G1/prompt.txt").read_text()


# At a terminal


@pytest.mark.slow
def test_the_question_is_seen_where_the_output_goes_to_a_file(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE, output="run.txt") as child:
        child.expect(PAUSE)
        child.sendline("q")
        assert end(child) == 5
    assert "Gate G1 " in (shipped.root / "run.txt").read_text()


@pytest.mark.slow
def test_enter_by_enter_good_work_goes_through_all_gates_and_the_run_is_passed(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        for gate in ("G1", "G2", "G3"):
            child.expect(f"Gate {gate} ")
            child.expect(PAUSE)
            shipped.add_example(gate)
            child.sendline("")
            child.expect(r"\d passed")
            child.expect(rf"PASS\S*  {gate} ")
        assert end(child) == 0
    record = shipped.record(only_run(shipped))
    assert (record["status"], record["progress"]) == ("PASSED", {"passed": 3, "total": 3})
    assert record["finished_at"]
    assert [event["type"] for event in record["events"]] == [
        "RUN_STARTED",
        *3 * ("GATE_STARTED", "GATE_PASSED"),
        "RUN_COMPLETED",
    ]


@pytest.mark.slow
def test_it_waits_for_the_work_before_it_judges(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.sendline("")
        child.expect("PASS")
        child.expect("Gate G2 ")
        child.expect(PAUSE)


@pytest.mark.slow
def test_it_stops_at_the_first_failed_gate_with_exit_1_and_names_the_next_attempt(shipped: Repository) -> None:
    shipped.add_example("G1", "G3")
    with at_a_terminal(shipped, *PIPELINE) as child:
        for verdict in ("PASS", "FAIL"):
            child.expect(PAUSE)
            finish_unchanged(child)
            child.expect(f"{verdict}\\S*  G")
        child.expect(RETRY)
        child.send("q")
        child.expect(r"Next: orch run resume --run run_\S+")
        assert end(child) == 1
    record = shipped.record(only_run(shipped))
    assert [gate["status"] for gate in record["gates"]] == ["PASS", "FAIL", "NOT_STARTED"]
    assert (record["status"], record["finished_at"]) == ("FAILED", None)


@pytest.mark.slow
def test_it_stops_at_a_failed_gate_that_does_not_block_too(repository: Repository) -> None:
    repository.write_workflow("GA", "GB")
    (repository.root / "orchestration/runs").mkdir()
    for gate in ("GA", "GB"):
        repository.write_contract(gate, blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    with at_a_terminal(repository, "run", "tests", "--slug", "tea") as child:
        child.expect(PAUSE)
        finish_unchanged(child)
        child.expect(RETRY)
        child.send("q")
        assert end(child) == 1
    record = repository.record(only_run(repository))
    assert [gate["status"] for gate in record["gates"]] == ["FAIL", "NOT_STARTED"]
    assert record["status"] == "RUNNING"


@pytest.mark.slow
def test_ctrl_c_at_the_pause_exits_130_and_loses_nothing(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.sendintr()
        assert end(child) == 130
        assert "Traceback" not in (child.before or "")
    run_id = only_run(shipped)
    record = shipped.record(run_id)
    assert (record["status"], record["gates"][0]["status"]) == ("RUNNING", "RUNNING")
    shipped.add_example("G1")
    assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_what_would_end_it_at_the_pause_is_an_interrupt_and_leaves_the_terminal_as_it_was(
    shipped: Repository, ending: signal.Signals
) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        before = termios.tcgetattr(child.child_fd)
        child.expect(PAUSE)
        wait_until(lambda: termios.tcgetattr(child.child_fd) != before)
        child.kill(ending)
        child.expect("Next: orch run resume --run run_")
        assert termios.tcgetattr(child.child_fd) == before
        assert end(child) == 130
    assert shipped.record(only_run(shipped))["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_a_contract_that_is_gone_at_the_pause_is_told_and_can_be_put_back_there(shipped: Repository) -> None:
    shipped.add_example("G1")
    contract = shipped.root / "orchestration/gates/contracts/G1.contract.json"
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        content = contract.read_bytes()
        contract.unlink()
        child.send("v")
        child.expect("no verdict  no contract for gate 'G1'")
        child.expect(PAUSE)
        contract.write_bytes(content)
        finish_unchanged(child)
        child.expect(r"PASS\S*  G1 ")
        child.expect(PAUSE)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["v", "Enter"])
def test_ctrl_c_while_it_judges_exits_130_and_names_what_goes_on_with_the_pipeline(
    shipped: Repository, key: str
) -> None:
    path = shipped.root / "orchestration/gates/contracts/G1.contract.json"
    slow = {"type": "command", "command": [sys.executable, "-c", "import time; time.sleep(60)"]}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"validations": [slow]}))
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("v") if key == "v" else finish_unchanged(child)
        child.expect("running ")
        child.sendintr()
        child.expect("nothing was recorded\r\nNext: orch run resume --run run_")
        assert end(child) == 130
    assert shipped.record(only_run(shipped))["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_a_run_that_somebody_completed_meanwhile_has_passed(short: Repository) -> None:
    short.add_example("G1")
    with at_a_terminal(short, *PIPELINE) as child:
        child.expect(PAUSE)
        run_id = only_run(short)
        assert short.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
        assert short.orch("run", "complete", "--run", run_id).code == 0
        child.send("\r")
        child.expect(rf"run {run_id} completed: \S*PASSED")
        child.expect("Next: orch run list")
        assert end(child) == 0


@pytest.mark.slow
def test_a_run_that_has_passed_is_committed_next(short: Repository) -> None:
    git(short.root, "init", "--quiet")
    short.add_example("G1")
    ended = short.orch(*PIPELINE, "--agent-command", "true")
    (run_id,) = short.workspace.runs()
    first, last = ended.out.splitlines()[-2:]
    assert (ended.code, first) == (0, f"run {run_id} completed: PASSED")
    assert last.startswith(f"Next: git add orchestration/runs/{run_id}/record {ARTIFACTS} && git commit -m ")


@pytest.mark.slow
def test_the_end_of_input_at_the_pause_is_a_pause(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.sendeof()
        child.expect("orch run resume --run run_")
        assert end(child) == 5


@pytest.mark.slow
def test_an_attempt_that_somebody_finished_meanwhile_is_not_judged_twice(shipped: Repository) -> None:
    shipped.add_example("G1")
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        run_id = only_run(shipped)
        assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
        before = shipped.attempt(run_id, "G1")
        child.send("\r")
        child.expect(r"PASS\S*  G1 .*attempt 1, not judged here")
        child.expect("Gate G2 ")
        child.expect(PAUSE)
    assert shipped.attempt(run_id, "G1") == before


@pytest.mark.slow
def test_v_judges_and_records_nothing_however_often(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        run_id = only_run(shipped)
        before = shipped.record(run_id)
        child.send("v")
        child.expect(r"FAIL\S*  G1 .*not recorded")
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.send("v\r")  # what is typed after the key does not count as Enter
        child.expect(r"PASS\S*  G1 .*not recorded")
        child.expect(PAUSE)
        assert shipped.record(run_id) == before
        child.send("\r")
        child.expect(r"PASS\S*  G1 .*attempt 1 ")


@pytest.mark.slow
def test_a_contract_that_is_broken_at_the_pause_is_told_and_can_be_mended_there(shipped: Repository) -> None:
    place = shipped.root / "orchestration/gates/contracts/G1.contract.json"
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        good = place.read_bytes()
        place.write_text("{\n")
        child.send("v")
        child.expect(r"no verdict  \S*G1\.contract\.json:1")
        child.expect(PAUSE)
        place.write_bytes(good)
        child.send("v")
        child.expect(r"FAIL\S*  G1 ")


@pytest.mark.slow
def test_f_fails_the_attempt_with_the_reason_that_is_asked_for(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("f")
        child.expect("Reason")
        child.send("two sorces were made up")
        child.send("\x01" + "\x06" * 6 + "u\r")  # to the begin of the line, then six characters to the right
        child.expect(r"FAIL\S*  G1 .*two sources were made up")
        child.expect(RETRY)
        child.send("q")
        child.expect("Next: orch run resume --run run_")
        assert end(child) == 1
    attempt = shipped.attempt(only_run(shipped), "G1")
    assert (attempt["status"], attempt["failure_reason"]) == ("FAIL", "two sources were made up")


@pytest.mark.slow
def test_f_without_a_reason_asks_again(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("f")
        child.expect("Reason")
        child.sendline("")
        child.expect(PAUSE)
    assert shipped.record(only_run(shipped))["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_after_ctrl_z_at_the_reason_what_was_typed_can_be_edited_on(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("f")
        child.expect("Reason")
        child.send("made ")
        child.expect("made ")
        child.kill(signal.SIGSTOP)
        cooked = termios.tcgetattr(child.child_fd)
        cooked[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(child.child_fd, termios.TCSANOW, cooked)
        child.kill(signal.SIGCONT)
        child.expect("Reason.*made ")
        child.send("up\r")
        child.expect(r"FAIL\S*  G1 .*made up")
        child.expect(RETRY)
        child.send("q")
        assert end(child) == 1


@pytest.mark.slow
def test_after_a_failure_at_a_terminal_enter_starts_the_next_attempt(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        finish_unchanged(child)
        child.expect(RETRY)
        child.send("\r")
        child.expect("Gate G1 .*attempt 2, agent")
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.send("\r")
        child.expect(r"PASS\S*  G1 .*attempt 2 ")
        child.expect("Gate G2 ")
        child.expect(PAUSE)
    packet = (logs(shipped, only_run(shipped)) / "gates/G1/prompt-2.txt").read_text()
    assert message("what-failed", attempt=1) in packet


@pytest.mark.slow
def test_a_contract_that_changed_while_a_failure_is_asked_about_stops_the_pipeline(shipped: Repository) -> None:
    contract = shipped.root / "orchestration/gates/contracts/G1.contract.json"
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        finish_unchanged(child)
        child.expect(RETRY)
        contract.write_bytes(contract.read_bytes() + b"\n")
        child.send("\r")
        child.expect("changed after the pipeline began")
        assert end(child) == 2
    assert len(shipped.record(only_run(shipped))["gates"][0]["attempts"]) == 1


@pytest.mark.slow
def test_ctrl_c_where_a_failure_is_asked_about_exits_130_and_names_what_goes_on(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        finish_unchanged(child)
        child.expect(RETRY)
        child.sendintr()
        child.expect("interrupted\r\nNext: orch run resume --run run_")
        assert end(child) == 130


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ({"PAGER": "cat"}, "# Prompt packet: G1"),
        ({"PAGER": "sed 's/^/paged: /'"}, "paged: # Prompt packet: G1"),
        ({"PAGER": "cat | sed 's/^/piped: /'"}, "piped: # Prompt packet: G1"),
        ({"PAGER": ""}, "\n# Prompt packet: G1"),
        ({"PAGER": "no-such-pager"}, "\n# Prompt packet: G1"),
        ({"PAGER": "/dev/null"}, "\n# Prompt packet: G1"),
        ({"PAGER": "less '"}, "\n# Prompt packet: G1"),
        ({"TERM": "dumb", "PAGER": "sed 's/^/paged: /'"}, "\n# Prompt packet: G1"),
    ],
    ids=[
        "cat",
        "a command",
        "a shell's command",
        "none",
        "a missing one",
        "no program",
        "half a command",
        "dumb terminal",
    ],
)
def test_p_shows_the_packet_in_the_pager_and_asks_again(shipped: Repository, env: dict[str, str], shown: str) -> None:
    with at_a_terminal(shipped, *PIPELINE, env=env) as child:
        child.expect(PAUSE)
        child.send("p")
        child.expect_exact(shown)
        child.expect("How to execute")
        child.expect(PAUSE)
        child.send("q")
        assert end(child) == 5


@pytest.mark.slow
def test_ctrl_c_in_the_pager_is_the_pagers(shipped: Repository) -> None:
    env = {"PAGER": f"{sys.executable} {shipped.write('pager.py', PAGER)}"}
    with at_a_terminal(shipped, *PIPELINE, env=env) as child:
        child.expect(PAUSE)
        child.send("p")
        child.expect("paging")
        child.sendintr()
        child.expect("aborted")
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.send("\r")
        child.expect(r"PASS\S*  G1 ")


PAGER = """
import signal, sys, time
sys.stdin.read()
try:
    print("paging", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("aborted")
"""


@pytest.mark.slow
def test_q_stops_with_exit_5_and_the_command_that_goes_on(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("q")
        child.expect("Next: orch run resume --run run_")
        assert end(child) == 5
    assert shipped.record(only_run(shipped))["status"] == "RUNNING"


@pytest.mark.slow
def test_another_key_asks_again(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.send("\x1b[A")
        child.expect(PAUSE)
        child.send("q")
        assert end(child) == 5


@pytest.mark.slow
def test_an_enter_that_was_pressed_while_it_worked_judges_nothing(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.send("\r\r\r\r")
        child.expect("Gate G2 ")
        child.expect(PAUSE)
        child.send("q")
        assert end(child) == 5
    assert shipped.record(only_run(shipped))["gates"][1]["status"] == "RUNNING"


@pytest.mark.slow
def test_the_terminal_is_left_as_it_was(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        assert not termios.tcgetattr(child.child_fd)[3] & termios.ICANON
        child.send("q")
        child.expect("Next:")
        assert termios.tcgetattr(child.child_fd)[3] & termios.ICANON
        assert termios.tcgetattr(child.child_fd)[3] & termios.ECHO
        end(child)


@pytest.mark.slow
def test_whoever_stopped_it_with_ctrl_z_is_asked_again_when_it_goes_on(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.kill(signal.SIGSTOP)
        cooked = termios.tcgetattr(child.child_fd)
        cooked[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(child.child_fd, termios.TCSANOW, cooked)
        child.kill(signal.SIGCONT)
        child.expect(PAUSE)
        child.send("q")
        assert end(child) == 5


@pytest.mark.slow
def test_retry_asks_again_so_many_times_with_a_packet_that_says_what_failed(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE, "--retry", "1") as child:
        for attempt in ("1", "2"):
            child.expect(f"Gate G1 .*attempt {attempt}, agent")
            child.expect(PAUSE)
            finish_unchanged(child)
            child.expect(rf"FAIL\S*  G1 .*attempt {attempt} ")
        child.expect(RETRY)
        child.send("q")
        child.expect("Next: orch run resume")
        assert end(child) == 1
    packet = (logs(shipped, only_run(shipped)) / "gates/G1/prompt-2.txt").read_text()
    assert f"\n{message('what-failed', attempt=1)}\n" in packet[:200]


@pytest.mark.parametrize("gate", ["G1", "G2"])
def test_a_broken_contract_is_told_before_a_run_is_made_of_it(shipped: Repository, gate: str) -> None:
    shipped.write(f"orchestration/gates/contracts/{gate}.contract.json", "{\n")
    before = shipped.snapshot()
    ended = shipped.orch(*PIPELINE)
    assert ended.code == 2, ended.err
    assert f"{gate}.contract.json:1" in ended.err
    assert shipped.snapshot() == before


def test_instructions_with_an_unknown_variable_are_told_before_a_run_is_made_of_them(shipped: Repository) -> None:
    shipped.write("orchestration/prompts/visual-essay/G1.md", "Write {artefact_path}\n")
    before = shipped.snapshot()
    ended = shipped.orch(*PIPELINE)
    assert ended.code == 2
    assert message("unknown-variable", variable="artefact_path") + meant("artifact_path") in ended.err
    assert shipped.snapshot() == before


def test_a_prompt_file_whose_name_no_record_can_hold_is_refused_and_no_run_is_made(shipped: Repository) -> None:
    shipped.write("two\nlines.txt", "A topic")
    ended = shipped.orch("run", "visual-essay", "--slug", SLUG, "--prompt-file", "two\nlines.txt")
    assert ended.code == 2
    assert says(ended.err, "control-character")
    assert shipped.workspace.runs() == []
