"""A judging process that judges again: each session has a fork of its own, which knows nothing of the one before."""

import os
import signal

import pytest

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.isolated_pytest.verdict import Verdict
from tests.support.processes import is_running, processes_below, wait_until
from tests.support.repository import Repository

SILENT = Display(lambda text: None)


@pytest.fixture
def gates(repository: Repository) -> list[CompiledGate]:
    """A gate GT that passes, and GU that does not."""
    for gate, pattern in (("GT", "DRAFT"), ("GU", "clean")):
        check = {"type": "not_contains", "target": "a.md", "pattern": pattern}
        repository.write_contract(gate, validations=[check])
    repository.write("a.md", "clean")
    workspace = repository.workspace
    return [compile_gate(workspace, load_contract(workspace, gate), repository.context()) for gate in ("GT", "GU")]


def request(process: IsolatedPytest, repository: Repository, gate: CompiledGate) -> None:
    contracts = {gate.contract.gate: gate.contract.document}
    process.request_verdicts(repository.workspace, repository.context(), contracts)


def read(process: IsolatedPytest, gate: CompiledGate) -> Verdict:
    (verdict,) = process.read_verdicts([gate])
    return verdict


def test_it_judges_again_and_again_what_the_files_are_then(repository: Repository, gates: list[CompiledGate]) -> None:
    gate = gates[0]
    with IsolatedPytest(SILENT, forks=True) as process:
        for content, passes in (("clean", True), ("DRAFT", False), ("clean", True)):
            repository.write("a.md", content)
            request(process, repository, gate)
            verdict = read(process, gate)
            assert verdict.passed is passes
            assert [duration_s > 0 for duration_s in verdict.durations_s] == [True]


@pytest.mark.slow
def test_requests_may_be_sent_ahead(repository: Repository, gates: list[CompiledGate]) -> None:
    with IsolatedPytest(SILENT, forks=True) as process:
        for gate in gates:
            request(process, repository, gate)
        assert [read(process, gate).passed for gate in gates] == [True, False]


@pytest.mark.slow
def test_a_large_request_waits_until_the_session_before_has_ended(
    repository: Repository, gates: list[CompiledGate]
) -> None:
    check = {"type": "not_contains", "target": "a.md", "pattern": "DRAFT", "description": "x" * 1000}
    repository.write_contract("GV", validations=[check] * 500)
    large = compile_gate(repository.workspace, load_contract(repository.workspace, "GV"), repository.context())
    with IsolatedPytest(SILENT, forks=True) as process:
        request(process, repository, gates[0])
        request(process, repository, large)
        assert read(process, gates[0]).passed
        assert len(read(process, large).validations) == 500


def start_long_check(repository: Repository) -> CompiledGate:
    """A gate whose check reads a file for long: a sparse one of many gigabytes is hashed."""
    repository.write_contract("GL", required_outputs={"all_of": [{"path": "large.bin"}]})
    with open(repository.write("large.bin", "x"), "ab") as file:
        os.truncate(file.fileno(), 1 << 40)
    return compile_gate(repository.workspace, load_contract(repository.workspace, "GL"), repository.context())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_fork_that_is_killed_is_no_verdict_and_ends_the_process(repository: Repository, number: int) -> None:
    gate = start_long_check(repository)
    with IsolatedPytest(SILENT, forks=True) as process:
        parent = process._process.pid
        request(process, repository, gate)
        wait_until(lambda: processes_below(parent))
        (fork,) = processes_below(parent)
        os.kill(fork, number)
        with pytest.raises(NoVerdict, match=f"was killed by {signal.Signals(number).name}"):
            read(process, gate)
    assert not is_running(fork)


@pytest.mark.slow
def test_the_fork_does_not_outlive_who_asked(repository: Repository) -> None:
    gate = start_long_check(repository)
    process = IsolatedPytest(SILENT, forks=True)
    with process:
        parent = process._process.pid
        request(process, repository, gate)
        wait_until(lambda: processes_below(parent))
        (fork,) = processes_below(parent)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, process._process.stdin)  # as the system does where the requesting process ends
        os.close(nowhere)
        wait_until(lambda: not is_running(fork))
