"""What a check measured, as lines of text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate_tests.sanitize import sanitize_line


def format_measured(measured: Mapping[str, Any], max_characters: int) -> Iterator[str]:
    """`count: 3`, a line for each key, in about `max_characters` altogether; a value is JSON if it is no text."""
    size = 0
    for key, value in measured.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        line = sanitize_line(f"{key}: {text}", max(max_characters - size, 1))
        size += len(line)
        yield line
        if size >= max_characters:
            return
