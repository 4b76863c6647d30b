import pytest

from gate_tests.errors import (
    DamagedRecord,
    Exit,
    InvalidFile,
    NoVerdict,
    OrchError,
    Paused,
    Refused,
    find_closest,
    format_message,
    suggest,
)


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        pytest.param("quik", ["quick", "standard"], "quick", id="misspelt"),
        pytest.param("QUICK", ["quicker", "quick"], "quick", id="another letter case before another spelling"),
        pytest.param("STRASSE", ["straße"], "straße", id="case folded"),
        pytest.param("deep", ["quick", "standard"], None, id="nothing like it"),
        pytest.param("deep", [], None, id="no names"),
        pytest.param("", ["quick"], None, id="nothing"),
    ],
)
def test_the_closest_name_is_one_that_was_probably_meant(word: str, names: list[str], expected: str | None) -> None:
    assert find_closest(word, names) == expected


def test_a_suggestion_is_the_closest_name_or_else_what_is_known() -> None:
    assert suggest("quik", ["quick", "deep"]) == ", did you mean 'quick'?"
    assert suggest("x", iter(["quick", "deep"])) == " (known: quick, deep)"
    assert suggest("x", []) == ""


def test_of_many_names_twelve_are_listed() -> None:
    assert suggest("x", [f"name-{n}" for n in range(12)]).endswith("name-11)")
    assert suggest("x", [f"name-{n}" for n in range(13)]).endswith("name-11, …)")


@pytest.mark.parametrize(
    ("message", "whole"),
    [
        ("no such run", "no such run\nNext: orch status"),
        ("did you mean 'a'?", "did you mean 'a'?\nNext: orch status"),
        ("It is so.", "It is so.\nNext: orch status"),
    ],
)
def test_the_next_command_is_a_sentence_of_its_own(message: str, whole: str) -> None:
    assert format_message(message, "orch status") == whole
    assert format_message(message, None) == message


def test_an_invalid_file_has_a_line_for_each_problem() -> None:
    error = InvalidFile(iter(["a.json:1: x", "a.json:2: y"]), next_command="orch contract lint")
    assert error.problems == ("a.json:1: x", "a.json:2: y")
    assert error.message == str(error) == "a.json:1: x\na.json:2: y"
    assert error.next_command == "orch contract lint"


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refused, 2), (NoVerdict, 3), (DamagedRecord, 4), (Paused, 5)],
)
def test_each_error_has_an_exit_code_and_gives_a_command_or_advice(error: type[OrchError], code: int) -> None:
    raised = error("message")
    assert (raised.exit_code, Exit(code)) == (code, raised.exit_code)
    assert (raised.next_command, raised.advice) == (None, error.advice)
    assert error("message", advice="wait").advice == "wait"


def test_a_name_that_cannot_be_printed_is_not_listed() -> None:
    assert suggest("x", ["G1\nNext: rm -r .", "\x9b", "größe", "G2"]) == " (known: größe, G2)"
    assert suggest("G1", ["g1\n", "\x9b"]) == ""


def test_a_word_is_compared_with_a_thousand_names_at_most() -> None:
    others = [f"other-{number}" for number in range(999)]
    assert find_closest("gaet", [*others, "gate"]) == "gate"
    assert find_closest("gaet", [*others, "other", "gate"]) is None
