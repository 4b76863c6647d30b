import pytest

from tests.support.checks import Tried, try_check
from tests.support.repository import Repository


def forbid(repository: Repository, pattern: str, text: str | bytes | None) -> Tried:
    return try_check(repository, {"type": "not_contains", "target": "a.md", "pattern": pattern}, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("[DRAFT]", "A clean text.\n", id="not there"),
        pytest.param("[DRAFT]", "", id="empty file"),
        pytest.param("[DRAFT]", "DRAFT [draft] [ DRAFT ]", id="only something like it"),
        pytest.param(".*", "anything", id="no regex"),
        pytest.param("a b", "a\nb", id="over a line end"),
        pytest.param("\u00e9", "e\u0301", id="composed otherwise"),
    ],
)
def test_what_is_not_there_passes(repository: Repository, pattern: str, text: str) -> None:
    tried = forbid(repository, pattern, text)
    assert tried.holds
    assert tried.row["pass"] is True
    assert tried.outcome.measured == {"pattern": pattern, "found": False}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param("[DRAFT]", "[DRAFT]", "1 match on line 1", id="all of the file"),
        pytest.param("[DRAFT]", "a\nb [DRAFT] c\n", "1 match on line 2", id="inside a line"),
        pytest.param("x", "x\nx\n", "2 matches on lines 1, 2", id="twice"),
        pytest.param("x", "a\nx\nxx\n", "3 matches on lines 2, 3", id="three times"),
        pytest.param("x", "x\n" * 12, "12 matches on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more", id="many"),
        pytest.param("a\nb", "1\r\na\r\nb\r\n", "1 match on line 2", id="over a line end, CRLF"),
        pytest.param("DRAFT", "```\nDRAFT\n```", "1 match on line 2", id="in code too"),
        pytest.param("\u4f60", "\n\n\u4f60", "1 match on line 3", id="any script"),
        pytest.param("head", "\ufeffhead", "1 match on line 1", id="after a byte order mark"),
    ],
)
def test_what_is_there_fails_with_its_lines(repository: Repository, pattern: str, text: str, found: str) -> None:
    tried = forbid(repository, pattern, text)
    assert not tried.holds
    assert tried.row["reason"] == f"a.md: expected no {pattern!r}, found {found}"
    assert tried.outcome.measured == {"pattern": pattern, "found": True}


def test_a_missing_file_fails_though_it_does_not_hold_the_string(repository: Repository) -> None:
    tried = forbid(repository, "x", None)
    assert (tried.holds, tried.outcome.found) == (False, "file is missing")
    assert tried.outcome.measured == {"pattern": "x", "found": False}


def test_a_file_that_is_no_text_fails_though_the_string_is_not_found(repository: Repository) -> None:
    tried = forbid(repository, "x", "clean".encode("utf-16"))
    assert not tried.holds
    assert tried.outcome.found.startswith("bytes that are not UTF-8")


def test_configurable_is_a_note_to_people(repository: Repository) -> None:
    validation = {"type": "not_contains", "target": "a.md", "pattern": "x", "configurable": True}
    tried = try_check(repository, validation, "x")
    assert not tried.holds
    assert "configurable" not in tried.row
