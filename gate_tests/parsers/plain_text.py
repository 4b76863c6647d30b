"""Decodes what files other than Markdown escape, by their names, so that URLs can be read in them."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from os.path import splitext
from typing import Final

_JSON_ESCAPE: Final = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_JSON_CHARACTERS: Final = {"b": " ", "f": " ", "n": "\n", "r": "\n", "t": "\t"}
_TEX_ESCAPE: Final = re.compile(r"\{?\\(?:textasciitilde\s*+(?:\{\})?|~\{\}|([_&%#$~]))\}?(?<!\\%\})")
_TEX_COMMENT: Final = re.compile(r"^[ \t]*+%[^\n]*+", re.MULTILINE)
_CSV_COMMA: Final = re.compile(r'("(?:[^"]|"")*+")|,')
_ASCIIDOC_LABEL: Final = re.compile(r"(?<=[^\s\[])\[")
_HTML_COMMENT: Final = re.compile(r"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|<!DOCTYPE[^>]*+>", re.IGNORECASE)
_HTML_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decode_text(text: str, path: str) -> str:
    """The text of a file as it is read: JSON's and LaTeX's escapes, HTML's entities decoded, comments of both gone.

    Of a table in CSV, each field is on a line of its own; in AsciiDoc, a label in brackets is no part of a URL.
    """
    decode = _DECODERS.get(splitext(path)[1].lower())
    return decode(text) if decode else text


def _decode_json(text: str) -> str:
    return _JSON_ESCAPE.sub(_decode_json_escape, text) if "\\" in text else text


def _decode_json_escape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _JSON_CHARACTERS.get(match[2], match[2])


def _decode_tex(text: str) -> str:
    return _TEX_ESCAPE.sub(lambda match: match[1] or "~", _TEX_COMMENT.sub("", text))


def _separate_csv(text: str) -> str:
    return _CSV_COMMA.sub(lambda match: match[1] or "\n", text)


def _separate_asciidoc(text: str) -> str:
    return _ASCIIDOC_LABEL.sub(" [", text)


def _decode_html(text: str) -> str:
    return _HTML_ENTITY.sub(lambda match: unescape(match[0]), _HTML_COMMENT.sub(" ", text).replace("<", " <"))


_SUFFIXES: Final[Mapping[Callable[[str], str], tuple[str, ...]]] = {
    _decode_json: (".json", ".jsonl", ".ndjson", ".geojson", ".ipynb", ".json5", ".jsonc", ".webmanifest"),
    _separate_csv: (".csv",),
    _separate_asciidoc: (".adoc", ".asciidoc"),
    _decode_tex: (".bib", ".tex", ".ltx", ".bbl"),
    _decode_html: (".html", ".htm", ".xhtml", ".xml", ".svg", ".rss", ".atom", ".opml"),
}
_DECODERS: Final = {suffix: decode for decode, suffixes in _SUFFIXES.items() for suffix in suffixes}
