"""`orch invocation record`: an agent was called."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]


@pytest.fixture
def record(orch: Orch, run_id: str) -> Callable[..., Ended]:
    """Records an invocation of an agent for a gate of the run."""

    def call(*arguments: str, gate: str = "G2") -> Ended:
        return orch("invocation", "record", "--run", run_id, "--gate", gate, "--agent", "researcher", *arguments)

    return call


def test_an_invocation_joins_the_open_attempt(shipped: Repository, orch: Orch, record: Orch, run_id: str) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    recorded = record("--json").json
    run = shipped.record(run_id)
    assert run["invocations"] == [recorded]
    assert run["gates"][1]["attempts"][0]["invocation_ids"] == [recorded["invocation_id"]]
    assert run["events"][-1] == {
        "timestamp": recorded["finished_at"],
        "type": "INVOCATION_RECORDED",
        "invocation_id": recorded["invocation_id"],
        "gate": "G2",
        "agent": "researcher",
    }


def test_it_stays_in_the_attempt_that_is_finished(shipped: Repository, orch: Orch, record: Orch, run_id: str) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    recorded = record("--json").json
    orch("gate", "finish", "--run", run_id, "--gate", "G2")
    assert shipped.attempt(run_id, "G2")["invocation_ids"] == [recorded["invocation_id"]]


def test_without_an_open_attempt_it_is_recorded_with_its_gate_alone(
    shipped: Repository, record: Orch, run_id: str
) -> None:
    assert record().code == 0
    run = shipped.record(run_id)
    assert [invocation["gate"] for invocation in run["invocations"]] == ["G2"]
    assert (run["status"], run["gates"][1]["attempts"]) == ("QUEUED", [])


def test_what_was_not_told_has_its_usual_value(record: Orch) -> None:
    recorded = record("--json").json
    assert list(recorded) == [
        "invocation_id", "gate", "agent", "model", "started_at", "finished_at", "duration_ms", "status",
        "input_refs", "output_refs",
    ]  # fmt: skip
    assert re.fullmatch(r"inv_\d{13}_[a-z0-9]{4}", recorded["invocation_id"])
    assert (recorded["model"], recorded["status"]) == ("unknown", "SUCCESS")
    assert (recorded["input_refs"], recorded["output_refs"]) == ([], [])


def test_what_was_told_is_recorded(record: Orch) -> None:
    recorded = record("--status", "FAIL", "--model", "opus", "--duration-ms", "180000", "--json").json
    assert (recorded["status"], recorded["model"], recorded["duration_ms"]) == ("FAIL", "opus", 180_000)


def test_the_duration_lies_between_its_start_and_its_end(record: Orch) -> None:
    recorded = record("--duration-ms", "1500", "--json").json
    started, finished = (datetime.fromisoformat(recorded[key]) for key in ("started_at", "finished_at"))
    assert finished - started == timedelta(milliseconds=1500)


def test_people_are_told_its_id(shipped: Repository, record: Orch, run_id: str) -> None:
    ended = record()
    (recorded,) = shipped.record(run_id)["invocations"]
    assert recorded["invocation_id"] in ended.out


def test_the_next_command_fits_the_state_of_the_gate(orch: Orch, record: Orch, run_id: str) -> None:
    assert f"Next: orch gate start --run {run_id} --gate G2" in record().out
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    assert f"Next: orch gate finish --run {run_id} --gate G2" in record().out


@pytest.mark.parametrize(
    ("duration", "told"), [("-1", "-1"), ("9" * 30, "9" * 30), ("1.5", "1.5")], ids=["negative", "endless", "fraction"]
)
def test_a_duration_that_is_none_is_refused(
    shipped: Repository, record: Orch, run_id: str, duration: str, told: str
) -> None:
    before = shipped.snapshot()
    ended = record("--duration-ms", duration)
    assert (ended.code, len(ended.err.splitlines())) == (2, 2), ended.err
    assert told in ended.err
    assert shipped.snapshot() == before


CODEX = (
    b'{"type": "thread.started", "thread_id": "t"}\n'
    b'{"type": "turn.completed", "usage": {"input_tokens": 700, "cached_input_tokens": 600, "output_tokens": 20}}\n'
)
CLAUDE = json.dumps([
    {"type": "system", "subtype": "init"},
    {"type": "result", "total_cost_usd": 0.25, "usage": {"input_tokens": 10, "output_tokens": 5}},
]).encode()  # fmt: skip
USAGE = {
    "an object of its own": (b'{"cost_usd": 1.5}', {"cost_usd": 1.5, "source": "file"}),
    "codex exec --json": (CODEX, {"input_tokens": 700, "output_tokens": 20, "source": "codex"}),
    "claude -p --output-format json": (
        CLAUDE, {"input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25, "source": "claude-code"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "usage"), USAGE.values(), ids=USAGE.keys())
def test_what_an_agent_used_is_read_from_a_file_or_from_the_output_of_its_host(
    shipped: Repository, record: Orch, content: bytes, usage: dict[str, object]
) -> None:
    (shipped.root / "usage.json").write_bytes(content)
    recorded = record("--usage", "usage.json", "--json").json
    nothing = {"input_tokens": None, "output_tokens": None, "cost_usd": None}
    assert recorded["usage"] == nothing | usage
    assert "ended" not in recorded


NO_USAGE = {
    "nothing": b"", "no JSON": b"12 tokens", "no object": b"[1]", "an unknown key": b'{"tokens": 1}',
    "no number": b'{"input_tokens": "1"}', "a negative number": b'{"cost_usd": -1}',
    "a number beyond all floats": b'{"cost_usd": 1' + 400 * b"0" + b"}",
    "a result that reports nothing": b'{"type": "result", "usage": {}}',
}  # fmt: skip


@pytest.mark.parametrize("content", NO_USAGE.values(), ids=NO_USAGE.keys())
def test_a_file_that_reports_no_usage_is_refused(
    shipped: Repository, record: Orch, run_id: str, content: bytes
) -> None:
    (shipped.root / "usage.json").write_bytes(content)
    ended = record("--usage", "usage.json")
    assert (ended.code, len(ended.err.splitlines())) == (2, 2), ended.err
    assert ended.err.startswith("orch: --usage: usage.json: ")
    assert not shipped.record(run_id)["invocations"]


def test_the_usage_of_a_closed_standard_input_is_refused(shipped: Repository, run_id: str) -> None:
    command = (
        f"exec {shlex.quote(str(BIN / 'orch'))} invocation record --run {run_id} --gate G2 --agent a --usage - <&-"
    )
    ended = shipped.run("sh", "-c", command)
    assert (ended.code, "standard input" in ended.err) == (2, True), ended.err
