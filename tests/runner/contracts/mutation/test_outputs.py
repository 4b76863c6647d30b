"""A contract fails its test where the work can be emptied, and every check of the gate still passes."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gate_tests.workspace.names import Depth
from runner.cli.commands.contract_mutation import test as contract_test
from runner.cli.context import CliContext
from runner.contracts.mutation.mutate import MutationTest, run_mutation_test
from tests.support.messages import message
from tests.support.repository import Repository

Validation = dict[str, Any]
Files = Mapping[str, str | bytes]
A = {"all_of": [{"path": "a.md"}]}
EITHER = {"any_of": [{"path": "a.md"}, {"path": "b.md"}]}
COUNT = {"type": "word_count", "target": "a.md", "min": 2}
FORBIDS = {"type": "not_contains", "target": "a.md", "pattern": "TODO"}
TWO_WORDS = {"a.md": "two words\n"}
NOTICED, UNNOTICED, UNKNOWN = (True, True), (False, False), (None, None)


def tried(repository: Repository, files: Files, *checks: Validation, **contract: Any) -> MutationTest:
    for path, content in files.items():
        repository.write(f"orchestration/gates/examples/GT/{path}", content)
    repository.write_contract(validations=list(checks), **contract)
    return run_mutation_test(repository.workspace, "GT", Depth.STANDARD)


def results(test: MutationTest) -> dict[str, tuple[bool | None, bool | None]]:
    """Whether the emptied output was noticed, and the one of one word, by path."""
    return {each.path: (each.emptied, each.one_word) for each in test.outputs}


@pytest.mark.slow
def test_an_output_that_a_check_asks_for_something_cannot_be_emptied(repository: Repository) -> None:
    test = tried(repository, TWO_WORDS, COUNT, FORBIDS, required_outputs=A)
    assert results(test) == {"a.md": NOTICED}
    assert test.passed


@pytest.mark.slow
def test_an_output_of_which_something_is_only_forbidden_can(repository: Repository) -> None:
    test = tried(repository, TWO_WORDS, FORBIDS, required_outputs=A)
    assert results(test) == {"a.md": (True, False)}
    assert test.can_every_check_fail
    assert not test.passed


@pytest.mark.slow
def test_one_word_is_tried_by_itself(repository: Repository) -> None:
    test = tried(repository, TWO_WORDS, {**COUNT, "min": 1}, required_outputs=A)
    assert results(test) == {"a.md": (True, False)}
    assert not test.passed


@pytest.mark.slow
def test_a_check_that_only_warns_notices_nothing(repository: Repository) -> None:
    test = tried(repository, TWO_WORDS, {**COUNT, "severity": "warning"}, required_outputs=A)
    assert results(test)["a.md"][1] is False


@pytest.mark.slow
def test_each_output_is_tried_also_one_that_may_be_missing(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b.md", "required": False}, {"path": "c.md", "required": False}]}
    test = tried(repository, {**TWO_WORDS, "b.md": "b"}, COUNT, required_outputs=outputs)
    assert results(test)["a.md"] == NOTICED
    assert results(test)["b.md"][1] is False
    assert "c.md" not in results(test)


@pytest.mark.slow
def test_of_outputs_of_which_one_is_enough_each_is_tried_alone(repository: Repository) -> None:
    files = {**TWO_WORDS, "b.md": "b c"}
    assert results(tried(repository, files, COUNT, required_outputs=EITHER)) == {"a.md": NOTICED, "b.md": NOTICED}
    tried_one = tried(repository, files, {**COUNT, "target": "c.md", "missing_ok": True}, required_outputs=EITHER)
    assert [one_word for _, one_word in results(tried_one).values()] == [False, False]


def test_an_output_that_is_no_text_is_emptied_too(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.png"}]}
    test = tried(repository, {"a.png": b"\x89PNG\x00\xff"}, required_outputs=outputs)
    assert test.outputs[0].one_word is False
    assert not test.passed


@pytest.mark.slow
def test_what_another_check_reads_of_it_counts(repository: Repository) -> None:
    quotes = {"type": "quotes_resolve", "target": "a.md", "sources": ["b.md"], "min_words": 2}
    outputs = {"all_of": [{"path": "b.md"}]}
    files = {"a.md": 'It says "two plain words".\n', "b.md": "two plain words\n"}
    assert results(tried(repository, files, quotes, required_outputs=outputs)) == {"b.md": NOTICED}


@pytest.mark.slow
def test_the_files_of_a_glob_are_tried_together_and_each_alone(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "n/*.md"}]}
    files = {"n/1.md": "one two\n", "n/2.md": "three four\n"}
    each, first = {**COUNT, "target": "n/*.md"}, {**COUNT, "target": "n/1.md"}
    noticed = {"n/*.md": NOTICED, "n/1.md": NOTICED, "n/2.md": NOTICED}
    assert results(tried(repository, files, each, required_outputs=outputs)) == noticed
    assert results(tried(repository, files, first, required_outputs=outputs)) == {**noticed, "n/2.md": UNNOTICED}


@pytest.mark.slow
def test_of_many_files_of_a_glob_all_are_tried_together_only(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "n/*.md"}]}
    files = {f"n/{number}.md": "one two\n" for number in range(21)}
    test = tried(repository, files, {**COUNT, "target": "n/*.md"}, required_outputs=outputs)
    assert results(test) == {"n/*.md": NOTICED}


def test_an_output_that_may_be_empty_is_not_tried(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md", "allow_empty": True}]}
    test = tried(repository, TWO_WORDS, FORBIDS, required_outputs=outputs)
    assert (test.outputs, test.passed) == ((), True)


@pytest.mark.slow
def test_without_outputs_the_files_are_tried_that_checks_are_about(repository: Repository) -> None:
    directory = {"type": "dir_exists", "target": "notes"}
    files = {**TWO_WORDS, "notes/n.md": "n"}
    test = tried(repository, files, FORBIDS, directory)
    assert results(test) == {"a.md": UNNOTICED}
    assert not test.passed
    assert tried(repository, files, FORBIDS, directory, COUNT).passed


@pytest.mark.parametrize(
    "judge",
    [
        pytest.param({"validations": [FORBIDS, {"type": "command", "command": ["true"]}]}, id="a program"),
        pytest.param({"validations": [FORBIDS], "pre_scripts": [{"path": "check.py"}]}, id="a script"),
        pytest.param({"validations": [FORBIDS, {"type": "url_reachable", "target": "a.md"}]}, id="the network"),
        pytest.param({"validations": [FORBIDS, {**COUNT, "min": 9}]}, id="a check that fails for the good one"),
    ],
)
def test_what_cannot_be_known_is_no_fault(repository: Repository, judge: dict[str, Any]) -> None:
    test = tried(repository, TWO_WORDS, *judge.pop("validations"), **judge)
    assert results(test) == {"a.md": UNKNOWN}
    assert not test.emptied_outputs


def test_a_script_that_may_fail_notices_nothing(repository: Repository) -> None:
    scripts = [{"path": "check.py", "may_fail": True}]
    assert results(tried(repository, TWO_WORDS, FORBIDS, pre_scripts=scripts)) == {"a.md": UNNOTICED}


@pytest.mark.slow
def test_the_good_artifacts_are_as_they_were_afterwards(repository: Repository) -> None:
    tried(repository, {**TWO_WORDS, "b.md": "b"}, FORBIDS, required_outputs=EITHER)
    example = repository.root / "orchestration/gates/examples/GT"
    assert {path.name: path.read_text() for path in example.iterdir()} == {**TWO_WORDS, "b.md": "b"}


ACCEPTED = {"x-accepted-advice": {"survives-emptying": "a mark that work began"}}


def call(repository: Repository, *arguments: str) -> int:
    code: int = contract_test.main([*arguments], obj=CliContext(repository.root), standalone_mode=False)
    return code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accepted", "code", "word", "end"),
    [
        pytest.param({}, 1, "SURVIVED   ", message("work-can-be-emptied"), id="not accepted"),
        pytest.param(ACCEPTED, 0, "accepted   ", message("every-check-can-fail"), id="accepted"),
        pytest.param(
            {"x-accepted-advice": {"survives-emptying": " "}}, 1, "SURVIVED   ", message("work-can-be-emptied"),
            id="without a reason",
        ),
    ],
)  # fmt: skip
def test_the_command_names_the_output_and_fails_unless_that_is_accepted(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    accepted: dict[str, Any],
    code: int,
    word: str,
    end: str,
) -> None:
    tried(repository, TWO_WORDS, FORBIDS, **accepted)
    assert call(repository, "GT") == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4:] == [
        "output  emptied   one word",
        "a.md    survived  survived",
        f"{word}{message('survives-emptying', path='a.md', ways='is empty or contains one word')}",
        end,
    ]


@pytest.mark.slow
def test_what_is_accepted_without_need_is_told(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    tried(repository, TWO_WORDS, COUNT, **ACCEPTED)
    assert call(repository, "GT") == 0
    assert message("needlessly-accepted", topic="survives-emptying") in capsys.readouterr().out


@pytest.mark.slow
def test_the_outputs_are_told_as_json(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    tried(repository, TWO_WORDS, FORBIDS)
    assert call(repository, "GT", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["accepted"]) == (False, False)
    assert told["outputs"] == [{"path": "a.md", "emptied": False, "one_word": False, "survived": True}]


@pytest.mark.slow
@pytest.mark.quick("G3")
@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "D1", "D2", "D3", "D4"])
def test_no_output_of_a_shipped_gate_can_be_emptied(shipped: Repository, gate: str) -> None:
    test = run_mutation_test(shipped.workspace, gate, Depth.STANDARD)
    assert set(results(test).values()) == {NOTICED}
