"""The forms of a citation in text, as regular expressions. Each takes linear time on any text.

They are applied to the text of a block in which code spans and links are marked, as `scan_text` maps it: so no class of
characters goes beyond Latin-1, of which any takes a millisecond to compile. What few reports need is compiled when it
is needed: each takes a millisecond or two.
"""

import re
from functools import cache
from typing import Final

from gate_tests.parsers.citations.scan_text import (
    AND,
    CLOSING,
    CODE_END,
    CODE_START,
    COUNTED,
    DAGGER,
    DASH,
    ELLIPSIS,
    ITH,
    LETTER,
    LINE,
    LINE_BEFORE,
    LINE_BEHIND,
    LINK_EDGE,
    OF,
    OPENING,
    ORDINAL,
    PARENTHESIS,
    PUNCTUATION,
    SUPERSCRIPT,
    TO,
    WIDE_COLON,
)

_EDGES: Final = f"{CODE_START}{CODE_END}{LINK_EDGE}"
UNSPACED: Final = f"{LETTER}{ORDINAL}{LINE}{ITH}{OF}{AND}{TO}{LINE_BEFORE}{LINE_BEHIND}{COUNTED}"
"""Letters of scripts without spaces."""
PATH_CHARACTER: Final = rf"[\w{UNSPACED}./\\@+~%()\[\]$-]"

_SIGN_FOR_TO: Final = rf"(?:[~{ELLIPSIS}{DASH}{TO}-]|\.\.\.?)"
_WORD_FOR_TO: Final = r"[ \t]++(?:to|through|thru|until|bis)[ \t]++"
_END: Final = (
    r"(?:ff?(?![^\W_])\.?+)?+"
    rf"(?!(?![{UNSPACED}{SUPERSCRIPT}])[^\W_]|/(?!L\d)\D|%|[ ]?{COUNTED}|[.-](?![{UNSPACED}])\w|{DASH}\d|\.\.\w)"
)
"""Behind a number: it is not part of a word, of a date, of a path, … and counts nothing."""
_COMMAS: Final = ",;&"
_WORDS: Final = r"(?:and|or|und|oder|sowie)\b"
_AND: Final = rf"(?:[ \t]?+[{_COMMAS}]|[ \t]++(?:&|{_WORDS}))(?:[ \t]*+{_WORDS})?[ \t\n]++"
_NO_WORD_FOLLOWS: Final = rf"(?=[ \t]*+(?:[^\w \t]|$|(?:and|or|to|through|in|of|und|oder|bis|von)\b|[{UNSPACED}]))"
"""After a number that follows white space: it counts no word."""
_LINE_WORD: Final = rf"(?:[Ll]ines?|LINES?|[Ll]ns?\.?|ll?\.|[Zz]eilen?|Z\.|{LINE_BEFORE}++)"


def _to(group: str) -> str:
    """An optional last line, as the groups `…_sign` or `…_word`."""
    return (
        rf"(?:{_SIGN_FOR_TO}(?:#?L|:L?)?+(?P<{group}_sign>\d++)"
        rf"|{_WORD_FOR_TO}(?:#?L)?+(?P<{group}_word>\d++)(?={_END}{_NO_WORD_FOLLOWS}))?"
    )


_NUMBER: Final = rf"(?:{_LINE_WORD}[ \t])?(?:#?L|:L?)?(?P<first>\d++){_to('last')}(?:[:C]\d++)?{_END}"

_COLON: Final = (
    rf"(?::|{WIDE_COLON}(?!\d++[ ]?+[{UNSPACED}]))[{_EDGES}]?+(?:~|L|lines?[ \t]?)?+(?P<colon>\d++)"
    rf"(?::\d++(?={_SIGN_FOR_TO}L?\d++:\d))?"
    rf"(?:{_SIGN_FOR_TO}(?P=path):L?+(?P<colon_last>\d++)|{_to('colon')})(?::\d++)?"
)
_HASH: Final = (
    rf"(?:\?[\w=&%.-]{{1,100}}+)?#L(?P<hash>\d++)(?:C\d++)?"
    rf"(?:{_SIGN_FOR_TO}(?:#?L)?(?P<hash_last>\d++)(?:C\d++)?)?"
)
_LINES: Final = rf"(?:{_COLON}|{_HASH}){_END}"
"""`:12`, `:12-20`, `#L12-L20`, `?plain=1#L12`, …"""
_BRACKETED: Final = (
    rf"{OPENING}(?P<marked>F:)?(?P<bracketed>[^{OPENING}{CLOSING}{DAGGER}\n]{{1,1000}}+){DAGGER}L?+(?P<bracket>\d++)"
    rf"(?:{_SIGN_FOR_TO}L?+(?P<bracket_last>\d++))?[^{OPENING}{CLOSING}\n]{{0,200}}+{CLOSING}"
)
"""`【F:a.py†L12-L20】`."""
_URL: Final = rf"[A-Za-z][\w+.-]*+://[^\s<>)\]\"{OPENING}{PARENTHESIS}{PUNCTUATION}{WIDE_COLON}{_EDGES}{UNSPACED}]*+"

CITATION: Final = re.compile(
    rf"(?P<url>{_URL})|{_BRACKETED}|(?P<path>{PATH_CHARACTER}++)(?P<lines>[{_EDGES}]{{0,3}}+{_LINES})?"
    rf"|{CODE_START}(?P<continued>:L?|L)(?=\d)",
    re.MULTILINE,
)
MORE_MAY_FOLLOW: Final = re.compile(rf"[ \t]*+[{_COMMAS}+/aou\ns]")
"""Whether it is worth it to look for `further_lines`."""
LINES_MAY_FOLLOW: Final = re.compile(rf"[Ll]\w{{0,4}}[\s.:#~\d]|LINE|[Zz]eile|Z\.|[{LINE}{LINE_BEFORE}{LINE_BEHIND}]")
"""Whether it is worth it to look for `compile_lines_in_words`."""
LINES_MAY_PRECEDE: Final = re.compile(
    rf"(?<![\w-]){_LINE_WORD}\s(?:~[ \t]?)?+(?=[#L:]{{0,2}}\d)|(?<![\w-])(?=L\d(?:\d|[{DASH}-]))"
)
"""The word for lines, which may be those of a path behind them."""
LINES_OF: Final = re.compile(
    rf"\s(?:(?:of|in|from|at|von|aus|der)\s(?:(?:the|der|file|Datei)\s){{0,2}}|\()[{_EDGES}\"]{{0,2}}+"
)
"""What is between lines and the path behind them."""
OF_ANOTHER: Final = re.compile(rf"\s(?:of|von)\s[{_EDGES}]{{0,2}}+[\w/.-]*\.\w")
"""What follows lines that are those of a path behind them."""
NAME_END: Final = re.compile(rf"\.[A-Za-z]\w{{0,9}}+(?=[({UNSPACED}])")
"""Where a path ends before lines without white space: `a.py第12行`, `a.py(L12)`."""
CONTINUES: Final = re.compile(
    rf"(?:[{_COMMAS}+/]\s*+(?:and\s|or\s|und\s)?|(?<!\w)(?:and|or|und|oder|sowie)\s|{AND})\s*+(?:lines?\s)?\Z",
    re.IGNORECASE,
)
"""What precedes `` `:99` `` where it continues a list."""


@cache
def compile_target() -> re.Pattern[str]:
    """A link to lines."""
    return re.compile(rf"(?P<path>[^:#?]+){_LINES}", re.MULTILINE)


@cache
def compile_number() -> re.Pattern[str]:
    """Lines without a path: `12`, `12-20`, `L12`."""
    return re.compile(_NUMBER, re.MULTILINE)


@cache
def compile_further_lines() -> re.Pattern[str]:
    """Further lines of the same file, behind others: `,12`, `, 12-20`, ` and 12`."""
    separated = rf"(?:[{_COMMAS}+/]|(?P<apart>{_AND}))"
    return re.compile(rf"{separated}(?P<further>{_NUMBER})(?(apart){_NO_WORD_FOLLOWS})", re.MULTILINE)


@cache
def compile_lines_in_words() -> re.Pattern[str]:
    """` line 12`, `, lines 12-20`, ` (~lines 12–20)`, ` (L12)`, ` at line 12`, … behind a path.

    In Chinese, Japanese and Korean `第12行`, `12行目`, `12번째 줄`; `12行` is how many there are.
    """
    approximately = r"(?:~[ \t]?)?+"
    before = (
        rf"[\"'`{_EDGES}]{{0,4}}+\s{{0,4}}+(?:[(\[{{,;:|@{DASH}"
        rf"{PARENTHESIS}{WIDE_COLON}-]\s{{0,4}}+){{0,2}}+"
        r"(?:(?:see|at|on|in|around|about|near|from|between|approx\.?|approximately|roughly|circa|ca\.|starting|ab)\s++)"
        rf"{{0,3}}+[{CODE_START}{LINK_EDGE}]?+{approximately}"
    )
    last = (
        rf"(?:\s?+{_SIGN_FOR_TO}\s?+(?:L|{_LINE_WORD}\s?+)?+(?P<word_sign>\d++)"
        rf"|{_WORD_FOR_TO}(?:{_LINE_WORD}[ \t])?L?+(?P<word_word>\d++))?"
    )
    colon_before_range = rf":\s?+(?={approximately}[{_EDGES}]?\d++\s?+{_SIGN_FOR_TO})"
    """`Lines: 12-20`; `lines: 120` is a count."""
    numbered = (
        rf"(?:(?:[Ll]ine:|Zeile:|{_LINE_WORD}(?:{colon_before_range})?)\s{{0,3}}+|L(?=\d)(?![1-3][ \t-][a-z]))"
        rf"{approximately}[{_EDGES}]?+[L#:]?+(?P<word>\d++){last}{_END}"
    )
    in_chinese = (
        rf"[\"'{_EDGES}]{{0,3}}+[ ]?+[({PARENTHESIS},{WIDE_COLON}]?+(?:{OF}|[{LETTER}{COUNTED}]{{1,3}}+{OF}?+)?+[ ]?+"
        rf"(?={ORDINAL}[^{LINE}\n]{{1,50}}{LINE}|[^{LINE}\n]{{1,50}}{LINE}{ITH}|[^{LINE_BEHIND}\n]{{1,50}}{LINE_BEHIND})"
        rf"{ORDINAL}?+[ ]?+(?P<chinese>\d++)"
        rf"(?:(?:[ ]?+{LINE}{ITH}?+)?+[ ]?+{_SIGN_FOR_TO}[ ]?+{ORDINAL}?+[ ]?+(?P<chinese_sign>\d++))?"
        rf"[ ]?+(?:{LINE}|{LINE_BEHIND})"
    )
    return re.compile(f"{before}{numbered}|{in_chinese}", re.MULTILINE)
