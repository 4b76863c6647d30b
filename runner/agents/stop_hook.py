"""What an agent that is about to stop is told: to go on, with the checks that fail, or nothing.

The program it runs in calls a hook, which gets JSON on its standard input and answers with JSON. Nothing is recorded.
Each block is counted by a file below the run's `logs/`, so that no gate keeps an agent for ever.
"""

import json
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gate_tests.errors import OrchError, Refused
from gate_tests.sanitize import plain
from runner.models.status import RunStatus
from runner.storage.logs import mark
from runner.storage.run_list import MarkedRun, Wanted, list_runs

if TYPE_CHECKING:
    from runner.models.attempt import Attempt
    from runner.models.run import Gate, Run
    from runner.operations.judged_gate import JudgedGate
    from runner.storage.store import Store

LONGEST = 8000
"""Characters of an answer; Claude Code puts what is longer than 10,000 into a file, which few agents read."""

_FRAME = 1000  # characters kept free for what stands around the failed checks


class Target(NamedTuple):
    """A program that agents run in: its name, the events at which an agent stops there, and the variable that names
    the folder it was started in, for an agent that has gone elsewhere.
    """

    name: str
    events: tuple[str, ...]
    folder_variable: str | None


TARGETS = {
    "claude-code": Target("Claude Code", ("Stop", "SubagentStop"), "CLAUDE_PROJECT_DIR"),
    "codex": Target("Codex", ("Stop", "SubagentStop"), None),
}
"""Where the programs differ. All else is the same in both, also what they understand of an answer: Codex refuses one
that is empty, or that has another member than `Decision` gives it.
"""


class StopEvent(NamedTuple):
    """What the program says of the stop: whose it is, and the folder the agent is in, if there is such a folder."""

    session: str
    folder: Path | None

    @classmethod
    def parse(cls, told: bytes, target: Target) -> "StopEvent":
        """Reads `{session_id, cwd, hook_event_name, …}`. Raises Refused for what is no such object."""
        data = _parsed(told)
        event = data.get("hook_event_name", target.events[0])
        if event not in target.events:
            raise Refused(
                f"{target.name} calls this hook at {event!r}; it is for {' and '.join(target.events)}",
                next_command="orch hook stop --help",
            )
        session, folder = data.get("session_id"), data.get("cwd")
        return cls(
            session if isinstance(session, str) else "",
            Path(folder) if isinstance(folder, str) and os.path.isdir(folder) else None,
        )


def _parsed(told: bytes) -> dict[str, Any]:
    try:
        data = json.loads(told)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        found = "something else" if told.strip() else "nothing"
        raise Refused(
            f"a stop hook is given a JSON object on standard input; found {found}",
            next_command="echo '{}' | orch hook stop",
        )
    return data


class Decision(NamedTuple):
    """With a `reason`, which the agent reads, it has to go on; `message` is for the person."""

    reason: str | None = None
    message: str | None = None

    def to_json(self) -> dict[str, str]:
        """`{decision: "block", reason}`, or `{systemMessage}`, or `{}`."""
        if self.reason:
            return {"decision": "block", "reason": self.reason}
        return {"systemMessage": self.message} if self.message else {}


class OpenGate(NamedTuple):
    """A gate of a run with an attempt that waits to be finished."""

    run: "Run"
    gate: "Gate"
    attempt: "Attempt"

    @property
    def options(self) -> str:
        """What names it in a command."""
        return f"--run {self.run.run_id} --gate {self.gate.gate}"

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Gate {self.gate.gate} {plain(self.gate.name)}"


def find_open(store: "Store", run_id: str | None, gate_id: str | None) -> OpenGate | None:
    """The attempt that is meant: the one open in the run; without a run, in the newest unfinished one that has any.

    Of several at once the one that was started last, unless a gate is named. Raises Refused, DamagedRecord,
    NotReadable; without a run only where the newest of all cannot be read: it may be the one.
    """
    if run_id is not None:
        run = store.read(run_id)
        return _open_in(run, run.gate(gate_id).gate if gate_id is not None else None)
    for place, listed in enumerate(list_runs(store.workspace, store.read, Wanted())):
        try:
            if isinstance(listed, MarkedRun):
                raise listed.damage
            if listed.is_completed or listed.status is RunStatus.QUEUED:
                continue
            if found := _open_in(store.read(listed.run_id), gate_id):
                return found
        except OrchError:
            if place == 0:
                raise
    return None


def _open_in(run: "Run", gate_id: str | None) -> OpenGate | None:
    if run.finished_at is not None:
        return None
    waiting = [
        OpenGate(run, gate, gate.open_attempt)
        for gate in run.gates
        if gate.open_attempt and gate_id in (None, gate.gate)
    ]
    return max(waiting, key=lambda each: each.attempt.started_at, default=None)


def decide(
    store: "Store", found: OpenGate, judged: "JudgedGate", session: str, most: int, typed: Callable[[str], str]
) -> Decision:
    """What the verdict means for the agent: a FAIL blocks, at most `most` times for the attempt in this session.

    `typed` gives a command as one types it here. Raises NotWritten, Refused where a block cannot be counted.
    """
    check = typed(f"orch gate check {found.options}")
    if judged.passed:
        finish = typed(f"orch gate finish {found.options}{_acceptance(found, judged)}")
        return Decision(message=f"orch: {found.title} holds as it stands{_notes(found, judged)}. Next: {finish}")
    if not _count(store, found, session, most):
        return Decision(
            message=f"orch: {found.title} still fails. The agent was kept from stopping {most} times in attempt"
            f" {found.attempt.number} and may stop now. Next: {check}"
        )
    return Decision(reason=_reason(store, found, judged, check))


def _count(store: "Store", found: OpenGate, session: str, most: int) -> bool:
    """Counts a block, if one is left. Two hooks at once count two."""
    whose = sha256(session.encode(errors="surrogatepass")).hexdigest()[:16]
    name = f"stop-hook/{found.gate.gate}-{found.attempt.number}-{whose}"
    return any(mark(store, found.run.run_id, f"{name}-{number}") for number in range(1, most + 1))


def _acceptance(found: OpenGate, judged: "JudgedGate") -> str:
    return " --accept-contract" if found.attempt.began_with_another_contract(judged.contract.sha256) else ""


def _notes(found: OpenGate, judged: "JudgedGate") -> str:
    """What a finish will do besides."""
    scripts = "; the pre_scripts of its contract were not run" if judged.compiled.scripts else ""
    if not _acceptance(found, judged):
        return scripts
    return f"{scripts}; the contract was changed after the attempt began, finish wants --accept-contract"


def _reason(store: "Store", found: OpenGate, judged: "JudgedGate", check: str) -> str:
    from runner.pipeline.failure_section import failed_check

    results = judged.verdict.validations
    logs = f"{store.workspace.run_path(found.run.run_id)}/logs/gates/{found.gate.gate}/check"
    faults = [failed_check(result.to_json(), logs) for result in results if result.has_failed]
    shown = _as_many_as_fit(faults)
    lines = [f"{number}. {fault}" for number, fault in enumerate(shown, start=1)]
    if more := len(faults) - len(shown):
        lines.append(f"\nAnd {more:,} more; the command below tells them all.")
    return (
        f"{found.title} has not passed: {len(faults):,} of {len(results):,} checks fail.\n\n"
        + "\n".join(lines)
        + f"\n\nMend that, then stop again. See where you stand, as often as you like:\n\n    {check}\n"
    )


def _as_many_as_fit(faults: Sequence[str]) -> Sequence[str]:
    """The first ones, in their order; one at least."""
    room = LONGEST - _FRAME
    for number, fault in enumerate(faults):
        room -= len(fault) + len("999999. \n")
        if room < 0:
            return faults[: max(number, 1)]
    return faults
