"""How long one waits for a judging process, and what is said where that was too long."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector
from gate_tests.isolated_pytest.protocol import ProtocolDecoder
from tests.support.messages import message

ROW = {"id": "a", "pass": True}


@dataclass
class Heard:
    """A hearing at a time that the test sets; a check of gate G may take 10 s, one of H 3 s."""

    now_s: float = 0.0
    shown: list[str] = field(default_factory=list)
    evidence: EventCollector = field(init=False)
    hearing: ProtocolDecoder = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = EventCollector(self.shown.append)
        self.hearing = ProtocolDecoder(self.evidence, {"G": 10, "H": 3})

    def at(self, now_s: float, *line: Any) -> bool:
        """A line that comes at this time."""
        self.now_s = now_s
        return self.hearing.ends_with(json.dumps(line).encode(), "token")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Nothing yet."""
    holder: list[Heard] = []
    monkeypatch.setattr(
        "gate_tests.isolated_pytest.protocol.time.monotonic", lambda: holder[0].now_s if holder else 0.0
    )
    holder.append(Heard())
    return holder[0]


def test_while_no_check_is_under_way_the_process_may_take_its_time(heard: Heard) -> None:
    heard.at(5, "shows", "a line")
    heard.now_s = 100
    assert heard.hearing.patience_s() == 25
    assert heard.hearing.silence() == message("process-silent", seconds=120)
    assert heard.shown == ["a line"]


def test_each_check_has_its_own_time_from_its_own_start(heard: Heard) -> None:
    heard.at(0, "begins", "G", "a")
    heard.at(6, "begins", "G", "b")
    heard.at(8, "shows", "whatever is said meanwhile")
    assert heard.hearing.patience_s() == 2
    assert heard.hearing.silence().startswith(message("too-long", what="a", limit=10))
    heard.at(9, "finds", "G", ROW)
    assert heard.hearing.patience_s() == 7
    assert heard.hearing.silence().startswith(message("too-long", what="b", limit=10))


@pytest.mark.parametrize("end", [("finds", "G", ROW), ("is_over", "G", "a")], ids=["an outcome", "none"])
def test_after_its_end_a_check_takes_no_time(heard: Heard, end: tuple[Any, ...]) -> None:
    heard.at(0, "begins", "G", "a")
    heard.at(1, *end)
    assert heard.hearing.where() == ""
    assert heard.hearing.patience_s() == 120


def test_checks_of_two_gates_with_one_id_are_two(heard: Heard) -> None:
    heard.at(0, "begins", "G", "a")
    heard.at(1, "begins", "H", "a")
    heard.at(2, "finds", "G", ROW)
    assert heard.hearing.patience_s() == 2


def test_a_check_may_take_what_its_own_gate_allows(heard: Heard) -> None:
    heard.at(0, "begins", "G", "a")
    heard.at(1, "begins", "H", "b")
    assert heard.hearing.patience_s() == 3
    assert heard.hearing.silence().startswith(message("too-long", what="b", limit=3))
    heard.at(2, "finds", "H", {"id": "b", "pass": True})
    assert heard.hearing.patience_s() == 8
    assert heard.hearing.silence().startswith(message("too-long", what="a", limit=10))


def test_all_that_is_under_way_is_named_up_to_three(heard: Heard) -> None:
    for number, what in enumerate("abcd"):
        heard.at(number, "begins", "G", what)
    assert heard.hearing.where() == " at a, b, c, …"


def test_a_refusal_is_no_verdict_and_says_what_was_under_way(heard: Heard) -> None:
    heard.at(0, "begins", "G", "a")
    with pytest.raises(NoVerdict, match=r"^worker gw0 died at a$"):
        heard.at(1, "refuses", "worker gw0 died")


def test_the_last_line_is_the_one_with_the_token(heard: Heard) -> None:
    assert heard.at(0, "ends", "token")
    assert not heard.at(0, "ends", "guessed")
