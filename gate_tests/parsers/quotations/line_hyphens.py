"""Joins words that are hyphenated at the end of a line, as in text from a PDF.

Whether the hyphen belongs to the word cannot be told: `inter-\\nnational` and `non-\\nprofit` look alike.
"""

import re
from typing import Final

_DOUBTFUL: Final = "\ufdd0"
"""Stands behind a hyphen that may be one of the line end only; no character of any text."""
_HYPHENS: Final = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}"
_LINE_END: Final = (
    rf"[{_HYPHENS}](?<=[^\W_].)[ \t]?\n(?:[ \t]|>[ \t]?+)*+(?=[^\W_])(?!(?:and|or|but|und|oder|och|eller)\b)"
)
"""Not in `pre-\\nand post-war`."""


def join_words(text: str) -> str:
    """The text without these line ends, in which the doubtful hyphens are marked."""
    has_any = any(f"{hyphen}{space}\n" in text for hyphen in _HYPHENS for space in ("", " "))
    return re.sub(_LINE_END, _join, text) if has_any else text


def _join(line_end: re.Match[str]) -> str:
    hyphen = line_end[0][0]
    if hyphen == "\N{SOFT HYPHEN}":
        return ""
    before, after = line_end.string[line_end.start() - 1], line_end.string[line_end.end()]
    return f"{hyphen}{_DOUBTFUL}" if before.isalpha() and after.islower() else hyphen


def read_hyphens(wording: str) -> tuple[str, ...]:
    """The readings of a wording: with all doubtful hyphens and, if there are any, with none."""
    if _DOUBTFUL not in wording:
        return (wording,)
    return wording.replace(_DOUBTFUL, ""), wording.replace(f"-{_DOUBTFUL}", "")
