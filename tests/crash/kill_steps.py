"""Kills a process before each step of each kind of write, and checks what is left.

python -m tests.crash.kill_steps DIR [NAME of a kind of write …]

The process is forked, so that a step costs milliseconds. It kills itself when it is about to make its n-th call that
touches the disk; n goes up from 1 until the write comes through.
"""

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from gate_tests.workspace.layout import Workspace
from runner.models import transitions
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.run import Run
from runner.repair.plan import plan_repair
from runner.storage.logs import write_log
from runner.storage.store import Store
from runner.workflows.bundled import install_orchestration
from tests.support.interrupted_write import undo_rename
from tests.support.sample_run import AT, RUN_ID, fail, finish, new_run, start

STEPS = (
    "open", "fdopen", "fsync", "close", "link", "unlink", "replace", "rename", "mkdir",
)  # fmt: skip

Action = Callable[[Store], object]


@dataclass(frozen=True)
class Scenario:
    """A write and the state before it.

    `again` repeats it after a kill, where nothing else would complete it. `has_links` is false for a file system that
    refuses hard links.
    """

    name: str
    prepare: Action
    write: Action
    again: bool = False
    has_links: bool = True


def start_other(run: Run) -> Run:
    """Open an attempt at G2."""
    return start(run, "G2")


def finish_both(run: Run) -> Run:
    """Close the open attempts at G1 and G2 as passed."""
    return finish(finish(run, "G2"))


def invoke(run: Run, invocation_id: str = "inv_1_aaaa") -> Run:
    """Record an agent's invocation."""
    invocation = Invocation(invocation_id, "G1", "maker", "opus", AT, AT, 0, InvocationStatus.SUCCESS)
    return transitions.record_invocation(run, invocation, AT)


def _nothing(store: Store) -> None:
    """The run does not exist yet."""


def _create(store: Store) -> None:
    if RUN_ID not in store.workspace.runs():
        store.create(new_run())


def _after(*changes: Callable[[Run], Run]) -> Action:
    def make(store: Store) -> None:
        _create(store)
        for change in changes:
            store.change(RUN_ID, change)

    return make


def _change(change: Callable[[Run], Run]) -> Action:
    return lambda store: store.change(RUN_ID, change)


def _crashed(store: Store) -> None:
    """Leave an attempt's file that RUN.json lacks."""
    _after(start)(store)
    path = store.workspace.root / store.workspace.record_path(RUN_ID)
    before = path.read_bytes()
    store.change(RUN_ID, finish)
    undo_rename(path, before)


def _damaged(store: Store) -> None:
    """Truncate RUN.json and an attempt's file."""
    _after(start, finish, start)(store)
    for path in (store.workspace.record_path(RUN_ID), store.workspace.attempt_path(RUN_ID, "G1", 1)):
        content = (store.workspace.root / path).read_bytes()
        (store.workspace.root / path).write_bytes(content[:-20])


def _repair(store: Store) -> None:
    if plan := plan_repair(store, RUN_ID):
        plan.write(store)


_SCENARIOS = (
    Scenario("run start", _nothing, _create, again=True),
    Scenario("gate start", _after(), _change(start)),
    Scenario("gate start --abandon", _after(start), _change(lambda run: start(run, abandon=True))),
    Scenario("gate finish", _after(start), _change(finish)),
    Scenario("gate finish of two gates", _after(start, start_other), _change(finish_both)),
    Scenario("gate fail, nothing open", _after(), _change(fail)),
    Scenario("invocation record", _after(start), _change(invoke)),
    Scenario("a recovery", _crashed, lambda store: store.complete_recovery(RUN_ID), again=True),
    Scenario("run repair", _damaged, _repair, again=True),
    Scenario("a prompt packet", _after(), lambda store: write_log(store, RUN_ID, "prompts/a.txt", "tea"), again=True),
)
SCENARIOS = (
    *_SCENARIOS,
    *(replace(scenario, name=f"{scenario.name}, without hard links", has_links=False) for scenario in _SCENARIOS),
)


def kill_each_step(root: Path, scenario: Scenario) -> tuple[int, list[str]]:
    """How many processes were killed, and what was wrong with the records that they left."""
    install_orchestration(root)
    store = Store(Workspace(root))
    runs, kept = root / "orchestration/runs", root / "kept"
    scenario.prepare(store)
    shutil.copytree(runs, kept)
    states = _good_states(store, scenario)
    wrong: list[str] = []
    step = 0
    while True:
        step += 1
        shutil.rmtree(runs)
        shutil.copytree(kept, runs)
        if _write_and_die(store, scenario, step):
            return step - 1, wrong
        try:
            _inspect(store, scenario, states)
        except Exception as error:
            wrong.append(f"{scenario.name}, killed before step {step}: {type(error).__name__}: {error}")


def _state(store: Store) -> Any:
    if RUN_ID not in store.workspace.runs():
        return None
    try:
        return store.read(RUN_ID).to_json()
    except Exception:
        return "damaged"


def _good_states(store: Store, scenario: Scenario) -> list[Any]:
    """The states that are allowed after a kill: the old one and the new one."""
    old = _state(store)
    scenario.write(store)
    new = _state(store)
    return [new] if scenario.again else [old, new]


def _inspect(store: Store, scenario: Scenario, states: list[Any]) -> None:
    """Raises AssertionError if the state is not allowed, or the next command does not work."""
    if scenario.again:
        scenario.write(store)
    assert _state(store) in states, f"neither old nor new: {_state(store)}"
    runs = store.workspace.root / "orchestration/runs"
    attempts = {path: content for path in runs.rglob("attempt-*.json") if (content := path.read_bytes())}
    for content in attempts.values():
        json.loads(content)
    for left in runs.glob(".tmp-*"):
        os.utime(left, (0, 0))  # the beginnings of a run are cleared when they are old
        store.create(_other_run())
    store.change(RUN_ID, lambda run: invoke(run, "inv_2_bbbb"))
    assert not list(runs.rglob(".tmp-*")), "a temporary file is left"
    assert all(path.read_bytes() == content for path, content in attempts.items()), "an attempt has changed"


def _other_run() -> Run:
    return new_run()._replace(run_id=RUN_ID.replace("abc123", "zzz999"))


def _write_and_die(store: Store, scenario: Scenario, step: int) -> bool:
    """Whether the write was complete before its process made `step` steps."""
    child = os.fork()
    if child == 0:
        if not scenario.has_links:
            os.link = _refuse_link
        _die_at(step, store, scenario.write)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, "the write failed by itself"
    return True


def _refuse_link(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def _die_at(step: int, store: Store, write: Action) -> NoReturn:
    steps = 0

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                if name == "fdopen" and "wb" in arguments:
                    os.write(arguments[0], b'{\n  "half a re')
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return counting

    for name in STEPS:
        setattr(os, name, counted(name, getattr(os, name)))
    try:
        write(store)
        os._exit(0)
    finally:
        os._exit(1)


def main() -> None:
    """Prints `[killed, [what was wrong, …]]` for each scenario, by its name."""
    folder, names = Path(sys.argv[1]), sys.argv[2:] or [scenario.name for scenario in SCENARIOS]
    found = {}
    for number, scenario in enumerate(scenario for scenario in SCENARIOS if scenario.name in names):
        root = folder / str(number)
        (root / "orchestration").mkdir(parents=True)
        found[scenario.name] = kill_each_step(root, scenario)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
