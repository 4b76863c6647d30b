"""A replay judges each gate that passed again: false claims of a record are found, true ones are reproduced."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from gate_tests.errors import Exit
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from runner.verification.replay_text import format_run, summarize_replays
from runner.verification.replayed import ReplayOutcome, choose_exit_code
from tests.support.forged_record import forge_pass
from tests.support.replays import finish_gates, open_silently, replay
from tests.support.repository import Repository

TEXT = {"type": "contains_text", "target": "a.md", "pattern": "sound"}
SOUND = {"required_outputs": {"all_of": [{"path": "a.md"}]}, "validations": [TEXT]}
PROOF = {
    "required_outputs": {"all_of": [{"path": "b.md"}]},
    "validations": [{"type": "contains_text", "target": "b.md", "pattern": "proof"}],
}


@pytest.fixture
def forged(repository: Repository) -> str:
    """A run of G1, which passed, and G2, whose FAIL was made a PASS with complete rows."""
    repository.write("a.md", "sound\n")
    repository.write("b.md", "claimed\n")
    run_id = finish_gates(repository, G1=SOUND, G2=PROOF)
    forge_pass(repository, run_id, "G2")
    checked = repository.orch("run", "check", run_id)
    assert checked.code == Exit.OK, checked.out
    return run_id


def test_an_honest_pass_is_reproduced_and_a_forged_one_with_complete_rows_is_found(
    repository: Repository, forged: str
) -> None:
    before = repository.snapshot()
    honest, other = replay(repository, forged)
    assert (honest.outcome, honest.found, honest.checks) == (ReplayOutcome.REPRODUCED, "PASS", 2)
    assert (other.outcome, other.claimed, other.found) == (ReplayOutcome.DIFFERS, "PASS", "FAIL")
    (difference,) = other.differences
    assert (difference.check_id, difference.claimed, difference.found) == ("contains_text[b.md]", "passed", "failed")
    assert [choose_exit_code([honest]), choose_exit_code([honest, other])] == [Exit.OK, Exit.FAIL]
    assert repository.snapshot() == before


@pytest.mark.slow
def test_people_see_a_line_for_each_gate_and_below_it_what_differs(repository: Repository, forged: str) -> None:
    replays = replay(repository, forged)
    assert [*format_run(replays), summarize_replays(replays)] == [
        f"Replay of {forged}",
        "  G1  reproduced: PASS of attempt 1, 2 checks",
        "  G2  differs: attempt 1 claims PASS, found FAIL",
        "      contains_text[b.md]: claimed passed, found failed",
        "        b.md: expected 'proof', found 0 of 1, missing: 'proof'",
        "      its outputs are those that the record names: they have not changed since",
        "2 gates that passed: 1 reproduced, 1 differs",
    ]


@pytest.mark.slow
def test_outputs_that_are_not_those_that_passed_are_named(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b.md"}, {"path": "c.md", "required": False}]}
    repository.write("a.md", "a\n")
    repository.write("b.md", "b\n")
    run_id = finish_gates(repository, G1={"required_outputs": outputs})
    repository.write("a.md", "other\n")
    repository.write("c.md", "c\n")
    (repository.root / "b.md").unlink()
    (replayed,) = replay(repository, run_id)
    assert {(each.path, each.change) for each in replayed.files} == {
        ("a.md", "changed"),
        ("b.md", "missing"),
        ("c.md", "new"),
    }
    assert [each.check_id for each in replayed.differences] == ["file_exists[b.md]"]


@pytest.mark.slow
def test_a_measured_value_that_is_another_one_is_no_difference(repository: Repository) -> None:
    count = {"type": "word_count", "target": "a.md", "min": 1}
    repository.write("a.md", "one two three\n")
    run_id = finish_gates(repository, G1={"validations": [count]})
    repository.write("a.md", "one two\n")
    (replayed,) = replay(repository, run_id)
    assert replayed.outcome is ReplayOutcome.REPRODUCED
    assert [(each.key, each.claimed, each.found) for each in replayed.measured] == [("count", 3, 2)]


@pytest.mark.slow
def test_another_tree_is_judged_where_it_is(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.md", "sound\n")
    run_id = finish_gates(repository, G1=SOUND)
    shutil.copytree(repository.root, tmp_path / "export")
    repository.write("a.md", "other\n")
    (here,) = replay(repository, run_id)
    (there,) = replay(repository, run_id, root=tmp_path / "export")
    assert (here.outcome, there.outcome) == (ReplayOutcome.DIFFERS, ReplayOutcome.REPRODUCED)


@pytest.mark.slow
def test_only_gates_whose_last_attempt_passed_are_judged(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    run_id = finish_gates(repository, G1=SOUND, G2=PROOF, G3=SOUND)
    repository.start_gate(run_id, "G3")
    assert [each.gate for each in replay(repository, run_id)] == ["G1"]


@pytest.mark.slow
def test_the_gates_of_a_run_share_a_judging_process(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    run_ids = [finish_gates(repository, slug, **dict.fromkeys(("G1", "G2", "G3"), SOUND)) for slug in ("tea", "mate")]
    opened: list[IsolatedPytest] = []

    def open_process() -> IsolatedPytest:
        opened.append(open_silently())
        return opened[-1]

    replays = replay(repository, *run_ids, open_process=open_process)
    assert [(each.run_id, each.gate) for each in replays] == [
        (run_id, gate) for run_id in run_ids for gate in ("G1", "G2", "G3")
    ]
    assert {each.outcome for each in replays} == {ReplayOutcome.REPRODUCED}
    assert len(opened) == len(run_ids)


@pytest.mark.slow
def test_a_file_that_a_check_read_besides_is_named_where_it_is_another_one(repository: Repository) -> None:
    repository.write("a.json", "{}")
    repository.write("a.schema.json", "{}")
    check = {"type": "json_schema", "target": "a.json", "schema": "a.schema.json"}
    run_id = finish_gates(repository, G1={"validations": [check]})
    repository.write("a.schema.json", '{"type": "object"}')
    (replayed,) = replay(repository, run_id)
    assert list(format_run([replayed]))[1:] == [
        "  G1  reproduced: PASS of attempt 1, 1 check",
        "      changed since it passed: a.schema.json (read by json_schema[a.json])",
    ]


class Killed(IsolatedPytest):
    """A judging process that is killed at once."""

    def __enter__(self) -> "Killed":
        super().__enter__()
        os.kill(self._process.pid, signal.SIGKILL)
        return self


@pytest.mark.slow
def test_a_process_that_is_killed_gives_no_verdict_and_the_next_run_is_judged(repository: Repository) -> None:
    repository.write("a.md", "sound\n")
    run_ids = [finish_gates(repository, slug, G1=SOUND) for slug in ("tea", "mate")]
    display = Display(lambda _: None)
    processes = iter([Killed(display), IsolatedPytest(display)])
    replays = replay(repository, *run_ids, open_process=lambda: next(processes))
    assert [each.outcome for each in replays] == [ReplayOutcome.NO_VERDICT, ReplayOutcome.REPRODUCED]
    assert replays[0].problem == "the judging process was killed by SIGKILL"
    assert choose_exit_code(replays) == Exit.NO_VERDICT


@pytest.mark.slow
def test_a_gate_without_a_verdict_does_not_hide_the_others_of_its_run(repository: Repository) -> None:
    slow = {"type": "regex_match", "target": "b.md", "regex": "(a|a)*$"}
    limits = {"regex_s": 60, "check_s": 1}
    repository.write("a.md", "sound\n")
    repository.write("b.md", "a\n")
    run_id = finish_gates(repository, G1=SOUND, G2={"limits": limits, "validations": [slow]})
    repository.write("b.md", "a" * 40 + "b\n")
    replays = replay(repository, run_id)
    assert [each.outcome for each in replays] == [ReplayOutcome.REPRODUCED, ReplayOutcome.NO_VERDICT]
    assert replays[1].problem == "regex_match[b.md] timed out after 1 s (limits.check_s)"
