"""Bad input is one clear line on standard error, with the right exit code, and leaves the records as they were."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.repository import BIN, SLUG, Ended, Repository

Orch = Callable[..., Ended]
Prepare = Callable[[Repository, str], object]

CONTRACT = "orchestration/gates/contracts/G2.contract.json"
WORKFLOW = "orchestration/workflows/visual-essay.json"
START = ("run", "start", "--workflow", "visual-essay", "--slug")
PIPELINE = ("run", "visual-essay", "--slug", SLUG)


@dataclass(frozen=True)
class Case:
    """A command, what it exits with and what its line must tell. `{run}` is the run, `{typo}` a run that is not."""

    arguments: tuple[str, ...]
    code: int
    told: tuple[str, ...]
    prepare: Prepare | None = None


def records(repository: Repository) -> dict[str, bytes]:
    """Every record and its bytes; logs and locks are no records."""
    return {name: content for name, content in repository.snapshot().items() if "/logs/" not in name}


def check_line(ended: Ended, code: int, told: tuple[str, ...]) -> None:
    """One line for people that names everything in `told` and the next command."""
    assert ended.code == code, ended.err
    assert len(ended.err.splitlines()) == 1, ended.err
    assert ended.out == ""
    assert re.fullmatch(r"orch: .+ Next: .+\n", ended.err)
    assert not re.search(r"Traceback|a bug|Errno|<\w+\.\w+: ", ended.err)  # the last: an enum as Python shows it
    for words in told:
        assert words in ended.err


def check(case: Case, repository: Repository, orch: Orch, run_id: str) -> None:
    """Runs the case's command and looks at its line and at the records."""
    if case.prepare:
        case.prepare(repository, run_id)
    before = records(repository)
    typo = run_id[:-1] + ("a" if run_id[-1] != "a" else "b")
    names = {"run": run_id, "typo": typo}
    ended = orch(*(argument.format(**names) for argument in case.arguments))
    check_line(ended, case.code, tuple(words.format(**names) for words in case.told))
    assert records(repository) == before


def gate(command: str, gate: str = "G2", run: str = "{run}", *more: str) -> tuple[str, ...]:
    """The arguments of a command about a gate, whole."""
    needed = {"start": ("--agent", "maker"), "fail": ("--reason", "bad"), "record": ("--agent", "maker")}
    group = "invocation" if command == "record" else "gate"
    return (group, command, "--run", run, "--gate", gate, *needed.get(command, ()), *more)


def started(gate_id: str = "G2") -> Prepare:
    """An attempt at a gate is running."""
    return lambda repository, run_id: _type(repository, *gate("start", gate_id, run_id))


def completed(repository: Repository, run_id: str) -> None:
    """The run is over."""
    _type(repository, "run", "complete", "--run", run_id)


def _type(repository: Repository, *arguments: str) -> None:
    from runner.cli.main import run

    assert run(["-C", str(repository.root), *arguments, "--json"]) == 0


# Unknown things

ABOUT_A_RUN = {
    "show": ("run", "show", "--run"),
    "complete": ("run", "complete", "--run"),
}
UNKNOWN = {
    **{
        f"run, {name}": Case((*command, "{typo}"), 2, ("unknown run '{typo}'", "did you mean '{run}'", "orch run list"))
        for name, command in ABOUT_A_RUN.items()
    },
    **{
        f"run, {command}": Case(gate(command, "G2", "{typo}"), 2, ("unknown run '{typo}'", "did you mean '{run}'"))
        for command in ("start", "finish", "fail", "record")
    },
    "run id of no form": Case(("run", "show", "--run", "newest"), 2, ("'newest' is no run id", "orch run list")),
    "slug for a run": Case(("run", "show", "--run", SLUG), 2, (f"{SLUG!r} is no run id", "did you mean '{run}'")),
    "slip in latest": Case(("run", "show", "--run", "lastest"), 2, ("did you mean 'latest'", "orch run list")),
    "run id that is a path": Case(("run", "show", "--run", "../{run}"), 2, ("is no run id",)),
    **{
        f"gate, {command}": Case(gate(command, "G22"), 2, ("unknown gate 'G22'", "did you mean 'G2'", "{run}"))
        for command in ("start", "finish", "fail", "record")
    },
    "gate that is a path": Case(gate("start", "../G2"), 2, ("'../G2'",)),
    "workflow": Case(
        ("run", "start", "--workflow", "visual-esay", "--slug", "tea"),
        2,
        ("unknown workflow 'visual-esay'", "did you mean 'visual-essay'"),
    ),
    "workflow that is a path": Case(
        ("run", "start", "--workflow", "../gates/contracts/G1.contract", "--slug", "tea"), 2, ("unknown workflow",)
    ),
    "workflow as a command": Case(("run", "visual-esay", "--slug", "tea"), 2, ("did you mean 'visual-essay'",)),
    "command of run": Case(("run", "shwo"), 2, ("'shwo'", "did you mean 'show'", "Next: orch run show --help")),
    "depth": Case((*START, "tea", "--depth", "deeep"), 2, ("unknown depth 'deeep'", "did you mean 'deep'")),
    "depth in capitals": Case((*START, "tea", "--depth", "DEEP"), 2, ("unknown depth 'DEEP'", "deep")),
    "depth of a pipeline": Case((*PIPELINE, "--depth", "quik"), 2, ("did you mean 'quick'",)),
    "status": Case(
        ("run", "complete", "--run", "{run}", "--status", "PASED"),
        2,
        ("unknown status 'PASED'", "did you mean 'PASSED'"),
    ),
    "status in small letters": Case(
        ("run", "complete", "--run", "{run}", "--status", "passed"), 2, ("did you mean 'PASSED'",)
    ),
    "status that is none of a completed run": Case(
        ("run", "complete", "--run", "{run}", "--status", "RUNNING"), 2, ("unknown status 'RUNNING'",)
    ),
    "status of an invocation": Case(
        gate("record", "G2", "{run}", "--status", "SUCESS"), 2, ("unknown status 'SUCESS'", "did you mean 'SUCCESS'")
    ),
    "command of gate": Case(
        ("gate", "finsh"), 2, ("no command 'finsh'", "did you mean 'finish'", "Next: orch gate finish --help")
    ),
    "command of another group": Case(
        ("finish",), 2, ("did you mean 'orch gate finish'", "Next: orch gate finish --help")
    ),
    "command of another group that is like one of this": Case(
        ("lint",), 2, ("did you mean 'orch contract lint'", "Next: orch contract lint --help")
    ),
    "gate in small letters": Case(gate("check", "g2"), 2, ("unknown gate 'g2'", "did you mean 'G2'")),
    "contract in small letters": Case(
        ("contract", "explain", "g2"), 2, ("did you mean 'G2'", "Next: orch contract explain G2")
    ),
    "option without its value": Case(("gate", "check", "--run"), 2, ("--run", "Next: orch gate check --help")),
    "workflow without run": Case(("visual-essay",), 2, ("did you mean 'orch run visual-essay'",)),
    "kind of schema": Case(("schema", "contrat"), 2, ("did you mean 'contract'", "orch schema --help")),
    "shell": Case(("completion", "bsh"), 2, ("unknown shell 'bsh'", "did you mean 'bash'")),
    "short option": Case((*START, "tea", "--slgu", "x"), 2, ("--slgu", "--slug", "orch run start --help")),
    "command": Case(("gat", "start"), 2, ("gat", "gate", "Next: orch gate --help")),
    "option": Case((*START, "tea", "--artefact-path", "x"), 2, ("--artefact-path", "--artifact-path")),
    "missing option": Case(("gate", "finish", "--run", "{run}"), 2, ("--gate", "orch gate finish --help")),
    "a word too many": Case(("run", "list", "all"), 2, ("all", "orch run list --help")),
}


@pytest.mark.parametrize("case", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_unknown_is_told_with_what_was_meant(shipped: Repository, orch: Orch, run_id: str, case: Case) -> None:
    check(case, shipped, orch, run_id)


# States

FINISHED: Prepare = lambda repository, run_id: _type(repository, *gate("fail", "G2", run_id))  # noqa: E731
STATES = {
    "finish without a start": Case(
        gate("finish"),
        2,
        ("has not been started", "Next: orch gate start --run {run} --gate G2 --agent research-orchestrator"),
    ),
    "second finish": Case(
        gate("finish"), 2, ("attempt 1 of gate G2", "never changes", "orch gate start --run {run} --gate G2"), FINISHED
    ),
    "start while an attempt is running": Case(
        gate("start"), 2, ("attempt 1 of gate G2 is running", "--abandon", "orch gate finish"), started()
    ),
    "complete while an attempt is running": Case(
        ("run", "complete", "--run", "{run}"), 2, ("attempt 1 of gate G2 is running", "orch gate finish"), started()
    ),
    "passed while no gate has": Case(
        ("run", "complete", "--run", "{run}", "--status", "PASSED"),
        2,
        ("G1 (NOT_STARTED)", "Next: orch status --run {run}"),
    ),
    "a reason that says nothing": Case(
        ("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", " "), 2, ("--reason",)
    ),
    **{
        f"{command} after completion": Case(
            gate(command), 2, ("{run} is completed (CANCELED)", "orch run resume --run {run}"), completed
        )
        for command in ("start", "finish", "fail", "record")
    },
    "complete after completion": Case(
        ("run", "complete", "--run", "{run}"), 2, ("is completed (CANCELED)", "orch run resume"), completed
    ),
}


@pytest.mark.parametrize("case", STATES.values(), ids=STATES.keys())
def test_what_does_not_fit_the_state_is_refused_with_the_command_that_does(
    shipped: Repository, orch: Orch, run_id: str, case: Case
) -> None:
    check(case, shipped, orch, run_id)


# Slugs and paths

SLUGS = {
    "upwards": "../tea",
    "path": "a/b",
    "capitals": "Tea",
    "two hyphens": "green--tea",
    "underscore": "green_tea",
    "too long": "a" * 101,
    "empty": "",
    "newline": "tea\n",
    "umlaut": "grün",
}


@pytest.mark.parametrize("command", [START[:-1], PIPELINE[:2]], ids=["start", "pipeline"])
@pytest.mark.parametrize("slug", SLUGS.values(), ids=SLUGS.keys())
def test_a_slug_that_is_none_is_refused(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...], slug: str
) -> None:
    check(Case((*command, "--slug", slug), 2, ("is no slug", "a-z")), shipped, orch, run_id)


PATHS = {
    "upwards": ("../tea", "'../tea' leaves the root"),
    "upwards later": ("a/../../tea", "leaves the root"),
    "absolute": ("/tea", "'/tea' is absolute"),
    "through a link": ("link/tea", "leaves the root through a symlink"),
    "the root itself": (".", "names no place below the root"),
    "control character": ("a\nb", "control character"),
    "not UTF-8": ("a\udcff", "UTF-8"),
    "empty": ("", "names no place below the root"),
}


@pytest.mark.parametrize("command", [(*START, "tea"), PIPELINE], ids=["start", "pipeline"])
@pytest.mark.parametrize(("path", "rule"), PATHS.values(), ids=PATHS.keys())
def test_an_artifact_path_that_leaves_the_root_or_is_none_is_refused(
    shipped: Repository, orch: Orch, run_id: str, tmp_path: Path, command: tuple[str, ...], path: str, rule: str
) -> None:
    os.symlink(tmp_path, shipped.root / "link")
    check(Case((*command, "--artifact-path", path), 2, ("artifact path", rule)), shipped, orch, run_id)


# Files

Damage = Callable[[Path], object]


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def writes(content: str | bytes) -> Damage:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


UNREADABLE: dict[str, tuple[Damage, str]] = {
    "empty": (writes(""), ": is empty"),
    "blank": (writes(" \n\n"), ": is empty"),
    "malformed": (writes('{\n  "gate": \n}'), ":3: is not JSON"),
    "cut off": (writes('{\n  "gate": "G2",\n  "na'), ":3: is not JSON"),
    "two documents": (writes("{}\n{}"), ":2: is not JSON"),
    "NaN": (writes('{\n  "limit": NaN}'), ":2: NaN is not JSON"),
    "duplicate key": (
        writes('{\n  "gate": "G2",\n  "gate": "G2"\n}'),
        ":3: the key 'gate' stands twice, first on line 2",
    ),
    "not UTF-8": (writes(b'{\n  "gate": "\xff"}'), ":2: is not UTF-8"),
    "UTF-16": (writes('{"gate": "G2"}'.encode("utf-16")), ":1: is not UTF-8"),
    "too deep": (writes("[" * 100_000), ": is nested too deeply"),
    "list": (writes("[]"), ":1: $: must be an object"),
    "folder": (replace_by_folder, ": is a folder"),
    "FIFO": (replace_by_fifo, ": is a special file"),
}


def at(path: str, damage: Damage, before: Prepare | None = None) -> Prepare:
    """Damages a file, after something else has been done."""

    def prepare(repository: Repository, run_id: str) -> None:
        if before:
            before(repository, run_id)
        damage(repository.root / path)

    return prepare


@pytest.mark.parametrize(("damage", "rule"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_start_tells_where_a_contract_cannot_be_read(
    shipped: Repository, orch: Orch, run_id: str, damage: Damage, rule: str
) -> None:
    check(Case(gate("start"), 2, (CONTRACT + rule,), at(CONTRACT, damage)), shipped, orch, run_id)


@pytest.mark.parametrize(("damage", "rule"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_finish_tells_where_a_contract_cannot_be_read_and_the_attempt_stays_open(
    shipped: Repository, orch: Orch, run_id: str, damage: Damage, rule: str
) -> None:
    started()(shipped, run_id)
    check(Case(gate("finish"), 2, (CONTRACT + rule,), at(CONTRACT, damage)), shipped, orch, run_id)
    assert shipped.record(run_id)["gates"][1]["status"] == "RUNNING"


@pytest.mark.parametrize("command", ["start", "finish"])
def test_a_contract_that_is_missing_is_told(shipped: Repository, orch: Orch, run_id: str, command: str) -> None:
    if command == "finish":
        started()(shipped, run_id)
    told = (f"no contract for gate 'G2': {CONTRACT} does not exist",)
    check(Case(gate(command), 2, told, at(CONTRACT, Path.unlink)), shipped, orch, run_id)


def contract(**keys: Any) -> Damage:
    """A contract of G2 with these keys."""
    return writes(json.dumps({"gate": "G2", "name": "Test", **keys}, indent=1))


def rule(**keys: Any) -> Damage:
    """A contract of G2 with one check."""
    return contract(validations=[keys])


FAULTS: dict[str, tuple[Damage, str]] = {
    "another gate than the file name": (contract(gate="G3"), "$.gate: 'G3' disagrees with the file name"),
    "no gate": (writes('{"name": "x"}'), "$: the key 'gate' is missing"),
    "unknown key": (contract(validatons=[]), "$.validatons: unknown key 'validatons', did you mean 'validations'"),
    "unknown check": (
        rule(type="min_source", target="a"),
        "$.validations[0].type: unknown value 'min_source', did you mean 'min_sources'",
    ),
    "unknown key of a check": (
        rule(type="file_exists", target="a", sevrity="warning"),
        "$.validations[0].sevrity: unknown key 'sevrity', did you mean 'severity'",
    ),
    "check without target": (rule(type="file_exists"), "$.validations[0]: the key 'target' is missing"),
    "check without thresholds": (
        rule(type="min_sources", target="a"),
        "$.validations[0]: the key 'thresholds' is missing",
    ),
    "thresholds a number": (
        rule(type="min_sources", target="a", thresholds=3),
        "$.validations[0].thresholds: must be an object",
    ),
    "no threshold for the depth": (
        rule(type="min_sources", target="a", thresholds={"quick": 3}),
        "$.validations[0].thresholds: has no value for depth 'standard'",
    ),
    "target a number": (rule(type="file_exists", target=5), "$.validations[0].target: must be a string"),
    "heading a number": (
        rule(type="contains_headings", target="a", required_headings=[5]),
        "$.validations[0].required_headings[0]: must be a string",
    ),
    "no pattern": (rule(type="not_contains", target="a"), "$.validations[0]: the key 'pattern' is missing"),
    "output path a number": (
        contract(required_outputs={"all_of": [{"path": 5}]}),
        "$.required_outputs.all_of[0].path: must be a string",
    ),
    "output outside the root": (
        contract(required_outputs={"all_of": [{"path": "../a"}]}),
        "$.required_outputs.all_of[0].path: path '../a' leaves the root",
    ),
    "absolute output": (
        contract(required_outputs={"all_of": [{"path": "/a"}]}),
        "$.required_outputs.all_of[0].path: path '/a' is absolute",
    ),
    "unknown variable": (
        contract(required_outputs={"all_of": [{"path": "{slugg}.md"}]}),
        "unknown variable {{slugg}}, did you mean 'slug'",
    ),
    "no check at all": (contract(), "compiles to no check at all"),
}


@pytest.mark.parametrize(("damage", "rule"), FAULTS.values(), ids=FAULTS.keys())
def test_start_tells_file_line_and_path_of_what_is_wrong_in_a_contract(
    shipped: Repository, orch: Orch, run_id: str, damage: Damage, rule: str
) -> None:
    check(Case(gate("start"), 2, (CONTRACT, rule), at(CONTRACT, damage)), shipped, orch, run_id)


@pytest.mark.parametrize(("damage", "rule"), FAULTS.values(), ids=FAULTS.keys())
def test_finish_tells_file_line_and_path_of_what_is_wrong_in_a_contract(
    shipped: Repository, orch: Orch, run_id: str, damage: Damage, rule: str
) -> None:
    started()(shipped, run_id)
    check(Case(gate("finish"), 2, (CONTRACT, rule), at(CONTRACT, damage)), shipped, orch, run_id)


@pytest.mark.parametrize("command", [(*START, "tea"), PIPELINE], ids=["start", "pipeline"])
@pytest.mark.parametrize(("damage", "rule"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_workflow_that_cannot_be_read_is_told(
    shipped: Repository, orch: Orch, run_id: str, damage: Damage, rule: str, command: tuple[str, ...]
) -> None:
    check(Case(command, 2, (WORKFLOW + rule,), at(WORKFLOW, damage)), shipped, orch, run_id)


@pytest.mark.parametrize("command", [(*START, "tea"), PIPELINE], ids=["start", "pipeline"])
def test_a_workflow_that_is_missing_is_told(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...]
) -> None:
    check(Case(command, 2, ("'visual-essay'",), at(WORKFLOW, Path.unlink)), shipped, orch, run_id)


def test_a_workflow_that_names_itself_otherwise_than_its_file_is_told(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    other = writes((shipped.root / WORKFLOW).read_bytes().replace(b'"visual-essay"', b'"another"'))
    told = (f"{WORKFLOW}:2: $.workflow: 'another' disagrees with the file name",)
    check(Case((*START, "tea"), 2, told, at(WORKFLOW, other)), shipped, orch, run_id)


ON_A_RECORD = {
    "show": ("run", "show", "--run", "{run}"),
    "complete": ("run", "complete", "--run", "{run}"),
    "start": gate("start", "G1"),
    "finish": gate("finish", "G1"),
    "fail": gate("fail", "G1"),
    "invocation": gate("record", "G1"),
}


@pytest.mark.parametrize("command", ON_A_RECORD.values(), ids=ON_A_RECORD.keys())
@pytest.mark.parametrize(("damage", "rule"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_record_that_cannot_be_read_is_exit_4_and_names_file_and_line(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...], damage: Damage, rule: str
) -> None:
    path = shipped.workspace.record_path(run_id)
    case = Case(command, 4, (path + rule, "git"), at(path, damage))
    check(case, shipped, orch, run_id)


@pytest.mark.parametrize("command", ON_A_RECORD.values(), ids=ON_A_RECORD.keys())
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"status": "QUEUED"', '"status": "QUEUE"', "$.status: unknown value 'QUEUE', did you mean 'QUEUED'"),
        ('"validations": []', '"validations": 5', "$.validations: must be a list"),
    ],
    ids=["unknown status", "rows a number"],
)
def test_a_record_with_a_wrong_value_is_exit_4_and_names_file_and_line(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...], old: str, new: str, told: str
) -> None:
    path = shipped.root / shipped.workspace.record_path(run_id)
    text = path.read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new), "utf-8")
    check(Case(command, 4, (f"RUN.json:{line}: ", told)), shipped, orch, run_id)


@pytest.mark.parametrize("outside", ["/src/", "../src/"], ids=["absolute", "upwards"])
def test_a_record_whose_artifact_path_leaves_the_root_is_exit_4(
    shipped: Repository, orch: Orch, run_id: str, outside: str
) -> None:
    path = shipped.root / shipped.workspace.record_path(run_id)
    path.write_text(path.read_text("utf-8").replace('"artifact_path": "src/', f'"artifact_path": "{outside}'), "utf-8")
    check(Case(gate("start"), 4, ("RUN.json:8: $.workflow.artifact_path", outside)), shipped, orch, run_id)


@pytest.mark.parametrize("command", ON_A_RECORD.values(), ids=ON_A_RECORD.keys())
def test_a_record_that_is_missing_is_exit_4(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...]
) -> None:
    path = shipped.workspace.record_path(run_id)
    check(Case(command, 4, (f"{path}: is missing",), at(path, Path.unlink)), shipped, orch, run_id)


def test_a_file_where_the_folder_of_runs_is_meant_is_told(shipped: Repository, orch: Orch) -> None:
    runs = shipped.root / "orchestration/runs"
    (runs / ".gitkeep").unlink()
    runs.rmdir()
    runs.write_text("mine")
    for command in (("run", "list"), (*START, "tea")):
        ended = orch(*command)
        assert ended.code in (2, 3, 4)
        check_line(ended, ended.code, ("orchestration/runs",))


# What a pipeline reads

TEMPLATE = "orchestration/prompts/visual-essay/G3.md"
INSTRUCTIONS: dict[str, tuple[Damage, str]] = {
    "missing": (Path.unlink, TEMPLATE),
    "folder": (replace_by_folder, TEMPLATE),
    "not UTF-8": (writes(b"\xff"), f"{TEMPLATE}: is not UTF-8"),
    "FIFO": (replace_by_fifo, TEMPLATE),
}


def in_time(repository: Repository, *arguments: str) -> Ended:
    """The installed `orch`, which may not hang."""
    command = [str(BIN / "orch"), *arguments]
    try:
        done = subprocess.run(
            command, cwd=repository.root, input="", capture_output=True, text=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"orch {' '.join(arguments)} hangs")
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("damage", "told"), INSTRUCTIONS.values(), ids=INSTRUCTIONS.keys())
@pytest.mark.quick("FIFO")
def test_instructions_that_cannot_be_read_are_told_and_no_run_is_made(
    shipped: Repository, damage: Damage, told: str
) -> None:
    damage(shipped.root / TEMPLATE)
    check_line(in_time(shipped, *PIPELINE), 2, (told, "G3"))
    assert shipped.workspace.runs() == []


PROMPT_FILES: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "folder": Path.mkdir,
    "not UTF-8": lambda path: path.write_bytes(b"\xff"),
    "FIFO": os.mkfifo,
}


@pytest.mark.parametrize("make", PROMPT_FILES.values(), ids=PROMPT_FILES.keys())
@pytest.mark.quick("FIFO")
def test_a_prompt_file_that_cannot_be_read_is_told_and_no_run_is_made(
    shipped: Repository, make: Callable[[Path], object]
) -> None:
    make(shipped.root / "topic.txt")
    check_line(in_time(shipped, *PIPELINE, "--prompt-file", "topic.txt"), 2, ("topic.txt", "prompt file"))
    assert shipped.workspace.runs() == []


# Text that no record can hold


@pytest.mark.parametrize(
    "arguments",
    [
        ("gate", "start", "--run", "{run}", "--gate", "G2", "--agent", "a\udcff"),
        ("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", "a\udcff"),
        ("invocation", "record", "--run", "{run}", "--gate", "G2", "--agent", "a\udcff"),
        ("invocation", "record", "--run", "{run}", "--gate", "G2", "--agent", "a", "--model", "a\udcff"),
    ],
    ids=["agent", "reason", "agent of an invocation", "model"],
)
def test_text_that_is_not_utf_8_is_refused(
    shipped: Repository, orch: Orch, run_id: str, arguments: tuple[str, ...]
) -> None:
    check(Case(arguments, 2, ("UTF-8",)), shipped, orch, run_id)


# No orchestration/


def test_outside_a_repository_init_is_named(tmp_path: Path) -> None:
    for command in (("run", "list"), (*START, "tea"), gate("finish", "G1", "run_20261122T093000Z_tea_abc123")):
        check_line(Repository(tmp_path).orch(*command), 2, ("no orchestration/ in", "orch init"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_named_by_c_that_is_no_root_is_told(tmp_path: Path) -> None:
    ended = Repository(tmp_path).orch("-C", "nowhere", "run", "list")
    check_line(ended, 2, ("-C names nowhere", "orch -C nowhere init"))


def test_a_folder_named_by_orch_root_that_is_no_root_is_told(shipped: Repository, tmp_path: Path) -> None:
    ended = shipped.orch("run", "list", env={"ORCH_ROOT": str(tmp_path)})
    check_line(ended, 2, ("ORCH_ROOT names",))


# No command


@pytest.mark.parametrize("group", [(), ("run",), ("gate",), ("invocation",)], ids=["orch", "run", "gate", "invocation"])
def test_a_group_without_a_command_exits_2_and_shows_the_way(orch: Orch, group: tuple[str, ...]) -> None:
    ended = orch(*group)
    assert ended.code == 2
    assert ended.out == ""
    usage, hint = " ".join(("Usage: orch", *group)), " ".join(("Next: orch", *group, "--help"))
    assert ended.err.startswith(usage) or ended.err.endswith(f"{hint}\n")


def test_a_run_folder_that_is_a_symlink_out_of_the_root_is_refused(
    shipped: Repository, orch: Orch, run_id: str, tmp_path: Path
) -> None:
    folder = shipped.root / shipped.workspace.run_path(run_id)
    folder.rename(tmp_path / "outside")
    folder.symlink_to(tmp_path / "outside")
    before = (tmp_path / "outside/record/RUN.json").read_bytes()
    ended = orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    assert (ended.code, "leaves the root through a symlink" in ended.err) == (2, True)
    assert ended.err.rstrip().endswith(f"Next: rm {shipped.workspace.run_path(run_id)}")
    assert (tmp_path / "outside/record/RUN.json").read_bytes() == before


def test_a_variable_with_an_empty_value_is_the_same_to_orch_and_to_pytest(repository: Repository) -> None:
    repository.write_workflow("GT", variables={"where": ""})
    repository.write_contract("GT", required_outputs={"all_of": [{"path": "{artifact_path}/x{where}.md"}]})
    run_id = repository.start_run(workflow="tests")
    repository.write(f"out/{SLUG}/x.md", "done")
    repository.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "maker")
    assert repository.orch("gate", "finish", "--run", run_id, "--gate", "GT").code == 0
    assert repository.pytest("--run", run_id).code == 0
