"""`orch gate finish -n 2`, `--tx`: pytest-xdist runs the checks, and nothing else is different."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.messages import message, pattern
from tests.support.patched_install import PatchedInstall
from tests.support.processes import descendants, is_running, running, wait_until
from tests.support.repository import Ended, Repository

CHECK = "gate_tests.checks.types.not_contains:NotContains.evaluate_text"
NODES, WORKER = "gate_tests.pytest_session.nodes", "gate_tests.isolated_pytest.xdist.worker"
NOT_JUDGED = ("attempt", "started_at", "finished_at", "baseline")
OUTPUTS = {
    "any_of": [{"path": "one.md"}, {"path": "other.md"}],
    "all_of": [{"path": "a.md"}, {"path": "b.bin"}, {"path": "c.md", "required": False}],
}
CHECKS = [
    {"type": "not_contains", "target": "a.md", "pattern": "DRAFT"},
    {"type": "not_contains", "target": "one.md", "pattern": "DRAFT", "severity": "warning"},
    {"type": "not_contains", "target": "a.md", "pattern": "TODO"},
    {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}},
]


@pytest.fixture
def opened(repository: Repository) -> Repository:
    """A run of one gate, with an open attempt; its checks hold, but for one that is a warning."""
    repository.write_workflow("GT")
    write_contract(repository)
    files: dict[str, str | bytes] = {"a.md": "clean", "b.bin": b"\xff", "c.md": "optional", "other.md": "a DRAFT"}
    for path, content in files.items():
        repository.write(path, content)
    start(repository)
    return repository


def write_contract(repository: Repository, **limits: float) -> None:
    repository.write_contract(required_outputs=OUTPUTS, validations=CHECKS, limits={"check_s": 600, **limits})


def at_gate(repository: Repository) -> tuple[str, ...]:
    runs = repository.workspace.runs()
    return ("--run", runs[0] if runs else repository.start_run(workflow="tests"), "--gate", "GT")


def start(repository: Repository) -> None:
    assert repository.orch("gate", "start", *at_gate(repository), "--agent", "maker").code == 0


def attempt(repository: Repository, number: int) -> dict[str, Any]:
    """A finished attempt, without what is different in any two."""
    whole = repository.attempt(at_gate(repository)[1], "GT", number)
    return {key: value for key, value in whole.items() if key not in NOT_JUDGED}


def assert_no_verdict(repository: Repository, ended: Ended, reason: str) -> None:
    """Exit code 3, the reason and on its own line the next command, and the attempt is still open."""
    assert ended.code == 3, ended
    line, next_line = ended.err.splitlines()
    assert re.search(reason, line), line
    assert next_line.endswith(f"Next: orch gate finish {' '.join(at_gate(repository))}")
    assert "PASS" not in ended.out
    assert "Traceback" not in ended.out
    (gate,) = repository.record(at_gate(repository)[1])["gates"]
    assert [each["status"] for each in gate["attempts"]] == ["RUNNING"]


# Nothing is different


@pytest.mark.parametrize(
    ("content", "code"), [("clean", 0), pytest.param("a DRAFT", 1, marks=pytest.mark.slow)], ids=["PASS", "FAIL"]
)
@pytest.mark.slow
def test_the_record_is_the_same_with_workers_and_without(opened: Repository, content: str, code: int) -> None:
    opened.write("a.md", content)
    assert opened.orch("gate", "finish", *at_gate(opened)).code == code
    start(opened)
    ended = opened.orch("gate", "finish", *at_gate(opened), "-n", "2")
    assert (ended.code, ended.err) == (code, "")
    assert "2 workers [7 items]" in ended.out
    assert attempt(opened, 2) == attempt(opened, 1)
    assert [artifact["path"] for artifact in attempt(opened, 2)["artifacts"]] == ["other.md", "a.md", "b.bin", "c.md"]
    (gate,) = opened.record(at_gate(opened)[1])["gates"]
    assert len(gate["attempts"]) == 2


@pytest.mark.slow
def test_several_gates_are_shared_out_together(opened: Repository) -> None:
    opened.write_workflow("GT", "GU")
    opened.write_contract("GU", required_outputs={"all_of": [{"path": "a.md"}, {"path": "u.md"}]})
    run_id = opened.start_run(workflow="tests")
    both = ("--run", run_id, "--gate", "GT", "--gate", "GU", "--json")
    alone, shared = (opened.orch("gate", "check", *both, *more) for more in ((), ("-n", "3")))
    assert (alone.code, shared.code) == (1, 1)
    assert shared.json == alone.json


@pytest.mark.slow
@pytest.mark.parametrize("workers", [("-n", "1"), ("-n", "9"), ("--tx", "2*popen"), ("-n", "1", "--tx", "popen")])
def test_any_number_of_workers_comes_to_the_same(opened: Repository, workers: tuple[str, ...]) -> None:
    ended = opened.orch("gate", "check", *at_gate(opened), "--json", *workers)
    assert ended.code == 0, ended.err
    assert ended.json == opened.orch("gate", "check", *at_gate(opened), "--json").json


# What is refused


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (("-n", "0"), "0 is not in the range 1<=x<=999"),  # click's words
        (("-n", "many"), "'many' is not a valid integer"),
        (("--tx", "popen//chdir=/"), message("not-a-worker", spec="popen//chdir=/", known="[N*]popen and ")[:-1]),
        (("--tx", ""), message("not-a-worker", spec="", known="[N*]popen and ")[:-1]),
    ],
)
@pytest.mark.parametrize("verb", ["finish", "check"])
def test_workers_that_mean_nothing_are_refused_in_one_line(
    orch: Callable[..., Ended], verb: str, typed: tuple[str, ...], reason: str
) -> None:
    ended = orch("gate", verb, "--run", "run_20261122T093000Z_a_abc123", "--gate", "GT", *typed)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err
    assert len(ended.err.splitlines()) == 2


@pytest.mark.parametrize("typed", [("-n", "2"), ("--tx", "popen")])
def test_without_pytest_xdist_it_is_refused_in_one_line(
    orch: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...]
) -> None:
    monkeypatch.setattr("gate_tests.isolated_pytest.xdist.specs.find_spec", lambda name: None)
    ended = orch("gate", "finish", "--run", "run_20261122T093000Z_a_abc123", "--gate", "GT", *typed)
    assert ended == Ended(2, "", f"orch: {message('no-xdist')}\nNext: pip install 'orch-runner[xdist]'\n")


# No verdict


@pytest.fixture
def program(tmp_path: Path) -> PatchedInstall:
    """A copy of the program, not altered yet."""
    return PatchedInstall.make(tmp_path / "altered")


def finish(program: PatchedInstall, repository: Repository, *more: str) -> Ended:
    return program.orch(repository, "gate", "finish", *at_gate(repository), "-n", "2", *more)


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("import os; os.kill(os.getpid(), 9)", id="is killed"),
        pytest.param("import os; os._exit(0)", id="leaves with 0", marks=pytest.mark.slow),
    ],
)
def test_a_worker_that(opened: Repository, program: PatchedInstall, statement: str) -> None:
    program.run_before(CHECK, f"if args[0].pattern == 'DRAFT': {statement}")
    ended = finish(program, opened)
    died = pattern("worker-died", reason="Not properly terminated")
    assert_no_verdict(opened, ended, rf"{died} at .*not_contains\[")


@pytest.mark.slow
def test_a_check_that_hangs_in_a_worker_is_ended_at_its_limit(opened: Repository, program: PatchedInstall) -> None:
    write_contract(opened, check_s=0.5)
    program.run_before(CHECK, "import time; args[0].pattern == 'TODO' and time.sleep(600)")
    started = time.monotonic()
    ended = finish(program, opened, "--accept-contract")
    assert time.monotonic() - started < 20
    assert_no_verdict(opened, ended, pattern("too-long", what="not_contains[a.md]-2", limit=0.5))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "expression", "reason"),
    [
        pytest.param(f"{NODES}:GateCheck.explain_failure", "lambda *args: None",
            pattern("other-outcome", check="not_contains[a.md]", own="failed", reported="passed"),
            id="a failure is kept quiet"),
        pytest.param(f"{NODES}:ContractFile.collect", "lambda self: [*original(self)][1:]",
            pattern("evaluations", gate="GT", count=6, checks=7), id="a check is not collected"),
        pytest.param(f"{NODES}:ContractFile.collect",
            "lambda self: [*original(self)][__import__('os').environ.get('PYTEST_XDIST_WORKER') == 'gw1' :]",
            pattern("other-collection"), id="one worker collects less"),
        pytest.param(f"{WORKER}:Worker.on_check_result", "lambda *args: None",
            pattern("evaluations", gate="GT", count=0, checks=7), id="no check tells what it came to"),
        pytest.param(f"{WORKER}:Worker.on_check_result",
            "lambda self, gate, result: original(self, gate,"
            " type(result).from_json({**result.to_json(), 'pass': True}))",
            pattern("other-outcome", own="passed", reported="failed"), id="a check tells another thing"),
        pytest.param(f"{WORKER}:Worker.on_check_result", "lambda *args: (original(*args), original(*args))",
            pattern("evaluations", gate="GT", checks=7), id="checks are told twice"),
    ],
)  # fmt: skip
def test_where_the_sides_disagree_there_is_no_verdict(
    opened: Repository, program: PatchedInstall, target: str, expression: str, reason: str
) -> None:
    opened.write("a.md", "a DRAFT")
    assert_no_verdict(opened, finish(program.replace(target, expression), opened), reason)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param("raise RuntimeError('a bug')", pattern("never-ran", checks="not_contains[a.md]"), id="breaks"),
        pytest.param("raise KeyboardInterrupt", pattern("no-verdict"), id="interrupts"),
    ],
)
def test_in_a_worker_a_check_that(opened: Repository, program: PatchedInstall, statement: str, reason: str) -> None:
    opened.write("a.md", "a DRAFT")
    assert_no_verdict(opened, finish(program.run_before(CHECK, statement), opened), reason)


@pytest.mark.slow
def test_two_hashes_of_one_file_are_no_verdict(opened: Repository, program: PatchedInstall) -> None:
    # The checks of a file in any worker:
    program.replace("gate_tests.pytest_session.xdist.scheduler:FileGroups.find_group", "lambda self, nodeid: nodeid")
    # Each worker has a hash of its own: a file that is written meanwhile would fail its checks instead.
    program.run_after(
        "gate_tests.files.hashing:FileHasher.hash_file",
        "import os; result = result._replace(sha256=str(os.getpid()).zfill(64))",
    )
    # Both files are read in both workers: the one that is named depends on which worker ends first.
    either = "|".join(pattern("other-content", path=path) for path in ("a.md", "other.md"))
    assert_no_verdict(opened, finish(program, opened), either)


@pytest.mark.slow
def test_an_unaltered_copy_gives_the_verdict(opened: Repository, program: PatchedInstall) -> None:
    assert finish(program, opened).code == 0


@pytest.fixture
def hanging(opened: Repository, program: PatchedInstall) -> Iterator["subprocess.Popen[str]"]:
    """A finish with two workers, one of which is at a check that never ends."""
    touched = opened.root / "under-way"
    hang = f"import re, pathlib; pathlib.Path({str(touched)!r}).touch(); re.match('(a+)+$', 'a' * 60 + '!')"
    program.run_before(CHECK, hang)
    python = program.folder / "venv/bin/python"
    finish = ("-I", "-m", "runner", "gate", "finish", *at_gate(opened), "-n", "2")
    with running(python, *finish, cwd=opened.root) as process:
        wait_until(touched.exists)
        yield process


@pytest.mark.slow
@pytest.mark.parametrize(
    "with_signal", [signal.SIGKILL, *(pytest.param(each, marks=pytest.mark.slow) for each in (signal.SIGINT, 15))]
)
def test_no_worker_outlives_orch(
    opened: Repository, hanging: "subprocess.Popen[str]", with_signal: signal.Signals
) -> None:
    below = descendants(hanging.pid)
    assert len(below) == 3  # the judging process and its workers
    hanging.send_signal(with_signal)
    hanging.communicate(timeout=20)
    wait_until(lambda: not any(is_running(process) for process in below))
    assert opened.record(at_gate(opened)[1])["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_a_worker_killed_from_outside_is_no_verdict(opened: Repository, hanging: "subprocess.Popen[str]") -> None:
    _, *workers = descendants(hanging.pid)
    os.kill(workers[-1], signal.SIGKILL)
    out, err = hanging.communicate(timeout=20)
    assert_no_verdict(
        opened, Ended(hanging.returncode, out, err), pattern("worker-died", reason="Not properly terminated")
    )
    wait_until(lambda: not any(is_running(process) for process in workers))


# The workers are sealed


@pytest.mark.slow
def test_nothing_of_the_caller_or_the_repository_reaches_a_worker(
    opened: Repository, program: PatchedInstall, tmp_path: Path
) -> None:
    look = (
        "import json, os, sys; open(os.path.join("
        f"{str(tmp_path)!r}, 'world-' + os.environ['PYTEST_XDIST_WORKER']), 'w').write(json.dumps("
        "{'environment': [*os.environ], 'path': sys.path, 'isolated': sys.flags.isolated, 'site': sys.flags.no_site,"
        "'files': [getattr(each, '__file__', None) or '' for each in [*sys.modules.values()]]}))"
    )
    program.run_before(CHECK, look)
    for name in ("conftest", "orchestration/gates/contracts/conftest", "sitecustomize", "json", "evil"):
        opened.write(f"{name}.py", "1/0\n")
    hostile = {"PYTHONPATH": str(opened.root), "PYTEST_ADDOPTS": "--co", "PYTEST_PLUGINS": "evil", "SECRET": "token"}
    ended = program.orch(opened, "gate", "check", *at_gate(opened), "-n", "2", env=hostile)
    assert ended.code == 0, ended.err
    worlds = [json.loads(world.read_text()) for world in tmp_path.glob("world-*")]
    assert worlds
    for world in worlds:
        assert (world["isolated"], world["site"]) == (1, 1)
        assert not {*hostile} & {*world["environment"]}
        assert "" not in world["path"]
        assert not [each for each in (*world["path"], *world["files"]) if each.startswith(str(opened.root))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "entry"),
    [
        pytest.param(workers, entry, id=f"{' '.join(workers) or 'no workers'}: {entry or 'an empty entry'}")
        for entry in ("{root}/node_modules/.bin", "node_modules/.bin", ".", "")
        for workers in (("-n", "2"), ())
    ],
)
def test_no_program_of_the_repository_is_run_and_improves_the_work(
    opened: Repository, workers: tuple[str, ...], entry: str
) -> None:
    ran = plant_uname(opened, entry)
    path = {"PATH": f"{entry.format(root=opened.root)}{os.pathsep}{os.environ['PATH']}"}
    opened.write("a.md", "a DRAFT")
    ended = opened.installed_orch("gate", "check", *at_gate(opened), *workers, env=path)
    assert (ended.code, ran.exists()) == (1, False), ended
    opened.write("a.md", "clean")
    ended = opened.installed_orch("gate", "finish", *at_gate(opened), *workers, env=path)
    assert (ended.code, ran.exists()) == (0, False), ended


def test_the_program_that_improves_the_work_would_be_run_where_it_can_be_found(opened: Repository) -> None:
    ran = plant_uname(opened, ".")
    opened.write("a.md", "a DRAFT")
    ask = "import platform; platform.platform()"
    opened.run(sys.executable, "-c", ask, env={"PATH": f".{os.pathsep}{os.environ['PATH']}"})
    assert ran.exists()
    assert (opened.root / "a.md").read_text() == "clean"


def plant_uname(repository: Repository, entry: str) -> Path:
    """A `uname` in that directory of PATH that makes the work good; the file that exists once it was run."""
    ran = repository.root.parent / "it-ran"
    directory = entry.format(root=".") or "."
    source = f"#!/bin/sh\nprintf clean >'{repository.root}/a.md'\ntouch '{ran}'\n"
    repository.write(f"{directory}/uname", source).chmod(0o755)
    return ran


# Other hosts


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[str]]:
    """Two hosts, as far as one machine can play them: socket servers of execnet that share its folders.

    `bin`, below `tmp_path`, is the first folder that they look for programs in.
    """
    command = [sys.executable, "-I", "-u", "-m", "execnet.script.socketserver", "127.0.0.1:0"]
    environment = {**os.environ, "PATH": f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"}
    started = [
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        for _ in range(2)
    ]
    try:
        yield [address(server) for server in started]
    finally:
        for server in started:
            server.kill()
            server.communicate()


def address(server: "subprocess.Popen[str]") -> str:
    assert server.stdout
    found = re.search(r"\('127\.0\.0\.1', (\d+)\)", server.stdout.readline())
    assert found
    return f"127.0.0.1:{found[1]}"


def at(servers: list[str], count: int = 1) -> tuple[str, ...]:
    return tuple(word for server in servers for word in ("--tx", f"{count}*socket={server}"))


@pytest.mark.slow
def test_workers_at_two_hosts_over_one_folder_come_to_the_same(opened: Repository, servers: list[str]) -> None:
    assert opened.orch("gate", "finish", *at_gate(opened)).code == 0
    start(opened)
    before = {path for path in opened.root.rglob("*") if "runs" not in path.parts}
    ended = opened.orch("gate", "finish", *at_gate(opened), *at(servers))
    assert ended.code == 0, ended.err
    assert attempt(opened, 2) == attempt(opened, 1)
    assert {path for path in opened.root.rglob("*") if "runs" not in path.parts} == before


@pytest.mark.slow
def test_a_server_serves_again_and_again(opened: Repository, servers: list[str]) -> None:
    for _ in range(3):
        ended = opened.orch("gate", "check", *at_gate(opened), *at(servers, 2), "-n", "1")
        assert ended.code == 0, ended.err
        assert "5 workers [7 items]" in ended.out


@pytest.mark.slow
def test_no_program_of_the_repository_is_run_at_another_host(
    opened: Repository, servers: list[str], tmp_path: Path
) -> None:
    ran = plant_uname(opened, f"{tmp_path}/bin")
    opened.write("a.md", "a DRAFT")
    ended = opened.orch("gate", "check", *at_gate(opened), *at(servers))
    assert (ended.code, ran.exists()) == (1, False), ended
    opened.write("a.md", "clean")
    assert opened.orch("gate", "check", *at_gate(opened), *at(servers)).code == 0


@pytest.mark.slow
def test_where_nobody_serves_there_is_no_verdict(opened: Repository) -> None:
    ended = opened.orch("gate", "finish", *at_gate(opened), *at(["127.0.0.1:1"]))
    where = pattern("workers-broke", where=" (at 127.0.0.1:1)")
    assert_no_verdict(opened, ended, where)
    assert "ConnectionRefusedError" in ended.err


@pytest.mark.slow
@pytest.mark.parametrize("python", ["/no/such/python", "{bare}/bin/python"], ids=["no Python", "no orch"])
def test_a_host_without(opened: Repository, servers: list[str], tmp_path: Path, python: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    ended = opened.orch(
        "gate", "finish", *at_gate(opened),
        "--tx", f"socket={servers[0]}//python={python.format(bare=tmp_path / 'bare')}",
    )  # fmt: skip
    reason = pattern("worker-without-orch") if "bare" in python else "No such file or directory"
    assert_no_verdict(opened, ended, reason)
    assert servers[0] in ended.err


@pytest.mark.slow
def test_a_host_with_another_version_gives_no_verdict(
    opened: Repository, servers: list[str], program: PatchedInstall
) -> None:
    there = "lambda: {**original(), 'pytest': str(__import__('os').getpid())}"
    program.replace("gate_tests.isolated_pytest.xdist.versions:collect_versions", there)
    ended = program.orch(opened, "gate", "finish", *at_gate(opened), *at(servers[:1]))
    assert_no_verdict(opened, ended, pattern("other-version", worker=f"gw0 at {servers[0]}", what="pytest"))


@pytest.mark.slow
def test_a_host_that_does_not_share_the_folder_gives_no_verdict(
    opened: Repository, servers: list[str], program: PatchedInstall
) -> None:
    faults = (
        ("'/no/such/folder', {}", pattern("other-directory", folder="/no/such/folder")),
        ("root, {'a.md': ''}", pattern("other-contract", path="a.md")),
    )
    for server, (there, reason) in zip(servers, faults, strict=True):
        other = PatchedInstall.make(program.folder.parent / f"altered-{len(there)}")
        fault = f"lambda root, contracts: original({there})"
        other.replace("gate_tests.isolated_pytest.xdist.bootstrap:_check_root", fault)
        ended = other.orch(opened, "gate", "finish", *at_gate(opened), *at([server]))
        assert_no_verdict(opened, ended, reason)


@pytest.fixture
def hanging_there(opened: Repository, program: PatchedInstall, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A finish whose only worker is at another host, busy with a check that never ends; and the server there."""
    command = [sys.executable, "-I", "-u", "-m", "execnet.script.socketserver", "127.0.0.1:0"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    touched = tmp_path / "under-way"
    hang = f"import re, pathlib; pathlib.Path({str(touched)!r}).touch(); re.match('(a+)+$', 'a' * 60 + '!')"
    program.run_before(CHECK, hang)
    python = str(program.folder / "venv/bin/python")
    write_contract(opened, check_s=2)
    finish = [python, "-I", "-m", "runner", "gate", "finish", *at_gate(opened), *at([address(server)])]
    finish.append("--accept-contract")
    orch = subprocess.Popen(finish, cwd=opened.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(touched.exists)
        yield orch.pid, server.pid
    finally:
        for process in (orch, server):
            process.kill()
            process.communicate()


@pytest.mark.slow
def test_a_busy_worker_at_another_host_outlives_orch_by_its_limit_and_five_seconds(
    hanging_there: tuple[int, int],
) -> None:
    orch, server = hanging_there
    workers = descendants(server)
    assert len(workers) == 1
    os.kill(orch, signal.SIGKILL)
    wait_until(lambda: not any(is_running(worker) for worker in workers), 20)
