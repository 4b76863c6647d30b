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

from tests.support.messages import meant, message
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
    """One line for people that names everything in `told`, and one with the next command."""
    assert ended.code == code, ended.err
    assert ended.out == ""
    assert re.fullmatch(r"orch: .+\nNext: .+\n", ended.err), ended.err
    assert not re.search(r"Traceback|a bug|Errno|<\w+\.\w+: ", ended.err)  # the last: an enum as Python shows it
    for words in told:
        assert words in ended.err


def check(case: Case, repository: Repository, orch: Orch, run_id: str) -> None:
    """Runs the case's command and looks at its line and at the records."""
    if case.prepare:
        case.prepare(repository, run_id)
    before = records(repository)
    typo = run_id[:-1] + ("a" if run_id[-1] != "a" else "b")

    def fill(text: str) -> str:
        return text.replace("{run}", run_id).replace("{typo}", typo)

    ended = orch(*map(fill, case.arguments))
    check_line(ended, case.code, tuple(map(fill, case.told)))
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
        f"run, {name}": Case(
            (*command, "{typo}"), 2, (message("unknown-run", run="{typo}"), meant("{run}"), "Next: orch run list")
        )
        for name, command in ABOUT_A_RUN.items()
    },
    **{
        f"run, {command}": Case(
            gate(command, "G2", "{typo}"), 2, (message("unknown-run", run="{typo}"), meant("{run}"))
        )
        for command in ("start", "finish", "fail", "record")
    },
    "run id of no form": Case(
        ("run", "show", "--run", "newest"), 2, (message("no-run-matches", run="newest"), "orch run list")
    ),
    "slip in a slug": Case(("run", "show", f"{SLUG}s"), 2, (message("no-run-matches", run=f"{SLUG}s"), meant(SLUG))),
    "slip in latest": Case(("run", "show", "--run", "lastest"), 2, (meant("latest"), "orch run list")),
    "run id that is a path": Case(
        ("run", "show", "--run", "../{run}"), 2, (message("no-run-matches", run="../{run}"),)
    ),
    **{
        f"gate, {command}": Case(
            gate(command, "G22"), 2, (message("unknown-gate", gate="G22", run="{run}"), meant("G2"))
        )
        for command in ("start", "finish", "fail", "record")
    },
    "gate that is a path": Case(gate("start", "../G2"), 2, ("'../G2'",)),
    "workflow": Case(
        ("run", "start", "--workflow", "visual-esay", "--slug", "tea"),
        2,
        (message("unknown-workflow", workflow="visual-esay"), meant("visual-essay")),
    ),
    "workflow that is a path": Case(
        ("run", "start", "--workflow", "../gates/contracts/G1.contract", "--slug", "tea"),
        2,
        (message("unknown-workflow", workflow="../gates/contracts/G1.contract"),),
    ),
    "workflow as a command": Case(("run", "visual-esay", "--slug", "tea"), 2, (meant("visual-essay"),)),
    "command of run": Case(("run", "shwo"), 2, ("'shwo'", meant("show"), "Next: orch run show --help")),
    "depth": Case((*START, "tea", "--depth", "deeep"), 2, (message("unknown-depth", depth="deeep"), meant("deep"))),
    "depth in capitals": Case((*START, "tea", "--depth", "DEP"), 2, (meant("deep"),)),
    "depth of a pipeline": Case((*PIPELINE, "--depth", "quik"), 2, (meant("quick"),)),
    "status": Case(
        ("run", "complete", "--run", "{run}", "--status", "PASED"),
        2,
        (message("unknown-status", status="PASED"), meant("PASSED")),
    ),
    "status in small letters": Case(("run", "complete", "--status", "pased"), 2, (meant("PASSED"),)),
    "status that is none of a completed run": Case(
        ("run", "complete", "--run", "{run}", "--status", "RUNNING"), 2, (message("unknown-status", status="RUNNING"),)
    ),
    "status of an invocation": Case(
        gate("record", "G2", "{run}", "--status", "SUCESS"),
        2,
        (message("unknown-status", status="SUCESS"), meant("SUCCESS")),
    ),
    "command of gate": Case(
        ("gate", "finsh"),
        2,
        (message("unknown-command", what="command", name="finsh"), meant("finish"), "Next: orch gate finish --help"),
    ),
    "command of another group": Case(("finish",), 2, (meant("orch gate finish"), "Next: orch gate finish --help")),
    "command of another group that is like one of this": Case(
        ("lint",), 2, (meant("orch contract lint"), "Next: orch contract lint --help")
    ),
    "option without its value": Case(("gate", "check", "--run"), 2, ("--run", "Next: orch gate check --help")),
    "workflow without run": Case(("visual-essay",), 2, (meant("orch run visual-essay"),)),
    "kind of schema": Case(("schema", "contrat"), 2, (meant("contract"), "orch schema --help")),
    "shell": Case(("completion", "bsh"), 2, (message("unknown-shell", shell="bsh"), meant("bash"))),
    "short option": Case((*START, "tea", "--slgu", "x"), 2, ("--slgu", "--slug", "orch run start --help")),
    "command": Case(("gat", "start"), 2, ("gat", "gate", "Next: orch gate --help")),
    "option": Case((*START, "tea", "--artefact-path", "x"), 2, ("--artefact-path", "--artifact-path")),
    "missing option": Case(("gate", "start", "--run", "{run}"), 2, ("--agent", "orch gate start --help")),
    "two runs": Case(("run", "show", "{run}", "--run", "{typo}"), 2, ("{run}", "{typo}", "orch run show --help")),
    "path of no run": Case(("run", "show", "src/"), 2, (message("no-run-matches", run="src/"), "orch run list")),
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
        (
            message("gate-not-started", gate="G2"),
            "Next: orch gate start --run {run} --gate G2 --agent research-orchestrator",
        ),
    ),
    "second finish": Case(
        gate("finish"),
        2,
        (
            message("attempt-finished", attempt=1, gate="G2", status="FAIL"),
            "Next: orch gate start --run {run} --gate G2 --agent",
        ),
        FINISHED,
    ),
    "start while an attempt is running": Case(
        gate("start"), 2, ("attempt 1 of gate G2", "Next: orch gate finish --run {run} --gate G2"), started()
    ),
    "complete while an attempt is running": Case(
        ("run", "complete", "--run", "{run}"),
        2,
        ("attempt 1 of gate G2", "Next: orch gate finish --run {run} --gate G2"),
        started(),
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
            gate(command),
            2,
            (message("run-completed", run="{run}", status="CANCELED"), "Next: orch run resume --run {run}"),
            completed,
        )
        for command in ("start", "finish", "fail", "record")
    },
    "complete after completion": Case(
        ("run", "complete", "--run", "{run}"),
        2,
        (message("run-completed", run="{run}", status="CANCELED"), "Next: orch run resume"),
        completed,
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
    told = (message("not-a-slug", slug=slug),)
    check(Case((*command, "--slug", slug), 2, told), shipped, orch, run_id)


PATHS = {
    "upwards": ("../tea", "path-leaves-root"),
    "upwards later": ("a/../../tea", "path-leaves-root"),
    "absolute": ("/tea", "absolute-path"),
    "through a link": ("link/tea", "symlink-leaves-root"),
    "the root itself": (".", "path-of-the-root"),
    "control character": ("a\nb", "control-character"),
    "not UTF-8": ("a\udcff", "text-not-utf-8"),
    "empty": ("", "path-of-the-root"),
}


@pytest.mark.parametrize("command", [(*START, "tea"), PIPELINE], ids=["start", "pipeline"])
@pytest.mark.parametrize(("path", "rule"), PATHS.values(), ids=PATHS.keys())
def test_an_artifact_path_that_leaves_the_root_or_is_none_is_refused(
    shipped: Repository, orch: Orch, run_id: str, tmp_path: Path, command: tuple[str, ...], path: str, rule: str
) -> None:
    os.symlink(tmp_path, shipped.root / "link")
    told = message(rule, what="artifact path", path=path, text=path)
    check(Case((*command, "--artifact-path", path), 2, (told,)), shipped, orch, run_id)


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
    "empty": (writes(""), f": {message('empty-file')}"),
    "blank": (writes(" \n\n"), f": {message('empty-file')}"),
    "malformed": (writes('{\n  "gate": \n}'), f":2: {message('not-json', reason='missing value')}"),
    "cut off": (writes('{\n  "gate": "G2",\n  "na'), f":3: {message('not-json', reason='')}"),
    "two documents": (writes("{}\n{}"), f":2: {message('not-json', reason='')}"),
    "NaN": (writes('{\n  "limit": NaN}'), f":2: {message('constant', constant='NaN')}"),
    "duplicate key": (
        writes('{\n  "gate": "G2",\n  "gate": "G2"\n}'),
        f":3: {message('duplicate-key', key='gate', line=2)}",
    ),
    "not UTF-8": (writes(b'{\n  "gate": "\xff"}'), f":2: {message('not-utf-8')}"),
    "UTF-16": (writes('{"gate": "G2"}'.encode("utf-16")), f":1: {message('utf-16')}"),
    "too deep": (writes("[" * 100_000), f": {message('nested-too-deeply')}"),
    "list": (writes("[]"), f":1: $: {message('wrong-type', kind='an object')}"),
    "folder": (replace_by_folder, f": {message('is-directory')}"),
    "FIFO": (replace_by_fifo, f": {message('is-special')}"),
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
    told = (message("no-contract", gate="G2", path=CONTRACT),)
    check(Case(gate(command), 2, told, at(CONTRACT, Path.unlink)), shipped, orch, run_id)


def contract(**keys: Any) -> Damage:
    """A contract of G2 with these keys."""
    return writes(json.dumps({"gate": "G2", "name": "Test", **keys}, indent=1))


def rule(**keys: Any) -> Damage:
    """A contract of G2 with one check."""
    return contract(validations=[keys])


FAULTS: dict[str, tuple[Damage, str]] = {
    "another gate than the file name": (
        contract(gate="G3"),
        f"$.gate: {message('other-than-file-name', name='G3', stem='G2')}",
    ),
    "no gate": (writes('{"name": "x"}'), f"$: {message('missing-key', key='gate')}"),
    "unknown key": (
        contract(validatons=[]),
        f"$.validatons: {message('unknown-key', key='validatons')}{meant('validations')}",
    ),
    "unknown check": (
        rule(type="min_source", target="a"),
        f"$.validations[0].type: {message('unknown-value', value='min_source')}{meant('min_sources')}",
    ),
    "unknown key of a check": (
        rule(type="file_exists", target="a", sevrity="warning"),
        f"$.validations[0].sevrity: {message('unknown-key', key='sevrity')}{meant('severity')}",
    ),
    "check without target": (rule(type="file_exists"), f"$.validations[0]: {message('missing-key', key='target')}"),
    "check without thresholds": (
        rule(type="min_sources", target="a"),
        f"$.validations[0]: {message('missing-key', key='thresholds')}",
    ),
    "thresholds a number": (
        rule(type="min_sources", target="a", thresholds=3),
        f"$.validations[0].thresholds: {message('wrong-type', kind='an object')}",
    ),
    "no threshold for the depth": (
        rule(type="min_sources", target="a", thresholds={"quick": 3}),
        f"$.validations[0].thresholds: {message('no-value-for-depth', depth='standard')}",
    ),
    "target a number": (
        rule(type="file_exists", target=5),
        f"$.validations[0].target: {message('wrong-type', kind='a string')}",
    ),
    "heading a number": (
        rule(type="contains_headings", target="a", required_headings=[5]),
        f"$.validations[0].required_headings[0]: {message('wrong-type', kind='a string')}",
    ),
    "no pattern": (
        rule(type="not_contains", target="a"),
        f"$.validations[0]: {message('missing-key', key='pattern')}",
    ),
    "output path a number": (
        contract(required_outputs={"all_of": [{"path": 5}]}),
        f"$.required_outputs.all_of[0].path: {message('wrong-type', kind='a string')}",
    ),
    "output outside the root": (
        contract(required_outputs={"all_of": [{"path": "../a"}]}),
        f"$.required_outputs.all_of[0].path: {message('path-leaves-root', what='path', path='../a')}",
    ),
    "absolute output": (
        contract(required_outputs={"all_of": [{"path": "/a"}]}),
        f"$.required_outputs.all_of[0].path: {message('absolute-path', what='path', path='/a')}",
    ),
    "unknown variable": (
        contract(required_outputs={"all_of": [{"path": "{slugg}.md"}]}),
        f"{message('unknown-variable', variable='slugg')}{meant('slug')}",
    ),
    "no check at all": (contract(), f"$: {message('no-checks', depth='standard')}"),
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
    told = (f"{WORKFLOW}:2: $.workflow: {message('other-than-file-name', name='another', stem='visual-essay')}",)
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
    case = Case(command, 4, (path + rule, "from a backup"), at(path, damage))
    check(case, shipped, orch, run_id)


@pytest.mark.parametrize("command", ON_A_RECORD.values(), ids=ON_A_RECORD.keys())
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"status": "QUEUED"',
            '"status": "QUEUE"',
            f"$.status: {message('unknown-value', value='QUEUE')}{meant('QUEUED')}",
        ),
        ('"validations": []', '"validations": 5', f"$.validations: {message('wrong-type', kind='a list')}"),
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
    check(Case(command, 4, (message("missing", path=path),), at(path, Path.unlink)), shipped, orch, run_id)


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
    "not UTF-8": (writes(b"\xff"), f"{TEMPLATE}: {message('not-utf-8')}"),
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
    check_line(in_time(shipped, *PIPELINE, "--prompt-file", "topic.txt"), 2, ("topic.txt",))
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
    check(Case(arguments, 2, (message("text-not-utf-8", what=arguments[-2], text="a\udcff"),)), shipped, orch, run_id)


# No orchestration/


def test_outside_a_repository_init_is_named(tmp_path: Path) -> None:
    for command in (("run", "list"), (*START, "tea"), gate("finish", "G1", "run_20261122T093000Z_tea_abc123")):
        told = (message("no-root", start=tmp_path), "Next: orch init")
        check_line(Repository(tmp_path).orch(*command), 2, told)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_named_by_c_that_is_no_root_is_told(tmp_path: Path) -> None:
    ended = Repository(tmp_path).orch("-C", "nowhere", "run", "list")
    check_line(ended, 2, (message("root-is-missing", named_by="-C", root="nowhere"), "orch -C nowhere init"))


def test_a_folder_named_by_orch_root_that_is_no_root_is_told(shipped: Repository, tmp_path: Path) -> None:
    ended = shipped.orch("run", "list", env={"ORCH_ROOT": str(tmp_path)})
    check_line(ended, 2, (message("root-without-orchestration", named_by="ORCH_ROOT", root=tmp_path),))


def test_outside_a_repository_a_workflow_is_not_unknown_but_the_root_is_missing(tmp_path: Path) -> None:
    told = (message("no-root", start=tmp_path), "Next: orch init")
    check_line(Repository(tmp_path).orch("run", "visual-essay", "--slug", "tea"), 2, told)
    check_line(Repository(tmp_path).orch("run", "shwo"), 2, (meant("show"), "Next: orch run show --help"))
    check_line(Repository(tmp_path).orch("run", "finish"), 2, (meant("orch gate finish"),))


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
    link = shipped.workspace.run_path(run_id)
    check_line(ended, 2, (message("is-symlink", path=link), f"Next: ls -ld {link}"))
    assert (tmp_path / "outside/record/RUN.json").read_bytes() == before


@pytest.mark.slow
def test_a_variable_with_an_empty_value_is_the_same_to_orch_and_to_pytest(repository: Repository) -> None:
    repository.write_workflow("GT", variables={"where": ""})
    repository.write_contract("GT", required_outputs={"all_of": [{"path": "{artifact_path}/x{where}.md"}]})
    run_id = repository.start_run(workflow="tests")
    repository.write(f"out/{SLUG}/x.md", "done")
    repository.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "maker")
    assert repository.orch("gate", "finish", "--run", run_id, "--gate", "GT").code == 0
    assert repository.pytest("--run", run_id).code == 0
