"""The forms of a citation in text, as regular expressions. Each takes linear time on any text.

They are applied to the text of a block in which code spans and links are marked, as `scan_text` maps it: so no class of
characters goes beyond Latin-1, of which any takes a millisecond to compile.
"""

import re
from typing import Final

from gate_tests.parsers.citations.scan_text import (
    CLOSING,
    CODE_END,
    CODE_START,
    DAGGER,
    DASH,
    ELLIPSIS,
    ITH,
    LETTER,
    LINE,
    LINK_EDGE,
    OF,
    OPENING,
    ORDINAL,
    PARENTHESIS,
    PUNCTUATION,
    SUPERSCRIPT,
)

_EDGES: Final = f"{CODE_START}{CODE_END}{LINK_EDGE}"
UNSPACED: Final = f"{LETTER}{ORDINAL}{LINE}{ITH}{OF}"
"""Letters of scripts without spaces."""
PATH_CHARACTER: Final = rf"[\w{UNSPACED}./\\@+~%()\[\]$-]"

_SIGN_FOR_TO: Final = rf"(?:[~{ELLIPSIS}{DASH}-]|\.\.\.?)"
_WORD_FOR_TO: Final = r"[ \t]++(?:to|through|thru|until)[ \t]++"
_END: Final = (
    r"(?:ff?(?![^\W_])\.?+)?+"
    rf"(?!(?![{UNSPACED}{SUPERSCRIPT}])[^\W_]|/\D|%|[.-](?![{UNSPACED}])\w|{DASH}\d|\.\.\w)"
)
"""Behind a number: it is not part of a word, of a date, of a path, …"""
_COMMAS: Final = ",;&"
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
    rf":[{_EDGES}]?+(?:~|L|lines?[ \t]?)?+(?P<colon>\d++)"
    rf"(?::\d++(?={_SIGN_FOR_TO}L?\d++:\d))?"
    rf"(?:{_SIGN_FOR_TO}(?P=path):L?+(?P<colon_last>\d++)|{_to('colon')})(?::\d++)?"
)
_HASH: Final = (
    rf"(?:\?[\w=&%.-]{{1,100}}+)?#L(?P<hash>\d++)(?:C\d++)?"
    rf"(?:{_SIGN_FOR_TO}(?:#?L)?(?P<hash_last>\d++)(?:C\d++)?)?"
)
_LINES: Final = rf"(?:{_COLON}|{_HASH}){_END}(?P<more>{_MORE}*+)"
"""`:12`, `:12-20`, `:10,12`, `#L12-L20`, `?plain=1#L12`, …"""

_APPROXIMATELY: Final = r"(?:~[ \t]?)?+"
_BEFORE_WORD: Final = (
    rf"[\"'`{_EDGES}]{{0,4}}+\s{{0,4}}+(?:[(\[{{,:|@{DASH}"
    rf"{PARENTHESIS}-]\s{{0,4}}+){{0,2}}+"
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
    rf"[{_EDGES}]{{0,3}}+[ ]?+[({PARENTHESIS},]?+{OF}?+[ ]?+"
    rf"(?={ORDINAL}[^{LINE}\n]{{1,50}}{LINE}|[^{LINE}\n]{{1,50}}{LINE}{ITH}){ORDINAL}?+[ ]?+"
    rf"(?P<chinese>\d++)(?:[ ]?+{_SIGN_FOR_TO}[ ]?+(?P<chinese_sign>\d++))?[ ]?+{LINE}"
)
"""`第12行`, `12行目` in Chinese and Japanese; `12行` is how many there are."""
IN_WORDS: Final = re.compile(
    rf"{_BEFORE_WORD}{_NUMBERED}(?P<more>{_MORE}{{0,{_MAX_IN_WORDS}}}+)|{_IN_CHINESE}", re.MULTILINE
)
"""` line 12`, `, lines 12-20`, ` (~lines 12–20)`, ` (L12)`, ` at line 12`, … behind a path."""
_BACKWARDS: Final = (
    rf"(?<![\w-]){_LINE_WORD}\s{_APPROXIMATELY}(?P<numbers>{_ANOTHER}{_END}{_MORE}{{0,{_MAX_BACKWARDS}}}+)"
    rf"\s(?:of|in|from)\s(?:the\s)?(?:file\s)?[{_EDGES}\"]{{0,2}}+(?P<behind>{PATH_CHARACTER}++)(?![{_EDGES}]{{0,2}}(?::L?\d|#L\d))"
)
"""`line 12 of a.py`."""
_BRACKETED: Final = (
    rf"{OPENING}(?P<marked>F:)?(?P<bracketed>[^{OPENING}{CLOSING}{DAGGER}\n]{{1,1000}}+){DAGGER}L?+(?P<bracket>\d++)"
    rf"(?:{_SIGN_FOR_TO}L?+(?P<bracket_last>\d++))?[^{OPENING}{CLOSING}\n]{{0,200}}+{CLOSING}"
)
"""`【F:a.py†L12-L20】`."""
_URL: Final = rf"[A-Za-z][\w+.-]*+://[^\s<>)\]{OPENING}{PARENTHESIS}{PUNCTUATION}{_EDGES}{UNSPACED}]*+"

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
