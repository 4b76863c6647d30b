"""`orch gate check --watch`: judges again whenever a file changes, in a real process that is interrupted at the end."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

import pexpect
import pytest

from tests.support.messages import message, says
from tests.support.processes import descendants, is_running, wait_until
from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]
CONTRACT: dict[str, Any] = {"required_outputs": {"all_of": [{"path": "{artifact_path}/a.md"}]}}


class Watch:
    """The process, and the lines that it has printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: SimpleQueue[str] = SimpleQueue()
        assert process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.put(line.rstrip("\n"))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(10)

    def line_with(self, text: str) -> str:
        """The next line that has this in it."""
        deadline, seen = time.monotonic() + 20, []
        while time.monotonic() < deadline:
            try:
                line = self.lines.get(timeout=0.1)
            except Empty:
                continue
            seen.append(line)
            if text in line:
                return line
        raise AssertionError(f"no line with {text!r} in {seen}")

    def turn(self) -> str:
        """The verdict of the next turn, when that is over."""
        verdict = self.line_with(message("nothing-recorded"))
        self.line_with("Watching ")
        return verdict.partition(" ")[0]

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def watching(repository: Repository, *arguments: str) -> Iterator[Watch]:
    command = [str(BIN / "orch"), "gate", "check", "--watch", *arguments]
    process = subprocess.Popen(
        command,
        cwd=repository.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = Watch(process)
    try:
        yield watch
    finally:
        watch.end()


@pytest.fixture
def run_of_gt(repository: Repository) -> str:
    """A run of one gate, which wants a file that is not there."""
    repository.write_workflow("GT")
    repository.write_contract(**CONTRACT)
    return repository.start_run(workflow="tests")


def artifact(repository: Repository, name: str = "a.md") -> str:
    return f"out/the-word-robot/{name}"


@pytest.mark.slow
def test_a_gate_that_fails_passes_as_soon_as_its_file_is_written(repository: Repository, run_of_gt: str) -> None:
    before = repository.snapshot()
    with watching(repository, "--run", run_of_gt, "--gate", "GT") as watch:
        assert watch.turn() == "FAIL"
        repository.write(artifact(repository), "done\n")
        assert watch.line_with("--- ").endswith(f"{artifact(repository)} changed")
        assert watch.turn() == "PASS"
        (repository.root / artifact(repository)).unlink()
        assert watch.turn() == "FAIL"
        started = descendants(watch.process.pid)
        assert watch.interrupt() == 130
        assert watch.line_with(message("stopped-watching"))
        wait_until(lambda: not any(map(is_running, started)))
    assert repository.snapshot() == before


@pytest.mark.slow
def test_a_file_that_an_editor_replaces_by_renaming_is_seen(repository: Repository, run_of_gt: str) -> None:
    repository.write_contract(
        **CONTRACT, validations=[{"type": "contains_text", "target": "{artifact_path}/a.md", "pattern": "good"}]
    )
    path = repository.write(artifact(repository), "bad!\n")
    with watching(repository, "--run", run_of_gt, "--gate", "GT") as watch:
        assert watch.turn() == "FAIL"
        new = repository.write(artifact(repository, ".a.md.swp"), "good\n")
        time.sleep(0.6)
        assert watch.lines.empty(), "what an editor puts beside the file is no change"
        new.rename(path)
        assert watch.turn() == "PASS"


@pytest.mark.slow
def test_a_contract_or_record_that_breaks_is_told_and_watching_goes_on(repository: Repository, run_of_gt: str) -> None:
    repository.write(artifact(repository), "done\n")
    record = repository.root / repository.workspace.record_path(run_of_gt)
    sound = record.read_bytes()
    with watching(repository, "--run", run_of_gt, "--gate", "GT") as watch:
        assert watch.turn() == "PASS"
        repository.write_contract(validations=[{"type": "no_such_check"}])
        assert "GT.contract.json:" in watch.line_with("no_such_check")
        watch.line_with("Watching ")
        repository.write_contract(**CONTRACT)
        assert watch.turn() == "PASS"
        record.write_bytes(sound.replace(b'"QUEUED"', b'"PASSED"'))
        watch.line_with("but the run has not ended")
        watch.line_with("Watching ")
        record.write_bytes(sound)
        assert watch.turn() == "PASS"
        assert watch.interrupt() == 130


@pytest.mark.slow
def test_quiet_it_says_only_what_changed_and_the_verdicts(repository: Repository, run_of_gt: str) -> None:
    with watching(repository, "-q", "--run", run_of_gt, "--gate", "GT") as watch:
        watch.line_with("FAIL")
        time.sleep(0.6)
        repository.write(artifact(repository), "done\n")
        watch.line_with("PASS")
        assert watch.interrupt() == 130
        watch.end()
        assert watch.lines.empty()
    with watching(repository, "-q", "--run", run_of_gt, "--gate", "GT") as watch:
        assert watch.lines.get(timeout=20).startswith("PASS")
        time.sleep(0.3)
        assert watch.lines.empty()


@pytest.mark.slow
def test_with_json_each_turn_is_a_line(repository: Repository, run_of_gt: str, tmp_path: Path) -> None:
    out = tmp_path / "turns"
    with out.open("w") as stream:
        process = subprocess.Popen(
            [str(BIN / "orch"), "gate", "check", "--watch", "--json", "--run", run_of_gt, "--gate", "GT"],
            cwd=repository.root, stdout=stream, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_until(lambda: out.read_text().count("\n") == 1)
            repository.write(artifact(repository), "done\n")
            wait_until(lambda: out.read_text().count("\n") == 2)
            repository.write_contract(name=1)
            wait_until(lambda: out.read_text().count("\n") == 3)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()
            process.wait()
    failed, passed, broken = map(json.loads, out.read_text().splitlines())
    assert (failed["exit_code"], failed["gates"]["GT"]["status"]) == (1, "FAIL")
    assert (passed["exit_code"], passed["gates"]["GT"]["status"]) == (0, "PASS")
    assert broken["exit_code"] == 2
    assert "GT.contract.json" in broken["error"]["message"]


@pytest.mark.slow
def test_a_program_that_writes_into_the_artifact_folder_starts_no_endless_round(
    repository: Repository, run_of_gt: str
) -> None:
    repository.write(artifact(repository), "done\n")
    repository.write_contract(
        validations=[{"type": "command", "command": ["sh", "-c", "date +%N > out/the-word-robot/built"]}]
    )
    with watching(repository, "--run", run_of_gt, "--gate", "GT") as watch:
        assert watch.turn() == "PASS"
        time.sleep(1)
        assert watch.lines.empty()
        repository.write(artifact(repository), "done again\n")
        assert watch.turn() == "PASS"


def test_with_json_the_next_command_names_the_root_that_was_named(repository: Repository, run_of_gt: str) -> None:
    (repository.root / repository.workspace.contract_path("GT")).unlink()
    process = subprocess.Popen(
        [str(BIN / "orch"), "-C", str(repository.root), "gate", "check", "--watch", "--json", "--run", run_of_gt,
         "--gate", "GT"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        turn = json.loads(process.stdout.readline())
        assert turn["error"]["next"].startswith(f"orch -C {repository.root} contract new GT")
    finally:
        process.kill()
        process.communicate()


def test_an_unknown_gate_is_refused_at_once(repository: Repository, run_of_gt: str) -> None:
    ended = repository.orch("gate", "check", "--watch", "--run", run_of_gt, "--gate", "GX")
    assert ended.code == 2
    assert says(ended.err, "unknown-gate", gate="GX")


@pytest.mark.slow
def test_ctrl_c_while_it_judges_stops_it_too(repository: Repository, run_of_gt: str) -> None:
    repository.write_contract(validations=[{"type": "command", "command": ["sleep", "30"]}])
    with watching(repository, "--run", run_of_gt, "--gate", "GT") as watch:
        wait_until(lambda: len(descendants(watch.process.pid)) >= 2)
        started = descendants(watch.process.pid)
        time.sleep(0.2)
        assert watch.interrupt() == 130
        wait_until(lambda: not any(map(is_running, started)))


@pytest.mark.slow
def test_at_a_terminal_the_screen_is_cleared_for_each_turn_but_the_first(
    repository: Repository, run_of_gt: str
) -> None:
    child = pexpect.spawn(
        str(BIN / "orch"), ["gate", "check", "--watch", "--run", run_of_gt, "--gate", "GT"],
        cwd=str(repository.root), encoding="utf-8", timeout=20, dimensions=(50, 120),
    )  # fmt: skip
    try:
        child.expect("Watching ")
        assert "\x1b[2J" not in child.before
        repository.write(artifact(repository), "done\n")
        child.expect("changed")
        assert "\x1b[2J" in child.before
        child.expect("PASS")
        child.expect("press Ctrl-C to stop")
        child.sendintr()
        child.expect("Stopped watching")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 130
    finally:
        child.close(force=True)
