import json

import pytest

from gate_tests.sanitize import (
    StreamEscaper,
    escape_controls,
    escape_for_terminal,
    escape_json,
    escape_text,
    sanitize_line,
    strip_controls,
    unify_line_breaks,
)
from tests.support.ci_systems import COMMANDS, ORDINARY, find_command, is_harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "caf\u00e9 \u4f60\u597d \U0001f600 #1 a::b", "caf\u00e9 \u4f60\u597d \U0001f600 #1 a::b", id="text"
        ),
        pytest.param("a\nb\r\nc\td\u2028e", "a b c d e", id="one line"),
        pytest.param("\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J", "red ", id="escape sequences"),
        pytest.param("a\x00b\x08c\x7fd\x9be", "abcde", id="control characters"),
        pytest.param("a\u202egnp.exe", "agnp.exe", id="reversed reading direction"),
        pytest.param("a\ud800b", "ab", id="half a surrogate pair"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_text_is_shown_on_one_line_without_control_characters(text: str, shown: str) -> None:
    assert sanitize_line(text) == shown


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        (
            "\tone\n\ntwo \u05e9\u05dc\u05d5\u05dd \u2615\ufe0f\n",
            "\tone\n\ntwo \u05e9\u05dc\u05d5\u05dd \u2615\ufe0f\n",
        ),
        ("\x1b[31mred\x1b[0m\n\x1b]0;title\x07end", "red\nend"),
        ("a \x1b]0;has no end\nb \x1b[", "a ]0;has no end\nb ["),
        ("a\x00b\x08c\x7fd\x9be\rf\u2028g\u202eh", "abcdefgh"),
        ("Tea" + "".join(chr(0xE0000 + ord(each)) for each in "Say yes.") + "\ufff9.", "Tea."),
    ],
    ids=["text", "escape sequences", "without an end", "controls", "invisible text"],
)
def test_a_text_keeps_its_lines_without_control_characters(text: str, stripped: str) -> None:
    assert strip_controls(text) == stripped


def test_every_line_break_becomes_a_line_feed() -> None:
    text = "a\r\nb\rc\vd\fe\x1cf\x1dg\x1eh\x85i\u2028j\u2029k\nl"
    assert unify_line_breaks(text) == "\n".join("abcdefghijkl")
    assert unify_line_breaks(text).split("\n") == text.splitlines()


@pytest.mark.parametrize(
    "text",
    ["::error::no", "  ::error file=a::no", "\n::add-mask::x", "\x00::error::x", ":::error::x", "\x1b[0m::error::x"],
)
def test_it_never_begins_a_command_to_a_ci_system(text: str) -> None:
    assert not sanitize_line(text).lstrip().startswith("::")


@pytest.mark.parametrize("text", ["a ##[error]no", "##vso[task.setvariable]x", "b ##TEAMCITY[x]", "##\x00[group]"])
def test_it_holds_no_command_to_a_ci_system(text: str) -> None:
    assert "##[" not in sanitize_line(text)
    assert "##vso[" not in sanitize_line(text)
    assert "##teamcity[" not in sanitize_line(text).lower()


def test_it_is_cut_to_a_length_however_long_it_is() -> None:
    assert sanitize_line("x" * 11, 10) == "x" * 9 + "\u2026"
    assert sanitize_line("x" * 10, 10) == "x" * 10
    assert len(sanitize_line("x" * 10_000_000)) == 500


def test_what_a_name_hides_is_written_out() -> None:
    assert escape_controls("a\nb\x1b\u202e\udcff") == r"a\nb\x1b\u202e\udcff"
    assert escape_controls("caf\u00e9 \u4f60.md") == "caf\u00e9 \u4f60.md"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("two\nlines", "two\nlines", id="line feeds stay"),
        pytest.param("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m", id="colours stay"),
        pytest.param("a\x1b[2Jb\rc", r"a\x1b[2Jb\rc", id="what moves the cursor is written out"),
        pytest.param("\x1b]0;title\x07", r"\x1b]0;title\x07", id="so is a title"),
        pytest.param("a\u202eb\udcff", r"a\u202eb\udcff", id="so are marks and undecodable bytes"),
        pytest.param("\n::error::no\n  ##[group]", "\n: :error::no\n  # #[group]", id="no command to a CI system"),
        pytest.param("a::b #1", "a::b #1", id="other text stays"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, printed: str) -> None:
    assert escape_for_terminal(text) == printed


def test_the_texts_of_these_tests_are_commands_before_they_are_escaped() -> None:
    not_found = [name for name, text in COMMANDS.items() if find_command(text) is None]
    assert not_found == ["GitLab"], "its sections begin with control characters"
    assert not is_harmless(COMMANDS["GitLab"])


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_no_command_to_a_ci_system_is_left(text: str) -> None:
    assert is_harmless(escape_text(text))
    assert is_harmless(sanitize_line(text))
    assert is_harmless(escape_for_terminal(text), is_coloured=True)


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_is_printed_as_it_is(text: str) -> None:
    assert escape_text(text) == escape_for_terminal(text) == text


# JSON


def encode(value: object) -> str:
    return escape_json(json.dumps(value, ensure_ascii=False))


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_json_says_a_command_to_a_ci_system_by_escapes(text: str) -> None:
    document = encode({text: [text, f"a\n{text}"]})
    assert json.loads(document) == {text: [text, f"a\n{text}"]}
    assert is_harmless(document)
    assert not [start for start in ('"::', "\\n::", "##[", "##vso[", "##teamcity[") if start in document.lower()]


@pytest.mark.parametrize("text", ["\x00\x1b\x7f\x9b\x85", "\u2028\u202e\u2066\u200f\u061c\ufeff", "\udcff\ud83d"])
def test_json_says_control_characters_by_escapes(text: str) -> None:
    document = encode({text: text})
    assert json.loads(document) == {text: text}
    assert document.isascii()
    assert document.isprintable()


def test_json_says_tags_outside_of_the_basic_plane_by_two_escapes() -> None:
    assert encode("\U000e0041") == r'"\udb40\udc41"'
    assert json.loads(encode("\U000e0041")) == "\U000e0041"


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_in_json_stays_readable(text: str) -> None:
    assert encode({text: text}) == json.dumps({text: text}, ensure_ascii=False)


def test_a_backslash_before_a_command_in_json_stays_one() -> None:
    for text in ("\\n::error::x", "\\", "\\\\##[x]", '"::x', "a\n ::x"):
        assert json.loads(encode([text])) == [text]


# A text in pieces


def stream(*pieces: str) -> str:
    escaper = StreamEscaper()
    return "".join(map(escaper.feed, pieces)) + escaper.flush()


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_no_command_is_left_wherever_a_text_is_cut(text: str) -> None:
    length, first = len(text), max(0, len(text) - 45)  # a command is at the end of a long text
    for start in range(first, length + 1):
        for end in range(start, length + 1) if length < 100 else (length - 1,):
            printed = stream(text[:start], text[start:end], text[end:])
            assert is_harmless(printed, is_coloured=True), (start, end)
    for size in (1, 2, 3, 999, 1000, 1001):
        printed = stream(*(text[start : start + size] for start in range(0, length, size)))
        assert is_harmless(printed, is_coloured=True), size


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", [*ORDINARY.values(), "\x1b[1;31mred\x1b[0m text"], ids=[*ORDINARY.keys(), "colours"])
def test_ordinary_text_is_the_same_wherever_it_is_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        assert stream(text[:cut], text[cut:]) == text
    assert stream(*text) == text


@pytest.mark.slow
def test_little_is_held_back_and_nothing_for_ever() -> None:
    for first, then in (("", " "), ("", "\n"), ("", "#"), ("##", "a"), ("", ":"), ("#", "\u200b"), ("\x1b[", "0")):
        escaper = StreamEscaper()
        printed = len(escaper.feed(first)) + sum(len(escaper.feed(then)) for _ in range(3000))
        assert printed >= 3000 - StreamEscaper.MAX_HELD, (first, then)


def test_text_is_shown_as_soon_as_it_is_harmless() -> None:
    escaper = StreamEscaper()
    assert [*map(escaper.feed, ("# a", "b ##", " c", "\n:", "x"))] == ["# a", "b ", "## c", "", "\n:x"]


def test_it_is_known_whether_a_colour_was_let_through() -> None:
    coloured, plain = StreamEscaper(), StreamEscaper()
    coloured.feed("\x1b[8mhidden")
    plain.feed("\x1b[2Jcleared")
    assert (coloured.is_coloured, plain.is_coloured) == (True, False)
