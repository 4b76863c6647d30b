"""The forms of a citation in text, as regular expressions. Each takes linear time on any text.

They are applied to the text of a block in which code spans and links are marked, see `marked_text`.
"""

import re
from typing import Final

CODE_START: Final = "\ufdd0"
CODE_END: Final = "\ufdd1"
LINK_EDGE: Final = "\ufdd2"
"""Noncharacters, which no text has a use for."""
_EDGES: Final = f"{CODE_START}{CODE_END}{LINK_EDGE}"

UNSPACED: Final = (
    "\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a00-\u1a9f\u1b00-\u1b7f"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u309f\u30a1-\u30fa\u30fc-\u318f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\ua980-\ua9df\uaa00-\uaadf\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces: Han, kana, bopomofo, Thai, Lao, Khmer, Burmese, Tibetan and more.

Hangul is among them, for its particles follow a word without a space.
"""
_MARKS: Final = "\u0300-\u036f"
"""Accents of decomposed letters."""
PATH_CHARACTER: Final = rf"[\w{_MARKS}{UNSPACED}./\\@+~%()\[\]$-]"

_SUPERSCRIPTS: Final = "\u00b2\u00b3\u00b9\u2070-\u2079"
"""Marks of footnotes."""
_HYPHENS: Final = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}-"
_DASHES: Final = "\N{EN DASH}\N{EM DASH}\N{FULLWIDTH TILDE}\N{WAVE DASH}"
_SIGN_FOR_TO: Final = rf"(?:[~\N{{HORIZONTAL ELLIPSIS}}{_DASHES}{_HYPHENS}]|\.\.\.?)"
_WORD_FOR_TO: Final = r"[ \t]++(?:to|through|thru|until)[ \t]++"
_END: Final = (
    r"(?:ff?(?![^\W_])\.?+)?+"
    rf"(?!(?![{UNSPACED}{_SUPERSCRIPTS}])[^\W_]|/\D|%|[.{_HYPHENS}](?![{UNSPACED}])\w|[{_DASHES}]\d|\.\.\w)"
)
"""Behind a number: it is not part of a word, of a date, of a path, …"""
_COMMAS: Final = ",;&\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH SEMICOLON}"
_WORDS: Final = r"(?:and|or)\b"
_AND: Final = rf"(?:[ \t]?+[{_COMMAS}]|[ \t]++(?:&|{_WORDS}))(?:[ \t]*+{_WORDS})?[ \t\n]++"
_NO_WORD_FOLLOWS: Final = rf"(?=[ \t]*+(?:[^\w \t]|$|(?:and|or|to|through|in|of)\b|[{UNSPACED}]))"
"""After a number that follows white space: it counts no word."""
_LINE_WORD: Final = r"(?:[Ll]ines?|LINES?|[Ll]ns?\.?)"


def _without_groups(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _to(group: str) -> str:
    """An optional last line, as the groups `…_sign` or `…_word`."""
    return (
        rf"(?:{_SIGN_FOR_TO}(?:#?L|:L?)?+(?P<{group}_sign>\d++)"
        rf"|{_WORD_FOR_TO}(?:#?L)?+(?P<{group}_word>\d++)(?={_END}{_NO_WORD_FOLLOWS}))?"
    )


_FURTHER: Final = rf"(?:{_LINE_WORD}[ \t])?(?:#?L|:L?)?(?P<first>\d++){_to('last')}(?:[:C]\d++)?"
_ANOTHER: Final = _without_groups(_FURTHER)
_MORE: Final = rf"(?:[{_COMMAS}+/]{_ANOTHER}{_END}|{_AND}{_ANOTHER}{_END}{_NO_WORD_FOLLOWS})"
_MAX_IN_WORDS: Final = 30
_MAX_BACKWARDS: Final = 4
"""Further lines, where what is read may turn out to be none, and is read again."""

_COLON: Final = (
    rf"[:\N{{RATIO}}][{_EDGES}]?+(?:[~\N{{ALMOST EQUAL TO}}]|L|lines?[ \t]?)?+(?P<colon>\d++)"
    rf"(?::\d++(?={_SIGN_FOR_TO}L?\d++:\d))?"
    rf"(?:{_SIGN_FOR_TO}(?P=path):L?+(?P<colon_last>\d++)|{_to('colon')})(?::\d++)?"
)
_HASH: Final = (
    rf"(?:\?[\w=&%.-]{{1,100}}+)?#L(?P<hash>\d++)(?:C\d++)?"
    rf"(?:{_SIGN_FOR_TO}(?:#?L)?(?P<hash_last>\d++)(?:C\d++)?)?"
)
_LINES: Final = rf"(?:{_COLON}|{_HASH}){_END}(?P<more>{_MORE}*+)"
"""`:12`, `:12-20`, `:10,12`, `#L12-L20`, `?plain=1#L12`, …"""

_APPROXIMATELY: Final = r"(?:[~\N{ALMOST EQUAL TO}][ \t]?)?+"
_BEFORE_WORD: Final = (
    rf"[\"'”’»`{_EDGES}]{{0,4}}+\s{{0,4}}+(?:[(\[{{,:|@\N{{EN DASH}}\N{{EM DASH}}\N{{FULLWIDTH COMMA}}"
    rf"\N{{FULLWIDTH LEFT PARENTHESIS}}-]\s{{0,4}}+){{0,2}}+"
    r"(?:(?:see|at|on|in|around|about|near|from|between|approx\.?|approximately|roughly|circa|ca\.)\s++){0,3}+"
    rf"[{CODE_START}{LINK_EDGE}]?+{_APPROXIMATELY}"
)
_SPACED_TO: Final = (
    rf"(?:\s?+{_SIGN_FOR_TO}\s?+(?:L|{_LINE_WORD}\s?+)?+(?P<word_sign>\d++)"
    rf"|{_WORD_FOR_TO}(?:{_LINE_WORD}[ \t])?L?+(?P<word_word>\d++))?"
)
_COLON_BEFORE_RANGE: Final = rf":\s?+(?={_APPROXIMATELY}[{_EDGES}]?\d++\s?+{_SIGN_FOR_TO})"
"""`Lines: 12-20`; `lines: 120` is a count."""
_NUMBERED: Final = (
    rf"(?:(?:[Ll]ine:|{_LINE_WORD}(?:{_COLON_BEFORE_RANGE})?)\s{{0,3}}+|L(?=\d)(?![1-3][ \t-][a-z]))"
    rf"{_APPROXIMATELY}[{_EDGES}]?+[L#:]?+(?P<word>\d++){_SPACED_TO}{_END}"
)
_IN_CHINESE: Final = (
    rf"[{_EDGES}]{{0,3}}+[ ]?+[(\N{{FULLWIDTH LEFT PARENTHESIS}}\N{{FULLWIDTH COMMA}}]?+[的の]?+[ ]?+"
    rf"(?=第[^行\n]{{1,50}}行|[^行\n]{{1,50}}行目)第?+[ ]?+"
    rf"(?P<chinese>\d++)(?:[ ]?+{_SIGN_FOR_TO}[ ]?+(?P<chinese_sign>\d++))?[ ]?+行"
)
"""`第12行`, `12行目` in Chinese and Japanese; `12行` is how many there are."""
IN_WORDS: Final = re.compile(
    rf"{_BEFORE_WORD}{_NUMBERED}(?P<more>{_MORE}{{0,{_MAX_IN_WORDS}}}+)|{_IN_CHINESE}", re.MULTILINE
)
"""` line 12`, `, lines 12-20`, ` (~lines 12–20)`, ` (L12)`, ` at line 12`, … behind a path."""
_BACKWARDS: Final = (
    rf"(?<![\w-]){_LINE_WORD}\s{_APPROXIMATELY}(?P<numbers>{_ANOTHER}{_END}{_MORE}{{0,{_MAX_BACKWARDS}}}+)"
    rf"\s(?:of|in|from)\s(?:the\s)?(?:file\s)?[{_EDGES}\"“]{{0,2}}+(?P<behind>{PATH_CHARACTER}++)(?![{_EDGES}]{{0,2}}(?::L?\d|#L\d))"
)
"""`line 12 of a.py`."""
_BRACKETED: Final = (
    rf"【(?P<marked>F:)?(?P<bracketed>[^【】†\n]{{1,1000}}+)†L?+(?P<bracket>\d++)"
    rf"(?:{_SIGN_FOR_TO}L?+(?P<bracket_last>\d++))?[^【】\n]{{0,200}}+】"
)
"""`【F:a.py†L12-L20】`."""
_URL: Final = rf"[A-Za-z][\w+.-]*+://[^\s<>)\]【{_EDGES}{UNSPACED}\u3000-\u303f\uff00-\uff65]*+"

CITATION: Final = re.compile(
    rf"(?P<url>{_URL})|{_BRACKETED}|{_BACKWARDS}"
    rf"|(?P<path>{PATH_CHARACTER}++)(?P<lines>[{_EDGES}]{{0,3}}+{_LINES})?"
    rf"|{CODE_START}(?=:?L?\d)(?P<continued>:L?|L)(?P<rest>{_ANOTHER}(?:,[ ]?{_ANOTHER})*+){CODE_END}",
    re.MULTILINE,
)
TARGET: Final = re.compile(rf"(?P<path>[^:#?]+){_LINES}", re.MULTILINE)
"""A link to lines."""
FURTHER_LINES: Final = re.compile(_FURTHER, re.MULTILINE)
CONTINUES: Final = re.compile(
    rf"(?:[{_COMMAS}+]\s*+(?:and\s|or\s)?|(?<!\w)(?:and|or)\s)\s*+(?:lines?\s)?\Z", re.IGNORECASE
)
"""What stands before `` `:99` `` where it continues a list."""
