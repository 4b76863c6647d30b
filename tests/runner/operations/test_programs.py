"""The programs of contracts are run in their order, and their output kept in the logs."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gate_tests.compiler.loader import read_contract
from gate_tests.workspace.names import Depth
from runner.models.run import Run
from runner.operations.attempts import compile_run_gate
from runner.operations.programs import ProgramRuns, has_check_type, has_programs, run_programs
from runner.operations.runs import RunRequest, start_run
from runner.storage.logs import log_file
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

NOW = "2026-11-22T09:30:00.000Z"
OUTPUTS = {"all_of": [{"path": "a.md"}]}


def started(repository: Repository) -> Run:
    repository.write_workflow("GT")
    workflow = load_workflow(repository.workspace, "tests")
    return start_run(Store(repository.workspace), RunRequest(workflow, "tea", None, Depth.STANDARD), NOW)


def run_all(repository: Repository, *, scripts: bool = True, **contract: Any) -> tuple[ProgramRuns, list[str], Path]:
    """What ran, what was shown, and the directory of the logs."""
    repository.write_contract("GT", required_outputs=OUTPUTS, **contract)
    run, store = started(repository), Store(repository.workspace)
    shown: list[str] = []
    gates = [(compile_run_gate(store, run, "GT"), "gates/GT/check")]
    open_log = partial(log_file, store, run.run_id)
    ran = run_programs(repository.workspace, open_log, gates, shown.append, scripts=scripts)
    return ran, shown, repository.root / repository.workspace.run_path(run.run_id) / "logs/gates/GT/check"


@pytest.mark.parametrize(
    ("contract", "with_scripts", "without"),
    [
        ({"pre_scripts": [{"path": "a.py"}]}, True, False),
        ({"pre_scripts": []}, False, False),
        ({"validations": [{"type": "command"}]}, True, True),
        ({"validations": [{"type": "word_count"}, "nonsense", None]}, False, False),
        ({"validations": {"type": "command"}, "pre_scripts": "a.py"}, False, False),
    ],
    ids=["pre_scripts", "none", "a command check", "other checks", "an invalid contract"],
)
def test_whether_programs_must_run_is_seen_before_a_contract_is_validated(
    repository: Repository, contract: dict[str, Any], with_scripts: bool, without: bool
) -> None:
    repository.write_contract("GT", **contract)
    document = read_contract(repository.workspace, "GT")
    assert has_programs([document], scripts=True) is with_scripts
    assert has_programs([document], scripts=False) is without
    assert has_check_type(document, "no_such_type") is False


def test_no_contract_at_all_has_none(repository: Repository) -> None:
    repository.write(repository.workspace.contract_path("GT"), "[]")
    assert has_programs([read_contract(repository.workspace, "GT")], scripts=True) is False
    assert has_programs([], scripts=True) is False


def test_scripts_run_in_their_order_with_a_log_each(repository: Repository) -> None:
    for name in ("one.py", "two.py"):
        repository.write(f"tools/{name}", f"print('{name}'); open('order', 'a').write('{name} ')")
    paths = [{"path": "tools/one.py"}, {"path": "tools/two.py"}]
    ran, shown, logs = run_all(repository, pre_scripts=paths)
    assert (repository.root / "order").read_text() == "one.py two.py "
    assert sorted(path.name for path in logs.iterdir()) == ["pre-script-1-one.py.txt", "pre-script-2-two.py.txt"]
    scripts, programs = ran.for_gate("GT")
    assert [(script.fails_gate, script.log and script.log.last_lines) for script in scripts] == [
        (False, ("one.py",)), (False, ("two.py",)),
    ]  # fmt: skip
    assert programs == {}
    assert any("tools/one.py" in text for text in shown)
    assert ran.for_gate("other") == ((), {})


@pytest.mark.parametrize(("may_fail", "row"), [(False, {"pass": False}), (True, {"pass": True, "warning": True})])
def test_a_script_that_fails_fails_its_gate_unless_it_may(
    repository: Repository, may_fail: bool, row: dict[str, bool]
) -> None:
    repository.write("a.py", "raise SystemExit(3)")
    ran, _, _ = run_all(repository, pre_scripts=[{"path": "a.py", "may_fail": may_fail}])
    ((script,), _) = ran.for_gate("GT")
    assert script.fails_gate is not may_fail
    recorded = script.to_json()
    assert {key: recorded[key] for key in row} == row
    assert (recorded["path"], recorded["exit_code"], recorded["reason"]) == ("a.py", 3, script.reason)


def test_a_script_that_succeeds_has_no_reason_in_its_row(repository: Repository) -> None:
    repository.write("a.py", "")
    ran, _, _ = run_all(repository, pre_scripts=[{"path": "a.py"}])
    ((script,), _) = ran.for_gate("GT")
    assert set(script.to_json()) == {"path", "exit_code", "duration_ms", "output_sha256", "pass"}


def test_a_script_behind_a_link_out_of_the_root_is_not_run_and_fails(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("open('ran', 'w')")
    (repository.root / "a.py").symlink_to(tmp_path / "outside.py")
    ran, _, logs = run_all(repository, pre_scripts=[{"path": "a.py"}])
    ((script,), _) = ran.for_gate("GT")
    assert (script.fails_gate, script.log, logs.exists()) == (True, None, False)
    assert not (repository.root / "ran").exists()


def test_without_scripts_only_the_commands_of_checks_run(repository: Repository) -> None:
    repository.write("a.py", "open('ran', 'w')")
    command = {"type": "command", "command": ["echo", "hello  you"]}
    ran, shown, logs = run_all(repository, scripts=False, pre_scripts=[{"path": "a.py"}], validations=[command])
    assert not (repository.root / "ran").exists()
    scripts, programs = ran.for_gate("GT")
    assert scripts == ()
    ((check_id, log),) = programs.items()
    assert check_id
    assert log.last_lines == ("hello  you",)
    assert "running echo 'hello  you'\n" in shown
    assert [path.name for path in logs.iterdir()] == ["command-1-echo.txt"]
