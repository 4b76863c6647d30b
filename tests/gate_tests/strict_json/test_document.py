import errno
import os
import re
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.strict_json.document import Document, JsonPath, format_json_path
from gate_tests.strict_json.unreadable import InaccessibleDocument, UnreadableDocument
from tests.support.messages import message, pattern
from tests.support.timing import time_ratio

SOME = b"""{
  "gate": "G2",
  "checks": [
    {"type": "a"},
    {
      "type": "b",
      "say \\"}]\\" loudly": [1,
        2]
    }
  ]
}
"""


@pytest.mark.parametrize(
    ("json_path", "line"),
    [
        pytest.param((), 1, id="the root"),
        pytest.param(("gate",), 2, id="a member"),
        pytest.param(("checks",), 3, id="a list"),
        pytest.param(("checks", 0, "type"), 4, id="a member on its list's item's line"),
        pytest.param(("checks", 1), 5, id="an item"),
        pytest.param(("checks", 1, 'say "}]" loudly', 1), 8, id="below a key that looks like syntax"),
        pytest.param(("checks", 7, "type"), 3, id="an item that does not exist: its list"),
        pytest.param(("gate", "deeper"), 2, id="below a value that holds nothing: the value"),
    ],
)
def test_a_document_knows_the_line_of_each_value(json_path: JsonPath, line: int) -> None:
    assert Document.parse("some.json", SOME).line(json_path) == line


def test_lines_are_counted_from_the_top_of_the_file_even_if_it_begins_with_blank_ones() -> None:
    assert Document.parse("some.json", b'\n\n{"a": 1}').at(("a",)) == "some.json:3: $.a"


def test_a_json_path_is_written_as_people_write_it() -> None:
    assert format_json_path(("validations", 1, "target")) == "$.validations[1].target"


def test_the_hash_is_of_the_bytes_and_not_of_the_text() -> None:
    content = b'\xef\xbb\xbf{"a":\r\n 1}\r\n'
    document = Document.parse("some.json", content)
    assert document.data == {"a": 1}
    assert document.sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", f"some.json: {message('empty-file')}", id="empty"),
        pytest.param(b" \n\t\n", f"some.json: {message('empty-file')}", id="blank"),
        pytest.param(b'{\n"a": 1,\n}', f"some.json:2: {message('not-json', reason='')}", id="trailing comma"),
        pytest.param(
            b'{"a": 1}\n// no', f"some.json:2: {message('not-json', reason='JSON has no comments')}", id="comment"
        ),
        pytest.param(b'{\n"a": \xff}', f"some.json:2: {message('not-utf-8')} (byte 0xff)", id="not UTF-8"),
        pytest.param(
            b'\xef\xbb\xbf{\n"a": \xff}',
            f"some.json:2: {message('not-utf-8')} (byte 0xff)",
            id="not UTF-8, after a byte order mark",
        ),
        pytest.param('{"a": 1}'.encode("utf-16"), f"some.json:1: {message('utf-16')}", id="UTF-16"),
        pytest.param(b'{\n"a": NaN}', f"some.json:2: {message('constant', constant='NaN')}", id="NaN"),
        pytest.param(
            b'{"a": "NaN",\n"b": NaN}',
            f"some.json:2: {message('constant', constant='NaN')}",
            id="NaN after the word NaN",
        ),
        pytest.param(
            b'{\n"a": -Infinity}', f"some.json:2: {message('constant', constant='-Infinity')}", id="minus infinity"
        ),
        pytest.param(
            b'{"a": "1e999",\n"b": 1e999}', f"some.json:2: {message('number-too-large', number='1e999')}", id="1e999"
        ),
        pytest.param(b'{"a": ' + b"1" * 5000 + b"}", "some.json", id="a number of 5000 digits"),
        pytest.param(b"[" * 100_000, f"some.json: {message('nested-too-deeply')}", id="100,000 brackets"),
    ],
)
def test_what_is_no_strict_json_is_refused_with_its_line(content: bytes, fault: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("some.json", content)
    assert str(refused.value).startswith(fault)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        pytest.param(b'{"a": 1,\n"b": 2,\n"a": 3}', 3, message("duplicate-key", key="a", line=1), id="at the top"),
        pytest.param(b'{"x": {\n"a": 1,\n"a": 1}}', 3, message("duplicate-key", key="a", line=2), id="further down"),
        pytest.param(b'[{},\n{"a": 1, "a": 1}]', 2, message("duplicate-key", key="a", line=2), id="in a list"),
        pytest.param(b'{"a": 1,\n"\\u0061": 1}', 2, message("duplicate-key", key="a", line=1), id="escaped"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_both_lines(content: bytes, line: int, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("some.json", content)
    assert (refused.value.line, refused.value.reason) == (line, reason)


def nested(depth: int, inner: str, end: str = "") -> bytes:
    """A document in which the innermost list has nearly all of the text: 800 characters for each level."""
    items = ",".join([inner] * (800 * depth // len(inner)))
    return ('{"deeper":\n' * depth + f"[{items}]" + end + "}" * depth).encode()


@pytest.mark.parametrize("inner", ["1", "[]", '{"a":1}', '"[{"'])
def test_to_find_a_key_that_stands_twice_takes_time_in_proportion_to_the_document(inner: str) -> None:
    def find(depth: int) -> None:
        with pytest.raises(UnreadableDocument) as refused:
            Document.parse("some.json", nested(depth, inner, ',"a":1,\n"a":2'))
        assert (refused.value.line, refused.value.reason) == (
            depth + 2,
            message("duplicate-key", key="a", line=depth + 1),
        )

    # Eight times as much text in eight times as many levels: 64 times as long if each level were parsed again.
    assert time_ratio(lambda: find(400), lambda: find(50), limit=32) < 32


LARGE = b"[" + b"1,\n" * 1_000_000


@pytest.mark.slow
def test_of_a_key_twice_in_a_large_document_no_line_is_searched_for() -> None:
    end, reason = b'{"b": 1, "a": 1, "a": 2}]', "duplicate key 'a'"
    assert _refuse(LARGE + end) == f"some.json: {reason}"
    assert time_ratio(lambda: _refuse(LARGE + end), lambda: _refuse(LARGE), limit=4) < 4  # LARGE breaks off
    assert _refuse(b"[1,\n" + end).startswith(f"some.json:2: {reason}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "column"),
    [
        pytest.param(b"NaN]", 1, id="no number"),
        pytest.param(b"-1e999]", 1, id="too large a number"),
        pytest.param(b"", 3, id="no closing bracket"),
        pytest.param(b"]", 2, id="a trailing comma"),
        pytest.param(b"True]", 1, id="True"),
        pytest.param(b"[[1}]", 4, id="the wrong bracket"),
        pytest.param(b'"a\n"]', 3, id="a line break"),
        pytest.param(b'{"a": "\xe2\x80\x9d, "b"}]', 8, id="a typographic quote"),
        pytest.param(b"1 2]", 2, id="no comma"),
        pytest.param(b"1]]", 3, id="an extra bracket"),
    ],
)
def test_a_mistake_in_a_large_document_is_told_as_in_a_small_one(end: bytes, column: int) -> None:
    small, large = _refuse(b"[1,\n1,\n" + end), _refuse(LARGE + end)
    assert f"(column {column})" in small
    lines_more = LARGE.count(b"\n") - 2
    assert re.sub(r"\d{7}", lambda line: str(int(line[0]) - lines_more), large) == small


def _refuse(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("some.json", content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param('{"NAME": 1, "NAME": 2}', "duplicate key 'NAME' (first on line 1)", id="key"),
        pytest.param("[NAMEe1]", message("number-too-large", number="NAME"), id="number"),
    ],
)
def test_a_long_name_is_truncated(content: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        Document.parse("some.json", content.replace("NAME", "9" * 1000).encode())
    assert refused.value.reason.partition(" (column ")[0] == reason.replace("NAME", "9" * 59 + "…")


def test_to_find_the_lines_of_all_levels_takes_time_in_proportion_to_the_document() -> None:
    def find(depth: int) -> None:
        document = Document.parse("some.json", nested(depth, "1"))
        paths = [("deeper",) * level for level in range(depth + 1)]
        assert [document.line(path) for path in paths] == list(range(1, depth + 2))

    assert time_ratio(lambda: find(400), lambda: find(50), limit=32) < 32


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"x": {"a": 1, "a": 2}', id="the end is missing"),
        pytest.param(b'{"x": {"a": 1, "a": 2}, "b": }', id="a value is missing"),
        pytest.param(b'{"x": {"a": 1, "a": 2}, [1]: 2}', id="a list where a key is meant"),
        pytest.param(b'{"x": {"a": 1, "a": 2}, "b', id="a string has no end"),
    ],
)
def test_a_document_that_has_a_key_twice_and_breaks_off_is_refused_too(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"^some\.json:1: "):
        Document.parse("some.json", content)


def test_the_same_key_in_two_objects_stands_twice_in_neither() -> None:
    assert Document.parse("some.json", b'[{"a": 1}, {"a": 2}]').data == [{"a": 1}, {"a": 2}]


def test_a_file_is_read_relative_to_the_root_and_named_so(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_bytes(b'{"a": 1}')
    document = Document.read(tmp_path, "some.json")
    assert (document.path, document.data) == ("some.json", {"a": 1})


def test_a_file_that_is_not_there_is_left_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Document.read(tmp_path, "some.json")


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "some.json").mkdir()
    with pytest.raises(UnreadableDocument, match=rf"^some\.json: {pattern('is-directory')}$"):
        Document.read(tmp_path, "some.json")


def test_a_fifo_is_no_document_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "some.json")
    with pytest.raises(UnreadableDocument, match=pattern("is-special")):
        Document.read(tmp_path, "some.json")


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "some.json").symlink_to("some.json")
    with pytest.raises(UnreadableDocument, match=pattern("cannot-be-read", path="some.json")):
        Document.read(tmp_path, "some.json")


def test_a_file_that_is_larger_than_the_limit_is_no_document(tmp_path: Path) -> None:
    with (tmp_path / "some.json").open("wb") as file:
        file.truncate(1 << 43)
    with pytest.raises(UnreadableDocument, match=rf"^some\.json: {pattern('larger-than', limit='256 MiB')}$"):
        Document.read(tmp_path, "some.json")


def test_a_file_that_takes_more_memory_than_there_is_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.json").write_bytes(b"{}")

    def fail(path: str, content: bytes) -> Document:
        raise MemoryError

    monkeypatch.setattr(Document, "parse", fail)
    reason = os.strerror(errno.ENOMEM)
    with pytest.raises(InaccessibleDocument, match=pattern("cannot-be-read", path="some.json", reason=reason)):
        Document.read(tmp_path, "some.json")
