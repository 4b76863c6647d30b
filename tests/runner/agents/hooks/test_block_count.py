"""Blocks are counted for each agent and attempt, and one stop that is told twice once."""

import time
from pathlib import Path

import pytest

from runner.agents.hooks.block_count import count_block
from runner.agents.hooks.stop_event import StopEvent
from runner.storage.store import Store
from tests.support.repository import Repository

LATER_MS = 3000


@pytest.fixture
def store(shipped: Repository) -> Store:
    return Store(shipped.workspace)


@pytest.fixture
def run_id(shipped: Repository) -> str:
    return shipped.start_run()


def call(store: Store, run_id: str, event: StopEvent, max_blocks: int = 2, *, later_ms: int = 0) -> bool:
    """Whether a hook that was called now, or so much later, sends the agent back."""
    return count_block(store, run_id, "G2-1", event, max_blocks, time.time_ns() // 1_000_000 + later_ms)


def test_each_agent_is_sent_back_so_often(store: Store, run_id: str) -> None:
    agents = [
        StopEvent("one"),
        StopEvent("two"),
        StopEvent("one", "sub"),
        StopEvent("one", "other"),
        StopEvent("\ud800"),
    ]
    for agent in agents:
        assert [call(store, run_id, agent._replace(stop=str(number))) for number in range(3)] == [True, True, False]


def test_the_second_telling_of_a_stop_gets_the_answer_of_the_first(store: Store, run_id: str) -> None:
    for stop, answer in (("first", True), ("second", True), ("third", False)):
        main, subagent = StopEvent("one", stop=stop), StopEvent("one", "sub", stop=stop)
        assert [call(store, run_id, each) for each in (main, subagent, main)] == [answer] * 3


def test_an_agent_that_stops_again_with_the_same_words_is_counted_again(store: Store, run_id: str) -> None:
    event = StopEvent("one", stop="Done.")
    assert call(store, run_id, event)
    assert [call(store, run_id, event, later_ms=LATER_MS * number) for number in (1, 2, 3)] == [True, False, False]


def test_one_that_repeats_its_words_at_once_is_not_sent_back_for_ever(store: Store, run_id: str) -> None:
    event = StopEvent("one", stop="Done.")
    assert [call(store, run_id, event) for _ in range(10)] == [True] * 8 + [False] * 2


def test_two_subagents_with_the_same_words_are_two(store: Store, run_id: str) -> None:
    assert call(store, run_id, StopEvent("one", "a", stop="Done."), 1)
    assert call(store, run_id, StopEvent("one", "b", stop="Done."), 1)
    assert not call(store, run_id, StopEvent("one", "a", stop="Again."), 1)


def test_stops_of_which_too_little_is_told_are_all_counted(store: Store, run_id: str) -> None:
    assert [call(store, run_id, StopEvent("one")) for _ in range(3)] == [True, True, False]


def test_a_line_that_a_crash_tore_is_not_counted(store: Store, run_id: str, shipped: Repository) -> None:
    assert call(store, run_id, StopEvent("one"), 1)
    count = next(Path(shipped.root).glob("orchestration/runs/*/logs/stop-hook/G2-1"))
    count.write_bytes(b"torn\n" + count.read_bytes()[:-4] + b"\n\xff\n")
    assert call(store, run_id, StopEvent("one"), 1)
