"""What a reader sees of a text, for comparison: the same function for quotations and sources.

A quotation comes from the Markdown parser; a source may be Markdown, HTML or plain text of any size, and is not parsed.
So everything that may be markup is taken off on both sides, also where a text only shows it: `**a**`, `a` and `&#97;`
are the same wording. What is removed separates no words, except tags of blocks. Takes linear time.

A pattern that is a string is compiled, and kept, by `re` where a text needs it: most need few of them.
"""

import re
from functools import cache
from html import unescape
from typing import Final
from unicodedata import combining, is_normalized, normalize

_ESCAPES: Final = r"\\(?=[!-/:-@\[-`{-~\s]|\Z)"
_BACKSLASHES: Final = r"\\{2,}+"
_ENTITY: Final = r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_AUTOLINK: Final = r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+|[^\s<>@]++@[^\s<>]++)>"
_NOTE: Final = (
    r"(?i)<sup\b[^<>]*+>\s?<a\b[^<>]*+>[^<>]{0,20}+</a>\s?</sup>|<a\b[^<>]*+>\s?<sup\b[^<>]*+>[^<>]{0,20}+</sup>\s?</a>"
    r"|<sup\b(?:(?<=[^\W\d_]{4}.{4})|(?<=[.,;:!?\"”’»].{4}))[^<>]*+>\s?\d{1,3}\s?</sup>"
)
"""The mark of a footnote in HTML."""
_TAG: Final = r"</?([A-Za-z][\w:-]*+)(?:[\s/][^<>]*+)?+>"
_INLINE_TAGS: Final = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "nobr", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
))  # fmt: skip
_CELL_TAGS: Final = frozenset(("td", "th", "tr", "li", "dt", "dd"))
_BLOCK_TAGS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "details", "div", "dl", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html",
    "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "textarea", "tfoot",
    "thead", "title", "ul",
))  # fmt: skip
_LINK_TARGET: Final = (
    r"\]\(\s?(?:<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+)"
    r"(?:\s(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\)))?+\s?\)"
)
_LINK_LABEL: Final = r"\]\[[^\]\[\n]{0,200}+\](?!\()"
_REFERENCE: Final = (
    r"\[(?:\^[^\]\[\s]{1,80}+|[1-9]\d{0,2}(?:[,;–-][ \u00a0]?[1-9]\d{0,2}){0,20}+|(?:note|nb) \d{1,3}|sic!?"
    r"|citation needed|emphasis (?:added|mine|ours))\]"
)
_REFERENCE_END: Final = r"(?=[\s.,;:!?)”’»\"\[]|\Z)"
_REFERENCES: Final = rf" {_REFERENCE}{_REFERENCE_END}|\n{_REFERENCE}{_REFERENCE_END}|{_REFERENCE}"
_LETTERED_REFERENCE: Final = r"\[(?:(?<=[^\W\d_]{4}\[)|(?<=[.,;:?\"”’»]\[))[a-z]\](?!\w)"
"""Behind a word or punctuation: `[t]he` and `x[i]` are none."""
_AGENT_REFERENCE: Final = r" ?【[^【】\n]{1,200}†[^【】\n]{0,200}】"
_SUPERSCRIPT_REFERENCE: Final = '[⁰¹²³⁴-⁹](?:(?<=[^\\W\\d_]{4}.)|(?<=[.,;:!?"”’»].))[⁰¹²³⁴-⁹]{0,2}+(?![^\\W_])'
"""Behind a word or punctuation: `km²` and `10²` are none."""
_RAISED_REFERENCE: Final = re.compile(
    r"([.!?](?=.?\d)(?<=[^\W\d_]{4}.)[\"'”’»)]?)\d{1,3}(?=\s++[\"'“‘«(]?[^\W\d_a-z]|\s*+\Z)"
)
"""A superscript that has become plain digits behind the end of a sentence: `in winter.12 It`."""
_DOUBLE_MARKS: Final = "“”„‟«»″「」『』‹›〝〞〟＂｢｣"
_SINGLE_MARKS: Final = "‘’‚‛′ʼ＇\N{ACUTE ACCENT}"
_SPACED_GUILLEMETS: Final = r"«[ \u00a0\u202f]([^«»]*+)(?<=[ \u00a0\u202f])»"
_NO_APOSTROPHE: Final = re.compile(r"'(?:(?<![^\W_]')|(?![^\W_]))")
_MARKS: Final = re.compile(r'""++')
_EMPHASIS: Final = re.compile(r"\*++(?:(?!\d)|(?<!\d\*)(?<!\d\*\*))")  # but `5*4`
_UNDERSCORES: Final = re.compile(r"_(?:(?<!\w_)_*+|_*+(?!\w))")  # but `snake_case`
_LIGATURES: Final = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_HYPHENS: Final = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
_INVISIBLE: Final = re.compile(
    "[\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{WORD JOINER}-\u206f"
    "\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}\N{ZERO WIDTH NO-BREAK SPACE}]"
)
_MAX_COMBINING: Final = 30
"""A longer run of combining characters is not composed: sorting them takes quadratic time."""
_LONG_RUN: Final = f"[^\0-\u02ff]{{{_MAX_COMBINING}}}"


def normalize_wording(text: str) -> str:
    """The wording of a text, with single spaces."""
    text = _strip_markup(text)
    if not text.isascii():
        text = _replace_characters(text)
    if "'" in text:
        text = _NO_APOSTROPHE.sub('"', text)
    if '""' in text:
        text = _MARKS.sub('"', text)
    return " ".join(text.split())


def strip_references(text: str) -> str:
    """The text without reference marks such as `[12]`, `[^x]` and `¹`."""
    if "[" in text:
        text = re.sub(_LETTERED_REFERENCE, "", re.sub(_REFERENCES, "", text))
    if not text.isascii():
        text = re.sub(_SUPERSCRIPT_REFERENCE, "", text)
        text = re.sub(_AGENT_REFERENCE, "", text) if "【" in text else text
    return _RAISED_REFERENCE.sub(r"\1", text)


def find_tags(text: str) -> tuple[str, ...]:
    """The distinct tags that a text shows, which are no part of its wording."""
    return tuple(dict.fromkeys(tag[0] for tag in re.finditer(_TAG, text))) if "<" in text else ()


def _strip_markup(text: str) -> str:
    if "\\" in text:
        text = re.sub(_ESCAPES, "", re.sub(_BACKSLASHES, r"\\", text))
    if "&" in text:
        text = _decode_entities(_decode_entities(text))  # one in a code span is decoded on one side only
    if "<" in text:
        if "<![CDATA[" in text:
            text = text.replace("<![CDATA[", " ").replace("]]>", " ")
        text = re.sub(_TAG, _replace_tag, re.sub(_AUTOLINK, r"\1", re.sub(_NOTE, "", text)))
    if "[" in text or "]" in text:
        text = _strip_links(text)
    text = strip_references(text).replace("![", "").replace("[", "").replace("]", "")
    if "*" in text:
        text = _EMPHASIS.sub("", text)
    if "_" in text:
        text = _UNDERSCORES.sub("", text)
    return text.replace("`", "").replace("~~", "")


def _decode_entities(text: str) -> str:
    return re.sub(_ENTITY, lambda entity: unescape(entity[0]), text)


def _replace_tag(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name == "q":
        return '"'
    if name in _INLINE_TAGS:
        return ""
    if name in _CELL_TAGS:
        return " | "  # as in a table of Markdown: no wording goes on over it
    if name in _BLOCK_TAGS:
        return " "
    is_generic = tag[0][1] != "/" and tag.string[tag.start() - 1 : tag.start()].isalnum()  # `List<String>`
    return tag[0] if is_generic else ""


def _strip_links(text: str) -> str:
    """Strips links down to their texts in brackets."""
    text = re.sub(_LINK_LABEL, "]", text)
    return re.sub(_LINK_TARGET, "]", text) if "](" in text else text


def _replace_characters(text: str) -> str:
    text = _compose(_INVISIBLE.sub("", text))
    for hyphen in _HYPHENS:
        text = text.replace(hyphen, "-")
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    if "«" in text:
        text = re.sub(_SPACED_GUILLEMETS, lambda quoted: f"«{quoted[1].rstrip()}»", text)
    for mark in _DOUBLE_MARKS:
        text = text.replace(mark, '"')
    for mark in _SINGLE_MARKS:
        text = text.replace(mark, "'")
    return text


def _compose(text: str) -> str:
    """The text in NFC, but for long runs of combining characters."""
    if is_normalized("NFC", text):
        return text
    if not re.search(_LONG_RUN, text):
        return normalize("NFC", text)
    parts = _combining_run().split(text)
    return "".join(part if index % 2 else normalize("NFC", part) for index, part in enumerate(parts))


@cache
def _combining_run() -> re.Pattern[str]:
    """Compiled where it is needed, for it takes a while, as does its search."""
    characters = "".join(character for character in map(chr, range(0x300, 0x1F000)) if combining(character))
    return re.compile(f"([{characters}]{{{_MAX_COMBINING},}}+)")
