import pytest

from gate_tests.sanitize import escape_controls, escape_for_terminal, sanitize_line


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
