"""What reaches the judging process of its caller's surroundings: next to nothing."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.isolated_pytest.verdict import Verdict
from tests.support.patched_install import PatchedInstall
from tests.support.repository import Repository

NO_DRAFT = {"type": "not_contains", "target": "a.md", "pattern": "DRAFT"}


@pytest.fixture
def one_gate(repository: Repository) -> Repository:
    """A gate GT of two checks that pass."""
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]}, validations=[NO_DRAFT])
    repository.write("a.md", "clean")
    return repository


def compiled(repository: Repository, *gates: str) -> list[CompiledGate]:
    workspace = repository.workspace
    return [compile_gate(workspace, load_contract(workspace, gate), repository.context()) for gate in gates]


def ask(process: IsolatedPytest, repository: Repository, gates: list[CompiledGate]) -> list[Verdict]:
    contracts = {gate.contract.gate: gate.contract.document for gate in gates}
    process.request_verdicts(repository.workspace, repository.context(), contracts)
    return process.read_verdicts(gates)


def judge(repository: Repository, *gates: str, display: Display | None = None) -> list[Verdict]:
    with IsolatedPytest(display or Display(lambda text: None)) as process:
        return ask(process, repository, compiled(repository, *gates or ("GT",)))


def test_the_verdict_arrives_whole(one_gate: Repository) -> None:
    (given,) = judge(one_gate)
    assert (given.gate, given.passed, given.pytest_version) == ("GT", True, pytest.__version__)
    assert [result.id for result in given.validations] == ["file_exists[a.md]", "not_contains[a.md]"]
    assert [output.path for output in given.outputs] == ["a.md"]


def test_several_gates_are_judged_in_one_session(one_gate: Repository) -> None:
    one_gate.write_contract("GU", validations=[{**NO_DRAFT, "pattern": "clean"}])
    assert [(each.gate, each.passed) for each in judge(one_gate, "GU", "GT")] == [("GU", False), ("GT", True)]


def test_it_judges_by_the_contract_as_it_was_read_whatever_stands_there_meanwhile(one_gate: Repository) -> None:
    with IsolatedPytest(Display(lambda text: None)) as process:
        gates = compiled(one_gate, "GT")
        one_gate.write_contract(validations=[{**NO_DRAFT, "pattern": "clean"}])
        (given,) = ask(process, one_gate, gates)
    assert given.passed


@pytest.mark.slow
def test_lines_of_pytest_are_shown_as_the_display_wants_them(one_gate: Repository) -> None:
    plain: list[str] = []
    coloured: list[str] = []
    judge(one_gate, display=Display(plain.append, columns=50))
    judge(one_gate, display=Display(coloured.append, color=True, columns=90))
    assert "\x1b[32m" not in "".join(plain)
    assert "\x1b[32m" in "".join(coloured)
    assert len("".join(plain).splitlines()[0]) == 50
    assert "2 passed" in "".join(plain)


@pytest.mark.slow
def test_a_large_request_and_a_large_answer_go_through(one_gate: Repository) -> None:
    note = "x" * 1000
    checks = [{**NO_DRAFT, "description": note} for _ in range(500)]
    one_gate.write_contract(validations=checks)
    (given,) = judge(one_gate)
    assert len(given.validations) == 500


def test_a_process_that_was_never_asked_is_ended_all_the_same(one_gate: Repository) -> None:
    with IsolatedPytest(Display(lambda text: None)) as process:
        judging = process._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(judging, 0)


@pytest.fixture
def seen(repository: Repository, tmp_path: Path) -> dict[str, Any]:
    """What a check sees of the world when `orch` is called in hostile surroundings."""
    notes = tmp_path / "notes.json"
    look = (
        "import json, os, shutil, sys; world = {'programs': [*filter(shutil.which, ('sh', 'uname', 'git'))],"
        " 'environment': dict(os.environ), 'path': sys.path, 'files': sorted("
        "{getattr(module, '__file__', None) or '' for module in list(sys.modules.values())}),"
        " 'isolated': sys.flags.isolated, 'optimize': sys.flags.optimize, 'warnings': sys.warnoptions,"
        " 'session': os.getsid(0) == os.getpid(), 'stdin': os.readlink('/proc/self/fd/0'),"
        " 'open': sorted(os.listdir('/proc/self/fd'))};"
        f" open({str(notes)!r}, 'w').write(json.dumps(world))"
    )
    program = PatchedInstall.make(tmp_path / "altered")
    program.run_before("gate_tests.checks.types.not_contains:NotContains.evaluate_text", look)
    repository.write_contract(validations=[NO_DRAFT])
    repository.write("a.md", "clean")
    repository.write_workflow("GT")
    run_id = repository.start_run(workflow="tests")
    hostile = {
        "PYTHONPATH": str(repository.root), "PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error", "PYTEST_ADDOPTS": "--co",
        "PYTEST_PLUGINS": "evil", "SECRET": "token", "COV_CORE_SOURCE": ".", "GIT_DIR": "/nowhere",
    }  # fmt: skip
    ended = program.orch(repository, "gate", "check", "--run", run_id, "--gate", "GT", env=hostile)
    assert ended.code == 0, ended.err
    world: dict[str, Any] = json.loads(notes.read_text())
    return {**world, "root": str(repository.root)}


@pytest.mark.slow
def test_no_setting_of_the_caller_gets_in(seen: dict[str, Any]) -> None:
    allowed = {"PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "TERM", "COLUMNS"}
    pytests_own = {"PYTEST_CURRENT_TEST", "PYTEST_VERSION"}
    assert set(seen["environment"]) <= allowed | pytests_own
    assert (seen["isolated"], seen["optimize"], seen["warnings"]) == (1, 0, [])


@pytest.mark.slow
def test_no_program_is_found_by_its_name(seen: dict[str, Any]) -> None:
    assert seen["programs"] == []


def test_nothing_is_imported_from_the_repository_or_the_current_folder(seen: dict[str, Any]) -> None:
    assert "" not in seen["path"]
    assert not [place for place in (*seen["path"], *seen["files"]) if place.startswith(seen["root"])]


@pytest.mark.slow
def test_pytest_xdist_is_not_imported_where_nobody_asked_for_workers(seen: dict[str, Any]) -> None:
    assert not [path for path in seen["files"] if "-packages/xdist/" in path or "-packages/execnet/" in path]


@pytest.mark.slow
def test_it_runs_in_a_session_of_its_own_and_inherits_no_open_file(seen: dict[str, Any]) -> None:
    assert seen["session"]
    assert seen["stdin"].startswith("pipe:")
    assert len(seen["open"]) <= 8  # 0 to 2, the pipe to the parent, /proc itself, what the capture of pytest holds
