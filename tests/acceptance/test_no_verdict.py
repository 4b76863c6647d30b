"""Where no verdict arrives from the judging process, nothing is recorded, the attempt stays open, one is told why."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.messages import message, pattern, says
from tests.support.patched_install import PatchedInstall
from tests.support.processes import is_running, processes_below, running, wait_until
from tests.support.repository import BIN, Ended, Repository

CHECK = "gate_tests.checks.types.not_contains:NotContains.evaluate_text"
NODES, SERVER = "gate_tests.pytest_session.nodes", "gate_tests.isolated_pytest.server"
PROTOCOL = "gate_tests.isolated_pytest.protocol"


@pytest.fixture
def program(tmp_path: Path) -> PatchedInstall:
    """A copy of the program, not altered yet."""
    return PatchedInstall.make(tmp_path / "altered")


@pytest.fixture
def opened(repository: Repository) -> Repository:
    """A run of one gate whose three checks hold, with an open attempt."""
    repository.write_workflow("GT")
    write_contract(repository)
    repository.write("a.md", "clean")
    start = ("gate", "start", "--run", run_of(repository), "--gate", "GT", "--agent", "maker")
    assert repository.orch(*start).code == 0
    return repository


def write_contract(repository: Repository, **limits: float) -> None:
    checks = [{"type": "not_contains", "target": "a.md", "pattern": word} for word in ("DRAFT", "TODO")]
    outputs = {"all_of": [{"path": "a.md"}]}
    repository.write_contract(required_outputs=outputs, validations=checks, limits={"check_s": 600, **limits})


def run_of(repository: Repository) -> str:
    runs = repository.workspace.runs()
    return runs[0] if runs else repository.start_run(workflow="tests")


def at_gate(repository: Repository) -> tuple[str, ...]:
    return ("--run", run_of(repository), "--gate", "GT")


def assert_no_verdict(repository: Repository, ended: Ended, reason: str) -> None:
    """Exit code 3, the reason and on its own line the next command, and nothing changed."""
    assert ended.code == 3, ended.out + ended.err
    lines = ended.err.rstrip()
    expected = pattern("no-verdict", reason="REASON").replace("REASON", reason)
    assert re.fullmatch(f"orch: {expected}\nNext: orch gate finish {' '.join(at_gate(repository))}", lines), lines
    assert "PASS" not in ended.out
    (gate,) = repository.record(run_of(repository))["gates"]
    assert (gate["status"], [attempt["status"] for attempt in gate["attempts"]]) == ("RUNNING", ["RUNNING"])
    assert not list(repository.root.rglob("attempt-1.json"))


@pytest.mark.slow
def test_an_unaltered_copy_gives_the_verdict(opened: Repository, program: PatchedInstall) -> None:
    ended = program.orch(opened, "gate", "finish", *at_gate(opened))
    assert ended.code == 0, ended.err
    assert "3 passed" in ended.out


AT_CHECK = " at not_contains[a.md]"
NEVER_RAN = pattern("evaluations", gate="GT", count=1, checks=3) + pattern(
    "never-ran", checks="not_contains[a.md], not_contains[a.md]-2"
)


def process_ended(how: str, where: str = "") -> str:
    return pattern("process-ended", how=how, where=where)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param(
            "import os; os._exit(0)", process_ended("ended with exit code 0", AT_CHECK), id="ends the process with 0"
        ),
        pytest.param(
            "import os; os._exit(1)", process_ended("ended with exit code 1", AT_CHECK), id="ends the process with 1"
        ),
        pytest.param(
            "import os; os.kill(os.getpid(), 9)", process_ended("was killed by SIGKILL", AT_CHECK), id="is killed"
        ),
        pytest.param("import os; os.abort()", process_ended("was killed by SIGABRT", AT_CHECK), id="aborts"),
        pytest.param("import sys; sys.exit(0)", NEVER_RAN, id="exits"),
        pytest.param("raise KeyboardInterrupt", pattern("pytest-exit-code", code=2), id="is interrupted"),
        pytest.param("raise RuntimeError('a bug')", NEVER_RAN, id="raises"),
        pytest.param("raise MemoryError", NEVER_RAN, id="has no memory left"),
        pytest.param("def f(): f()\nf()", NEVER_RAN, id="recurses for ever"),
        pytest.param("import pytest; pytest.skip('no')", NEVER_RAN, id="skips itself"),
        pytest.param("import pytest; pytest.xfail('no')", NEVER_RAN, id="expects to fail"),
        pytest.param("import pytest; pytest.exit('no', returncode=0)", NEVER_RAN, id="ends the session with 0"),
    ],
)
@pytest.mark.quick("ends the process with 0", "raises")
def test_a_check_whose_code(opened: Repository, program: PatchedInstall, statement: str, reason: str) -> None:
    program.run_before(CHECK, statement)
    assert_no_verdict(opened, program.orch(opened, "gate", "finish", *at_gate(opened)), reason)


@pytest.mark.slow
@pytest.mark.parametrize("hang", ["import time; time.sleep(600)", "import re; re.match('(a+)+$', 'a' * 60 + '!')"])
def test_a_check_that_hangs_is_ended_at_its_limit(opened: Repository, program: PatchedInstall, hang: str) -> None:
    write_contract(opened, check_s=0.5)
    program.run_before(CHECK, hang)
    started = time.monotonic()
    ended = program.orch(opened, "gate", "finish", *at_gate(opened), "--accept-contract")
    assert time.monotonic() - started < 60
    assert_no_verdict(opened, ended, pattern("too-long", what="not_contains[a.md]", limit=0.5))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "expression", "reason"),
    [
        pytest.param(f"{NODES}:ContractFile.collect", "lambda self: [*original(self)][1:]",
            pattern("evaluations", gate="GT", count=2, checks=3) + ".*file_exists.*", id="a check is not collected"),
        pytest.param(f"{NODES}:GateCheck.explain_failure", "lambda *args: None",
            pattern("other-outcome", check="not_contains[a.md]", own="failed", reported="passed"),
            id="a failure is kept quiet"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.on_check_result", "lambda *args: (original(*args), original(*args))",
            pattern("evaluations", gate="GT", count=6, checks=3), id="a check tells twice"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.on_report", "lambda *args: None", pattern("no-report"),
            id="there is no JSON report"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.on_report",
            "lambda self, report: original(self, report._replace(exit_code=0))",
            pattern("other-exit-code", code=0, expected=1), id="the exit code is another than the checks'"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.send",
            "lambda self, kind, *data: original(self, kind, *(('guessed',) if kind == ENDED else data))",
            process_ended("ended with exit code 0"), id="the last line has not our token"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.send",
            "lambda self, kind, *data: None if kind == ENDED else original(self, kind, *data)",
            process_ended("ended with exit code 0"), id="the last line is missing"),
        pytest.param(f"{SERVER}:_judge", "lambda request, encoder: encoder.send('passed')",
            pattern("no-message", line=b'["passed"]'), id="it says what is no testimony"),
        pytest.param(f"{SERVER}:_judge", "lambda request, encoder: None", pattern("no-report"), id="it judges nothing"),
        pytest.param(f"{SERVER}:_serve", "lambda encoder: None", process_ended("ended with exit code 0"),
            id="it ends without a word"),
        pytest.param(f"{SERVER}:main", "lambda: os._exit(0)", process_ended("ended with exit code 0"),
            id="it does not start"),
        pytest.param(f"{PROTOCOL}:ProtocolEncoder.on_report",
            "lambda self, report: original(self, report._replace(tests={"
            "nodeid: test._replace(row_sha256='0' * 64) for nodeid, test in report.tests.items()}))",
            pattern("other-outcome", own="passed", reported="passed"), id="the report holds another row"),
    ],
)  # fmt: skip
def test_where_the_sides_disagree_there_is_no_verdict(
    opened: Repository, program: PatchedInstall, target: str, expression: str, reason: str
) -> None:
    opened.write("a.md", "DRAFT")
    ended = program.replace(target, expression).orch(opened, "gate", "finish", *at_gate(opened))
    assert_no_verdict(opened, ended, reason)


@pytest.mark.slow
def test_what_a_check_prints_is_no_testimony(opened: Repository, program: PatchedInstall) -> None:
    forged = """import os; os.write(1, b'["ended", ""]\\n'); print('["ended", ""]', flush=True)"""
    opened.write("a.md", "DRAFT")
    program.run_before(CHECK, forged)
    assert program.orch(opened, "gate", "finish", *at_gate(opened)).code == 1


@pytest.mark.slow
def test_a_check_is_told_by_its_id_where_the_process_dies(opened: Repository, program: PatchedInstall) -> None:
    program.run_before(CHECK, "import os; args[0].pattern == 'TODO' and os._exit(0)")
    ended = program.orch(opened, "gate", "finish", *at_gate(opened))
    assert_no_verdict(opened, ended, process_ended("ended with exit code 0", " at not_contains[a.md]-2"))


# From outside


@pytest.fixture
def hanging(opened: Repository, program: PatchedInstall) -> Iterator["subprocess.Popen[str]"]:
    """A finish whose first check is under way and never ends."""
    touched = opened.root / "under-way"
    program.run_before(
        CHECK, f"import re, pathlib; pathlib.Path({str(touched)!r}).touch(); re.match('(a+)+$', 'a' * 60 + '!')"
    )
    finish = ("-I", "-m", "runner", "gate", "finish", *at_gate(opened))
    with running(program.folder / "venv/bin/python", *finish, cwd=opened.root) as process:
        wait_until(touched.exists)
        touched.unlink()
        yield process


@pytest.mark.slow
def test_ctrl_c_ends_the_judging_process_and_leaves_the_attempt_open(
    opened: Repository, hanging: "subprocess.Popen[str]"
) -> None:
    (judging,) = processes_below(hanging.pid)[:1]
    hanging.send_signal(signal.SIGINT)
    _, err = hanging.communicate(timeout=20)
    again = f"orch gate finish {' '.join(at_gate(opened))}"
    assert hanging.returncode == 130
    assert err.strip() == f"orch: {message('interrupted')}\nNext: {again}"
    wait_until(lambda: not is_running(judging))
    assert opened.record(run_of(opened))["gates"][0]["status"] == "RUNNING"


def test_a_judging_process_that_is_killed_leaves_no_verdict(
    opened: Repository, hanging: "subprocess.Popen[str]"
) -> None:
    os.kill(processes_below(hanging.pid)[0], signal.SIGKILL)
    out, err = hanging.communicate(timeout=20)
    ended = Ended(hanging.returncode, out, err)
    assert_no_verdict(opened, ended, process_ended("was killed by SIGKILL", AT_CHECK))


@pytest.mark.slow
@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM])
def test_the_judging_process_does_not_outlive_the_one_that_asked(
    opened: Repository, hanging: "subprocess.Popen[str]", with_signal: signal.Signals
) -> None:
    (judging,) = processes_below(hanging.pid)[:1]
    hanging.send_signal(with_signal)
    hanging.communicate(timeout=20)
    wait_until(lambda: not is_running(judging))
    assert not is_running(judging)


@pytest.mark.slow
def test_after_no_verdict_the_attempt_can_be_finished(opened: Repository, hanging: "subprocess.Popen[str]") -> None:
    hanging.kill()
    hanging.communicate(timeout=20)
    ended = opened.orch("gate", "finish", *at_gate(opened))
    assert ended.code == 0, ended.err
    assert opened.attempt(run_of(opened), "GT")["status"] == "PASS"


@pytest.mark.slow
def test_a_bug_of_ours_is_no_verdict_whether_one_looks_for_it_or_not(
    opened: Repository, program: PatchedInstall
) -> None:
    program.run_before("runner.operations.judged_gate:JudgedGate.close", "raise RuntimeError('a bug')")
    for debug in ("", "1"):
        ended = program.orch(opened, "gate", "finish", *at_gate(opened), env={"ORCH_DEBUG": debug})
        assert ended.code == 3
        assert says(ended.err, "bug", error="RuntimeError: a bug")
        assert ("Traceback" in ended.err) == bool(debug)
    assert opened.record(run_of(opened))["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_a_library_that_is_missing_is_named(opened: Repository, program: PatchedInstall) -> None:
    program.replace("gate_tests.isolated_pytest.server:_MODULES", "('no_such_library', *original)")
    ended = program.orch(opened, "gate", "finish", *at_gate(opened))
    missing = "ModuleNotFoundError: No module named 'no_such_library'"
    assert_no_verdict(opened, ended, pattern("process-broke", where="", error=missing))
    program.replace("runner.cli.main:run", "__import__('no_click')")
    ended = program.orch(opened, "gate", "finish", *at_gate(opened))
    assert (ended.code, ended.out) == (3, "")
    told = message("cannot-be-loaded", error="No module named 'no_click'")
    assert ended.err == f"orch: {told}\nNext: pip install orch-runner\n"


# What has nothing to do with the work


@pytest.mark.parametrize("place", [".", "orchestration/gates/contracts"])
def test_what_lies_beside_the_contracts_is_not_looked_at(opened: Repository, place: str) -> None:
    (opened.root / place / "endless").symlink_to("a" * 300)  # a name that no file system takes
    (opened.root / place / "locked").mkdir(mode=0)
    (opened.root / place / "into").symlink_to("locked/there")
    assert opened.orch("gate", "finish", *at_gate(opened)).code == 0


@pytest.mark.slow
def test_an_output_that_no_check_reads_may_take_as_long_as_a_check(opened: Repository, program: PatchedInstall) -> None:
    opened.write("b.md", "optional")
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b.md", "required": False}]}
    opened.write_contract(required_outputs=outputs, limits={"check_s": 0.5})
    program.run_before(
        "gate_tests.files.artifacts:Artifacts.read", "import time; args[1] == 'b.md' and time.sleep(600)"
    )
    ended = program.orch(opened, "gate", "finish", *at_gate(opened), "--accept-contract")
    assert_no_verdict(opened, ended, pattern("too-long", what="hashing b.md", limit=0.5))


@pytest.mark.parametrize("check_s", [86_401, 1e10, 1e308])
def test_a_limit_that_is_none_is_refused(opened: Repository, check_s: float) -> None:
    write_contract(opened, check_s=check_s)
    ended = opened.orch("gate", "finish", *at_gate(opened), "--accept-contract")
    assert ended.code == 2
    assert f"$.limits.check_s: {message('too-large', limit=86400)}" in ended.err


@pytest.mark.slow
def test_many_open_files_of_the_caller_are_no_obstacle(opened: Repository) -> None:
    hold = "import os, sys; [os.dup2(0, n) for n in range(10, 1200)]; os.execv(sys.argv[1], sys.argv[1:])"
    ended = opened.run(sys.executable, "-c", hold, str(BIN / "orch"), "gate", "finish", *at_gate(opened))
    assert ended.code == 0, ended.err


@pytest.mark.slow
def test_too_few_descriptors_say_nothing_of_the_work(opened: Repository) -> None:
    deep = "/".join("d" * 40)
    opened.write(f"{deep}/a.md", "clean")
    opened.write_contract(required_outputs={"all_of": [{"path": f"{deep}/a.md"}]})
    few = f"ulimit -n 30; exec {BIN}/orch gate finish {' '.join(at_gate(opened))} --accept-contract"
    assert opened.run("bash", "-c", few).code == 3
    assert opened.record(run_of(opened))["gates"][0]["status"] == "RUNNING"
