import json
import shutil
from typing import Any

import pytest

from gate_tests.compiler.templates import expand_regex
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.parser import to_utf16
from gate_tests.js_regex.pattern import TooSlow, compile_pattern
from tests.gate_tests.js_regex import node

_KNOWN: Any = json.loads(node.TABLE.read_text("utf-8"))
_TEXTS: list[str] = _KNOWN["texts"]
_NOT_SUPPORTED = "not supported"


def starts(regex: str, text: str) -> list[int]:
    """Where the matches begin, counted in UTF-16 as node counts."""
    compiled = compile_pattern(regex)
    seen = compiled.encode(text)
    return [len(to_utf16(seen[:start])) for start in compiled.starts(text, 5)]


def differences(regex: str, as_node_has_it: list[list[int]] | None) -> list[Any]:
    """Texts in which the matches are not node's; what is clearly called unsupported is no difference."""
    try:
        compile_pattern(regex)
    except BadRegex as refusal:
        return [] if as_node_has_it is None or _NOT_SUPPORTED in str(refusal) else [str(refusal)]
    if as_node_has_it is None:
        return ["node refuses it"]
    both = ((text, starts(regex, text), wanted) for text, wanted in zip(_TEXTS, as_node_has_it, strict=True))
    return [(text, found, wanted) for text, found, wanted in both if found != wanted]


@pytest.mark.parametrize(("regex", "wanted"), _KNOWN["regexes"], ids=[repr(regex) for regex, _ in _KNOWN["regexes"]])
def test_a_regex_matches_where_node_says(regex: str, wanted: list[list[int]] | None) -> None:
    assert differences(regex, wanted) == []


def test_a_difference_is_seen() -> None:
    assert differences("a", [[99] for _ in _TEXTS])
    assert differences("a", None) == ["node refuses it"]
    assert differences("(", [[] for _ in _TEXTS]) == ["unterminated group at offset 0"]


def test_few_of_the_written_regexes_are_not_supported() -> None:
    refused = []
    for regex, wanted in _KNOWN["regexes"]:
        try:
            compile_pattern(regex)
        except BadRegex:
            refused += [regex] if wanted is not None else []
    assert refused == UNSUPPORTED


UNSUPPORTED = ["(?:a??)*", "(?:|a)+", r"(?:(a)|b)*\1", "x{99999999999}"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="compares with node, which is not here")
def test_generated_regexes_match_where_node_says() -> None:
    regexes = [regex for regex in node.generated(600, seed=7) if not _steps_into_pairs(regex)]
    answers = node.starts(regexes, _TEXTS)
    assert [found for pair in zip(regexes, answers, strict=True) if (found := differences(*pair))] == []


@pytest.mark.skipif(not shutil.which("node"), reason="compares with node, which is not here")
def test_the_table_is_what_node_says() -> None:
    assert node.starts([regex for regex, _ in _KNOWN["regexes"]], _TEXTS) == [found for _, found in _KNOWN["regexes"]]


def _steps_into_pairs(regex: str) -> bool:
    """Whether node may, against the standard, find the empty text between the halves of a character."""
    return r"\u{" in regex and ("(?<" in regex or r"\B" in regex)


@pytest.mark.parametrize(
    ("regex", "message"),
    [
        ("a++", "nothing to repeat at offset 2"),
        ("(?P<n>a)", "invalid group: '(?' is not JavaScript syntax at offset 0"),
        ("(?i:a)", "invalid group: '(?' is not JavaScript syntax at offset 0"),
        ("a(b", "unterminated group at offset 1"),
        ("a)", "unmatched ')' at offset 1"),
        ("[z-a]", "range out of order in '[…]' at offset 1"),
        ("x{2,1}", "numbers out of order in {} at offset 1"),
        (r"\u{1F300}|a\_b", r"\_ has no meaning beside \u{…} at offset 11"),
        (r"(?<n>a)\k<m>", r"\k without the name of a group at offset 7"),
        ("(" * 100, "not supported: more than 60 nested parentheses at offset 60"),
        (r"(?:|a)+", "not supported: a repetition of a group that may match the empty text first, at offset 6"),
        (r"(.+)+?b\1", "not supported: a backreference to a group inside a repetition, at offset 7"),
        (r"(?:(a)|b)*\1", "not supported: a backreference to a group inside a repetition, at offset 10"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(regex: str, message: str) -> None:
    with pytest.raises(BadRegex) as refusal:
        compile_pattern(regex)
    assert str(refusal.value) == message


@pytest.mark.parametrize("flag", ["", r"\u{61}|"], ids=["without u", "with u"])
def test_the_value_of_a_variable_is_matched_as_it_is(flag: str) -> None:
    text = r"^$\.*+?()[]{}|/-a b"
    assert 0 in compile_pattern(expand_regex(flag + "{slug}", {"slug": text})).starts(text, 1)


def test_a_regex_that_runs_too_long_is_stopped() -> None:
    with pytest.raises(TooSlow):
        list(compile_pattern("(a+)+$").starts("a" * 20_000 + "!", 0.05))


def test_many_matches_are_stopped_too() -> None:
    with pytest.raises(TooSlow):
        list(compile_pattern("(?:)").starts("a" * 1_000_000, 0.02))
