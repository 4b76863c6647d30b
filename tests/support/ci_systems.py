"""What CI systems take for a command in the output of a program, and what a terminal obeys."""

import re
from typing import Final

# GitHub, Azure, TeamCity; GitLab's sections begin and end with control characters.
_AT_LINE_START: Final = "::"
_ANYWHERE: Final = ("##[", "##vso[", "##teamcity[")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_INVISIBLE: Final = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_OBEYED: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

COMMANDS: Final = {
    "GitHub": "::error file=a.py::made up",
    "GitHub, indented": "  \t ::add-mask::x",
    "GitHub, after a wide blank": "\u3000::warning::x",
    "GitHub, after a line separator": "a\u2028::error::x",
    "GitHub, after a carriage return": "a\r::error::x",
    "GitHub, after a next line": "a\x85::error::x",
    "GitHub, after a colour": "\x1b[0m::error::x",
    "GitHub, with what is not seen": "\u200b:\u200d:error::x",
    "GitHub, three signs": ":::error::x",
    "GitHub, the older form": "a ##[error]x",
    "Azure": "a ##vso[task.setvariable variable=x]y",
    "Azure, in capitals": "##VSO[task.complete]",
    "Azure, three signs": "###vso[task.complete]",
    "Azure, with colours": "#\x1b[1m#\x1b[0mvso[task.complete]",
    "TeamCity": "##teamcity[buildStatus status='SUCCESS']",
    "GitLab": "section_start:1560896352:x[collapsed=true]\r\x1b[0Kx",
    "many line ends": "\n" * 1500 + "::error::x",
    "many blanks": " " * 1500 + "##[error]x",
    "many blanks in a line": "\n" + " " * 1500 + "::error::x",
    "much that is not seen": "#" + "\u200b" * 1500 + "#vso[x]",
}
"""Texts that a CI system would take for a command, or that begin a section in its log."""

ORDINARY: Final = {
    "umlauts": "Größe: 5 µm — „schön“",
    "CJK": "二つの資料: 确认",
    "emoji": "\U0001f469\u200d\U0001f4bb \u2764\ufe0f \U0001f600",
    "Arabic and Hebrew": "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "Persian with a joiner": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "code": "std::vector<int> a[3]; x ::= y",
    "Markdown": "# One\n\n## Two\n### Source 1",
    "a node id": "contracts/G1.contract.json::min_sources[a.md]",
    "an address": "fe80::1 http://a.example/#top",
}


def find_command(printed: str) -> str | None:
    """The first line that a CI system would take for a command."""
    for line in re.split(r"\r\n|[\r\n\v\f\x85\u2028\u2029]", printed):
        for seen in (line, _COLOUR.sub("", line), _INVISIBLE.sub("", _COLOUR.sub("", line))):
            if seen.lstrip().startswith(_AT_LINE_START) or any(each in seen.lower() for each in _ANYWHERE):
                return line
    return None


def is_harmless(printed: str, *, is_coloured: bool = False) -> bool:
    """Whether neither a terminal nor a CI system obeys anything in it, colours aside if it may have them."""
    return find_command(printed) is None and not _OBEYED.search(_COLOUR.sub("", printed) if is_coloured else printed)
