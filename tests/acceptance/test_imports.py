"""The quick commands are quick: they pay neither for pytest nor for jsonschema."""

import sys

import pytest

from tests.support.imports import HEAVY, imported
from tests.support.repository import SLUG, Repository

COMMANDS = {
    "help": ("--help",),
    "help of a group": ("run", "--help"),
    "help of a command": ("gate", "finish", "--help"),
    "run list": ("run", "list"),
    "run list --json": ("run", "list", "--json"),
    "run show": ("run", "show", "--run", "{run}"),
    "run show --json": ("run", "show", "--run", "{run}", "--json"),
    "status": ("status",),
    "status --json": ("status", "--run", "{run}", "--json"),
    "run complete": ("run", "complete", "--run", "{run}"),
    "gate start": ("gate", "start", "--run", "{run}", "--gate", "G2", "--agent", "maker"),
    "gate fail": ("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", "bad"),
    "invocation record": ("invocation", "record", "--run", "{run}", "--gate", "G2", "--agent", "maker"),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_quick_command_imports_nothing_heavy(shipped: Repository, run_id: str, arguments: tuple[str, ...]) -> None:
    words = [argument.format(run=run_id) for argument in arguments]
    ended = shipped.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", *words)
    assert ended.code == 0, ended.err[-500:]
    modules = imported(ended)
    assert "click" in modules  # the report was read
    assert not modules & HEAVY


@pytest.mark.slow
def test_judging_loads_pytest_in_a_process_of_its_own(shipped: Repository, run_id: str) -> None:
    shipped.add_example("G1")
    check = ("gate", "check", "--run", run_id, "--gate", "G1")
    ended = shipped.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", *check)
    assert ended.code == 0
    assert "4 passed" in ended.out
    assert not imported(ended) & {"pytest", "_pytest", "jsonschema", "markdown_it"}


@pytest.mark.slow
@pytest.mark.parametrize("command", [("gate", "start", "--agent", "maker"), ("gate", "finish"), ("gate", "check")])
def test_a_regex_is_compiled_by_the_judging_process_only(repository: Repository, command: tuple[str, ...]) -> None:
    counted = {"type": "min_regex_count", "target": "a.md", "regex": "text"}
    repository.write_contract(validations=[counted, {**counted, "type": "regex_match"}])
    repository.write_workflow("GT")
    repository.write("a.md", "text")
    run_id = repository.start_run(workflow="tests")
    if command[1] == "finish":
        repository.start_gate(run_id, "GT")
    words = (*command, "--run", run_id, "--gate", "GT")
    ended = repository.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", *words)
    assert ended.code == 0, ended.err[-500:]
    modules = imported(ended)
    assert "click" in modules
    assert "regex" not in modules


def test_starting_a_run_does_not_import_pytest(shipped: Repository) -> None:
    start = ("run", "start", "--workflow", "visual-essay", "--slug", SLUG)
    ended = shipped.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", *start)
    assert ended.code == 0
    assert not imported(ended) & {"pytest", "_pytest"}


def test_the_list_of_runs_imports_nothing_that_judges_or_writes(shipped: Repository, run_id: str) -> None:
    ended = shipped.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", "run", "list")
    rows = [line.rpartition("|")[2].strip() for line in ended.err.splitlines() if line.startswith("import time:")]
    rooms = {".".join(name.split(".")[:2]) for name in rows if name.startswith(("gate_tests.", "runner."))}
    assert "gate_tests.workspace" in rooms  # the report was read
    assert rooms.isdisjoint({"gate_tests.compiler", "gate_tests.checks", "runner.operations", "runner.workflows"})
    parts = {name for name in rows if name.startswith("gate_tests.isolated_pytest.")}
    assert parts <= {"gate_tests.isolated_pytest.display"}
