"""A worker that runs a program: which commands are taken, and what is recorded of how the program ends."""

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_tests.errors import DecisionNeeded, Interrupted, Refused
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.agents.agent_command import AgentCommand
from runner.agents.agent_worker import AgentWorker
from runner.agents.terminal_output import TerminalOutput
from runner.models.run import Run
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.runs import RunRequest, complete_run, start_run
from runner.pipeline.worker import Action, Task, WorkerResult
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.ci_systems import COMMANDS, is_harmless
from tests.support.messages import message
from tests.support.repository import Repository

NOW = "2026-11-22T09:30:00.000Z"


@pytest.fixture
def task(repository: Repository) -> Task:
    """The task of an open attempt at G1, with its packet."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write_workflow("G1")
    workflow, store = load_workflow(repository.workspace, "tests"), Store(repository.workspace)
    run_id = start_run(store, RunRequest(workflow, "tea", None, Depth.STANDARD), NOW).run_id
    run = start_gate(store, run_id, "G1", "maker", NOW)
    repository.write("packet.txt", "Do it.\n")
    return Task(run, workflow.gates[0], 1, "packet.txt", is_resumed=False)


class Screen:
    """Collects what is shown."""

    def __init__(self) -> None:
        self.text = ""

    def show(self, text: str) -> None:
        self.text += text

    @contextlib.contextmanager
    def open(self) -> Iterator[Display]:
        yield Display(self.show)


def worker(
    repository: Repository, source: str, screen: Screen | None = None, timeout_s: float | None = 20
) -> AgentWorker:
    command = AgentCommand((sys.executable, "-c", source), timeout_s)
    return AgentWorker(Store(repository.workspace), command, lambda: NOW, (screen or Screen()).open)


def recorded(repository: Repository, task: Task) -> Run:
    return Store(repository.workspace).read(task.run.run_id)


# The command


def test_a_command_is_split_as_a_shell_would_and_nothing_is_expanded(tmp_path: Path) -> None:
    command = AgentCommand.parse(f"{shlex.quote(sys.executable)} -c 'a b' '$HOME' '' *", 5, tmp_path)
    assert command == AgentCommand((sys.executable, "-c", "a b", "$HOME", "", "*"), 5)


@pytest.mark.parametrize(
    "text", ["", "  ", "''", "'' -p", "no-such-program-anywhere", "./no-such-program", "'unclosed"]
)
def test_what_names_no_program_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        AgentCommand.parse(text, None, tmp_path)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("cat | tee log", "|"),
        ("cat || true", "||"),
        ("cat && true", "&&"),
        ("cat &", "&"),
        ("cat ; true", ";"),
        ("cat; true", ";"),
        ("cat > log", ">"),
        ("cat >log", ">log"),
        ("cat >> log", ">>"),
        ("cat < log", "<"),
        ("cat 2>&1", "2>&1"),
        ("cat 2>/dev/null", "2>/dev/null"),
        ("cat &> log", "&>"),
        ("cat <<< word", "<<<"),
        ("cat $(cat log)", "$("),
        ("cat `cat log`", "`"),
        ("cat $ORCH_PACKET", "$ORCH_PACKET"),
        ('cat "$ORCH_PACKET"', "$ORCH_PACKET"),
        ("cat --file=${ORCH_PACKET}", "${ORCH_PACKET}"),
        ('cat "$HOME/.config"', "$HOME"),
        ("cat ~/.config", "~/.config"),
    ],
)
def test_what_only_a_shell_understands_is_refused(tmp_path: Path, text: str, operator: str) -> None:
    with pytest.raises(Refused) as caught:
        AgentCommand.parse(text, None, tmp_path)
    assert caught.value.message == message("shell-operator", operator=operator)
    (option, command) = shlex.split((caught.value.advice or "").removeprefix("give "))
    assert option == "--agent-command"
    assert AgentCommand.parse(command, None, tmp_path).arguments == ("sh", "-c", text)


@pytest.mark.parametrize(
    "text",
    [
        "cat '|' \"&&\" \\; '>log'",
        "cat a|b https://a/?b=1&c=2 -f=>x a;b",
        "cat '$HOME' \\$HOME \"costs $5 in $CITY\" $5 * ? [a] {packet} ~ '~/x' # !",
        "sh -c 'cat | tee log; true > x'",
        'sh -c "echo $(cat) \'|\' \\" | \\""',
    ],
    ids=["quoted", "inside a word", "quoted variables and patterns", "in a shell", "in a shell with double quotes"],
)
def test_what_is_quoted_or_may_be_meant_so_is_an_argument(tmp_path: Path, text: str) -> None:
    assert AgentCommand.parse(text, None, tmp_path).arguments == tuple(shlex.split(text))


def test_a_variable_before_the_program_is_refused_with_env(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        AgentCommand.parse("MODEL='big one' cat -", None, tmp_path)
    assert caught.value.message == message("shell-assignment", assignment="MODEL=big one")
    (_, command) = shlex.split((caught.value.advice or "").removeprefix("give "))
    assert AgentCommand.parse(command, None, tmp_path).arguments == ("env", "MODEL=big one", "cat", "-")


def test_a_program_in_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert AgentCommand.parse("~/agent ~", None, tmp_path / "root").arguments == (str(program), "~")


def test_a_program_with_a_slash_is_looked_for_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tools/agent"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    with pytest.raises(Refused):  # it may not be executed
        AgentCommand.parse("tools/agent", None, tmp_path)
    program.chmod(0o755)
    monkeypatch.chdir("/")
    assert AgentCommand.parse("tools/agent", None, tmp_path).arguments == ("tools/agent",)


# The work


def test_the_program_gets_the_packet_the_run_and_the_gate_and_works_at_the_root(
    repository: Repository, task: Task
) -> None:
    source = (
        "import os, sys; open('a.md', 'w').write(sys.stdin.read() + os.environ['ORCH_RUN'] + os.environ['ORCH_GATE'])"
    )
    assert worker(repository, source).perform(task) == WorkerResult(Action.FINISH)
    assert (repository.root / "a.md").read_text() == f"Do it.\n{task.run.run_id}G1"
    (invocation,) = recorded(repository, task).invocations
    assert (invocation.gate, invocation.agent, str(invocation.status)) == ("G1", "agent-G1", "SUCCESS")


def test_its_output_goes_to_the_screen_and_to_a_log(repository: Repository, task: Task) -> None:
    screen = Screen()
    worker(repository, "print('working', flush=True)", screen).perform(task)
    (log,) = (repository.root / repository.workspace.run_path(task.run.run_id) / "logs/invocations").iterdir()
    assert log.read_text() == "working\n"
    assert "\nworking\n" in screen.text
    assert log.name == f"{recorded(repository, task).invocations[-1].invocation_id}.log"


@pytest.mark.parametrize(
    ("source", "timeout_s"),
    [("raise SystemExit(3)", 20.0), ("import time; time.sleep(60)", 0.3), ("import os; os.kill(os.getpid(), 9)", 20.0)],
    ids=["exit code", "time limit", "signal"],
)
def test_however_it_fails_the_work_is_judged_and_the_failure_recorded(
    repository: Repository, task: Task, source: str, timeout_s: float
) -> None:
    assert worker(repository, source, timeout_s=timeout_s).perform(task) == WorkerResult(Action.FINISH)
    assert [str(row.status) for row in recorded(repository, task).invocations] == ["FAIL"]


def test_a_program_that_cannot_be_started_is_refused_and_no_invocation_recorded(
    repository: Repository, task: Task
) -> None:
    repository.write("agent", "#!/no/such/interpreter\n").chmod(0o755)
    agent = AgentWorker(Store(repository.workspace), AgentCommand(("./agent",), None), lambda: NOW, Screen().open)
    with pytest.raises(Refused) as caught:
        agent.perform(task)
    assert caught.value.advice == f"give another --agent-command to orch run resume --run {task.run.run_id}"
    assert not recorded(repository, task).invocations
    assert recorded(repository, task).gate("G1").open_attempt


def test_after_an_interrupt_the_invocation_is_recorded_as_failed_and_the_attempt_stays_open(
    repository: Repository, task: Task
) -> None:
    class Interrupting(Screen):
        def show(self, text: str) -> None:
            if text == "now":
                raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        worker(repository, "print('n' 'ow', flush=True); import time; time.sleep(60)", Interrupting()).perform(task)
    assert caught.value.next_command == f"orch run resume --run {task.run.run_id}"
    run = recorded(repository, task)
    assert [str(row.status) for row in run.invocations] == ["FAIL"]
    assert run.gate("G1").open_attempt


def test_for_a_contract_that_was_changed_since_the_start_nobody_is_called(repository: Repository, task: Task) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "b.md"}]})
    with pytest.raises(DecisionNeeded) as caught:
        worker(repository, "open('called', 'w')").perform(task)
    assert caught.value.accept_command.endswith("--gate G1 --agent maker --accept-contract --abandon")
    assert not (repository.root / "called").exists()


def test_a_run_that_was_completed_meanwhile_is_not_changed(repository: Repository, task: Task) -> None:
    store, shown = Store(repository.workspace), []

    class Completing(Screen):
        def show(self, text: str) -> None:
            shown.append(text)
            if text == "now":
                fail_gate(store, task.run.run_id, "G1", "no", NOW)
                complete_run(store, task.run.run_id, None, NOW)

    worker(repository, "print('n' 'ow', flush=True)", Completing()).perform(task)
    assert not recorded(repository, task).invocations
    assert any("not recorded" in text for text in shown)


# The screen


def shown(*chunks: bytes) -> list[str]:
    parts: list[str] = []
    output = TerminalOutput(Display(parts.append))
    for chunk in chunks:
        output.show(chunk)
        parts.append("|")
    output.end()
    return "".join(parts).split("|")


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"a\n", b"b\n"], ["a", "\nb", "\n"]),
        ([b"no end"], ["no end", "\n"]),
        ([], [""]),
        (["grün".encode()[:3], "grün".encode()[3:]], ["gr", "ün", "\n"]),
        ([b"\xff"], ["\N{REPLACEMENT CHARACTER}", "\n"]),
        ([b"a\r\n", b"b"], ["a", "\nb", "\n"]),
    ],
    ids=["lines", "a line without an end", "nothing", "a letter in two chunks", "no UTF-8", "CRLF"],
)
def test_chunks_of_bytes_are_shown_as_text_and_its_last_line_is_ended(chunks: list[bytes], expected: list[str]) -> None:
    assert shown(*chunks) == expected


@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_to_a_ci_system_is_disarmed_wherever_it_is_cut(text: str) -> None:
    content = text.encode()
    for cut in range(len(content) - 20, len(content)):
        printed = "".join(shown(content[:cut], content[cut:])).replace("|", "")
        assert is_harmless(printed, is_coloured=True), cut


def test_the_colours_of_an_agent_end_with_its_output() -> None:
    assert "".join(shown(b"\x1b[8mhidden")) == "\x1b[8mhidden\n\x1b[0m"
    assert "".join(shown(b"plain")) == "plain\n"


def test_control_characters_never_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(shown(b"\x1b[2J", b"\x1b", b"]0;title\x07"))


def test_endless_white_space_is_not_held_back_for_ever() -> None:
    first, *_ = shown(b" " * 2000)
    assert first
