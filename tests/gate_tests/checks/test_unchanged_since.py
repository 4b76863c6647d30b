from hashlib import sha256

import pytest

from gate_tests.artifacts import Artifacts
from gate_tests.checks.unchanged_since import UnchangedSince
from gate_tests.outcome import Outcome
from tests.repository import Repository


def judge(repository: Repository, outputs: dict[str, str] | None) -> Outcome:
    """The outcome where gate G1 passed with these outputs; None: it has not passed."""
    hashes = ((path, sha256(text.encode()).hexdigest()) for path, text in (outputs or {}).items())
    rule = UnchangedSince("G1", None if outputs is None else tuple(hashes))
    return rule.evaluate("", Artifacts(repository.workspace, (), 1 << 24))


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
        {"path": "c.md", "reason": "nothing there"},
        {"path": "d.md", "reason": "a folder"},
    ]
    assert outcome.found == "b.md (changed); c.md (nothing there); d.md (a folder)"


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        pytest.param(None, "gate G1 has not passed", id="a gate that has not passed"),
        pytest.param({}, "gate G1 passed with no outputs", id="a gate that left nothing"),
    ],
)
def test_where_nothing_is_known_it_does_not_hold(
    repository: Repository, outputs: dict[str, str] | None, found: str
) -> None:
    assert judge(repository, outputs) == Outcome(False, found, {"changed": []})


def test_of_many_only_the_first_are_recorded_and_fewer_told(repository: Repository) -> None:
    outcome = judge(repository, {f"{number}.md": "" for number in range(60)})
    assert len(outcome.measured["changed"]) == 50
    assert outcome.found.endswith("; and 55 more")
