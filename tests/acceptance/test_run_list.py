"""`orch run list`: what it tells of many runs, how little of each it reads, and what it leaves to `run show`."""

import json
import os
import re
from collections.abc import Callable
from typing import Any

import pexpect
import pytest
from click import unstyle

from runner.storage.run_summary import read_summary
from runner.storage.store import Store
from tests.support.legacy_records import early_failed, write_original
from tests.support.messages import meant, message, says
from tests.support.repository import Ended, Repository
from tests.support.sample_run import RUN_ID, finish, new_run, start
from tests.support.terminal import at_a_terminal

Orch = Callable[..., Ended]
Json = dict[str, Any]


@pytest.fixture
def store(shipped: Repository) -> Store:
    return Store(shipped.workspace)


def write(shipped: Repository, at: str, token: str = "abc123", **keys: Any) -> str:
    """Writes a run that was started at this time; gives its id."""
    stamp = at[:19].replace("-", "").replace(":", "")
    run_id = f"run_{stamp}Z_tea_{token}"
    record = new_run().to_json() | {"run_id": run_id, "started_at": at} | keys
    shipped.write(shipped.workspace.record_path(run_id), json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return run_id


@pytest.fixture
def three(shipped: Repository) -> list[str]:
    """Three runs on three days, newest first."""
    workflow = new_run().to_json()["workflow"]
    return [
        write(shipped, "2026-11-22T09:30:00.000Z", status="FAILED"),
        write(shipped, "2026-11-21T09:30:00.000Z", workflow=workflow | {"name": "grün"}),
        write(shipped, "2026-11-20T09:30:00.000Z", status="FAILED"),
    ]


def listed(orch: Orch, *options: str) -> list[str]:
    ended = orch("run", "list", "--json", *options)
    assert ended.code == 0, ended.err
    return [each["run_id"] for each in ended.json]


FILTERS: dict[str, tuple[tuple[str, ...], list[int]]] = {
    "none": ((), [0, 1, 2]),
    "limit": (("--limit", "2"), [0, 1]),
    "status": (("--status", "FAILED"), [0, 2]),
    "workflow": (("--workflow", "grün"), [1]),
    "status in small letters": (("--status", "failed"), [0, 2]),
    "status and limit": (("--status", "FAILED", "--limit", "1"), [0]),
    "a status that none has": (("--status", "DAMAGED"), []),
    "since a day": (("--since", "2026-11-21"), [0, 1]),
    "since a minute": (("--since", "2026-11-21T09:31"), [0]),
    "since a time as records have it": (("--since", "2026-11-21T09:30:00.000Z"), [0, 1]),
    "since a time elsewhere": (("--since", "2026-11-21T11:31:00+02:00"), [0]),
    "since ages": (("--since", "999w"), [0, 1, 2]),
    "since a minute ago": (("--since", "1m"), []),
}


@pytest.mark.parametrize(("options", "wanted"), FILTERS.values(), ids=FILTERS.keys())
def test_the_list_can_be_narrowed(orch: Orch, three: list[str], options: tuple[str, ...], wanted: list[int]) -> None:
    assert listed(orch, *options) == [three[index] for index in wanted]


REFUSED = {
    "no status": (("--status", "faild"), message("unknown-status", status="faild") + meant("FAILED")),
    "no time": (("--since", "soon"), message("not-a-time", text="soon")),
    "a day that is none": (("--since", "2026-02-30"), message("not-a-time", text="2026-02-30")),
    "an age beyond all time": (("--since", "999999w"), message("not-a-time", text="999999w")),
    "an empty time": (("--since", ""), message("not-a-time", text="")),
    "no limit": (("--limit", "0"), "0 is not in the range"),
    "a limit that is no number": (("--limit", "few"), "'few' is not a valid integer"),
    "a workflow that nobody knows": (("--workflow", "visual-esay"), meant("visual-essay")),
}


@pytest.mark.parametrize(("options", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_meant_is_refused_in_one_line(
    orch: Orch, three: list[str], options: tuple[str, ...], told: str
) -> None:
    ended = orch("run", "list", *options)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 2)
    assert told in ended.err
    assert re.search(r"Next: orch run list( --help)?$", ended.err.rstrip())


def test_a_known_workflow_without_runs_is_an_empty_list(orch: Orch, three: list[str]) -> None:
    assert listed(orch, "--workflow", "visual-essay") == []
    assert orch("run", "list", "--workflow", "visual-essay").out == f"{message('no-such-run')}\nNext: orch run list\n"


def test_runs_of_one_second_stand_in_the_order_of_their_start(shipped: Repository, orch: Orch) -> None:
    later = write(shipped, "2026-11-22T09:30:00.900Z", "aaaaaa")
    sooner = write(shipped, "2026-11-22T09:30:00.100Z", "bbbbbb")
    assert listed(orch) == [later, sooner]


@pytest.mark.slow
def test_a_list_of_many_comes_in_several_blocks_and_loses_none(shipped: Repository, orch: Orch) -> None:
    wanted = [write(shipped, f"2026-11-22T{hour:02}:{minute:02}:00.000Z") for hour in range(8) for minute in range(60)]
    assert listed(orch) == wanted[::-1]
    assert len(orch("run", "list").out.splitlines()) == len(wanted)


def test_the_first_line_is_printed_before_the_third_run_is_looked_at(
    orch: Orch, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(runs: int, run_id: str) -> Any:
        if run_id == three[2]:
            raise KeyboardInterrupt
        return read_summary(runs, run_id)

    monkeypatch.setattr("runner.storage.run_list.read_summary", look)
    stopped = orch("run", "list")
    assert (stopped.code, three[0] in stopped.out) == (130, True)


def test_with_a_limit_no_more_runs_are_looked_at(orch: Orch, three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def look(runs: int, run_id: str) -> Any:
        looked_at.append(run_id)
        return read_summary(runs, run_id)

    monkeypatch.setattr("runner.storage.run_list.read_summary", look)
    assert listed(orch, "--limit", "1") == three[:1] == looked_at


def test_a_sound_record_is_not_read_beyond_its_head(
    orch: Orch, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(store: Store, run_id: str) -> Any:
        raise AssertionError(f"{run_id} was read as a whole")

    monkeypatch.setattr(Store, "read", refuse)
    assert listed(orch) == three


Damage = Callable[[str], str]
DAMAGED: dict[str, tuple[Damage, str]] = {
    "empty": (lambda _: "", message("empty-file")),
    "cut off in its head": (lambda text: text[:200], message("not-json", reason="")),
    "cut off further on": (lambda text: text[:-40], message("not-json", reason="")),
    "no status of a run": (
        lambda text: text.replace('"QUEUED"', '"QUEUE"', 1),
        message("unknown-value", value="QUEUE"),
    ),
    "a start that is no time": (
        lambda text: text.replace("2026-11-22T", "2026-13-22T", 1),
        "$.started_at: invalid time '2026-13-22T",
    ),
    "a key twice": (
        lambda text: text.replace('  "depth"', '  "status": "QUEUED",\n  "depth"', 1),
        message("duplicate-key", key="status", line=10),
    ),
    "git conflict markers": (
        lambda text: text.replace('  "status"', '<<<<<<< HEAD\n  "status"', 1),
        message("conflict-markers"),
    ),
    "the record of another run": (lambda text: text.replace("_abc123", "_abc124", 1), "$.run_id: "),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_head_or_an_end_that_is_no_records_is_marked(
    shipped: Repository, orch: Orch, three: list[str], damage: Damage, told: str
) -> None:
    path = shipped.root / shipped.workspace.record_path(three[0])
    path.write_text(damage(path.read_text("utf-8").replace('"FAILED"', '"QUEUED"', 1)), "utf-8")
    ended = orch("run", "list", "--json")
    assert ended.code == 0
    assert [each["status"] for each in ended.json] == ["DAMAGED", "QUEUED", "FAILED"]
    assert told in ended.json[0]["error"]
    assert listed(orch, "--status", "DAMAGED") == three[:1]


@pytest.mark.parametrize("key", ["  ", "   "], ids=["as we write it", "indented otherwise"])
def test_a_head_of_another_form_is_read_as_a_whole(shipped: Repository, orch: Orch, key: str) -> None:
    run_id = write(shipped, "2026-11-22T09:30:00.000Z")
    path = shipped.root / shipped.workspace.record_path(run_id)
    path.write_text(path.read_text("utf-8").replace('  "depth"', f'{key}"depth"', 1), "utf-8")
    (told,) = orch("run", "list", "--json").json
    assert (told["run_id"], told["status"], told["gates_total"]) == (run_id, "QUEUED", 2)


def test_the_heads_of_ours_and_of_the_original_tell_the_same_as_the_whole(
    shipped: Repository, orch: Orch, store: Store
) -> None:
    ours = write(shipped, "2026-11-22T09:30:00.000Z")
    theirs = write_original(shipped, early_failed())
    told = {each["run_id"]: each for each in orch("run", "list", "--json").json}
    for run_id in (ours, theirs):
        run = store.read(run_id)
        assert (told[run_id]["status"], told[run_id]["started_at"]) == (str(run.status), run.started_at)
        assert (told[run_id]["gates_passed"], told[run_id]["gates_total"]) == (run.gates_passed, len(run.gates))


def test_what_an_interrupted_command_had_recorded_is_told(
    shipped: Repository, orch: Orch, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(new_run())
    store.change(RUN_ID, start)
    with monkeypatch.context() as dying:
        dying.setattr(os, "replace", _die)
        with pytest.raises(KeyboardInterrupt):
            store.change(RUN_ID, finish)
    assert shipped.record(RUN_ID)["progress"]["passed"] == 0
    (told,) = orch("run", "list", "--json").json
    assert (told["status"], told["gates_passed"]) == ("RUNNING", 1)


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_disagreement_deeper_inside_is_left_to_show(shipped: Repository, orch: Orch) -> None:
    run_id = write(shipped, "2026-11-22T09:30:00.000Z")
    record = shipped.record(run_id)
    record["gates"][1]["status"] = "PASS"
    shipped.write(shipped.workspace.record_path(run_id), json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    (told,) = orch("run", "list", "--json").json
    assert told["status"] == "QUEUED"
    assert orch("run", "show", "--run", run_id).code == 4


@pytest.mark.parametrize(
    ("link", "status", "code"), [("run", "UNREADABLE", 2), ("record", "UNREADABLE", 2), ("RUN.json", "DAMAGED", 4)]
)
def test_a_record_beyond_a_link_out_of_the_root_is_not_read(
    shipped: Repository, orch: Orch, tmp_path_factory: pytest.TempPathFactory, link: str, status: str, code: int
) -> None:
    run_id = write(shipped, "2026-11-22T09:30:00.000Z")
    record = shipped.root / shipped.workspace.record_path(run_id)
    moved = {"run": record.parent.parent, "record": record.parent, "RUN.json": record}[link]
    outside = tmp_path_factory.mktemp("outside") / moved.name
    os.rename(moved, outside)
    moved.symlink_to(outside)
    (told,) = orch("run", "list", "--json").json
    assert told["status"] == status
    assert says(told["error"], "is-symlink")
    for command in (("status",), ("run", "check"), ("run", "show", "--run", run_id)):
        assert orch(*command).code == code, command


def test_a_run_is_one_line_with_its_age_and_its_whole_id(
    shipped: Repository, orch: Orch, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.cli.commands.run_list.now", lambda: "2026-11-22T09:33:10.000Z")
    shipped.write(shipped.workspace.record_path(three[2]), "{")
    first, second, damaged = orch("run", "list").out.splitlines()
    assert first == f"FAILED   0/2   3 m ago  {three[0]}  {new_run().workflow.name}"
    assert second == f"QUEUED   0/2  24 h ago  {three[1]}  grün"
    assert damaged.startswith(f"DAMAGED                 {three[2]}  record/RUN.json:")


@pytest.mark.slow
def test_at_a_terminal_the_line_is_cut_after_the_id(shipped: Repository, three: list[str]) -> None:
    shipped.write(shipped.workspace.record_path(three[2]), "{")
    with at_a_terminal(shipped, "run", "list", env={"COLUMNS": "60"}) as child:
        child.expect(pexpect.EOF)
        lines = [unstyle(line) for line in child.before.splitlines()]
    assert [run_id in line for run_id, line in zip(three, lines, strict=True)] == [True] * 3
    assert [len(line) <= 60 for line in lines] == [True] * 3
    assert lines[2].endswith("…")


def test_a_folder_whose_name_holds_a_line_end_does_not_begin_a_line_of_its_own(shipped: Repository, orch: Orch) -> None:
    (shipped.root / "orchestration/runs/run_z\nPASSED    forged").mkdir(parents=True)
    assert not [line for line in orch("run", "list").out.splitlines() if line.startswith("PASSED")]


@pytest.mark.parametrize("limit", ["0", "-1", "9223372036854775808"])
def test_a_limit_that_is_none_is_refused(orch: Orch, limit: str) -> None:
    assert orch("run", "list", "--limit", limit).code == 2
