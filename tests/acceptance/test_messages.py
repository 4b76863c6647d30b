"""Each message of the table is printed once as it stands there, with its exit code and the next command."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import InvalidFile, OrchError, sentence
from runner.cli.main import run as run_orch
from runner.models import transitions
from runner.models.status import RunStatus
from runner.storage.store import Store
from tests.support import CHECKOUT
from tests.support.messages import MESSAGES, meant, message, pattern
from tests.support.repository import Ended, Repository
from tests.support.sample_run import AT, LATER, finish, new_run, start

Json = dict[str, Any]
Prepare = Callable[[Repository, str], object]
CONTRACT = "orchestration/gates/contracts/G2.contract.json"
WORKFLOW = "orchestration/workflows/visual-essay.json"
TESTS = "orchestration/workflows/tests.json"
RUN = "orchestration/runs/{run}"
RECORD = f"{RUN}/record/RUN.json"
ATTEMPT = f"{RUN}/record/gates/G1/attempt-1.json"
REPAIR = "orch run repair --run {run}"
CHECK_OUT_RECORD = f"git checkout HEAD -- {RECORD}"


@dataclass(frozen=True)
class Case:
    """A command line and the message that it prints, in its line: `before` is a regex, `after` a text.

    `{run}` is a run that has been started. A value that is not given may be anything.
    """

    arguments: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)
    code: int = 2
    next_command: str | None = None
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
    lock = repository.root / f"orchestration/runs/{run_id}/logs/.lock"
    lock.write_text("")
    fcntl.flock(os.open(lock, os.O_RDWR), fcntl.LOCK_EX)


def contract_of(path: str = CONTRACT, gate: str = "G2", **keys: Any) -> Prepare:
    return write(path, json.dumps({"gate": gate, "name": "Test", **keys}, indent=1))


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


def in_json(content: str | bytes, line: int | None, /, **values: object) -> Case:
    """What is wrong with a file as JSON."""
    place = CONTRACT if line is None else f"{CONTRACT}:{line}"
    command = ("contract", "explain", "G2")
    return Case(command, values, 2, InvalidFile.advice, write(CONTRACT, content), f"{re.escape(place)}: ")


def in_contract(json_path: str, keys: Json, values: Json | None = None, after: str = "") -> Case:
    """What is wrong with a contract."""
    before = rf"{re.escape(CONTRACT)}:\d+: {re.escape(json_path)}: "
    return Case(gate("start", "G2"), values or {}, 2, InvalidFile.advice, contract_of(**keys), before, after)


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


def refused(arguments: tuple[str, ...], *help_of: str, after: str = "", **values: object) -> Case:
    """What is refused with the help of the command."""
    return Case(arguments, values, 2, " ".join(("orch", *help_of, "--help")), after=after)


def output(arguments: tuple[str, ...], prepare: Prepare | None, code: int, before: str = "", **values: object) -> Case:
    """What stands in a line of standard output."""
    return Case(arguments, values, code, None, prepare, before, is_output=True)


RESUME = ("run", "resume", "--run", "{run}")
G1_CONTRACT = CONTRACT.replace("G2", "G1")

CASES: dict[str, Case] = {
    # Names and paths
    "not-a-gate-id": refused(("contract", "new", "../x", "--name", "n"), "contract", "new", gate="../x"),
    "not-a-slug": refused((*START[:-1], "Tea"), "run", "start", slug="Tea"),
    "not-a-run-id": output(("run", "check", "orchestration/runs/my-run/x"), None, 2, run="my-run"),
    "no-run-begins-so": Case(("run", "show", "--run", "newest"), {"run": "newest"}, 2, "orch run list"),
    "several-runs-begin-so": Case(
        ("run", "show", "--run", "run_2020"),
        {"begin": "run_2020", "count": 2, "runs": "run_20200101T000000Z_b_bbbbbb, run_20200101T000000Z_a_aaaaaa"},
        2,
        "orch run list",
        first(*(write(f"orchestration/runs/run_20200101T000000Z_{a}_{6 * a}/x", "") for a in "ab")),
    ),
    "unknown-depth": refused((*START, "--depth", "quik"), "run", "start", after=meant("quick"), depth="quik"),
    "unknown-status": refused(
        ("run", "complete", "--run", "{run}", "--status", "PASED"),
        "run",
        "complete",
        after=meant("PASSED"),
        status="PASED",
    ),
    "unknown-run": Case(
        ("run", "show", "--run", "run_20200101T000000Z_a_aaaaaa"),
        {"run": "run_20200101T000000Z_a_aaaaaa"},
        2,
        "orch run list",
        after=message("known", names="{run}"),
    ),
    "known": Case(
        ("run", "show", "--run", "run_20200101T000000Z_a_aaaaaa"), {"names": "{run}"}, 2, "orch run list", before=".*"
    ),
    "did-you-mean": Case(("run", "show", "--run", "lates"), {"name": "latest"}, 2, "orch run list", before=".*"),
    "unknown-gate": Case(
        gate("start", "G22"), {"gate": "G22", "run": "{run}"}, 2, "orch run show --run {run}", after=meant("G2")
    ),
    "unknown-workflow": Case(
        ("run", "start", "--workflow", "essay", "--slug", "tea"),
        {"workflow": "essay"},
        2,
        "orch run --help",
        after=message("known", names="data-report, visual-essay"),
    ),
    "unknown-shell": refused(("completion", "bsh"), "completion", after=meant("bash"), shell="bsh"),
    "unknown-command": Case(
        ("gate", "finsh"), {"what": "command", "name": "finsh"}, 2, "orch gate finish --help", after=meant("finish")
    ),
    "no-schema": refused(("schema", "contrat"), "schema", after=meant("contract"), kind="contrat"),
    "no-run-of-workflow": Case(
        ("run", "list", "--workflow", "visual-esay"),
        {"workflow": "visual-esay"},
        2,
        "orch run list",
        after=meant("visual-essay"),
    ),
    "not-a-time": refused(("run", "list", "--since", "soon"), "run", "list", text="soon"),
    "empty-text": refused(gate("fail", "G1", "--reason", " "), "gate", "fail", what="--reason"),
    "control-character": refused(gate("fail", "G1", "--reason", "a\nb"), "gate", "fail", what="--reason", text="a\nb"),
    "text-not-utf-8": refused(gate("fail", "G1", "--reason", "\udcff"), "gate", "fail", what="--reason", text="\udcff"),
    "absolute-path": refused((*START, "--artifact-path", "/a"), "run", "start", what="artifact path", path="/a"),
    "path-of-the-root": refused((*START, "--artifact-path", "."), "run", "start", what="artifact path", path="."),
    "path-leaves-root": refused((*START, "--artifact-path", "../a"), "run", "start", what="artifact path", path="../a"),
    "symlink-leaves-root": Case(
        (*START, "--artifact-path", "out/a"),
        {"what": "artifact path", "path": "out/a"},
        2,
        "ls -ld out/a",
        link("out", "/etc"),
    ),
    "file-leaves-root": Case(
        ("contract", "explain", "G2"), {"path": CONTRACT}, 2, InvalidFile.advice, link(CONTRACT, "/dev/null")
    ),
    "record-leaves-root": Case(
        gate("start"), {"path": f"{RUN}/logs"}, 2, f"rm {RUN}/logs", link(f"{RUN}/logs", "/etc")
    ),
    "not-below-runs": Case(("run", "check", "some/where"), {"path": "some/where"}, 2, "orch run list"),
    # The root
    "no-root": Case(("run", "list"), {}, 2, "orch init", remove("orchestration")),
    "root-is-file": Case(
        ("-C", "file", "run", "list"), {"named_by": "-C", "root": "file"}, 2, "orch -C . status", write("file", "")
    ),
    "root-without-orchestration": Case(
        ("-C", "src", "run", "list"), {"named_by": "-C", "root": "src"}, 2, "orch -C src init", write("src/a", "")
    ),
    "root-is-missing": Case(
        ("-C", "nowhere", "run", "list"),
        {"named_by": "-C", "root": "nowhere"},
        2,
        "mkdir -p nowhere && orch -C nowhere init",
    ),
    # JSON files
    "missing": Case(("run", "show", "--run", "{run}"), {"path": RECORD}, 4, CHECK_OUT_RECORD, remove(RECORD)),
    "empty-file": in_json(" \n", None),
    "not-json": in_json("{\n]", 2, reason="Expecting property name enclosed in double quotes (column 1)"),
    "constant": in_json('{\n"a": NaN}', 2, constant="NaN"),
    "number-too-large": in_json('{\n"a": 1e999}', 2, number="1e999"),
    "half-surrogate-pair": in_json('{\n"a": "\\ud800"}', 2),
    "duplicate-key": in_json('{"a": 1,\n"a": 2}', 2, key="a", line=1),
    "not-utf-8": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        write(CONTRACT, b"\n\xff"),
        f"{re.escape(CONTRACT)}:2: ",
        " (byte 0xff)",
    ),
    "nested-too-deeply": in_json("[" * 100_000, None),
    "is-directory": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        first(remove(CONTRACT), write(f"{CONTRACT}/a", "")),
        f"{re.escape(CONTRACT)}: ",
    ),
    "is-special": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        first(remove(CONTRACT), lambda repository, run_id: os.mkfifo(repository.root / CONTRACT)),
        f"{re.escape(CONTRACT)}: ",
    ),
    "conflict-markers": in_json("{\n<<<<<<< HEAD\n", 2),
    "cannot-be-read": Case(
        ("run", "show", "--run", "{run}"),
        {"path": RECORD, "reason": os.strerror(40)},
        4,
        CHECK_OUT_RECORD,
        link(RECORD, "RUN.json"),
    ),
    "unknown-key": in_check({"sevrity": 1}, ".sevrity", {"key": "sevrity"}, meant("severity")),
    "missing-key": in_contract("$.validations[0]", {"validations": [{"type": "file_exists"}]}, {"key": "target"}),
    "unknown-value": in_check({"severity": "warn"}, ".severity", {"value": "warn"}, meant("warning")),
    "wrong-type": in_check({"pattern": 5}, ".pattern", {"kind": "a string"}, " (got 5)"),
    "too-large": in_contract("$.limits.check_s", {"limits": {"check_s": 86401}}, {"limit": 86400}, " (got 86401)"),
    "too-small": in_contract("$.limits.text_bytes", {"limits": {"text_bytes": 0}}, {"limit": 1}, " (got 0)"),
    "not-more": in_contract("$.limits.regex_s", {"limits": {"regex_s": 0}}, {"limit": 0}, " (got 0)"),
    "one-of": in_contract("$.validations[0].type", {"validations": [{"type": 5}]}, {}, " (got 5)"),
    "empty-value": in_check({"pattern": ""}, ".pattern", {}, ' (got "")'),
    "missing-member": in_record("$.status", edit(RECORD, lambda r: r.pop("status"))),
    "no-match": in_workflow("$.gates[0].gate", workflow_of(step("../G1")), {}, ' (got "../G1")'),
    "twice-in-list": in_workflow(
        "$.gates[1].requires", workflow_of(step("G1"), step("G2", requires=["G1", "G1"])), {}, ' (got ["G1", "G1"])'
    ),
    # Contracts and workflows
    "no-contract": Case(
        ("contract", "explain", "G7"),
        {"gate": "G7", "path": "orchestration/gates/contracts/G7.contract.json"},
        2,
        "orch contract new G7 --name NAME",
        after=message("known", names="D1, D2, D3, D4, G1, G2, G3"),
    ),
    "contract-is-dangling-link": Case(
        ("contract", "explain", "G2"), {"path": CONTRACT}, 2, InvalidFile.advice, link(CONTRACT, "nowhere")
    ),
    "other-than-file-name": in_contract("$.gate", {"gate": "G3"}, {"name": "G3", "stem": "G2"}),
    "reserved-workflow": Case(
        ("run", "start", "--workflow", "show", "--slug", "tea"),
        {"workflow": "show"},
        2,
        InvalidFile.advice,
        workflow_of(step("G1"), name="show"),
        r"orchestration/workflows/show\.json:2: \$\.workflow: ",
    ),
    "no-checks": in_contract("$", {}, {"depth": "standard"}),
    "unknown-variable": in_check({"target": "{slugg}"}, ".target", {"variable": "slugg"}, meant("slug")),
    "no-value-for-depth": in_contract(
        "$.validations[0].thresholds",
        {"validations": [{"type": "min_sources", "target": "a", "thresholds": {"quick": 1}}]},
        {"depth": "standard"},
    ),
    "contract-changed": Case(
        gate("finish"),
        {"path": G1_CONTRACT, "attempt": 1},
        2,
        "orch gate finish --run {run} --gate G1 --accept-contract",
        first(START_G1, edit(G1_CONTRACT, lambda c: c.update(name="Other"))),
    ),
    "contract-changed-for-agent": Case(
        (*RESUME, "--agent-command", "true"),
        {"path": G1_CONTRACT, "attempt": 1, "run": "{run}", "gate": "G1"},
        2,
        "orch gate start --run {run} --gate G1 --agent maker --abandon",
        first(START_G1, edit(G1_CONTRACT, lambda c: c.update(name="Other"))),
    ),
    "contract-changed-note": output(
        gate("check"),
        first(START_G1, edit(G1_CONTRACT, lambda c: c.update(name="Other"))),
        1,
        "  note    ",
        attempt=1,
    ),
    "no-default-artifact-path": Case(
        ("run", "start", "--workflow", "tests", "--slug", "tea"),
        {"workflow": "tests"},
        2,
        "orch run start --help",
        first(workflow_of(step("G1")), edit(TESTS, lambda w: w.pop("artifact_path"))),
    ),
    "contract-exists": Case(
        ("contract", "new", "G2", "--name", "n"), {"path": CONTRACT}, 2, "orch contract explain G2"
    ),
    "no-contract-by-name": Case(("contract", "lint", WORKFLOW), {"path": WORKFLOW}, 2, "orch contract lint"),
    "no-contract-in-directory": Case(
        ("contract", "lint", "orchestration/workflows"), {"path": "orchestration/workflows"}, 2, "orch contract lint"
    ),
    "lint-path-missing": Case(("contract", "lint", "nowhere"), {"path": "nowhere"}, 2, "orch contract lint"),
    "no-good-artifacts": Case(
        ("contract", "test", "GT"),
        {"path": "orchestration/gates/examples/GT", "gate": "GT"},
        2,
        "mkdir -p orchestration/gates/examples/GT",
        lambda repository, run_id: repository.write_contract("GT", required_outputs=OUTPUTS),
    ),
    "not-writable": Case(
        ("contract", "new", "G7", "--name", "n"),
        {"path": "orchestration/gates/contracts/G7.contract.json"},
        2,
        "ls -ld orchestration/gates/contracts",
        first(remove("orchestration/gates"), write("orchestration/gates", "")),
    ),
    "bad-regex": in_contract(
        "$.validations[0].regex", {"validations": [{"type": "regex_match", "target": "a.md", "regex": "("}]}
    ),
    "no-such-outputs": in_contract(
        "$.validations[0].target",
        {"validations": [{"type": "file_exists", "target": "any_of"}]},
        {"outputs": "any_of", "group": "any_of"},
    ),
    "outputs-twice": in_contract(
        "$.validations[1].target",
        {"required_outputs": OUTPUTS, "validations": 2 * [{"type": "file_exists", "target": "any_of"}]},
        {"outputs": "any_of"},
    ),
    "required-and-missing-ok": in_contract(
        "$.validations[0].target",
        {
            "required_outputs": OUTPUTS,
            "validations": [{"type": "file_exists", "target": "any_of", "missing_ok": True}],
        },
        {"outputs": "any_of"},
    ),
    "only-file-exists": in_contract(
        "$.validations[0].target",
        {"required_outputs": OUTPUTS, "validations": [{"type": "not_contains", "target": "any_of", "pattern": "x"}]},
        {"outputs": "any_of"},
    ),
    "gate-without-contract": output(
        ("contract", "lint"), workflow_of(step("GX")), 0, rf"{re.escape(TESTS)}:\d+: \S+ advice: ", gate="GX"
    ),
    "unknown-gate-in-workflow": in_workflow(
        "$.gates[1].requires[0]",
        workflow_of(step("G1"), step("G2", requires=["GX"])),
        {"gate": "GX"},
        message("known", names="G1"),
    ),
    "own-gate": in_workflow("$.gates[0].requires[0]", workflow_of(step("G1", requires=["G1"])), {"gate": "G1"}),
    "later-gate": in_workflow(
        "$.gates[0].requires[0]", workflow_of(step("G1", requires=["G2"]), step("G2")), {"gate": "G2"}
    ),
    "same-agent": in_workflow(
        "$.gates[1].independent_of[0]",
        workflow_of(step("G1", agent="a"), step("G2", agent="a", independent_of=["G1"])),
        {"gate": "G1", "agent": "a"},
    ),
    "gate-twice": in_workflow("$.gates[1].gate", workflow_of(step("G1"), step("G1")), {"gate": "G1"}),
    "contract-elsewhere": in_workflow(
        "$.gates[0].contract",
        workflow_of(step("G1", contract="a.json")),
        {"path": "a.json", "place": G1_CONTRACT},
    ),
    "built-in-variable": in_workflow(
        "$.variables.slug", workflow_of(step("G1"), variables={"slug": "x"}), {"variable": "slug"}
    ),
    "no-variable": output(
        ("contract", "lint", CONTRACT),
        contract_of(required_outputs={"all_of": [{"path": "{artifactPath}/a.md"}]}),
        0,
        ".*advice: ",
        name="{artifactPath}",
    ),
    "demands-nothing": output(
        ("contract", "lint", CONTRACT),
        contract_of(validations=[{"type": "word_count", "target": "a.md", "min": 0}]),
        0,
        r".*\$\.validations\[0\]: advice: ",
    ),
    "in-a-run-of": output(
        ("contract", "lint", CONTRACT),
        first(
            contract_of(required_outputs={"all_of": [{"path": "{chapter}"}]}),
            workflow_of(step("G2")),
            edit(WORKFLOW, lambda w: w.update(variables={"chapter": "x"})),
        ),
        2,
        ".*",
        workflow="tests",
    ),
    "lint-summary": output(("contract", "lint"), None, 0, contracts="7 contracts", faults=0, advice=0),
    "no-skill": Case(
        RESUME,
        {"path": "no.md", "reason": os.strerror(2)},
        2,
        InvalidFile.advice,
        edit(
            G1_CONTRACT,
            lambda c: c.update(required_skills=[{"path": "no.md", "inject": True}]),
        ),
        r"orchestration/gates/contracts/G1\.contract\.json:\d+: \$\.required_skills\[0\]\.path: ",
    ),
    "skill-is-directory": Case(
        RESUME,
        {},
        2,
        InvalidFile.advice,
        edit(
            G1_CONTRACT,
            lambda c: c.update(required_skills=[{"path": "orchestration", "inject": True}]),
        ),
        ".* " + pattern("no-skill", path="orchestration", reason=""),
    ),
    "gate-left-workflow": Case(
        RESUME,
        {"path": WORKFLOW, "gate": "G1"},
        2,
        "orch gate start --run {run} --gate G1 --agent NAME",
        edit(WORKFLOW, lambda w: w["gates"].pop(0)),
        after=message("known", names="G2, G3") + message("run-has-gate", run="{run}"),
    ),
    "run-has-gate": Case(
        RESUME,
        {"run": "{run}"},
        2,
        "orch gate start --run {run} --gate G1 --agent NAME",
        edit(WORKFLOW, lambda w: w["gates"].pop(0)),
        ".*",
    ),
    # Runs, gates, attempts
    "no-run-yet": Case(("run", "show", "--run", "latest"), {}, 2, "orch run start --help", remove(RUN)),
    "no-runs": output(("status",), remove(RUN), 0),
    "no-such-run": output(("run", "list", "--status", "FAILED"), None, 0),
    "passed-over": Case(
        ("status",),
        {"run": "run_29991231T235959Z_a_aaaaaa", "status": "DAMAGED"},
        0,
        None,
        write("orchestration/runs/run_29991231T235959Z_a_aaaaaa/record/RUN.json", "{"),
    ),
    "paused": Case(RESUME, {"gate": "G1", "run": "{run}", "attempt": 1}, 5, "orch run resume --run {run}"),
    "other-topic": Case(
        (*RESUME, "--prompt-file", "a.txt"),
        {"file": "a.txt", "run": "{run}", "expected": "none"},
        2,
        "orch run show --run {run}",
        write("a.txt", "tea"),
    ),
    "no-program": refused((*RESUME, "--agent-command", "no-such"), "run", "resume", program="no-such", where="here"),
    "cannot-be-split": refused(
        (*RESUME, "--agent-command", "'a"), "run", "resume", text="'a", reason="No closing quotation"
    ),
    "names-no-program": refused((*RESUME, "--agent-command", " "), "run", "resume"),
    "agent-cannot-be-run": Case(
        (*RESUME, "--agent-command", "./agent"),
        {"reason": os.strerror(8), "attempt": 1, "gate": "G1"},
        2,
        "orch run resume --run {run}",
        first(write("agent", "no first line"), lambda repository, run_id: (repository.root / "agent").chmod(0o755)),
    ),
    "not-a-timeout": refused(
        (*RESUME, "--agent-command", "true", "--agent-timeout", "nan"), "run", "resume", seconds="nan"
    ),
    "gate-not-started": Case(
        gate("finish"), {"gate": "G1"}, 2, "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator"
    ),
    "attempt-finished": Case(
        gate("finish"),
        {"attempt": 1, "gate": "G1", "status": "FAIL"},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        FAIL_G1,
    ),
    "attempt-running": Case(
        gate("start"),
        {"attempt": 1, "gate": "G1", "agent": "maker"},
        2,
        "orch gate finish --run {run} --gate G1",
        START_G1,
    ),
    "run-completed": Case(
        gate("start"),
        {"run": "{run}", "status": "CANCELED"},
        2,
        "orch run resume --run {run}",
        typed("run", "complete", "--run", "{run}"),
    ),
    "nothing-unfinished": Case(
        ("run", "resume"), {}, 2, "orch run resume --run {run}", typed("run", "complete", "--run", "{run}")
    ),
    "not-passed": Case(
        ("run", "complete", "--run", "{run}", "--status", "PASSED"),
        {"run": "{run}", "gates": "G1 (NOT_STARTED), G2 (NOT_STARTED), G3 (NOT_STARTED)"},
        2,
        "orch status --run {run}",
    ),
    "gates-required": Case(
        gate("start", "G2"),
        {"gate": "G2", "gates": "G1 (NOT_STARTED)"},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        edit(WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"])),
        after=message("force"),
    ),
    "force": Case(
        gate("start", "G2"),
        {},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        edit(WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"])),
        ".*",
    ),
    "gate-not-in-run": Case(
        gate("start", "G2"),
        {},
        2,
        "orch run show --run {run}",
        edit(WORKFLOW, lambda w: (w["gates"].insert(0, step("G4")), w["gates"][2].update(requires=["G4"]))),
        r".* G4 \(",
        ")" + message("force"),
    ),
    "not-independent": Case(
        gate("start", "G2"),
        {"gate": "G2", "other": "G1", "attempt": 1, "passed": "G1", "agent": "maker"},
        2,
        "orch gate start --run {run} --gate G2 --agent research-orchestrator",
        first(START_G1, edit(WORKFLOW, lambda w: w["gates"][1].update(independent_of=["G1"]))),
        after=message("force"),
    ),
    "workflow-unknown": Case(
        gate("start"),
        {"fault": message("missing", path=WORKFLOW)},
        2,
        f"git checkout HEAD -- {WORKFLOW}",
        remove(WORKFLOW),
        after=message("force"),
    ),
    "nothing-forced": output(gate("start", "G1", "--force", "to be sure"), None, 0, "  "),
    "taken-up-again": output(RESUME, START_G1, 1, "Gate G1 .*, ", attempt=1, agent="maker"),
    # Records
    "other-run-id": in_record(
        "$.run_id",
        edit(RECORD, lambda r: r.update(run_id="run_20200101T000000Z_a_aaaaaa")),
        run="run_20200101T000000Z_a_aaaaaa",
        folder="{run}",
    ),
    "no-timestamp": in_record("$.started_at", edit(RECORD, lambda r: r.update(started_at="then")), text="then"),
    "newer-version": in_record(
        "$.schema_version", edit(RECORD, lambda r: r.update(schema_version=2)), version=2, known=1
    ),
    "other-progress": in_record(
        "$.progress", edit(RECORD, lambda r: r["progress"].update(passed=2)), passed=0, total=3
    ),
    "not-ended": in_record("$.status", edit(RECORD, lambda r: r.update(status="PASSED")), status="PASSED"),
    "gate-status": in_record(
        "$.gates[0].status",
        edit(RECORD, lambda r: r["gates"][0].update(status="PASS")),
        status="PASS",
        last="NOT_STARTED",
    ),
    "attempt-number": in_record(
        "$.gates[0].attempts[0].attempt", START_G1, edit(RECORD, lambda r: first_attempt(r).update(attempt=3)), number=3
    ),
    "open-before-another": in_record(
        "$.gates[0].attempts[0].status",
        START_G1,
        edit(RECORD, lambda r: r["gates"][0]["attempts"].append({**first_attempt(r), "attempt": 2})),
    ),
    "attempt-not-started": in_record(
        "$.gates[0].attempts[0].status",
        START_G1,
        edit(RECORD, lambda r: first_attempt(r).update(status="NOT_STARTED")),
    ),
    "no-baseline": in_record(
        "$.gates[0].attempts[0].baseline", START_G1, edit(RECORD, lambda r: first_attempt(r).update(baseline=None))
    ),
    "attempt-file-missing": in_record("$.gates[0].attempts[0]", FAIL_G1, remove(ATTEMPT), status="FAIL", path=ATTEMPT),
    "attempt-of-other-file": in_record(
        "$.attempt", FAIL_G1, edit(ATTEMPT, lambda a: a.update(attempt=7)), file=ATTEMPT, attempt=7, number=1
    ),
    "open-in-file": in_record("$.status", FAIL_G1, edit(ATTEMPT, lambda a: a.update(status="RUNNING")), file=ATTEMPT),
    "other-than-embedded": in_record(
        "$.failure_reason",
        FAIL_G1,
        edit(ATTEMPT, lambda a: a.update(failure_reason="worse")),
        file=ATTEMPT,
        path="$.gates[0].attempts[0].failure_reason",
    ),
    "planted-gate": in_record(
        "$",
        FAIL_G1,
        lambda repository, run_id: shutil.copytree(
            repository.root / f"orchestration/runs/{run_id}/record/gates/G1",
            repository.root / f"orchestration/runs/{run_id}/record/gates/G9",
        ),
        file=ATTEMPT.replace("G1", "G9"),
        gate="G9",
    ),
    "planted-attempt": in_record(
        "$.attempt",
        FAIL_G1,
        edit(RECORD, lambda r: r["gates"][0].update(attempts=[], status="NOT_STARTED")),
        edit(ATTEMPT, lambda a: a.update(agent="maker")),
        file=ATTEMPT,
        attempt=1,
        gate="G1",
    ),
    "other-than-open": in_record(
        "$.started_at",
        START_G1,
        lambda repository, run_id: shutil.copy(
            repository.root / f"orchestration/runs/{run_id}/record/RUN.json", repository.root / "kept.json"
        ),
        FAIL_G1,
        lambda repository, run_id: shutil.copy(
            repository.root / "kept.json", repository.root / f"orchestration/runs/{run_id}/record/RUN.json"
        ),
        edit(ATTEMPT, lambda a: a.update(started_at=AT)),
        file=ATTEMPT,
        attempt=1,
    ),
    "lock-held": Case(
        ("run", "complete", "--run", "{run}", "--lock-timeout", "0"),
        {"holder": "somebody else", "what": "writes the record of run {run}", "seconds": 0},
        3,
        "repeat the command, with a longer --lock-timeout where that takes long",
        hold_lock,
    ),
    "lock-is-link": Case(
        ("run", "complete", "--run", "{run}"),
        {"path": f"{RUN}/logs/.lock"},
        2,
        f"rm {RUN}/logs/.lock",
        link(f"{RUN}/logs/.lock", "other"),
    ),
    "lost-head": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": RECORD, "lost": "workflow and depth"},
        4,
        CHECK_OUT_RECORD,
        write(RECORD, "{"),
    ),
    "lost-gates": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": RECORD, "fault": message("unknown-workflow", workflow="visual-essay")},
        4,
        CHECK_OUT_RECORD,
        first(remove(WORKFLOW), edit(RECORD, lambda r: r.pop("gates"))),
        after=message("known", names="data-report"),
    ),
    "lost-attempt": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT},
        4,
        f"git checkout HEAD -- {ATTEMPT}",
        first(
            FAIL_G1,
            write(ATTEMPT, "{"),
            lambda repository, run_id: cut(repository.root / f"orchestration/runs/{run_id}/record/RUN.json"),
        ),
    ),
    "unknown-attempt": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT},
        4,
        f"mv {ATTEMPT} {ATTEMPT}.unknown",
        write(ATTEMPT, "{"),
    ),
    "attempt-after-unfinished": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT.replace("-1", "-2"), "attempt": 1},
        4,
        f"mv {ATTEMPT.replace('-1', '-2')} {ATTEMPT.replace('-1', '-2')}.unknown",
        write(ATTEMPT.replace("-1", "-2"), "{"),
    ),
    "two-attempts": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT, "ours": "(cannot be read)", "theirs": "(cannot be read)"},
        4,
        f"git checkout --ours -- {ATTEMPT}",
        write(ATTEMPT, '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> x\n}\n'),
    ),
    "nothing-to-repair": output(("run", "repair", "--run", "{run}"), None, 0, run="{run}"),
    "records-agree": output(("run", "check"), None, 0, sound=1, count=1),
    "nothing-recorded": output(gate("check"), None, 1, "FAIL  G1 .*, "),
    # Judging
    "not-a-worker": refused(gate("check", "G1", "--tx", "ssh=a"), "gate", "check", spec="ssh=a"),
}


def cut(record: Path) -> None:
    """Cuts a record off before its gates."""
    text = record.read_text("utf-8")
    record.write_text(text[: text.index('"gates"')], "utf-8")


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES.keys())
def test_a_message_is_printed_with_its_exit_code_and_the_next_command(
    shipped: Repository, orch: Callable[..., Ended], run_id: str, name: str, case: Case
) -> None:
    if case.prepare:
        case.prepare(shipped, run_id)
    ended = orch(*(argument.replace("{run}", run_id) for argument in case.arguments))
    assert ended.code == case.code, ended
    wording = pattern(name, **{key: fill(value, run_id) for key, value in case.values.items()})
    line = case.before.replace(re.escape("{run}"), run_id) + wording + re.escape(fill(case.after, run_id))
    if case.is_output:
        assert re.search(rf"^{line}", ended.out, re.MULTILINE), ended.out
    else:
        assert re.fullmatch(rf"orch: {line}{re.escape(tail(name, case, run_id))}\n", ended.err), ended.err


def fill(value: Any, run_id: str) -> Any:
    return value.replace("{run}", run_id) if isinstance(value, str) else value


def tail(name: str, case: Case, run_id: str) -> str:
    """What follows in the line: the next command."""
    end = (MESSAGES[name] + case.after)[-1]
    return sentence(end, fill(case.next_command, run_id))[1:]


# Where no command line leads to, or a program must be broken


def refusal(call: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(OrchError) as caught:
        call()
    return caught.value.message, caught.value.next_command


def test_a_run_that_passed_can_only_be_read() -> None:
    passed = transitions.complete_run(finish(start(finish(start(new_run())), "G2"), "G2"), None, (), LATER)
    values = {"run": passed.run_id, "status": RunStatus.PASSED}
    show = f"orch run show --run {passed.run_id}"
    assert refusal(lambda: start(passed)) == (message("run-passed", **values), show)
    assert refusal(lambda: transitions.resume_run(passed, LATER)) == (message("nothing-to-resume", **values), show)


def test_a_packet_for_an_attempt_that_is_closed_is_refused() -> None:
    run = start(start(new_run()), abandon=True)
    told = message("attempt-closed-meanwhile", attempt=1, gate="G1")
    show = f"orch run show --run {run.run_id}"
    assert refusal(lambda: transitions.hand_packet(run, "G1", 1, "0" * 64)) == (told, show)


def test_a_record_is_written_once_and_only_over_what_was_read(shipped: Repository) -> None:
    store, run = Store(shipped.workspace), new_run()
    store.create(run)
    show = f"orch run show --run {run.run_id}"
    assert refusal(lambda: store.create(run)) == (message("run-exists", run=run.run_id), show)
    changed = message("changed-meanwhile", run=run.run_id)
    assert refusal(lambda: store.mend(run.run_id, b"", b"", {})) == (changed, f"orch run repair --run {run.run_id}")


HERE = ("run-passed", "nothing-to-resume", "attempt-closed-meanwhile", "run-exists", "changed-meanwhile")
ELSEWHERE = {
    "tests/acceptance/test_no_verdict.py": (
        "no-verdict", "process-ended", "process-broke", "no-message", "too-long", "no-report", "pytest-exit-code",
        "other-exit-code", "evaluations", "never-ran", "other-outcome", "interrupted", "bug", "cannot-be-loaded",
    ),
    "tests/acceptance/test_workers.py": (
        "worker-died", "other-collection", "other-content", "other-version", "other-directory", "other-contract",
        "workers-broke", "worker-without-orch", "no-xdist",
    ),
    "tests/acceptance/test_agent_command.py": ("agent-at-work", "invocation-not-recorded"),
    "tests/acceptance/test_doctor.py": ("cwd-removed", "no-lock", "locks-held", "no-lock-held"),
    "tests/acceptance/test_lock_timeout.py": ("waiting",),
    "tests/acceptance/test_printing.py": ("broken-pipe", "unnameable"),
    "tests/acceptance/test_stop_hook.py": (
        "no-payload", "other-event", "holds-now", "contract-changed-hook", "gate-has-not-passed", "more-failed",
    ),
    "tests/acceptance/test_contract_commands.py": (
        "explained-gate", "may-fail", "or-else", "optional-outputs", "one-output-of", "expected-outputs",
    ),
    "tests/acceptance/test_contract_lint.py": ("accepted-without-reason", "advice-not-given", "not-topics"),
    "tests/acceptance/test_run_resume.py": ("not-judged-here",),
    "tests/acceptance/test_watch.py": ("stopped-watching",),
    "tests/gate_tests/isolated_pytest/test_protocol.py": ("process-silent",),
    "tests/gate_tests/isolated_pytest/test_verdict.py": ("other-count",),
    "tests/gate_tests/programs/test_execute.py": (
        "program-too-long", "program-printed-too-much", "program-cannot-be-run", "program-ended-by",
    ),
    "tests/gate_tests/pytest_session/xdist/test_scheduler.py": ("run-again", "taken-away"),
    "tests/gate_tests/pytest_session/test_command_line.py": ("which-run", "which-gate-run", "which-run-none"),
    "tests/gate_tests/pytest_session/test_user_session.py": (
        "partial", "not-compiled", "no-check-at-paths", "did-not-run", "deselected", "no-own-outcome", "reported-as",
        "all-checks", "not-asked-for",
    ),
    "tests/runner/contracts/mutation/test_mutate.py": (
        "fails-good-artifacts", "would-run-program", "mutated-gate", "survived", "not-every-check",
        "nothing-to-mutate", "no-good-artifact", "mutation-too-long",
    ),
    "tests/runner/pipeline/test_failure_section.py": ("what-failed", "how-to-mend", "more-checks-failed"),
    "tests/runner/operations/test_run_status.py": ("outputs-changed", "other-contract-than"),
    "tests/runner/repair/test_plan.py": ("rows-lost", "open-attempt-lost"),
    "tests/runner/storage/test_refusing_disk.py": ("could-not-be-written", "half-written", "taken-over"),
}  # fmt: skip
"""Messages for which a program, a disk or a session of pytest has to be broken, by the module that does that."""


def test_every_message_of_the_table_is_produced_somewhere() -> None:
    elsewhere = [name for names in ELSEWHERE.values() for name in names]
    assert sorted([*CASES, *HERE, *elsewhere]) == sorted(MESSAGES)
    for module, names in ELSEWHERE.items():
        source = (CHECKOUT / module).read_text("utf-8")
        assert [name for name in names if f'"{name}"' not in source and f"'{name}'" not in source] == []
