"""`--agent-command`: a program gets the packet and does the work; then the gate is judged."""

import json
import os
import re
import shlex
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from runner.agents.worker.subprocess_stream import StreamedProgram
from tests.support.messages import message, says
from tests.support.processes import is_running, running, wait_until
from tests.support.repository import ARTIFACTS, BIN, SLUG, Ended, Repository
from tests.support.terminal import at_a_terminal, end

PIPELINE = ("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)

GOOD = """\
import os, sys
from pathlib import Path
from runner.workflows.bundled import copy_example
packet = sys.stdin.read()
Path("packets").mkdir(exist_ok=True)
Path("packets", os.environ["ORCH_GATE"]).write_text(packet)
print("working at", os.environ["ORCH_GATE"], "of", os.environ["ORCH_RUN"])
print("a note to stderr", file=sys.stderr)
copy_example(os.environ["ORCH_GATE"], Path.cwd())
"""
"""An agent that does all its work well."""

LEARNING = GOOD.replace("copy_example(", 'if "What failed in attempt" in packet: copy_example(')
"""One that does only what it is told a second time."""


def agent(repository: Repository, source: str) -> str:
    """The command of an agent with this source."""
    return f"'{sys.executable}' '{repository.write('agent.py', source)}'"


def led(repository: Repository, source: str, *arguments: str) -> Ended:
    return repository.orch(*PIPELINE, "--agent-command", agent(repository, source), *arguments)


def only_run(repository: Repository) -> str:
    (run_id,) = repository.workspace.runs()
    return run_id


@pytest.mark.slow
def test_an_agent_leads_the_run_to_its_end_without_a_terminal(shipped: Repository) -> None:
    ended = led(shipped, GOOD)
    assert ended.code == 0, ended.err
    record = shipped.record(only_run(shipped))
    assert record["status"] == "PASSED"
    assert [row["gate"] for row in record["invocations"]] == ["G1", "G2", "G3"]
    for row, gate in zip(record["invocations"], record["gates"], strict=True):
        assert (row["status"], row["model"]) == ("SUCCESS", "unknown")
        assert row["duration_ms"] > 0
        assert gate["attempts"][0]["invocation_ids"] == [row["invocation_id"]]


@pytest.mark.slow
def test_the_packet_on_its_standard_input_is_the_one_with_the_recorded_hash(shipped: Repository) -> None:
    led(shipped, GOOD)
    for gate in shipped.record(only_run(shipped))["gates"]:
        read = (shipped.root / "packets" / gate["gate"]).read_bytes()
        assert sha256(read).hexdigest() == gate["attempts"][0]["prompt_sha256"]


@pytest.mark.slow
def test_what_it_prints_is_shown_and_kept(short: Repository) -> None:
    ended = led(short, GOOD)
    run_id = only_run(short)
    invocation = short.record(run_id)["invocations"][0]["invocation_id"]
    log = (short.root / f"orchestration/runs/{run_id}/logs/invocations/{invocation}.log").read_text()
    assert sorted(log.splitlines()) == ["a note to stderr", f"working at G1 of {run_id}"]
    assert f"working at G1 of {run_id}\n" in ended.out
    assert "a note to stderr\n" in ended.out
    assert f"logs/invocations/{invocation}.log" in ended.out


REMOVING = (
    f"import shutil; shutil.rmtree('orchestration/runs/' + __import__('os').environ['ORCH_RUN'] + '/logs')\n{GOOD}"
)
"""One that tidies up before it works, as `git clean -fdx` does."""


@pytest.mark.slow
def test_what_it_prints_is_shown_and_said_not_to_be_kept_where_it_removes_the_logs(short: Repository) -> None:
    ended = led(short, REMOVING)
    assert ended.code == 0, ended.err
    assert "a note to stderr\n" in ended.out
    (line,) = [line for line in ended.out.splitlines() if "not kept" in line]
    assert re.fullmatch(
        r"  output  not kept: orchestration/runs/run_\S+/logs/invocations/inv_\S+\.log: .*removed.*", line
    )


@pytest.mark.slow
def test_with_json_standard_output_is_one_document(short: Repository) -> None:
    ended = led(short, GOOD, "--json")
    assert ended.json["status"] == "PASSED"
    assert "working at G1" in ended.err


@pytest.mark.slow
def test_it_streams_while_the_agent_works(shipped: Repository) -> None:
    source = "import time\nprint('first words', end='', flush=True)\ntime.sleep(60)\n"
    with at_a_terminal(shipped, *PIPELINE, "--agent-command", agent(shipped, source)) as child:
        child.expect("first words")
        child.sendintr()
        child.expect("attempt 1 of gate G1 is open")
        assert end(child) == 130


@pytest.mark.slow
@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["as usual", "-q"])
def test_an_agent_that_fails_by_itself_spends_no_attempt_and_is_shown_everywhere(
    shipped: Repository, quiet: tuple[str, ...]
) -> None:
    ended = led(shipped, "import sys\nprint('no network')\nsys.exit(3)\n", "--retry-wait", "0", "--retry", "3", *quiet)
    assert ended.code == 5
    assert says(ended.err, "agent-failed-itself", gate="G1", attempt=1, failure="exit code 3, no output changed")
    assert ended.out.count("exit code 3 (") == 3
    run_id = only_run(shipped)
    record = shipped.record(run_id)
    assert [row["exit_code"] for row in record["invocations"]] == [3, 3, 3]
    assert [gate["status"] for gate in record["gates"]] == ["RUNNING", "NOT_STARTED", "NOT_STARTED"]
    log = f"output in {record['invocations'][-1]['log']}"
    for command in (("status",), ("run", "show")):
        assert re.search(rf"exit code 3 after \d+ s; {re.escape(log)}", shipped.orch(*command).out), command
    assert shipped.orch("status", "--json").json["gates"][0]["invocation"] == record["invocations"][-1]


@pytest.mark.slow
@pytest.mark.parametrize("gate", ["G1", "G3"])
def test_an_agent_that_fails_by_itself_after_it_changed_a_contract_is_not_called_again(
    shipped: Repository, gate: str
) -> None:
    contract = f"orchestration/gates/contracts/{gate}.contract.json"
    source = f"open('{contract}', 'a').write(' '); open('calls', 'a').write('.'); raise SystemExit(1)"
    ended = led(shipped, source, "--retry-wait", "600")
    assert ended.code == 2
    assert f"{contract} changed after the pipeline began" in ended.err
    assert (shipped.root / "calls").read_text() == "."


@pytest.mark.slow
def test_an_agent_that_removed_the_logs_and_failed_by_itself_gets_its_packet_again(short: Repository) -> None:
    source = (
        "import shutil, sys; open('packets', 'a').write(sys.stdin.read())\n"
        "shutil.rmtree('orchestration/runs/' + __import__('os').environ['ORCH_RUN'] + '/logs'); sys.exit(1)"
    )
    ended = led(short, source, "--retry-wait", "0")
    assert ended.code == 5, ended.err
    attempt = short.record(only_run(short))["gates"][0]["attempts"][0]
    packets = (short.root / "packets").read_bytes()
    assert sha256(packets[: len(packets) // 3]).hexdigest() == attempt["prompt_sha256"]


@pytest.mark.slow
def test_a_retry_that_changes_nothing_is_the_last(short: Repository) -> None:
    ended = led(short, "print('done')", "--retry", "5")
    assert ended.code == 1
    assert (
        "retry   stopped: attempt 2 failed as attempt 1 did, with the same values, and no output changed" in ended.out
    )
    assert len(short.record(only_run(short))["gates"][0]["attempts"]) == 2


@pytest.mark.slow
def test_retry_gives_it_a_packet_that_says_what_failed(short: Repository) -> None:
    ended = led(short, LEARNING, "--retry", "1")
    assert ended.code == 0, ended.err
    record = short.record(only_run(short))
    assert [[attempt["status"] for attempt in gate["attempts"]] for gate in record["gates"]] == [["FAIL", "PASS"]]
    first = record["invocations"][0]
    packet = (short.root / "packets/G1").read_text()
    assert re.search(rf"\n- {first['program']}: exit code 0 after \d+ s; output in {re.escape(first['log'])}\n", packet)
    assert "RUN_RESUMED" not in [event["type"] for event in record["events"]]


@pytest.mark.slow
def test_resume_gives_it_the_open_attempts_packet_first(short: Repository) -> None:
    assert short.orch(*PIPELINE).code == 5
    ended = short.orch("run", "resume", "--agent-command", agent(short, GOOD))
    assert ended.code == 0, ended.err
    record = short.record(only_run(short))
    assert [len(gate["attempts"]) for gate in record["gates"]] == [1]
    assert record["gates"][0]["attempts"][0]["invocation_ids"] == [record["invocations"][0]["invocation_id"]]


@pytest.mark.slow
def test_an_agent_that_finishes_its_gate_by_itself_is_not_judged_twice(short: Repository) -> None:
    source = GOOD + (
        "import subprocess\n"
        f"subprocess.run([{str(BIN / 'orch')!r}, 'gate', 'finish', '--run', os.environ['ORCH_RUN'],"
        " '--gate', os.environ['ORCH_GATE']], check=True)\n"
    )
    ended = led(short, source)
    assert ended.code == 0, ended.err
    assert [len(gate["attempts"]) for gate in short.record(only_run(short))["gates"]] == [1]


@pytest.mark.slow
def test_an_agent_that_completes_the_run_by_itself_has_it_passed(shipped: Repository) -> None:
    source = GOOD + (
        "import subprocess\n"
        f"program = {str(BIN / 'orch')!r}\n"
        "def orch(*words): subprocess.run([program, *words, '--run', os.environ['ORCH_RUN']], check=True)\n"
        "orch('gate', 'finish', '--gate', os.environ['ORCH_GATE'])\n"
        "os.environ['ORCH_GATE'] == 'G3' and orch('run', 'complete')\n"
    )
    ended = led(shipped, source)
    assert ended.code == 0, ended.err
    assert says(ended.out, "invocation-not-recorded")
    record = shipped.record(only_run(shipped))
    assert (record["status"], [row["gate"] for row in record["invocations"]]) == ("PASSED", ["G1", "G2"])


@pytest.mark.slow
def test_the_agent_of_an_attempt_that_was_started_by_hand_is_the_one_it_was_started_for(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    assert shipped.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "somebody else").code == 0
    ended = shipped.orch("run", "resume", "--agent-command", agent(shipped, GOOD))
    assert ended.code == 0, ended.err
    assert says(ended.out, "attempt-resumed", attempt=1, agent="somebody else")
    assert "- Agent: somebody else\n" in (shipped.root / "packets/G1").read_text()
    agents = [row["agent"] for row in shipped.record(run_id)["invocations"]]
    assert agents[:2] == ["somebody else", "research-orchestrator"]


@pytest.mark.slow
def test_one_that_takes_too_long_is_ended_with_all_it_started(shipped: Repository) -> None:
    source = "sh -c 'sleep 300 & echo $! > pid; wait'"
    ended = shipped.orch(*PIPELINE, "--agent-command", source, "--agent-timeout", "1.5", "--retry-wait", "0")
    assert ended.code == 5
    assert message("agent-timed-out", seconds=1.5) in ended.out
    assert not is_running(int((shipped.root / "pid").read_text()))
    row = shipped.record(only_run(shipped))["invocations"][0]
    assert row["status"] == "FAIL"
    assert 1500 <= row["duration_ms"] < 20_000


@pytest.mark.slow
def test_one_that_leaves_a_process_behind_with_its_output_open_does_not_hold_the_pipeline_up(
    short: Repository,
) -> None:
    source = GOOD + (
        "import subprocess\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'], start_new_session=True)\n"
        "Path('pid').write_text(str(other.pid))\n"
    )
    ended = led(short, source)
    os.kill(int((short.root / "pid").read_text()), signal.SIGKILL)
    assert ended.code == 0
    assert max(row["duration_ms"] for row in short.record(only_run(short))["invocations"]) < 15_000


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_agent_and_leaves_an_open_attempt_that_can_be_taken_up(
    short: Repository, ending: signal.Signals
) -> None:
    source = (
        "import os, time\nfrom pathlib import Path\n"
        "Path('new').write_text(str(os.getpid()))\nPath('new').rename('pid')\ntime.sleep(300)\n"
    )
    pid = short.root / "pid"
    with running(BIN / "orch", *PIPELINE, "--agent-command", agent(short, source), cwd=short.root) as process:
        wait_until(pid.exists)
        process.send_signal(ending)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    run_id = only_run(short)
    assert f"Next: orch run resume --run {run_id}" in err
    assert not is_running(int(pid.read_text()))
    record = short.record(run_id)
    assert record["invocations"][0]["status"] == "FAIL"
    assert record["gates"][0]["status"] == "RUNNING"
    assert short.orch("run", "resume", "--agent-command", agent(short, GOOD)).code == 0


@pytest.mark.slow
def test_a_packet_larger_than_a_pipe_reaches_an_agent_that_reads_late(short: Repository) -> None:
    short.write("topic.txt", "word " * 100_000)
    ended = led(short, "import time\ntime.sleep(0.2)\n" + GOOD, "--prompt-file", "topic.txt")
    assert ended.code == 0


@pytest.mark.slow
def test_an_agent_that_does_not_read_its_packet_is_no_error(short: Repository) -> None:
    assert led(short, GOOD.replace("sys.stdin.read()", "''")).code == 0


@pytest.mark.slow
def test_its_output_cannot_move_the_cursor_or_give_a_ci_system_orders(shipped: Repository) -> None:
    first, second = "\x1b[2Jhm\n:", ":error::x\n"
    source = f"import sys, time\nw = sys.stdout\nw.write({first!r})\nw.flush()\ntime.sleep(0.3)\nw.write({second!r})\n"
    ended = led(shipped, source)
    assert "\x1b[2J" not in ended.out
    assert "\n::error::" not in ended.out
    run_id = only_run(shipped)
    (log,) = (shipped.root / f"orchestration/runs/{run_id}/logs/invocations").iterdir()
    assert log.read_bytes() == b"\x1b[2Jhm\n::error::x\n"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("no-such-agent -p", message("no-program", program="no-such-agent", where="on the PATH")),
        ("./no/agent", message("no-program", program="./no/agent", where="below the root")),
        ("claude 'half", message("cannot-be-split", text="claude 'half", reason="")),
        ("  ", message("names-no-program")),
    ],
)
def test_a_command_that_is_none_is_refused_before_a_run_is_made(shipped: Repository, command: str, told: str) -> None:
    refused = shipped.orch(*PIPELINE, "--agent-command", command)
    assert refused.code == 2
    assert told in refused.err
    assert "Next: orch run visual-essay --help" in refused.err
    assert not shipped.workspace.runs()


@pytest.mark.slow
def test_a_program_that_the_system_does_not_start_costs_no_attempt(short: Repository) -> None:
    short.write("bin/agent", "print('no first line')\n").chmod(0o755)
    ended = short.orch(*PIPELINE, "--agent-command", "bin/agent")
    assert ended.code == 5
    failure = "could not be started: Exec format error"
    assert says(ended.err, "agent-failed-itself", attempt=1, gate="G1", failure=failure)
    record = short.record(only_run(short))
    assert [row["ended"] for row in record["invocations"]] == ["not_started"] * 3
    assert record["gates"][0]["status"] == "RUNNING"
    assert short.orch("run", "resume", "--agent-command", agent(short, GOOD)).code == 0


@pytest.mark.slow
def test_a_second_agent_is_not_called_for_the_work_that_one_does_already(shipped: Repository) -> None:
    source = "import time\nfrom pathlib import Path\nPath('began').touch()\ntime.sleep(300)\n"
    with at_a_terminal(shipped, *PIPELINE, "--agent-command", agent(shipped, source)) as child:
        child.expect("Gate G1 ")
        wait_until((shipped.root / "began").exists)
        refused = shipped.orch("run", "resume", "--agent-command", f"{sys.executable} -c 0")
        assert refused.code == 2
        assert says(refused.err, "agent-at-work", run=only_run(shipped))
        assert "Next: orch status --run run_" in refused.err
        child.sendintr()
        child.expect("attempt 1 of gate G1 is open")
        assert end(child) == 130
    record = shipped.record(only_run(shipped))
    assert len(record["invocations"]) == 1


@pytest.mark.slow
def test_nobody_is_called_for_a_contract_that_was_changed_after_the_attempt_began(short: Repository) -> None:
    short.orch(*PIPELINE)
    place = short.root / "orchestration/gates/contracts/G1.contract.json"
    place.write_text(place.read_text() + "\n")
    refused = short.orch("run", "resume", "--agent-command", agent(short, GOOD))
    assert refused.code == 2
    assert says(refused.err, "contract-changed", path="orchestration/gates/contracts/G1.contract.json", attempt=1)
    record = short.record(only_run(short))
    assert (record["invocations"], record["gates"][0]["status"]) == ([], "RUNNING")
    assert "--accept-contract" not in refused.err
    at_gate = ("--run", only_run(short), "--gate", "G1")
    assert short.orch("gate", "start", *at_gate, "--agent", "maker", "--accept-contract", "--abandon").code == 0
    assert short.orch("run", "resume", "--agent-command", agent(short, GOOD)).code == 0


def test_one_that_prints_without_end_is_ended(shipped: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.agents.worker.subprocess_stream.MAX_OUTPUT_BYTES", 1_000_000)
    printed: list[bytes] = []
    with open(os.devnull, "rb") as nothing:
        program = StreamedProgram(("yes",), shipped.root, os.environ, nothing.fileno(), 60)
        end = program.run(printed.append)
        assert end.description == f"{message('program-printed-too-much', limit='976 KiB')} and was killed"
    assert 1_000_000 < sum(map(len, printed)) < 2_000_000


@pytest.mark.slow
def test_the_packets_file_is_named_in_its_environment(short: Repository) -> None:
    source = GOOD.replace("sys.stdin.read()", "Path(os.environ['ORCH_PACKET']).read_text()")
    assert led(short, source).code == 0
    assert "# Prompt packet: G1" in (short.root / "packets/G1").read_text()


@pytest.mark.slow
def test_the_command_that_goes_on_keeps_the_agent_its_time_and_the_retries(short: Repository) -> None:
    more = ["--agent-timeout", "123456.5", "--retry", "1", "--retry-wait", "0.5"]
    more += ["--budget-usd", "2.5", "--budget-tokens", "1000000", "--lock-timeout", "90"]
    failed = led(short, "print('done')", *more)
    assert failed.code == 1
    (line,) = [line for line in failed.out.splitlines() if line.startswith("Next: ")]
    typed = shlex.split(line.removeprefix("Next: orch "))
    run = ["run", "resume", "--run", only_run(short), "--agent-command", agent(short, GOOD)]
    assert typed == [*run, *more]
    assert short.orch(*typed).code == 0


@pytest.mark.slow
def test_an_interrupted_pipeline_is_continued_with_the_same_agent(shipped: Repository) -> None:
    command = agent(shipped, "import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    with at_a_terminal(shipped, *PIPELINE, "--agent-command", command, "--retry", "3") as child:
        child.expect("begun")
        child.sendintr()
        child.expect_exact(f" --agent-command {shlex.quote(command)} --retry 3\r\n")
        assert end(child) == 130


@pytest.mark.slow
def test_no_shell_interprets_it(shipped: Repository) -> None:
    source = "import sys\nprint(sys.argv[1:])\n"
    ended = shipped.orch(*PIPELINE, "--agent-command", agent(shipped, source) + " '$HOME' '*' '; ls'")
    assert "['$HOME', '*', '; ls']" in ended.out


def test_a_timeout_that_is_no_number_is_refused_before_a_run_is_made(shipped: Repository) -> None:
    refused = led(shipped, GOOD, "--agent-timeout", "nan")
    assert refused.code == 2
    assert says(refused.err, "not-a-number", option="--agent-timeout", value="nan", unit="seconds")
    assert not shipped.workspace.runs()


@pytest.mark.parametrize("option", ["--agent-timeout", "--retry-wait", "--budget-usd", "--budget-tokens"])
def test_an_option_of_agents_without_one_is_refused(shipped: Repository, option: str) -> None:
    refused = shipped.orch(*PIPELINE, option, "5")
    assert refused.code == 2
    assert says(refused.err, "option-without-agent", option=option)
    assert not shipped.workspace.runs()


def test_a_wait_longer_than_the_longest_is_refused(shipped: Repository) -> None:
    refused = shipped.orch(*PIPELINE, "--agent-command", "true", "--retry-wait", "901")
    assert (refused.code, "0<=x<=900" in refused.err) == (2, True), refused.err
    assert not shipped.workspace.runs()


@pytest.mark.slow
def test_nothing_of_the_machine_comes_into_the_record(short: Repository) -> None:
    led(short, GOOD)
    record = short.workspace.record_path(only_run(short))
    text = (short.root / record).read_text()
    assert json.loads(text)
    for told in (str(short.root), str(Path.home()), sys.executable):
        assert told not in text
