from hashlib import sha256

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.unchanged_since import UnchangedSince
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from tests.support.checks import Tried, evaluate_all
from tests.support.repository import Repository


def judge(repository: Repository, outputs: dict[str, str] | None) -> Outcome:
    """The outcome where gate G1 passed with these outputs; None: it has not passed."""
    hashes = ((path, sha256(text.encode()).hexdigest()) for path, text in (outputs or {}).items())
    rule = UnchangedSince("G1", None if outputs is None else tuple(hashes))
    return rule.evaluate("", Artifacts(repository.root, (), 1 << 24))


def test_outputs_that_are_as_they_were_hold(repository: Repository) -> None:
    repository.write("a.md", "one")
    repository.write("b.md", "two")
    outcome = judge(repository, {"a.md": "one", "b.md": "two"})
    assert outcome == Outcome(True, "2 unchanged", {"changed": []})


def test_outputs_that_are_not_are_named_with_what_became_of_them(repository: Repository) -> None:
    repository.write("a.md", "one")
    repository.write("b.md", "TWO")
    repository.write("d.md/x", "")
    outcome = judge(repository, {"a.md": "one", "b.md": "two", "c.md": "three", "d.md": "four"})
    assert not outcome.holds
    assert outcome.measured["changed"] == [
        {"path": "b.md", "reason": "changed"},
        {"path": "c.md", "reason": "file is missing"},
        {"path": "d.md", "reason": "a directory"},
    ]
    assert outcome.found == "b.md (changed); c.md (file is missing); d.md (a directory)"


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        pytest.param(None, "gate G1 has not passed", id="a gate that has not passed"),
        pytest.param({}, "gate G1 passed without outputs", id="a gate that left nothing"),
    ],
)
def test_where_nothing_is_known_it_does_not_hold(
    repository: Repository, outputs: dict[str, str] | None, found: str
) -> None:
    assert judge(repository, outputs) == Outcome(False, found, {"changed": []})


def test_of_many_only_the_first_are_recorded_and_fewer_told(repository: Repository) -> None:
    outcome = judge(repository, {f"{number}.md": "" for number in range(60)})
    assert len(outcome.measured["changed"]) == 50
    assert outcome.found.endswith("; and 50 more")


def bound(repository: Repository, gate: str, **keys: bool) -> Tried:
    """The check as a contract of GT asks for it, in a run through G1 and GT, of which G1 passed with a.md."""
    repository.write("a.md", "one")
    run = {"gates": ("G1", "G10", "GT"), "passed": {"G1": (("a.md", sha256(b"one").hexdigest()),)}}
    return evaluate_all(repository, run=run, validations=[{"type": "unchanged_since", "gate": gate, **keys}])[-1]


def test_a_gate_that_passed_is_held_to_what_its_attempt_recorded(repository: Repository) -> None:
    tried = bound(repository, "G1")
    assert tried.holds
    assert tried.check.id == "unchanged_since[G1]"
    assert tried.check.reads == ("G1", "a.md")


def test_a_gate_that_has_not_passed_fails_its_check(repository: Repository) -> None:
    tried = bound(repository, "G10")
    assert (
        tried.row["reason"]
        == "G10: expected the outputs of G10 unchanged since it passed, found gate G10 has not passed"
    )


@pytest.mark.parametrize(
    ("gate", "keys", "fault"),
    [
        pytest.param("GT", {}, "names its own gate 'GT'", id="itself"),
        pytest.param("G11", {}, "unknown gate 'G11', did you mean 'G1'?", id="one the run does not go through"),
        pytest.param("G1", {"missing_ok": True}, "unknown key 'missing_ok'", id="missing outputs"),
    ],
)
def test_a_gate_that_cannot_be_meant_is_a_contract_error(
    repository: Repository, gate: str, keys: dict[str, bool], fault: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        bound(repository, gate, **keys)
    assert fault in refused.value.message
    assert "GT.contract.json:" in refused.value.message
