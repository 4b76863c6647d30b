"""The key prompt at a terminal: what each key asks for, and that the terminal is left as it was."""

import contextlib
import os
import pty
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from gate_tests.errors import Interrupted, Paused
from gate_tests.workspace.layout import Workspace
from runner.cli.terminal.key_prompt import KeyPrompt
from runner.cli.terminal.printer import Printer
from runner.pipeline.worker import Action, Task, WorkerResult
from runner.storage.store import Store
from runner.workflows.definition import WorkflowGate
from tests.support.messages import message
from tests.support.processes import wait_until
from tests.support.sample_run import RUN_ID, new_run

TASK = Task(new_run(), WorkflowGate("G1", "One", "maker", "p.md", ""), 1, "packet.txt", is_resumed=False)
RESUME = f"orch run resume --run {RUN_ID}"


class Terminal:
    """A terminal that is standard input, whose other end presses a key at each question."""

    is_at_terminal = False

    def __init__(self, controller: int, descriptor: int, store: Store) -> None:
        self._controller, self.descriptor, self.store = controller, descriptor, store
        self.lines: list[str] = []

    def print_line(self, line: str = "", *, newline: bool = True) -> None:
        """Records what the prompt prints, as its printer."""
        self.lines.append(line)

    def print_text(self, text: str, *, newline: bool = True) -> None:
        """Records what the prompt prints, as its printer."""
        self.lines += text.splitlines()

    @contextlib.contextmanager
    def show_progress(self) -> Iterator[None]:
        """Shows none."""
        yield

    @property
    def questions(self) -> int:
        """Each question that ends without a newline waits for something to be typed."""
        return sum(line.endswith(": ") for line in self.lines)

    def _has_asked(self, times: int) -> bool:
        return self.questions >= times

    @property
    def is_set_up_for_keys(self) -> bool:
        return not termios.tcgetattr(self.descriptor)[3] & termios.ICANON

    def type(self, *texts: bytes) -> None:
        for number, text in enumerate(texts, start=self.questions or 1):
            wait_until(partial(self._has_asked, number))
            os.write(self._controller, text)

    def prompt(self, other_end: Callable[[], object]) -> WorkerResult:
        """What the prompt gives while `other_end` does something in a thread."""

        def act() -> None:
            try:
                other_end()
            except BaseException:
                os.write(self._controller, b"\nq")  # ends the prompt, which would wait for ever
                raise

        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        try:
            return KeyPrompt(cast("Printer", self), self.store).perform(TASK)
        finally:
            thread.join(20)
            assert not self.is_set_up_for_keys


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Terminal]:
    controller, descriptor = pty.openpty()
    with os.fdopen(descriptor, closefd=False) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield Terminal(controller, descriptor, Store(Workspace(tmp_path)))
    os.close(controller)
    os.close(descriptor)


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        ([b"\r"], WorkerResult(Action.FINISH)),
        ([b"\n"], WorkerResult(Action.FINISH)),
        ([b"v"], WorkerResult(Action.CHECK)),
        ([b"V"], WorkerResult(Action.CHECK)),
        ([b"f", b"two sources were made up\n"], WorkerResult(Action.FAIL, "two sources were made up")),
        ([b"f", b" \n", b"v"], WorkerResult(Action.CHECK)),
        ([b"f", b"two\t lines \n"], WorkerResult(Action.FAIL, "two lines")),
        ([b"f", b"\x04", b"v"], WorkerResult(Action.CHECK)),
        ([b"x", b"\x1b[A", b"v"], WorkerResult(Action.CHECK)),
        ([b"quick notes, of which the rest comes later\n", b"\nno", b"vv\r"], WorkerResult(Action.CHECK)),
    ],
    ids=[
        "Enter",
        "newline",
        "v",
        "V",
        "f with a reason",
        "f without one",
        "f with white space",
        "Ctrl-D at the reason",
        "other keys are asked about again",
        "pasted text is no key",
    ],
)
def test_a_key_says_what_is_to_be_done(terminal: Terminal, keys: list[bytes], result: WorkerResult) -> None:
    assert terminal.prompt(lambda: terminal.type(*keys)) == result


def test_p_shows_the_packet_and_asks_again(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "packet.txt").write_text("# The packet\n")
    assert terminal.prompt(lambda: terminal.type(b"p", b"v")) == WorkerResult(Action.CHECK)
    assert "# The packet" in terminal.lines


def test_a_packet_that_is_gone_is_reported_and_asks_again(terminal: Terminal) -> None:
    assert terminal.prompt(lambda: terminal.type(b"p", b"v")) == WorkerResult(Action.CHECK)
    assert message("cannot-be-read", path="packet.txt", reason=os.strerror(2)) in terminal.lines


@pytest.mark.parametrize(
    ("keys", "wants"),
    [([b"\r"], True), ([b"x", b"\n"], True), ([b"q"], False), ([b"Q"], False), ([b"\x04"], False)],
    ids=["Enter", "another key first", "q", "Q", "Ctrl-D"],
)
def test_after_a_failure_enter_tries_again(terminal: Terminal, keys: list[bytes], wants: bool) -> None:
    thread = threading.Thread(target=lambda: terminal.type(*keys), daemon=True)
    thread.start()
    assert KeyPrompt(cast("Printer", terminal), terminal.store).wants_retry(2) is wants
    thread.join(20)


@pytest.mark.parametrize("key", [b"q", b"Q", b"\x04"], ids=["q", "Q", "Ctrl-D"])
def test_to_stop_leaves_the_attempt_open_and_names_the_command_that_resumes(terminal: Terminal, key: bytes) -> None:
    with pytest.raises(Paused) as caught:
        terminal.prompt(lambda: terminal.type(key))
    assert caught.value.next_command == RESUME


@pytest.mark.parametrize("keys", [[], [b"f"]], ids=["at the question", "at the reason"])
def test_a_terminal_that_goes_away_is_the_end_of_input(terminal: Terminal, keys: list[bytes]) -> None:
    def hang_up() -> None:
        terminal.type(*keys)
        wait_until(lambda: terminal.questions > len(keys))
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), terminal._controller)  # closes that end

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    with pytest.raises(Paused):
        KeyPrompt(cast("Printer", terminal), terminal.store).perform(TASK)
    thread.join(20)


def test_what_was_typed_before_the_question_is_dropped(terminal: Terminal) -> None:
    os.write(terminal._controller, b"fffq\n")
    wait_until(lambda: select.select([terminal.descriptor], [], [], 0)[0])  # it has come to this end
    assert terminal.prompt(lambda: terminal.type(b"v")) == WorkerResult(Action.CHECK)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_and_names_the_command_that_resumes(terminal: Terminal, number: signal.Signals) -> None:
    def interrupt() -> None:
        wait_until(lambda: terminal.questions)
        os.kill(os.getpid(), number)

    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests in the background ignores it
    try:
        with pytest.raises(Interrupted) as caught:
            terminal.prompt(interrupt)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert caught.value.next_command == RESUME


def test_after_a_stop_with_ctrl_z_the_terminal_is_set_up_again_and_the_question_repeated(terminal: Terminal) -> None:
    def stop_and_continue() -> None:
        wait_until(lambda: terminal.questions)
        settings = termios.tcgetattr(terminal.descriptor)
        settings[3] |= termios.ICANON  # as a shell does
        termios.tcsetattr(terminal.descriptor, termios.TCSANOW, settings)
        os.kill(os.getpid(), signal.SIGCONT)
        wait_until(lambda: terminal.questions == 2)
        terminal.type(b"v")

    assert terminal.prompt(stop_and_continue) == WorkerResult(Action.CHECK)
