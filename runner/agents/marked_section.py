"""Replaces the section of orch in a file that belongs to others, such as AGENTS.md, and nothing else in it.

Two comments of HTML delimit the section, each a line of its own. All other bytes stay as they are, and the section
gets the line ends of the file.
"""

from typing import Final, NamedTuple

from gate_tests.errors import InvalidFile

BEGIN: Final = "<!-- orch: begin"
"""How the first line of the section begins."""
END: Final = "<!-- orch: end -->"
"""The last line of the section."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class _Mark(NamedTuple):
    """A line that delimits a section: its number from 1, and where it begins and ends, without its line break."""

    line: int
    begin: int
    end: int
    is_begin: bool


def write_section(content: bytes, section: str, path: str) -> bytes:
    """`content` of the file `path` with this section, in place of its own, else at its end. Raises InvalidFile.

    The section ends with a line feed. What is no text in UTF-8, and sections that do not begin and end once, are
    refused.
    """
    _refuse_other_text(content, path)
    marks = _find_marks(content)
    _refuse_wrong_marks(marks, path)
    encoded = section.encode().replace(b"\n", _find_line_end(content))
    if not marks:
        return content + _separator(content) + encoded
    begin, end = marks
    return content[: begin.begin] + encoded.rstrip(b"\r\n") + content[end.end :]


def _refuse_other_text(content: bytes, path: str) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        raise InvalidFile([f"{path}: is not UTF-8"]) from None


def _find_marks(content: bytes) -> list[_Mark]:
    marks, begin = [], len(_BYTE_ORDER_MARK) if content.startswith(_BYTE_ORDER_MARK) else 0
    for number, line in enumerate(content[begin:].split(b"\n"), start=1):
        text = line.rstrip()
        if text.startswith(BEGIN.encode()) or text == END.encode():
            marks.append(_Mark(number, begin, begin + len(text), text != END.encode()))
        begin += len(line) + 1
    return marks


def _refuse_wrong_marks(marks: list[_Mark], path: str) -> None:
    """Raises InvalidFile unless there is no mark, or one that begins and then one that ends a section."""
    for index, mark in enumerate(marks):
        if index < 2 and mark.is_begin == (index == 0):
            continue
        raise InvalidFile([f"{path}:{mark.line}: {_describe_wrong(marks, mark)}"])
    if len(marks) == 1:
        raise InvalidFile([f"{path}:{marks[0].line}: a section of orch begins here, expected `{END}` after it"])


def _describe_wrong(marks: list[_Mark], mark: _Mark) -> str:
    if not mark.is_begin:
        return f"a section of orch ends here, expected `{BEGIN}` before it"
    return f"another section of orch begins here, expected one (the first begins in line {marks[0].line})"


def _find_line_end(content: bytes) -> bytes:
    """That of its first line."""
    line = content.partition(b"\n")[0]
    return b"\r\n" if b"\n" in content and line.endswith(b"\r") else b"\n"


def _separator(content: bytes) -> bytes:
    """What ends its last line and sets the section off by a blank one."""
    text, line_end = content.removeprefix(_BYTE_ORDER_MARK), _find_line_end(content)
    if not text:
        return b""
    if not text.endswith(b"\n"):
        return 2 * line_end
    return b"" if text.endswith(2 * line_end) or text == line_end else line_end
