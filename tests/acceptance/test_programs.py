"""Programs that a contract asks for: `command` checks, and scripts that run before the checks."""

import json
import os
import signal
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.messages import message
from tests.support.processes import running, wait_until
from tests.support.repository import BIN, Repository

COPY = "import pathlib, sys; pathlib.Path('out.txt').write_text(pathlib.Path('in.txt').read_text())"
OUT = {"all_of": [{"path": "out.txt"}]}
SHOUT = {"type": "command", "command": [sys.executable, "-c", "print('all is lost'); raise SystemExit(7)"]}


def start(repository: Repository, **contract: Any) -> str:
    """A run of the one gate GT, whose attempt is open."""
    repository.write_contract("GT", **contract)
    repository.write_workflow("GT")
    started = repository.orch("run", "start", "--workflow", "tests", "--slug", "tea", "--json")
    run_id: str = started.json["run_id"]
    assert repository.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "a").code == 0
    return run_id


def finish(repository: Repository, run_id: str, *options: str) -> Any:
    return repository.orch("gate", "finish", "--run", run_id, "--gate", "GT", *options)


def logs(repository: Repository, run_id: str) -> Path:
    return repository.root / f"orchestration/runs/{run_id}/logs/gates/GT"


@pytest.mark.slow
def test_a_command_that_exits_with_0_holds_and_is_recorded(repository: Repository) -> None:
    run_id = start(repository, validations=[{"type": "command", "command": ["echo", "{slug}"]}])
    ended = finish(repository, run_id, "--json")
    assert ended.code == 0, ended.err
    (row,) = ended.json["validations"]
    assert (row["id"], row["exit_code"], row["output_sha256"]) == ("command[echo]", 0, sha256(b"tea\n").hexdigest())
    assert 0 <= row["duration_ms"] < 60_000
    assert (logs(repository, run_id) / "attempt-1/command-1-echo.txt").read_text() == "tea\n"


@pytest.mark.slow
def test_one_that_does_not_fails_the_gate_and_its_output_is_shown_but_not_recorded(repository: Repository) -> None:
    run_id = start(repository, validations=[SHOUT])
    ended = finish(repository, run_id)
    assert ended.code == 1
    assert "  found     exit code 7" in ended.out
    assert "| all is lost" in ended.out
    attempt = (repository.root / repository.workspace.attempt_path(run_id, "GT", 1)).read_text()
    assert json.loads(attempt)["validations"][0]["exit_code"] == 7
    assert "all is lost" not in attempt.partition('"reason"')[0].partition('"output_sha256"')[2]


def test_what_a_command_makes_is_there_to_be_read_and_hashed(repository: Repository) -> None:
    repository.write("in.txt", "tea")
    make = {"type": "command", "command": [sys.executable, "-c", COPY]}
    run_id = start(repository, required_outputs=OUT, validations=[make])
    ended = finish(repository, run_id, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["artifacts"][0]["sha256"] == sha256(b"tea").hexdigest()


def test_scripts_run_first_and_commands_see_what_they_made(repository: Repository) -> None:
    repository.write("tools/prepare.py", "import pathlib, sys\npathlib.Path('in.txt').write_text(sys.argv[1])\n")
    make = {"type": "command", "command": [sys.executable, "-c", COPY]}
    scripts = [{"path": "tools/prepare.py", "args": ["{slug}"]}]
    run_id = start(repository, required_outputs=OUT, validations=[make], pre_scripts=scripts)
    ended = finish(repository, run_id, "--json")
    assert ended.code == 0, ended.err
    (script,) = ended.json["pre_scripts"]
    assert (script["path"], script["exit_code"], script["pass"]) == ("tools/prepare.py", 0, True)
    assert (repository.root / "out.txt").read_text() == "tea"


@pytest.mark.slow
@pytest.mark.parametrize("may_fail", [False, True])
def test_a_script_that_fails_fails_the_gate_unless_it_may(repository: Repository, may_fail: bool) -> None:
    repository.write("tools/no.sh", "echo nothing to see; exit 4\n")
    repository.write("out.txt", "tea")
    scripts = [{"path": "tools/no.sh", "may_fail": may_fail}]
    run_id = start(repository, required_outputs=OUT, pre_scripts=scripts)
    ended = finish(repository, run_id)
    assert ended.code == (0 if may_fail else 1)
    assert f"{'warned' if may_fail else 'failed'}  tools/no.sh: expected exit code 0" in ended.out
    assert "| nothing to see" in ended.out
    attempt = json.loads((repository.root / repository.workspace.attempt_path(run_id, "GT", 1)).read_text())
    assert (attempt["failure_reason"] is None) is may_fail
    assert repository.orch("run", "show", "--run", run_id).code == 0


@pytest.mark.slow
def test_a_script_that_is_missing_or_leads_out_of_the_root_fails(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside.sh").write_text("exit 0\n")
    repository.write("out.txt", "tea")
    (repository.root / "link.sh").symlink_to(tmp_path / "outside.sh")
    run_id = start(repository, required_outputs=OUT, pre_scripts=[{"path": "link.sh"}, {"path": "missing.sh"}])
    ended = finish(repository, run_id)
    assert ended.code == 1
    assert "link.sh: expected exit code 0 of this pre_script, found that it is outside the root" in ended.out
    assert "missing.sh: expected exit code 0" in ended.out


@pytest.mark.slow
def test_gate_check_and_pytest_run_commands_but_no_scripts_and_say_so(repository: Repository) -> None:
    repository.write("out.txt", "tea")
    repository.write("tools/never.sh", "touch was-run\n")
    scripts = [{"path": "tools/never.sh"}]
    run_id = start(repository, required_outputs=OUT, validations=[SHOUT], pre_scripts=scripts)
    checked = repository.orch("gate", "check", "--run", run_id, "--gate", "GT")
    direct = repository.pytest("--gate", "GT", "--run", run_id)
    for ended in (checked, direct):
        assert ended.code == 1, ended.out
        assert "all is lost" in ended.out
        assert "pre_scripts" in ended.out
    assert not (repository.root / "was-run").exists()


@pytest.mark.slow
def test_with_pytest_a_command_runs_before_any_file_is_read_also_with_workers(repository: Repository) -> None:
    repository.write("in.txt", "tea")
    make = {"type": "command", "command": [sys.executable, "-c", COPY]}
    run_id = start(repository, required_outputs=OUT, validations=[make])
    for options in ((), ("-n", "2")):
        ended = repository.pytest("--gate", "GT", "--run", run_id, *options)
        assert ended.code == 0, ended.out
        (repository.root / "out.txt").unlink()
    for looks_only in ("--collect-only", "--setup-only", "--setup-plan"):
        repository.pytest("--gate", "GT", "--run", run_id, looks_only)
        assert not (repository.root / "out.txt").exists()


@pytest.mark.slow
def test_with_workers_each_command_runs_once_and_how_its_output_ends_is_shown(repository: Repository) -> None:
    count = {"type": "command", "command": ["sh", "-c", "echo once >> count; printf 'x\\033[2Jall is lost'; exit 1"]}
    run_id = start(repository, validations=[count, {"type": "command", "command": ["sh", "-c", "echo once >> count"]}])
    ended = repository.pytest("--gate", "GT", "--run", run_id, "-n", "2")
    assert ended.code == 1, ended.out
    assert (repository.root / "count").read_text() == "once\n" * 2
    assert "xall is lost" in ended.out


@pytest.mark.slow
def test_a_script_whose_name_begins_with_a_dash_is_no_option_of_its_interpreter(repository: Repository) -> None:
    repository.write("out.txt", "tea")
    repository.write("-n.sh", "exit 3\n")
    run_id = start(repository, required_outputs=OUT, pre_scripts=[{"path": "-n.sh"}])
    ended = finish(repository, run_id)
    assert ended.code == 1
    assert "found exit code 3" in ended.out


def test_nothing_of_an_invalid_contract_is_run(repository: Repository) -> None:
    run_id = start(repository, validations=[SHOUT])
    touch = {"type": "command", "command": ["touch", "was-run"]}
    repository.write_contract("GT", validations=[touch, {"type": "no_such"}], pre_scripts=[{"path": "x.sh"}])
    assert finish(repository, run_id, "--accept-contract").code == 2
    assert not (repository.root / "was-run").exists()


def test_ctrl_c_ends_the_program_and_records_nothing(repository: Repository) -> None:
    slow = {"type": "command", "command": ["sh", "-c", "echo $$ > pid; sleep 60"]}
    run_id = start(repository, validations=[slow])
    pid = repository.root / "pid"
    with running(BIN / "orch", "gate", "finish", "--run", run_id, "--gate", "GT", cwd=repository.root) as process:
        wait_until(lambda: pid.exists() and pid.read_text().strip())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "nothing was recorded" in err
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert not (repository.root / repository.workspace.attempt_path(run_id, "GT", 1)).exists()


# A log decides nothing


@pytest.mark.slow
def test_a_build_that_cleans_up_the_logs_is_judged_by_its_exit_code(repository: Repository) -> None:
    clean = "import shutil; print('built'); shutil.rmtree('orchestration/runs/{run_id}/logs')"
    run_id = start(repository, validations=[{"type": "command", "command": [sys.executable, "-c", clean]}])
    ended = finish(repository, run_id, "--json")
    assert (ended.code, ended.json["status"]) == (0, "PASS")
    assert ended.json["validations"][0]["output_sha256"] == sha256(b"built\n").hexdigest()
    (log,) = logs(repository, run_id).rglob("command-1-*.txt")
    assert log.read_text() == "built\n"


@pytest.mark.parametrize(("program", "code"), [("echo", 0), ("false", 1)], ids=["passes", "fails"])
def test_output_that_cannot_be_kept_is_said_in_one_line_and_decides_nothing(
    repository: Repository, program: str, code: int
) -> None:
    run_id = start(repository, validations=[{"type": "command", "command": [program, "tea"]}])
    folder = repository.root / f"orchestration/runs/{run_id}/logs"
    folder.rmdir()
    folder.symlink_to(repository.root)
    ended = finish(repository, run_id)
    assert ended.code == code, ended.err
    reason = message("is-symlink", path=f"orchestration/runs/{run_id}/logs")
    told = (ended.out + ended.err).splitlines()
    assert [line.strip() for line in told if "kept" in line] == [f"warned  {message('output-not-kept', reason=reason)}"]
    (row,) = repository.attempt(run_id, "GT")["validations"]
    assert row["output_sha256"] == sha256(b"tea\n" if code == 0 else b"").hexdigest()
    assert not list(repository.root.glob("gates*"))
