"""Checks that depend on more than files are judged again as they were judged then, or it is said why they are not."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gate_tests.errors import Exit
from runner.verification.replay_text import format_run
from runner.verification.replayed import GateReplay, ReplayOutcome, choose_exit_code
from tests.support.forged_record import Json, forge_pass
from tests.support.replays import finish_gate, finish_gates, replay, start_gates
from tests.support.repository import Repository
from tests.support.web_site import serving

OUTPUT = {"all_of": [{"path": "a.md"}]}


def list_differences(replayed: GateReplay) -> list[tuple[str, str | None, str | None]]:
    return [(each.check_id, each.claimed, each.found) for each in replayed.differences]


@pytest.mark.slow
class TestWarning:
    """A check that only warns is compared too, although it fails no gate."""

    CONTRACT: ClassVar[Json] = {
        "validations": [
            {"type": "contains_text", "target": "a.md", "pattern": "sound", "severity": "warning"},
            {"type": "dir_exists", "target": "orchestration"},
        ]
    }

    def test_that_fired_then_and_now_is_reproduced(self, repository: Repository) -> None:
        repository.write("a.md", "other\n")
        (replayed,) = replay(repository, finish_gates(repository, G1=self.CONTRACT))
        assert (replayed.outcome, replayed.found) == (ReplayOutcome.REPRODUCED, "PASS")

    def test_that_fires_only_now_is_a_difference(self, repository: Repository) -> None:
        repository.write("a.md", "sound\n")
        run_id = finish_gates(repository, G1=self.CONTRACT)
        repository.write("a.md", "other\n")
        (replayed,) = replay(repository, run_id)
        assert list_differences(replayed) == [("contains_text[a.md]", "passed", "warned")]
        assert replayed.found == "PASS"
        assert choose_exit_code([replayed]) == Exit.FAIL


def run_file(*names: str, **keys: Any) -> dict[str, Any]:
    """A contract whose `command` checks exit with what is written in these files."""
    script = "import sys; sys.exit(int(open(sys.argv[1]).read()))"
    checks = [{"type": "command", "command": [sys.executable, "-c", script, name], **keys} for name in names]
    return {"validations": checks}


@pytest.mark.slow
class TestPrograms:
    """Programs are run again, in the tree that is judged."""

    def test_a_command_that_exits_as_it_did_is_reproduced_and_leaves_no_log(self, repository: Repository) -> None:
        repository.write("code", "0")
        run_id = finish_gates(repository, G1=run_file("code"))
        before = repository.snapshot()
        (replayed,) = replay(repository, run_id)
        assert (replayed.outcome, replayed.measured) == (ReplayOutcome.REPRODUCED, ())
        assert repository.snapshot() == before

    def test_a_command_runs_in_the_tree_that_is_judged(self, repository: Repository, tmp_path: Path) -> None:
        repository.write("code", "0")
        run_id = finish_gates(repository, G1=run_file("code"))
        there, path = Repository(tmp_path / "export"), repository.workspace.contract_path("G1")
        there.write("code", "7")
        there.write(path, (repository.root / path).read_bytes())
        (replayed,) = replay(repository, run_id, root=there.root)
        assert [each.reason for each in replayed.differences if each.found == "failed"] == [
            f"{sys.executable}: {self._expected('code')}, found exit code 7"
        ]

    @staticmethod
    def _expected(name: str) -> str:
        script = "import sys; sys.exit(int(open(sys.argv[1]).read()))"
        return f"expected `{sys.executable} -c '{script}' {name}` to exit with code 0 within 600 s"

    def test_none_is_run_where_that_is_not_wanted(self, repository: Repository) -> None:
        repository.write("code", "0")
        contract = run_file("code")
        contract["validations"].append({"type": "dir_exists", "target": "orchestration"})
        run_id = finish_gates(repository, G1=contract)
        repository.write("code", "7")
        (replayed,) = replay(repository, run_id, programs=False)
        assert (replayed.outcome, replayed.checks) == (ReplayOutcome.REPRODUCED, 1)
        assert [each.reason for each in replayed.skipped] == ["runs a program, and none was run"]

    def test_a_gate_of_which_nothing_was_judged_is_not_called_reproduced(self, repository: Repository) -> None:
        repository.write("code", "0")
        (replayed,) = replay(repository, finish_gates(repository, G1=run_file("code")), programs=False)
        assert replayed.outcome is ReplayOutcome.SKIPPED
        assert [choose_exit_code([replayed], is_strict=each) for each in (False, True)] == [Exit.OK, Exit.FAIL]
        assert next(line for line in format_run([replayed]) if "G1" in line) == (
            "  G1  skipped: none of the checks of attempt 1 was judged again"
        )

    def test_one_that_is_too_slow_and_one_that_is_missing_are_differences(self, repository: Repository) -> None:
        tool = repository.write("tool", "#!/bin/sh\nexit 0\n")
        tool.chmod(0o755)
        wait = [sys.executable, "-c", "import os, time; time.sleep(30 * os.path.exists('wait'))"]
        commands = [{"type": "command", "command": ["./tool"]}, {"type": "command", "command": wait, "timeout_s": 0.5}]
        run_id = finish_gates(repository, G1={"validations": commands})
        tool.unlink()
        repository.write("wait", "")
        (replayed,) = replay(repository, run_id)
        missing, slow = (each.reason for each in replayed.differences)
        assert "cannot be run" in missing
        assert "timed out after 0.5 s" in slow

    def test_a_pre_script_is_run_again_and_compared(self, repository: Repository) -> None:
        script = "import sys; sys.exit(int(open('code').read()))\n"
        repository.write("check.py", script)
        repository.write("code", "0")
        contract = {
            "validations": [{"type": "dir_exists", "target": "orchestration"}],
            "pre_scripts": [{"path": "check.py"}],
        }
        run_id = finish_gates(repository, G1=contract)
        (before,) = replay(repository, run_id)
        repository.write("code", "3")
        (after,) = replay(repository, run_id)
        assert (before.outcome, after.found) == (ReplayOutcome.REPRODUCED, "FAIL")
        assert list_differences(after) == [("pre_script check.py", "passed", "failed")]
        (skipped,) = replay(repository, run_id, programs=False)
        assert [each.check_id for each in skipped.skipped] == ["pre_script check.py"]
        assert (skipped.outcome, skipped.is_complete) == (ReplayOutcome.REPRODUCED, False)
        assert after.differences[0].reason == "check.py: expected exit code 0 of this pre_script, found exit code 3"


@pytest.mark.slow
class TestChangedInAttempt:
    """The outputs are compared with the baseline of the gate's first attempt after the PASS before."""

    CONTRACT: ClassVar[Json] = {"required_outputs": OUTPUT, "validations": [{"type": "changed_in_attempt"}]}

    def test_is_judged_by_the_baseline_of_the_record(self, repository: Repository) -> None:
        repository.write("a.md", "before\n")
        run_id = start_gates(repository, G1=self.CONTRACT)
        finish_gate(repository, run_id, "G1")  # nothing has changed: FAIL
        repository.start_gate(run_id, "G1")
        repository.write("a.md", "after\n")
        finish_gate(repository, run_id, "G1")
        repository.start_gate(run_id, "G1")
        repository.write("a.md", "again\n")
        finish_gate(repository, run_id, "G1")
        (replayed,) = replay(repository, run_id)
        assert (replayed.outcome, replayed.attempt) == (ReplayOutcome.REPRODUCED, 3)
        repository.write("a.md", "after\n")
        (replayed,) = replay(repository, run_id)
        assert list_differences(replayed) == [("changed_in_attempt[G1]", "passed", "failed")]

    def test_a_forged_one_is_found(self, repository: Repository) -> None:
        repository.write("a.md", "before\n")
        run_id = finish_gates(repository, G1=self.CONTRACT)
        forge_pass(repository, run_id, "G1")
        (replayed,) = replay(repository, run_id)
        assert list_differences(replayed) == [("changed_in_attempt[G1]", "passed", "failed")]


@pytest.mark.slow
class TestUnchangedSince:
    """The outputs of the other gate are compared with those of its attempt that had passed by then."""

    CONTRACTS: ClassVar[Json] = {
        "G1": {"required_outputs": OUTPUT},
        "G2": {"validations": [{"type": "unchanged_since", "gate": "G1"}]},
    }

    def test_is_judged_by_the_hashes_as_of_then(self, repository: Repository) -> None:
        repository.write("a.md", "first\n")
        run_id = finish_gates(repository, **self.CONTRACTS)
        repository.start_gate(run_id, "G1")
        repository.write("a.md", "second\n")
        finish_gate(repository, run_id, "G1")
        repository.write("a.md", "first\n")
        assert [each.outcome for each in replay(repository, run_id)] == [ReplayOutcome.REPRODUCED] * 2
        repository.write("a.md", "second\n")
        _, later = replay(repository, run_id)
        assert list_differences(later) == [("unchanged_since[G1]", "passed", "failed")]

    def test_of_a_gate_that_had_not_passed_then_is_found(self, repository: Repository) -> None:
        repository.write("a.md", "first\n")
        run_id = start_gates(repository, **self.CONTRACTS)
        finish_gate(repository, run_id, "G2")
        forge_pass(repository, run_id, "G2")
        finish_gate(repository, run_id, "G1")
        assert [each.outcome for each in replay(repository, run_id)] == [
            ReplayOutcome.REPRODUCED,
            ReplayOutcome.DIFFERS,
        ]

    def test_gates_that_saw_other_attempts_of_it_are_both_judged_as_of_then(self, repository: Repository) -> None:
        repository.write("a.md", "first\n")
        contracts = {**self.CONTRACTS, "G3": self.CONTRACTS["G2"]}
        run_id = finish_gates(repository, **{gate: contracts[gate] for gate in ("G1", "G2", "G3")})
        for gate in ("G1", "G3"):
            repository.write("a.md", "second\n")
            repository.start_gate(run_id, gate)
            finish_gate(repository, run_id, gate)
        outcomes = {each.gate: each.outcome for each in replay(repository, run_id)}
        assert outcomes == {
            "G1": ReplayOutcome.REPRODUCED, "G2": ReplayOutcome.DIFFERS, "G3": ReplayOutcome.REPRODUCED,
        }  # fmt: skip


@pytest.mark.slow
def test_a_check_that_needs_the_network_is_judged_only_if_that_may_be_used(repository: Repository) -> None:
    with serving({"/a": 200}) as site:
        repository.write("a.md", f"{site.url}/a\n")
        check = {"type": "url_reachable", "target": "a.md", "allow_hosts": [site.host]}
        run_id = finish_gates(repository, G1={"required_outputs": OUTPUT, "validations": [check]})
        asked = len(site.asked)
        (offline,) = replay(repository, run_id)
        assert len(site.asked) == asked
        (online,) = replay(repository, run_id, network=True)
    (without_site,) = replay(repository, run_id, network=True)
    assert [offline.outcome, online.outcome] == [ReplayOutcome.REPRODUCED] * 2
    assert [offline.is_complete, online.is_complete] == [False, True]
    assert list(format_run([offline]))[1:3] == [
        "  G1  reproduced: PASS of attempt 1, 1 check",
        "      url_reachable[a.md]: not replayed, needs the network, which was not used",
    ]
    assert list_differences(without_site) == [("url_reachable[a.md]", "passed", "failed")]


@pytest.mark.slow
def test_a_check_of_urls_that_has_none_fails_without_the_network_too(repository: Repository) -> None:
    repository.write("a.md", "no link\n")
    run_id = finish_gates(repository, G1={"validations": [{"type": "url_reachable", "target": "a.md"}]})
    forge_pass(repository, run_id, "G1")
    (replayed,) = replay(repository, run_id)
    assert list_differences(replayed) == [("url_reachable[a.md]", "passed", "failed")]
