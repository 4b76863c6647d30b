"""The messages of a judging process, and its time-outs."""

import io
import json
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import MagicMock, call

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, EventSink, ReportedTest, SeenOutput, SessionReport
from gate_tests.isolated_pytest.protocol import ProtocolDecoder, ProtocolEncoder
from tests.support.messages import message
from tests.support.processes import wait_until


def passed(check_id: str) -> CheckResult:
    return CheckResult(check_id, "file_exists", "a.md", "a.md", Severity.ERROR, CheckStatus.PASSED, "", {"count": 1})


def row(check_id: str) -> dict[str, object]:
    return passed(check_id).to_json()


ROW = row("a")


@dataclass
class Session:
    """A decoder at a time that the test sets; a check of gate G may take 10 s, one of H 3 s."""

    now_s: float = 0.0
    shown: list[str] = field(default_factory=list)
    decoder: ProtocolDecoder = field(init=False)

    def __post_init__(self) -> None:
        self.decoder = ProtocolDecoder(EventCollector(self.shown.append), {"G": 10, "H": 3}, "token")

    def at(self, now_s: float, *line: Any) -> bool:
        """Feeds a line at this time."""
        self.now_s = now_s
        return self.decoder.feed(json.dumps(line).encode())


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Nothing yet."""
    holder: list[Session] = []
    monkeypatch.setattr(
        "gate_tests.isolated_pytest.protocol.time.monotonic", lambda: holder[0].now_s if holder else 0.0
    )
    holder.append(Session())
    return holder[0]


def test_while_no_check_is_under_way_the_process_may_take_its_time(session: Session) -> None:
    session.at(5, "text", "a line")
    session.now_s = 100
    assert session.decoder.remaining_s() == 25
    assert session.decoder.describe_timeout() == message("process-silent", seconds=120)
    assert session.shown == ["a line"]


def test_each_check_has_its_own_time_from_its_own_start(session: Session) -> None:
    session.at(0, "task_started", "G", "a")
    session.at(6, "task_started", "G", "b")
    session.at(8, "text", "whatever is said meanwhile")
    assert session.decoder.remaining_s() == 2
    assert session.decoder.describe_timeout().startswith(message("too-long", what="a", limit=10))
    session.at(9, "check_result", "G", ROW)
    assert session.decoder.remaining_s() == 7
    assert session.decoder.describe_timeout().startswith(message("too-long", what="b", limit=10))


@pytest.mark.parametrize("end", [("check_result", "G", ROW), ("task_ended", "G", "a")], ids=["an outcome", "none"])
def test_after_its_end_a_check_takes_no_time(session: Session, end: tuple[Any, ...]) -> None:
    session.at(0, "task_started", "G", "a")
    session.at(1, *end)
    assert session.decoder.describe_running() == ""
    assert session.decoder.remaining_s() == 120


def test_checks_of_two_gates_with_one_id_are_two(session: Session) -> None:
    session.at(0, "task_started", "G", "a")
    session.at(1, "task_started", "H", "a")
    session.at(2, "check_result", "G", ROW)
    assert session.decoder.remaining_s() == 2


def test_a_check_may_take_what_its_own_gate_allows(session: Session) -> None:
    session.at(0, "task_started", "G", "a")
    session.at(1, "task_started", "H", "b")
    assert session.decoder.remaining_s() == 3
    assert session.decoder.describe_timeout().startswith(message("too-long", what="b", limit=3))
    session.at(2, "check_result", "H", row("b"))
    assert session.decoder.remaining_s() == 8
    assert session.decoder.describe_timeout().startswith(message("too-long", what="a", limit=10))


def test_all_that_is_under_way_is_named_up_to_three(session: Session) -> None:
    for number, what in enumerate("abcd"):
        session.at(number, "task_started", "G", what)
    assert session.decoder.describe_running() == " at a, b, c, …"


def test_a_refusal_is_no_verdict_and_says_what_was_under_way(session: Session) -> None:
    session.at(0, "task_started", "G", "a")
    with pytest.raises(NoVerdict, match=r"^worker gw0 died at a$"):
        session.at(1, "no_verdict", "worker gw0 died")


def test_every_event_is_decoded_as_it_was_encoded_and_long_ones_in_parts() -> None:
    report = SessionReport(1, 600, {f"GT::{number}": ReportedTest("passed", "0" * 64) for number in range(600)}, "9.2")
    outputs = [SeenOutput("{slug}.md", f"{number}.md", "0" * 64, 7, True) for number in range(300)]
    pipe, sink = io.BytesIO(), MagicMock(spec=EventSink)
    encoder = ProtocolEncoder(pipe)
    encoder.on_task_started("GT", "a")
    encoder.on_check_result("GT", passed("a"))
    encoder.on_text("a line\n")
    encoder.on_progress("1.2 of 4.0 GiB")
    encoder.on_task_ended("GT", "b")
    encoder.on_outputs("GT", outputs)
    encoder.on_report(report)
    encoder.send("ended", "token")
    decoder = ProtocolDecoder(sink, {"GT": 10}, "token")
    *_, is_last = [decoder.feed(line) for line in pipe.getvalue().splitlines()]
    assert is_last
    assert sink.method_calls == [
        call.on_task_started("GT", "a"),
        call.on_check_result("GT", passed("a")),
        call.on_text("a line\n"),
        call.on_progress("1.2 of 4.0 GiB"),
        call.on_task_ended("GT", "b"),
        call.on_outputs("GT", outputs[:256]),
        call.on_outputs("GT", outputs[256:]),
        call.on_report(report),
    ]


def test_the_start_of_a_check_is_sent_unless_its_result_is_there_by_then() -> None:
    pipe = io.BytesIO()
    encoder = ProtocolEncoder(pipe)
    encoder.on_task_started("GT", "a", flush=False)
    encoder.on_check_result("GT", passed("a"))
    encoder.on_task_started("GT", "b", flush=False)
    encoder.send("crashed", "a reason")
    events = [json.loads(line) for line in pipe.getvalue().splitlines()]
    assert [event[0] for event in events] == ["check_result", "task_started", "crashed"]
    assert events[1] == ["task_started", "GT", "b"]


def test_the_start_of_a_check_that_goes_on_is_sent_within_a_moment() -> None:
    pipe = io.BytesIO()
    encoder = ProtocolEncoder(pipe)
    encoder.on_task_started("GT", "a", flush=False)
    wait_until(lambda: pipe.getvalue() == b'["task_started", "GT", "a"]\n')
    encoder.on_check_result("GT", passed("a"))
    encoder.send("ended", "token")
    assert [json.loads(line)[0] for line in pipe.getvalue().splitlines()] == ["task_started", "check_result", "ended"]


@pytest.mark.parametrize(
    "line",
    [
        b"", b"are not JSON", b"[]", b"{}", b'["passed"]', b'["check_result", "GT", {"id": "a"}]', b'["text"]',
        pytest.param(b"[" * 100_000, id="deeply nested"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_of_the_protocol_is_no_verdict(session: Session, line: bytes) -> None:
    with pytest.raises(NoVerdict):
        session.decoder.feed(line)


def test_the_last_line_is_the_one_with_the_token(session: Session) -> None:
    assert session.at(0, "ended", "token")
    assert not session.at(0, "ended", "guessed")
