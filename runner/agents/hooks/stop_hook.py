"""The stop hook: keeps an agent from stopping while the checks of its gate fail.

The agent's program calls the hook with JSON on standard input and reads JSON from standard output. Nothing is recorded.
Each block is counted by a file below the run's `logs/`, so that no agent is blocked for ever.
"""

import json
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.errors import OrchError, Refused
from gate_tests.files.regular_file import format_limit
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from runner import suggestions
from runner.agents.hooks.hosts import Host
from runner.models.status import RunStatus
from runner.storage.logs import create_marker
from runner.storage.run_list import RunFilter, UnreadableRun, list_runs

if TYPE_CHECKING:
    from runner.models.attempt import Attempt
    from runner.models.gate import Gate
    from runner.models.run import Run
    from runner.operations.judged_gate import JudgedGate
    from runner.storage.store import Store

MAX_ANSWER_LENGTH: Final = 8000
"""In characters; Claude Code moves an answer of more than 10,000 to a file, which few agents read."""

MAX_INPUT_BYTES: Final = 16 << 20
"""The most that is read of standard input. An agent's last message is part of it."""

MAX_OUTPUT_BYTES: Final = 3500
"""Of the last lines of all failed programs in an answer, in UTF-8; other failed checks need room too."""

_RESERVED_LENGTH: Final = 1000  # characters for the text around the failed checks


class StopEvent(NamedTuple):
    """The session that stops, and the agent's current directory without symlinks, None where it does not exist."""

    session: str
    directory: Path | None

    @classmethod
    def parse(cls, text: bytes, host: Host) -> "StopEvent":
        """Parses `{session_id, cwd, hook_event_name, …}`. Raises Refused for anything else."""
        data = _parse_json(text)
        event = data.get("hook_event_name", host.stop_events[0])
        if event not in host.stop_events:
            raise Refused(
                f"unexpected hook event {event!r} of {host.title}; expected {' or '.join(host.stop_events)}",
                next_command=suggestions.show_help("hook stop"),
            )
        session, directory = data.get("session_id"), data.get("cwd")
        return cls(
            session if isinstance(session, str) else "",
            Path(os.path.realpath(directory)) if isinstance(directory, str) and os.path.isdir(directory) else None,
        )


def _parse_json(text: bytes) -> dict[str, Any]:
    is_too_large = len(text) > MAX_INPUT_BYTES
    try:
        data = None if is_too_large else json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        found = "other text" if text.strip() else "nothing"
        found = f"more than {format_limit(MAX_INPUT_BYTES)}" if is_too_large else found
        raise Refused(
            f"expected the JSON object of a stop hook on standard input, found {found}",
            next_command=suggestions.TRY_STOP_HOOK,
        )
    return data


class Decision(NamedTuple):
    """The answer: a `reason` blocks the agent, which reads it; a `message` is shown to the person."""

    reason: str | None = None
    message: str | None = None

    def to_json(self) -> dict[str, str]:
        """`{decision: "block", reason}`, or `{systemMessage}`, or `{}`."""
        if self.reason:
            return {"decision": "block", "reason": self.reason}
        return {"systemMessage": self.message} if self.message else {}


class OpenGate(NamedTuple):
    """A gate with an open attempt."""

    run: "Run"
    gate: "Gate"
    attempt: "Attempt"

    @property
    def options(self) -> str:
        """The options of a command that name it."""
        return f"--run {self.run.run_id} --gate {self.gate.gate}"

    @property
    def title(self) -> str:
        """Its name in messages."""
        return f"Gate {self.gate.gate} {sanitize_line(self.gate.name)}"


def find_open_gate(store: "Store", run_id: str | None, gate_id: str | None) -> OpenGate | None:
    """The open attempt of the run, of `gate_id` if given, else the one started last; None where there is none.

    Without `run_id`, of the newest run with an open attempt. Raises Refused, DamagedRecord, NotReadable; without
    `run_id` only if the newest run cannot be read, since the attempt may be there.
    """
    if run_id is not None:
        run = store.read(run_id)
        return _find_in_run(run, run.gate(gate_id).gate if gate_id is not None else None)
    for index, summary in enumerate(list_runs(store.workspace, store.read, RunFilter())):
        try:
            if isinstance(summary, UnreadableRun):
                raise summary.error
            if summary.is_completed or summary.status is RunStatus.QUEUED:
                continue
            if open_gate := _find_in_run(store.read(summary.run_id), gate_id):
                return open_gate
        except OrchError:
            if index == 0:
                raise
    return None


def _find_in_run(run: "Run", gate_id: str | None) -> OpenGate | None:
    if run.finished_at is not None:
        return None
    candidates = [
        OpenGate(run, gate, gate.open_attempt)
        for gate in run.gates
        if gate.open_attempt and gate_id in (None, gate.gate)
    ]
    return max(candidates, key=lambda each: each.attempt.started_at, default=None)


def decide(
    store: "Store",
    open_gate: OpenGate,
    judged: "JudgedGate",
    session: str,
    max_blocks: int,
    format_command: Callable[[str], str],
) -> Decision:
    """The answer to the verdict: a FAIL blocks, at most `max_blocks` times per attempt and session.

    `format_command` adapts a command to the current directory. Raises NotWritten, Refused where a block cannot be
    counted.
    """
    check = format_command(f"orch gate check {open_gate.options}")
    if judged.passed:
        return Decision(
            message=f"orch: {open_gate.title} passes{_notes(judged)}."
            f"\nNext: {format_command(_choose_next_command(store, open_gate, judged))}"
        )
    if not _count_block(store, open_gate, session, max_blocks):
        return Decision(
            message=f"orch: {open_gate.title} still fails. The agent was blocked {format_count(max_blocks, 'time')} in"
            f" attempt {open_gate.attempt.number} and may stop now.\nNext: {check}"
        )
    return Decision(reason=_compose_reason(store, open_gate, judged, check))


def let_other_work_tree_stop(open_gate: OpenGate, directory: Path, root: Path) -> Decision:
    """The answer to an agent in another checkout than that with the gate, which is not about its work."""
    return Decision(
        message=f"orch: {open_gate.title} is open in {root}, but the agent works in another git work tree, {directory};"
        " the gate was not judged"
    )


def _count_block(store: "Store", open_gate: OpenGate, session: str, max_blocks: int) -> bool:
    """Counts a block; False where none is left. Safe for concurrent hooks."""
    session_hash = sha256(session.encode(errors="surrogatepass")).hexdigest()[:16]
    name = f"stop-hook/{open_gate.gate.gate}-{open_gate.attempt.number}-{session_hash}"
    return any(create_marker(store, open_gate.run.run_id, f"{name}-{number}") for number in range(1, max_blocks + 1))


def _choose_next_command(store: "Store", open_gate: OpenGate, judged: "JudgedGate") -> str:
    """The command to finish the gate; where the run or its rules changed, to look at that: no agent may accept it."""
    if judged.context_changes:
        return suggestions.show_run(open_gate.run.run_id)
    if judged.rule_changes:
        from runner.git.review import suggest_review

        return suggest_review(store.workspace.root, judged.rule_changes[0].path)
    return suggestions.finish_gates(open_gate.run.run_id, open_gate.gate.gate)


def _notes(judged: "JudgedGate") -> str:
    """What else `gate finish` will do or need."""
    scripts = "; the pre_scripts of its contract were not run" if judged.compiled.scripts else ""
    if changes := ", ".join(judged.context_changes):
        return f"{scripts}; the record changed after the attempt started: {changes}; it cannot be finished"
    if not judged.rule_changes:
        return scripts
    paths = " and ".join(change.path for change in judged.rule_changes)
    return f"{scripts}; {paths} changed after the attempt started, and a person decides whether to accept that"


def _compose_reason(store: "Store", open_gate: OpenGate, judged: "JudgedGate", check: str) -> str:
    from runner.pipeline.failure_section import format_failed_checks
    from runner.pipeline.program_output import OutputReader

    results = judged.verdict.validations
    logs = {check_id: log.path for check_id, log in judged.logs.items() if log.path}
    reader = OutputReader(store.workspace, MAX_OUTPUT_BYTES).share(
        sum(each.has_failed for each in results if each.id in logs)
    )
    failures = [*format_failed_checks(results, reader, logs)]
    failed = sum(result.has_failed for result in results)
    listed = _fit_to_answer(failures)
    lines = [f"{number}. {failure}" for number, failure in enumerate(listed, start=1)]
    if more := len(failures) - len(listed):
        lines.append(f"\nAnd {more:,} more; the command below lists them all.")
    return (
        f"{open_gate.title} has not passed: {failed:,} of {format_count(len(results), 'check')} failed.\n\n"
        + "\n".join(lines)
        + f"\n\nFix this, then stop again. To check the gate at any time:\n\n    {check}\n"
    )


def _fit_to_answer(failures: Sequence[str]) -> Sequence[str]:
    """As many of the first failures as fit into an answer, at least one."""
    room = MAX_ANSWER_LENGTH - _RESERVED_LENGTH
    for number, failure in enumerate(failures):
        room -= len(failure) + len("999999. \n")
        if room < 0:
            return failures[: max(number, 1)]
    return failures
