"""What people get wrong in JSON is said in their words, with the place that they have to edit."""

import json

import pytest

from gate_tests.strict_json.document import Document
from gate_tests.strict_json.mistakes import find_mistake
from gate_tests.strict_json.unreadable import UnreadableDocument
from tests.support.messages import message
from tests.support.timing import time_ratio

MISTAKES = {
    # Commas, colons, brackets
    "a trailing comma": ('{\n  "a": 1,\n}', 2, 9, "trailing comma before '}'"),
    "a trailing comma of a nested object": ('{"a": {"b": 1, }, "c": 2}', 1, 14, "trailing comma before '}'"),
    "a trailing comma in a list": ("[1, 2,\n]", 1, 6, "trailing comma before ']'"),
    "two commas": ("[1,,2]", 1, 4, "extra ','"),
    "a comma first": ('{, "a": 1}', 1, 2, "extra ','"),
    "no comma": ('{\n  "a": 1\n  "b": 2\n}', 2, 9, "missing ','"),
    "no comma in a list": ("[1 2]", 1, 3, "missing ','"),
    "a semicolon": ('{"a": 1; "b": 2}', 1, 8, "expected ',' or '}', found ';'"),
    "strings joined": ('{"a": "x" + "y"}', 1, 11, "expected ',' or '}', found '+'"),
    "a comma of another script": ('{"a": 1\uff0c "b": 2}', 1, 8, "expected ',' or '}', found '\uff0c'"),
    "a percent sign": ('{"a": 50%}', 1, 9, "expected ',' or '}', found '%'"),
    "a calculation": ("[1 * 2]", 1, 4, "expected ',' or ']', found '*'"),
    "the wrong kind of bracket": ('{"a": [1)}', 1, 9, "expected ',' or ']', found ')'"),
    "a colon of another script": ('{"a"\uff1a 1}', 1, 5, "expected ':' after the key, found '\uff1a'"),
    "no key": ('{"a": 1, ; "b": 2}', 1, 10, "expected a key in double quotes, found ';'"),
    "thousands": ('{"a": 1,000}', 1, 7, "number with ','; write it without"),
    "no colon": ('{"a" 1}', 1, 5, "missing ':' after the key"),
    "an equals sign": ('{"a" = 1}', 1, 6, "expected ':' after the key, found '='"),
    "a key alone": ('{"a": 1, "b"}', 1, 13, "missing ':' after the key"),
    "no value": ('{\n  "a":\n}', 2, 7, "missing value after ':'"),
    "a key in a list": ('["a": 1]', 1, 5, "':' in a list; only objects, in '{' and '}', have keys"),
    "an extra bracket": ('{"a": 1}\n}', 2, 1, "extra '}'"),
    "only a closing bracket": ("]", 1, 1, "extra ']'"),
    "the wrong bracket": ('{"a": [1\n}', 2, 1, "expected ']' for the '[' of line 1, found '}'"),
    "no closing bracket": ('{\n"a": [1,\n2]\n', 3, 3, "missing '}' for the '{' of line 1"),
    "two documents": ('{"a": 1}\n{"a": 2}\n', 2, 1, "a second document; expected the end of the file"),
    "a comma after the end": ("{},\n", 1, 3, "extra ',' after the end of the document"),
    # Comments, Markdown, text
    "a // comment": ('{\n  "a": 1, // one\n  "b": 2\n}', 2, 11, "JSON has no comments"),
    "a /* comment */": ('{"a": /* one */ 1}', 1, 7, "JSON has no comments"),
    "a # comment": ('# mine\n{"a": 1}', 1, 1, "JSON has no comments"),
    "a comment after the end": ('{"a": 1}\n// mine', 2, 1, "JSON has no comments"),
    "a comment of HTML": ('{\n  <!-- one -->\n  "a": 1}', 2, 3, "JSON has no comments"),
    "a comment of SQL": ('{"a": 1, -- one\n "b": 2}', 1, 10, "JSON has no comments"),
    "a Markdown fence": ('```json\n{"a": 1}\n```', 1, 1, "the fence of a Markdown code block is not part of JSON"),
    "text before": ('Here it is: {"a": 1}', 1, 1, "expected a value, found text: Here"),
    "text after": ('{"a": 1}\nDone.', 2, 1, "text after the end of the document: Done."),
    "an ellipsis": ("[1, 2, ...]", 1, 8, "... is not JSON; write all of it"),
    "an ellipsis in an object": ('{"a": 1, \u2026}', 1, 10, "\u2026 is not JSON; write all of it"),
    "an ellipsis without a comma": ("[1, 2 ...]", 1, 7, "... is not JSON; write all of it"),
    # Keys and strings
    "an unquoted key": ('{"a": 1, b: 2}', 1, 10, "key without double quotes: b"),
    "a number as key": ("{1: 2}", 1, 2, "key without double quotes: 1"),
    "single quotes": ("{'a': 1}", 1, 2, "string in single quotes; use double quotes"),
    "single quotes of a value": ("{\"a\": 'x'}", 1, 7, "string in single quotes; use double quotes"),
    "backticks": ('{"a": `x`}', 1, 7, "string in backticks; use double quotes"),
    "typographic quotes": ('{"a": \u201cx\u201d}', 1, 7, "typographic quote \u201c; use '\"'"),
    "typographic quotes of a key": ("{\u201ea\u201c: 1}", 1, 2, "typographic quote \u201e; use '\"'"),
    "closed typographically": (
        '{"a": "x\u201d,\n"b": 1}', 1, 9, "string closed with the typographic quote \u201d; use '\"'",
    ),
    "quotes in a string": ('{"a": "say "hi" to"}', 1, 12, "unescaped '\"' in a string; write \\\""),
    "closed typographically before a string": (
        '{"a": "x\u201d, "b": 1}', 1, 9, "string closed with the typographic quote \u201d; use '\"'",
    ),
    "a key closed typographically before a string": (
        '{"a\u201d: "b"}', 1, 4, "string closed with the typographic quote \u201d; use '\"'",
    ),
    "quotes in a key": ('{"say "hi"": 1}', 1, 7, "unescaped '\"' in a string; write \\\""),
    "triple quotes": (
        '{"a": """x"""}', 1, 7, "string in triple quotes; use one '\"', and \\n for a line break",
    ),
    "escaped quotes": (
        '{\\"a\\": 1}', 1, 2, "escaped '\"' outside a string; write it without the backslash",
    ),
    "a continued line": ('{"a": "x \\\n y"}', 1, 11, "line break in a string; write it as \\n"),
    "a tab": ('{"a": "x\ty"}', 1, 9, "tab in a string; write it as \\t"),
    "a line break": ('{"a": "x\ny"}', 1, 9, "line break in a string; write it as \\n"),
    "a control character": ('{"a": "x\x01"}', 1, 9, "control character in a string; write it as \\u0001"),
    "no closing quote": ('{"a": "x,\n "b": 1}', 1, 7, "string without closing '\"'"),
    "no closing quote at the end": ('{\n"a": "x', 2, 6, "string without closing '\"'"),
    "a Windows path": ('{"a": "C:\\path"}', 1, 10, "invalid escape \\p in a string; write a backslash as \\\\"),
    "half an escape": ('{"a": "\\u12"}', 1, 8, "incomplete escape; \\u is followed by four hexadecimal digits"),
    # Words and numbers
    "True": ('{"a": True}', 1, 7, "True is not JSON; write true"),
    "False": ("[False]", 1, 2, "False is not JSON; write false"),
    "None": ('{"a": None}', 1, 7, "None is not JSON; write null"),
    "undefined": ('{"a": undefined}', 1, 7, "undefined is not JSON; write null"),
    "NaN": ('{\n"a": NaN}', 2, 6, "NaN is not JSON; write null or a number"),
    "minus infinity": ("[1, -Infinity]", 1, 5, "-Infinity is not JSON; write null or a number"),
    "infinity in short": ("[inf]", 1, 2, "inf is not JSON; write null or a number"),
    "an unquoted value": ('{"a": yes}', 1, 7, "value without double quotes: yes"),
    "a unit": ('{"a": 5px}', 1, 7, "value without double quotes: 5px"),
    "a version": ('{"a": 1.2.3}', 1, 7, "value without double quotes: 1.2.3"),
    "a hexadecimal number": ('{"a": 0x1F}', 1, 7, "hexadecimal number; write it in decimal"),
    "an octal number": ('{"a": 0o17}', 1, 7, "binary or octal number; write it in decimal"),
    "leading zeros": ('{"a": 007}', 1, 7, "number with leading zeros; write it without, or in double quotes"),
    "no digit before the point": ("[.5]", 1, 2, "number without a digit before '.'; write 0.5, not .5"),
    "no digit after the point": ("[5.]", 1, 2, "number without a digit after '.'; write 1.0 or 1, not 1."),
    "a plus sign": ("[+1]", 1, 2, "number with '+'; write it without"),
    "digits in groups": ("[1_000]", 1, 2, "number with '_'; write it without"),
    # Characters
    "a no-break space": ('{"a":\u00a01}', 1, 6, "expected a value, found the character U+00A0 (NO-BREAK SPACE)"),
    "a no-break space before a comma": (
        '{"a": 1\u00a0, "b": 2}', 1, 8, "expected ',' or '}', found the character U+00A0 (NO-BREAK SPACE)",
    ),
    "a no-break space before a colon": (
        '{"a"\u00a0: 1}', 1, 5, "expected ':' after the key, found the character U+00A0 (NO-BREAK SPACE)",
    ),
    "a no-break space before a key": (
        '{\u00a0"a": 1}', 1, 2, "expected a key in double quotes, found the character U+00A0 (NO-BREAK SPACE)",
    ),
    "a zero-width space at the end": (
        "{}\u200b", 1, 3, "text after the end of the document: the character U+200B (ZERO WIDTH SPACE)",
    ),
    "a second byte order mark": (
        "\ufeff\ufeff{}", 1, 1, "expected a value, found the character U+FEFF (ZERO WIDTH NO-BREAK SPACE)",
    ),
    "a parenthesis": ('{"a": (1)}', 1, 7, "expected a value, found '('"),
    "characters of two code units": ('{"\U0001f600": "\u00e9", b: 1}', 1, 12, "key without double quotes: b"),
    "lines of Windows": ('{\r\n  "a": 1,\r\n}', 2, 9, "trailing comma before '}'"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "reason"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_words_with_its_line_and_column(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("a.json", text.encode())
    told = f"{message('not-json', reason=reason)} (column {column})"
    assert str(refused.value) == f"a.json:{line}: {told}"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        pytest.param('{"a": 1}'.encode("utf-16"), 1, message("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":\n"\xe4"}', 2, f"{message('not-utf-8')} (byte 0xe4)", id="Latin-1"),
        pytest.param(b'{"a": 1,\n"a": 2}', 2, message("duplicate-key", key="a", line=1), id="a key twice"),
        pytest.param(b"[1,\n 1e999]", 2, f"{message('number-too-large', number='1e999')} (column 2)", id="1e999"),
    ],
)
def test_what_is_no_mistake_of_spelling_has_its_line(content: bytes, line: int, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("a.json", content)
    assert str(refused.value) == f"a.json:{line}: {reason}"


def test_one_byte_order_mark_is_no_mistake() -> None:
    assert Document.parse("a.json", "\ufeff[1]".encode()).data == [1]


VALID = '{"a": [1, -2.5e-3, true, null, "x\\u00e9\\n\\"", {}, []],\n "b": {"c": "", "d": 0}}'


def test_in_json_no_mistake_is_found() -> None:
    assert find_mistake(VALID) is None
    assert find_mistake(" 1 ") is None


@pytest.mark.parametrize("character", [*",:\"[]{}'\\ 0tx.-+\n\t", "", "\u201d"], ids=repr)
def test_whatever_json_refuses_has_a_mistake_and_nothing_else_does(character: str) -> None:
    for offset in range(len(VALID)):
        for end in (offset, offset + 1):
            text = VALID[:offset] + character + VALID[end:]
            found = find_mistake(text)
            assert (found is None) == _is_json(text), text
            assert found is None or 0 <= found.offset <= len(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.slow
def test_a_mistake_is_found_in_time_that_grows_with_the_text() -> None:
    def find(count: int) -> None:
        assert find_mistake("[" + '{"a": ["b\\n", 1]},' * count + "]") is not None
        assert find_mistake("[" * count) is not None
        assert find_mistake('"' + "\\n" * count) is not None

    assert time_ratio(lambda: find(40_000), lambda: find(5_000), limit=32) < 32
