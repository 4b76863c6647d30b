"""`orch run <workflow>`: the whole pipeline with a person in the loop, at a real terminal."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.repository import ARTIFACTS, BIN, SLUG, Ended, Repository

PIPELINE = ("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)
PAUSE = "Press Enter"


@contextmanager
def at_a_terminal(repository: Repository, *arguments: str) -> Iterator[Any]:
    """The installed `orch` at a pseudo-terminal; ended by its process id if it has not ended by itself."""
    child = pexpect.spawn(
        str(BIN / "orch"), list(arguments), cwd=str(repository.root), encoding="utf-8", timeout=30, dimensions=(50, 200)
    )
    try:
        yield child
    finally:
        child.close(force=True)


def end(child: Any) -> int:
    """Waits for the end of the process; gives its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus is None
    code: int = child.exitstatus
    return code


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
    assert len(ended.err.splitlines()) == 1
    assert command_that_goes_on(ended) == ["gate", "finish", "--run", run_id, "--gate", "G1"]
    assert shipped.record(run_id)["gates"][0]["status"] == "RUNNING"


def test_what_it_pipes_in_is_no_enter(shipped: Repository) -> None:
    assert shipped.orch(*PIPELINE, stdin="\n\n\n").code == 5


def test_the_command_that_goes_on_works(shipped: Repository) -> None:
    following = command_that_goes_on(shipped.orch(*PIPELINE))
    shipped.add_example("G1")
    assert shipped.orch(*following).code == 0
    assert shipped.record(only_run(shipped))["gates"][0]["status"] == "PASS"


def test_with_json_a_pause_is_one_document(shipped: Repository) -> None:
    ended = shipped.orch(*PIPELINE, "--json")
    assert ended.code == 5
    assert ended.json["error"]["exit_code"] == 5
    assert ended.json["error"]["next"].startswith("orch gate finish --run run_")


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


# At a terminal


def test_enter_by_enter_good_work_goes_through_all_gates_and_the_run_is_passed(shipped: Repository) -> None:
    shipped.add_example("G1", "G2", "G3")
    with at_a_terminal(shipped, *PIPELINE) as child:
        for gate in ("G1", "G2", "G3"):
            child.expect(f"Gate {gate} ")
            child.expect(PAUSE)
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


def test_it_waits_for_the_work_before_it_judges(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        shipped.add_example("G1")
        child.sendline("")
        child.expect("PASS")
        child.expect("Gate G2 ")
        child.expect(PAUSE)


def test_it_stops_at_the_first_failed_gate_with_exit_1_and_names_the_next_attempt(shipped: Repository) -> None:
    shipped.add_example("G1", "G3")
    with at_a_terminal(shipped, *PIPELINE) as child:
        for verdict in ("PASS", "FAIL"):
            child.expect(PAUSE)
            child.sendline("")
            child.expect(f"{verdict}\\S*  G")
        child.expect(r"Next: orch run resume --run \S+")
        assert end(child) == 1
    record = shipped.record(only_run(shipped))
    assert [gate["status"] for gate in record["gates"]] == ["PASS", "FAIL", "NOT_STARTED"]
    assert (record["status"], record["finished_at"]) == ("FAILED", None)


def test_it_stops_at_a_failed_gate_that_does_not_block_too(repository: Repository) -> None:
    repository.write_workflow("GA", "GB")
    (repository.root / "orchestration/runs").mkdir()
    for gate in ("GA", "GB"):
        repository.write_contract(gate, blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    with at_a_terminal(repository, "run", "tests", "--slug", "tea") as child:
        child.expect(PAUSE)
        child.sendline("")
        assert end(child) == 1
    record = repository.record(only_run(repository))
    assert [gate["status"] for gate in record["gates"]] == ["FAIL", "NOT_STARTED"]
    assert record["status"] == "RUNNING"


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


def test_the_end_of_input_at_the_pause_is_a_pause(shipped: Repository) -> None:
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        child.sendeof()
        child.expect("orch gate finish --run run_")
        assert end(child) == 5


def test_an_attempt_that_somebody_finished_meanwhile_is_not_judged_twice(shipped: Repository) -> None:
    shipped.add_example("G1")
    with at_a_terminal(shipped, *PIPELINE) as child:
        child.expect(PAUSE)
        run_id = only_run(shipped)
        assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
        before = json.dumps(shipped.record(run_id))
        child.sendline("")
        child.expect("is finished already")
        assert end(child) == 2
    assert json.dumps(shipped.record(run_id)) == before


@pytest.mark.parametrize("gate", ["G1", "G2"])
def test_a_broken_contract_is_told_before_a_run_is_made_of_it(shipped: Repository, gate: str) -> None:
    shipped.write(f"orchestration/gates/contracts/{gate}.contract.json", "{\n")
    before = shipped.snapshot()
    ended = shipped.orch(*PIPELINE)
    assert ended.code == 2, ended.err
    assert f"{gate}.contract.json:2" in ended.err
    assert shipped.snapshot() == before


def test_instructions_with_an_unknown_variable_are_told_before_a_run_is_made_of_them(shipped: Repository) -> None:
    shipped.write("orchestration/prompts/visual-essay/G1.md", "Write {artefact_path}\n")
    before = shipped.snapshot()
    ended = shipped.orch(*PIPELINE)
    assert ended.code == 2
    assert "did you mean 'artifact_path'" in ended.err
    assert shipped.snapshot() == before


def test_a_prompt_file_whose_name_no_record_can_hold_is_refused_and_no_run_is_made(shipped: Repository) -> None:
    shipped.write("two\nlines.txt", "A topic")
    ended = shipped.orch("run", "visual-essay", "--slug", SLUG, "--prompt-file", "two\nlines.txt")
    assert ended.code == 2
    assert "the prompt file's name" in ended.err
    assert shipped.workspace.runs() == []
