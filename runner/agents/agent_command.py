"""An agent that is a program: it gets the packet on its standard input, and its end is the end of its work."""

import os
import shlex
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from shutil import which
from typing import NamedTuple

from gate_tests.compiler.loader import read_contract
from gate_tests.errors import Interrupted, Refused
from gate_tests.isolated_pytest.display import Display
from gate_tests.programs.signals import defer_interrupts
from gate_tests.sanitize import escape_for_terminal, plain
from runner import suggestions
from runner.agents.subprocess_stream import CannotBeRun, Streamed
from runner.models.ids import new_invocation_id
from runner.models.invocation import InvocationStatus
from runner.operations.invocations import record_invocation
from runner.pipeline.worker import Act, Answer, Handover
from runner.storage.locks import agent_lock
from runner.storage.logs import live_log
from runner.storage.store import Store

_MAY_GO_ON = " \t\n\r:#"
"""Characters at the end of a text that only what follows makes harmful, such as the first half of `::`."""
_MOST_HELD = 1000


class AgentCommand(NamedTuple):
    """A program and its arguments, and how long it may take for a gate, in seconds; None where it has time."""

    arguments: tuple[str, ...]
    timeout_s: float | None

    @classmethod
    def parse(cls, text: str, timeout_s: float | None, root: Path) -> "AgentCommand":
        """Splits `text` as a shell would, and no more than that. Raises Refused where there is no such program."""
        try:
            arguments = tuple(shlex.split(text))
        except ValueError as error:
            raise Refused(f"--agent-command {text!r} cannot be split into arguments: {error}") from None
        if not arguments or not arguments[0]:
            raise Refused("--agent-command names no program, such as 'claude -p'")
        program = arguments[0]
        if which(str(root / program) if "/" in program else program) is None:
            where = "below the root" if "/" in program and not os.path.isabs(program) else "here"
            raise Refused(f"--agent-command: there is no program {program!r} {where}; it is run without a shell")
        return cls(arguments, timeout_s)


class Agent(NamedTuple):
    """Hands packets to a program and waits for its end. `watch` is where its output goes, besides its log."""

    store: Store
    command: AgentCommand
    clock: Callable[[], str]
    watch: Callable[[], AbstractContextManager[Display]]

    def take(self, handover: Handover) -> Answer:
        """The work is to be judged, however the program ended; that is recorded as an invocation."""
        with agent_lock(self.store, handover.run.run_id, handover.step.gate):
            self._refuse_another_contract(handover)
            return self._take(handover)

    def _take(self, handover: Handover) -> Answer:
        began, invocation_id = time.monotonic(), new_invocation_id(self.clock())
        failure: str | None = "interrupted"
        try:
            failure = self._work(handover, invocation_id)
        except CannotBeRun as error:
            failure = None  # it was never called
            raise Refused(
                f"the agent cannot be run ({error}); attempt {handover.attempt} of gate {handover.step.gate} is open",
                next_command=suggestions.resume_run(handover.run.run_id),
            ) from None
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted; the agent was ended, attempt {handover.attempt} of gate {handover.step.gate} is open",
                next_command=suggestions.resume_run(handover.run.run_id),
            ) from None
        finally:
            if failure is not None:
                with defer_interrupts():
                    self._record(handover, invocation_id, failure, round(1000 * (time.monotonic() - began)))
        return Answer(Act.FINISH)

    def _refuse_another_contract(self, handover: Handover) -> None:
        """The work would be for a contract that it is not judged by: nobody is called for that."""
        run, step = handover.run, handover.step
        attempt = run.gate(step.gate).open_attempt
        document = read_contract(self.store.workspace, step.gate)
        if attempt and attempt.has_other_contract(document.sha256):
            at_gate = f"--run {run.run_id} --gate {step.gate}"
            raise Refused(
                f"{document.path} was changed after attempt {attempt.number} began: begin another one for it, or where"
                f" the work is done, accept it with gate finish {at_gate} --accept-contract",
                next_command=suggestions.abandon_attempt(run.run_id, step.gate, attempt.agent),
            )

    def _record(self, handover: Handover, invocation_id: str, failure: str, duration_ms: int) -> None:
        """Not where the run was completed meanwhile, perhaps by the program itself: then it can only be read."""
        try:
            self._add(handover, invocation_id, failure, duration_ms)
        except Refused:
            if self.store.read(handover.run.run_id).finished_at is None:
                raise
            with self.watch() as display:
                display.show("  agent   not recorded: the run was completed meanwhile\n")

    def _add(self, handover: Handover, invocation_id: str, failure: str, duration_ms: int) -> None:
        record_invocation(
            self.store,
            handover.run.run_id,
            handover.step.gate,
            handover.step.agent,
            self.clock(),
            status=InvocationStatus.FAIL if failure else InvocationStatus.SUCCESS,
            duration_ms=duration_ms,
            invocation_id=invocation_id,
        )

    def _work(self, handover: Handover, invocation_id: str) -> str:
        """What kept the program from ending with 0, in words, or an empty text."""
        began, root = time.monotonic(), self.store.workspace.root
        named = {"ORCH_RUN": handover.run.run_id, "ORCH_GATE": handover.step.gate}
        with (
            live_log(self.store, handover.run.run_id, f"invocations/{invocation_id}.log") as (path, log),
            self.watch() as display,
            (root / handover.packet_path).open("rb") as packet,
        ):
            display.show(f"  agent   {plain(shlex.join(self.command.arguments))}\n  output  {path}\n")
            program = Streamed(
                self.command.arguments, root, {**os.environ, **named}, packet.fileno(), self.command.timeout_s
            )
            screen = _Screen(display)

            def pass_on(printed: bytes) -> None:
                with suppress(OSError):  # its work counts, though the disk be full
                    log.write(printed)
                screen.show(printed)

            try:
                failure = program.run(pass_on)
            finally:
                screen.end()
            ended = failure or "exit code 0"
            display.show(f"  agent   {ended} after {time.monotonic() - began:.1f} s\n")
        return failure


class _Screen:
    """Shows bytes that come in pieces, as text that does no harm to a terminal or to a CI system."""

    def __init__(self, display: Display) -> None:
        self._show, self._decode = display.show, getincrementaldecoder("utf-8")("replace").decode
        self._held, self._last = "", "\n"

    def show(self, printed: bytes) -> None:
        text = self._held + self._decode(printed).replace("\r\n", "\n")
        shown = text.rstrip(_MAY_GO_ON)
        self._held = text[len(shown) :]
        if len(self._held) > _MOST_HELD:
            shown, self._held = text, ""
        self._say(shown)

    def end(self) -> None:
        self._say(self._held + self._decode(b"", True))
        self._say("" if self._last == "\n" else "\n")

    def _say(self, text: str) -> None:
        if text:
            self._show(escape_for_terminal(text))
            self._last = text[-1]
