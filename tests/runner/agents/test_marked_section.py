"""The section of orch in AGENTS.md is replaced, and every other byte of the file stays."""

import pytest

from gate_tests.errors import InvalidFile
from runner.agents.marked_section import BEGIN, END, write_section
from tests.support.messages import message

OLD = f"{BEGIN}. Generated long ago. -->\n## Old\n\ntext\n{END}\n"
NEW = f"{BEGIN}. -->\n## New\n\n- `tests`: é\n{END}\n"
BOM = "\ufeff"


def write(text: str, section: str = NEW) -> str:
    return write_section(text.encode(), section, "AGENTS.md").decode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", NEW),
        (BOM, BOM + NEW),
        ("# Mine\n", f"# Mine\n\n{NEW}"),
        ("# Mine\n\n", f"# Mine\n\n{NEW}"),
        ("# Mine\n\n\n\n", f"# Mine\n\n\n\n{NEW}"),
        ("# Mine", f"# Mine\n\n{NEW}"),
        ("\n", f"\n{NEW}"),
        ("# Mine\r\n", "# Mine\r\n\r\n" + NEW.replace("\n", "\r\n")),
        ("# Mine\r\nlast", "# Mine\r\nlast\r\n\r\n" + NEW.replace("\n", "\r\n")),
    ],
    ids=[
        "an empty file", "a byte order mark", "a line", "a blank line", "blank lines", "no final newline",
        "a line break", "CRLF", "CRLF without the last",
    ],
)  # fmt: skip
def test_where_there_is_none_it_is_added_at_the_end(text: str, written: str) -> None:
    assert write(text) == written
    assert write(written) == written, "twice gives one"


@pytest.mark.parametrize("before", ["", BOM, "# Mine\n\n", "text with <!-- orch: begin in it\n", "\t \n\x0c\n"])
@pytest.mark.parametrize("after", ["", "\n## After\n", "\r\nmixed\n", "no newline at the end", "\n\n\n"])
def test_what_is_around_it_stays_byte_for_byte(before: str, after: str) -> None:
    assert write(f"{before}{OLD}{after}") == f"{before}{NEW}{after}"


def test_a_section_without_a_newline_at_the_end_of_the_file_has_none_again() -> None:
    assert write(OLD.rstrip("\n")) == NEW.rstrip("\n")


def test_it_gets_the_line_ends_of_the_file() -> None:
    text = f"# Mine\n\n{OLD}\n## After\n".replace("\n", "\r\n")
    assert write(text) == f"# Mine\n\n{NEW}\n## After\n".replace("\n", "\r\n")


def test_blanks_after_its_marks_do_not_hide_them() -> None:
    assert write(OLD.replace(f"{END}\n", f"{END} \t\r\n")) == NEW.replace(f"{END}\n", f"{END} \t\r\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"# Mine\n{BEGIN}. -->\ntext\n", f"2: {message('section-without-end')}"),
        (f"\n\n{END}\n", f"3: {message('section-without-begin')}"),
        (f"{END}\n{BEGIN}. -->\n", f"1: {message('section-without-begin')}"),
        (f"{OLD}\n{OLD}", f"7: {message('second-section', first=1)}"),
        (f"{BEGIN}. -->\n{OLD}", f"2: {message('second-section', first=1)}"),
        (f"{OLD}{END}\n", f"6: {message('section-without-begin')}"),
    ],
    ids=["no end", "no begin", "an end before the begin", "two", "two begins", "two ends"],
)
def test_what_does_not_begin_and_end_once_is_refused_with_its_line(text: str, problem: str) -> None:
    for each in (text, BOM + text, text.replace("\n", "\r\n")):
        with pytest.raises(InvalidFile) as caught:
            write(each)
        assert caught.value.message == f"AGENTS.md:{problem}"


@pytest.mark.parametrize("content", ["é".encode("latin-1"), "# Mine".encode("utf-16")])
def test_text_that_is_not_utf_8_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidFile, match=rf"^AGENTS\.md: {message('not-utf-8')}$"):
        write_section(content, NEW, "AGENTS.md")
