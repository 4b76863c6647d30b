"""Text in XML 1.0."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from gate_tests.sanitize import break_ci_commands, strip_controls

_FORBIDDEN: Final = "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What XML 1.0 forbids, and the controls that it allows but advises against."""


def escape_xml(text: str) -> str:
    """`text` for the content of an element; no CI system and no reader of JUnit XML finds a command in it."""
    return escape(_clean(text))


def quote_xml(text: str) -> str:
    """`text` as the value of an attribute, with its quotation marks."""
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Without controls; `[[ATTACHMENT|file]]` and `[[PROPERTY|…]]`, which readers obey, lose their first bracket."""
    if not text.isprintable():
        text = re.sub(_FORBIDDEN, _show, strip_controls(text))
    return break_ci_commands(re.sub(r"\[(?=\[)", "[ ", text))


def _show(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
