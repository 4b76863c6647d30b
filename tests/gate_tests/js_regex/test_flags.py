"""The flags `i` and `s` mean what they mean in JavaScript."""

import shutil
from functools import cache
from typing import Final

import pytest

from gate_tests.js_regex.lint import explain_literal
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.parser import to_utf16
from gate_tests.js_regex.pattern import compile_pattern
from tests.gate_tests.js_regex import node

MATCHES: Final = [
    pytest.param("todo", "i", "TODO Todo todo t0do", [0, 5, 10], id="ASCII"),
    pytest.param("é[à-ý]", "i", "ÉÀ éü eà", [0, 3], id="beyond ASCII"),
    pytest.param("\u03c3", "i", "\u03a3\u03c3\u03c2", [0, 1, 2], id="three of one case"),
    pytest.param("[^x]", "i", "Xxy", [2], id="all but one, whatever its case"),
    pytest.param("[k-s]", "i", "K \u212a \u017f S", [0, 6], id="no sign becomes ASCII"),
    pytest.param(r"\u{6b}|[r-s]", "i", "K \u212a \u017f S", [0, 2, 4, 6], id="with u it does"),
    pytest.param("ß", "i", "ß SS \u1e9e", [0], id="what has no single upper case"),
    pytest.param(r"\u{df}", "i", "ß SS \u1e9e", [0, 5], id="what has one with u"),
    pytest.param("i", "i", "i I \u0130 \u0131", [0, 2], id="no Turkish letters"),
    pytest.param("\U00010400", "i", "\U00010400 \U00010428", [0], id="halves have no case"),
    pytest.param(r"\u{10400}", "i", "\U00010400 \U00010428", [0, 3], id="above U+FFFF with u"),
    pytest.param(r"\w", "i", "\u212a \u017f s", [4], id="words are of ASCII"),
    pytest.param(r"\u{61}|\w", "i", "\u212a \u017f s", [0, 2, 4], id="words with u"),
    pytest.param(r"\u{61}|\W", "i", "\u212asS-", [3], id="no words with u"),
    pytest.param(r"\u{61}|\bx", "i", "\u017fx x", [3], id="edges of words with u"),
    pytest.param(r"\u{61}|\p{Lu}", "i", "x X 1", [0, 2], id="a property of either case"),
    pytest.param(r"\u{61}|[^\p{Lu}]", "i", "x X", [1], id="and not that property"),
    pytest.param(r"\d", "i", "1 \u0661", [0], id="digits are of ASCII"),
    pytest.param(r"(\w+) \1", "i", "the The thesis", [0], id="a back reference"),
    pytest.param(r"(?<=A)b(?!C)", "i", "ab abc AB", [1, 8], id="what stands around"),
    pytest.param(r"\bto(?:do|no)\b", "i", "TODO toNo todos atodo", [0, 5], id="between edges of words"),
    pytest.param("a.b", "", "a\nb a\u2028b", [], id="no dot for line ends"),
    pytest.param("a.b", "s", "a\nb a\u2028b A\rb", [0, 4], id="a dot for line ends"),
    pytest.param("a.B", "is", "A\nb", [0], id="both"),
    pytest.param("^b.", "s", "a\nb\nc", [2], id="lines remain lines"),
]


@pytest.mark.quick("*")
@pytest.mark.parametrize(("regex", "flags", "text", "expected"), MATCHES)
def test_a_regex_with_flags_matches_where_javascript_says(
    regex: str, flags: str, text: str, expected: list[int]
) -> None:
    assert starts(regex, flags, text) == expected


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="compares with node, which is not here")
def test_the_table_is_what_node_says() -> None:
    for regex, flags, text, expected in (row.values for row in MATCHES):
        assert node.starts([str(regex)], [str(text)], str(flags)) == [[expected]]


TEXTS: Final = ["aA bB AaBb aBAb", "\u017fsS kK\u212a iI\u0130\u0131 ßẞ", "a\r\nb A\u2028B", "ABC foo FOO bar xX"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="compares with node, which is not here")
@pytest.mark.parametrize("flags", ["i", "s", "is"])
def test_generated_regexes_match_where_node_says(flags: str) -> None:
    regexes = [regex for regex in node.generated(400, seed=11) if is_supported(regex, flags)]
    assert len(regexes) > 150
    differences = [
        (regex, text, found, expected)
        for regex, answers in zip(regexes, node.starts(regexes, TEXTS, flags), strict=True)
        for text, expected in zip(TEXTS, answers or (), strict=True)
        if (found := starts(regex, flags, text)) != expected
    ]
    assert differences == []


def starts(regex: str, flags: str, text: str) -> list[int]:
    """Where the matches begin, counted in UTF-16 as node counts."""
    compiled = compile_pattern(regex, flags)
    seen = compiled.encode(text)
    return [len(to_utf16(seen[:start])) for start in compiled.starts(text, 5)]


@cache
def is_supported(regex: str, flags: str) -> bool:
    try:
        compile_pattern(regex, flags)
    except BadRegex:
        return False
    return True


@pytest.mark.parametrize(
    ("regex", "instead"),
    [
        pytest.param("/TODO/i", '"regex": "TODO", "flags": "i"', id="a word with a flag"),
        pytest.param("/todo/gim", '"regex": "todo", "flags": "i"', id="with flags that are always on"),
        pytest.param("/TODO/", '"regex": "TODO"', id="without a flag"),
        pytest.param(r"/\bTODO\b/", r'"regex": "\\bTODO\\b"', id="with what only a regex has"),
        pytest.param(r"/a\/b[/]/s", '"regex": "a/b[/]", "flags": "s"', id="with slashes"),
    ],
)
def test_a_literal_of_javascript_is_pointed_out(regex: str, instead: str) -> None:
    assert (explain_literal(regex) or "").endswith(f"; use {instead}")


def test_the_key_that_has_the_literal_is_named() -> None:
    for literal in ("/http.*/", "/http.*/i"):  # that key has no flags beside it
        assert (explain_literal(literal, key="url_pattern") or "").endswith('; use "url_pattern": "http.*"')


@pytest.mark.parametrize("regex", ["/blog/", "/en/us", "/a/b/i", "TODO", "/TODO", "//", "/", "/a/gg", r"https?://x/i"])
def test_a_part_of_a_path_is_none(regex: str) -> None:
    assert explain_literal(regex) is None


def test_a_long_regex_of_slashes_takes_no_time() -> None:
    assert explain_literal("/" + "[" * 50_000 + r"\]" * 20_000) is None
    assert explain_literal("/" + "[a]" * 30_000) is None
