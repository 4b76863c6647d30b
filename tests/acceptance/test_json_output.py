"""With --json there is exactly one JSON document on standard output; text for people is on standard error."""

import json
from collections.abc import Callable

import pytest

from tests.support.repository import Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

Orch = Callable[..., Ended]
START = ("run", "start", "--workflow", "visual-essay", "--slug", "tea")


@pytest.fixture
def open_run(shipped: Repository, orch: Orch, run_id: str) -> str:
    """A run with an attempt at G2 running and no work done."""
    assert orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker").code == 0
    return run_id


ATTEMPT = [
    "attempt", "status", "started_at", "finished_at", "agent", "prompt_sha256", "invocation_ids", "required_outputs",
    "artifacts", "validations", "failure_reason", "context", "blocking", "contract", "baseline", "runner", "git",
]  # fmt: skip
RECORD = [
    "schema_version", "run_id", "workflow", "depth", "prompt", "pins", "status", "started_at", "finished_at",
    "progress", "gates", "invocations", "artifacts_index", "validations", "events",
]  # fmt: skip
INVOCATION = [
    "invocation_id", "gate", "agent", "model", "started_at", "finished_at", "duration_ms", "status", "input_refs",
    "output_refs",
]  # fmt: skip

SHAPES = {
    "run start": (START, 0, RECORD),
    "run show": (("run", "show", "--run", "{run}"), 0, RECORD),
    "run repair": (("run", "repair", "--run", "{run}"), 0, ["run_id", "repaired", "written", "kept", "lost"]),
    "gate start": (("gate", "start", "--run", "{run}", "--gate", "G1", "--agent", "maker"), 0, ATTEMPT),
    "gate finish": (("gate", "finish", "--run", "{run}", "--gate", "G2"), 1, ATTEMPT),
    "gate fail": (("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", "bad"), 0, ATTEMPT),
    "invocation record": (("invocation", "record", "--run", "{run}", "--gate", "G2", "--agent", "a"), 0, INVOCATION),
    "init": (("init",), 0, ["created", "updated", "kept"]),
    "demo": (("demo",), 0, ["directory", "run_id", "steps"]),
    "hook stop": (("hook", "stop"), 0, ["decision", "reason"]),
    "hook stop, a mistake": (("hook", "stop", "--gate", "G1", "--run", "x"), 0, ["systemMessage"]),
    "hook task": (("hook", "task"), 2, []),
    "agent instructions": (("agent", "instructions"), 0, ["markdown", "commands", "exit_codes", "workflows"]),
    "agent instructions --write": (
        ("agent", "instructions", "--write", "AGENTS.md"),
        0,
        ["markdown", "commands", "exit_codes", "workflows", "path", "change"],
    ),
    "agent skill": (("agent", "skill"), 0, ["name", "markdown"]),
    "agent skill --write": (("agent", "skill", "--write"), 0, ["name", "markdown", "path", "change"]),
    "unknown run": (("run", "show", "--run", "run_20261122T093000Z_tea_abc123"), 2, ["error"]),
    "unknown workflow": (("run", "coffee"), 2, ["error"]),
    "wrong option": (("run", "list", "--colour"), 2, ["error"]),
    "wrong state": (("gate", "finish", "--run", "{run}", "--gate", "G1"), 2, ["error"]),
    "pause": (("run", "visual-essay", "--slug", "tea"), 5, ["error"]),
}


@pytest.mark.quick(*(SHAPES.keys() - {"demo"}))
@pytest.mark.parametrize(("arguments", "code", "keys"), SHAPES.values(), ids=SHAPES.keys())
def test_standard_output_is_one_document_of_a_known_shape(
    shipped: Repository,
    open_run: str,
    arguments: tuple[str, ...],
    code: int,
    keys: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    words = [argument.format(run=open_run) for argument in arguments]
    ended = shipped.orch(*words, "--json", env={"TMPDIR": str(tmp_path_factory.mktemp("scratch"))})
    assert ended.code == code, ended.err
    assert list(ended.json) == keys
    assert ended.out.endswith("}\n")


def test_the_list_is_an_array(orch: Orch, open_run: str) -> None:
    (listed,) = orch("run", "list", "--json").json
    assert list(listed) == [
        "run_id", "status", "workflow", "slug", "started_at", "gates_passed", "gates_total", "stale",
    ]  # fmt: skip
    assert listed["run_id"] == open_run


def test_a_completed_run_is_its_record(shipped: Repository, orch: Orch, run_id: str) -> None:
    assert list(orch("run", "complete", "--run", run_id, "--json").json) == RECORD


def test_text_for_people_is_on_standard_error(orch: Orch, open_run: str) -> None:
    told = orch("gate", "finish", "--run", open_run, "--gate", "G2", "--json").err
    assert "7 failed" in told
    assert "FAIL  G2 Research Complete" in told
    assert "Next: orch gate start" in told


@pytest.mark.slow
def test_without_json_text_is_on_standard_output_and_nothing_on_standard_error(orch: Orch, open_run: str) -> None:
    ended = orch("gate", "finish", "--run", open_run, "--gate", "G2")
    assert "FAIL  G2 Research Complete" in ended.out
    assert ended.err == ""


@pytest.mark.parametrize(
    ("arguments", "code", "following"),
    [
        (("run", "show", "--run", "run_20261122T093000Z_tea_abc123"), 2, "orch run list"),
        (("gate", "finish", "--run", "{run}", "--gate", "G1"), 2, "orch gate start --run {run} --gate G1"),
        (("run", "show", "--run", "{damaged}"), 4, "restore the file from a backup"),
    ],
    ids=["refused", "wrong state", "damaged"],
)
def test_an_error_is_a_document_too_and_its_line_is_on_standard_error(
    shipped: Repository, orch: Orch, open_run: str, arguments: tuple[str, ...], code: int, following: str
) -> None:
    damaged = "run_20251122T093000Z_tea_abc123"
    shipped.write(shipped.workspace.record_path(damaged), "{")
    names = {"run": open_run, "damaged": damaged}
    ended = orch(*(argument.format(**names) for argument in arguments), "--json")
    error = ended.json["error"]
    assert list(error) == ["message", "next", "advice", "exit_code"]
    assert ended.code == error["exit_code"] == code
    assert following.format(**names) in (error["next"] or error["advice"])
    assert len(ended.err.splitlines()) == 2
    assert error["message"].splitlines()[0] in ended.err


def test_the_record_of_the_original_is_shown_as_it_is(shipped: Repository, orch: Orch) -> None:
    from tests.support.legacy_records import early_failed, write_original

    record = early_failed()
    run_id = write_original(shipped, record)
    assert json.dumps(orch("run", "show", "--run", run_id, "--json").json) == json.dumps(record)


def test_letters_of_every_language_are_printed_as_they_are(shipped: Repository, orch: Orch, run_id: str) -> None:
    reason = "zwei Quellen — erfunden: 二つ"
    out = orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", reason, "--json").out
    assert reason in out
