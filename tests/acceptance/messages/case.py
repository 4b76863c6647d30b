"""A command line and the message it prints, and what is done before it."""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gate_tests.errors import InvalidFile
from runner.cli.main import run as run_orch
from tests.support.repository import Repository

Json = dict[str, Any]
Prepare = Callable[[Repository, str], object]
CONTRACT = "orchestration/gates/contracts/G2.contract.json"
WORKFLOW = "orchestration/workflows/visual-essay.json"
TESTS = "orchestration/workflows/tests.json"
RUN = "orchestration/runs/{run}"
RECORD = f"{RUN}/record/RUN.json"
ATTEMPT = f"{RUN}/record/gates/G1/attempt-1.json"
REPAIR = "orch run repair --run {run}"


@dataclass(frozen=True)
class Case:
    """A command line and the message that it prints, in its line: `before` is a regex, `after` a text.

    `{run}` is a run that has been started. A value that is not given may be anything.
    """

    arguments: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)
    code: int = 2
    next_step: str | None = None
    """The command that follows on a line of its own; or advice, where only a person can help."""
    prepare: Prepare | None = None
    before: str = ""
    after: str = ""
    is_output: bool = False
    """Whether it is a line of standard output, in which the next command does not follow."""


# What is done before a command


def first(*steps: Prepare) -> Prepare:
    def prepare(repository: Repository, run_id: str) -> None:
        for step in steps:
            step(repository, run_id)

    return prepare


def typed(*arguments: str) -> Prepare:
    def prepare(repository: Repository, run_id: str) -> None:
        command = [argument.replace("{run}", run_id) for argument in arguments]
        assert run_orch(["-C", str(repository.root), *command, "--json"]) == 0

    return prepare


def write(path: str, content: str | bytes) -> Prepare:
    return lambda repository, run_id: repository.write(path.replace("{run}", run_id), content)


def edit(path: str, change: Callable[[Any], object]) -> Prepare:
    def prepare(repository: Repository, run_id: str) -> None:
        file = repository.root / path.replace("{run}", run_id)
        document = json.loads(file.read_text("utf-8"))
        change(document)
        file.write_text(json.dumps(document, indent=2), "utf-8")

    return prepare


def link(path: str, target: str) -> Prepare:
    def prepare(repository: Repository, run_id: str) -> None:
        file = repository.root / path.replace("{run}", run_id)
        if file.is_dir():
            shutil.rmtree(file)
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(target)

    return prepare


def remove(path: str) -> Prepare:
    def prepare(repository: Repository, run_id: str) -> None:
        file = repository.root / path.replace("{run}", run_id)
        shutil.rmtree(file) if file.is_dir() else file.unlink()

    return prepare


def hold_lock(repository: Repository, run_id: str) -> None:
    record = repository.root / f"orchestration/runs/{run_id}/record"
    fcntl.flock(os.open(record, os.O_RDONLY), fcntl.LOCK_EX)


def contract_of(path: str = CONTRACT, gate: str = "G2", **keys: Any) -> Prepare:
    return write(path, json.dumps({"gate": gate, "name": "Test", **keys}, indent=1))


def accept_workflow(repository: Repository, run_id: str) -> None:
    """Makes the workflow as it is now the one that the run started with."""
    sha256 = hashlib.sha256((repository.root / WORKFLOW).read_bytes()).hexdigest()
    edit(RECORD, lambda record: record["pins"].update(workflow=sha256))(repository, run_id)


def edit_workflow(change: Callable[[Any], object]) -> Prepare:
    """The run is one of the workflow as it is after this change."""
    return first(edit(WORKFLOW, change), accept_workflow)


def step(gate: str, **keys: Any) -> Json:
    template = "orchestration/prompts/visual-essay/G1.md"
    return {"gate": gate, "name": "A step", "agent": f"agent-{gate}", "prompt_template": template, **keys}


def workflow_of(*gates: Json, name: str = "tests", **keys: Any) -> Prepare:
    document = {"workflow": name, "version": "1", "artifact_path": "out/{slug}", "gates": list(gates), **keys}
    return write(f"orchestration/workflows/{name}.json", json.dumps(document, indent=1))


def first_attempt(record: Json) -> Json:
    attempt: Json = record["gates"][0]["attempts"][0]
    return attempt


# The kinds of cases


START = ("run", "start", "--workflow", "visual-essay", "--slug", "tea")
OUTPUTS = {"any_of": [{"path": "a.md"}]}
FAIL_G1 = typed("gate", "fail", "--run", "{run}", "--gate", "G1", "--reason", "bad")
START_G1 = typed("gate", "start", "--run", "{run}", "--gate", "G1", "--agent", "maker")


def gate(verb: str, gate: str = "G1", *more: str) -> tuple[str, ...]:
    needed = ("--agent", "maker") if verb == "start" else ()
    return ("gate", verb, "--run", "{run}", "--gate", gate, *needed, *more)


def in_json(content: str | bytes, line: int | None, column: int | None = None, /, **values: object) -> Case:
    """What is wrong with a file as JSON."""
    after = "" if column is None else f" (column {column})"
    place = CONTRACT if line is None else f"{CONTRACT}:{line}"
    command = ("contract", "explain", "G2")
    return Case(command, values, 2, InvalidFile.advice, write(CONTRACT, content), f"{re.escape(place)}: ", after)


def in_contract(json_path: str, keys: Json, values: Json | None = None, after: str = "", before: str = "") -> Case:
    """What is wrong with a contract. `before` is a text that follows the place."""
    place = rf"{re.escape(CONTRACT)}:\d+: {re.escape(json_path)}: {re.escape(before)}"
    return Case(gate("start", "G2"), values or {}, 2, InvalidFile.advice, contract_of(**keys), place, after)


def in_check(keys: Json, json_path: str, values: Json | None = None, after: str = "") -> Case:
    """What is wrong with the only check of a contract."""
    check = {"type": "not_contains", "target": "a.md", "pattern": "x", **keys}
    return in_contract(f"$.validations[0]{json_path}", {"validations": [check]}, values, after)


def in_workflow(json_path: str, prepare: Prepare, values: Json | None = None, after: str = "") -> Case:
    """What is wrong with a workflow."""
    before = rf"{re.escape(TESTS)}:\d+: {re.escape(json_path)}: "
    command = ("run", "start", "--workflow", "tests", "--slug", "tea")
    return Case(command, values or {}, 2, InvalidFile.advice, prepare, before, after)


def in_record(json_path: str, *steps: Prepare, file: str = RECORD, after: str = "", **values: object) -> Case:
    """What is wrong with a record."""
    before = rf"{re.escape(file)}:\d+: {re.escape(json_path)}: "
    return Case(("run", "show", "--run", "{run}"), values, 4, REPAIR, first(*steps), before, after)


def refused(
    arguments: tuple[str, ...],
    *help_of: str,
    after: str = "",
    before: str = "",
    prepare: Prepare | None = None,
    **values: object,
) -> Case:
    """What is refused with the help of the command."""
    return Case(arguments, values, 2, " ".join(("orch", *help_of, "--help")), prepare, before, after)


def output(arguments: tuple[str, ...], prepare: Prepare | None, code: int, before: str = "", **values: object) -> Case:
    """What stands in a line of standard output."""
    return Case(arguments, values, code, None, prepare, before, is_output=True)


RESUME = ("run", "resume", "--run", "{run}")
G1_CONTRACT = CONTRACT.replace("G2", "G1")


def cut(record: Path) -> None:
    """Cuts a record off before its gates."""
    text = record.read_text("utf-8")
    record.write_text(text[: text.index('"gates"')], "utf-8")
