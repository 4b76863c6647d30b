"""Finds which files a short Python or JavaScript program in a command line plainly writes: those that it spells out.

As agents write them: `python3 -c "open('a', 'w')…"`, or `p = Path('a'); p.write_text(…)` in a here document.
"""

import re
from collections.abc import Iterator
from typing import Final

from runner.agents.hooks.protected_paths import Write

_PATH: Final = r"""[rb]?["'](?P<path>[^"'\n]+)["']"""
_FILE: Final = rf"(?:(?:pathlib\.)?Path\(\s*)?(?:{_PATH}|\b(?P<name>[A-Za-z_]\w*))\s*\)?"
_MODE: Final = r"""(?:mode\s*=\s*)?["'](?:[wax][bt+]*|r[bt]*\+[bt]*)["']"""
_WRITES: Final = (
    rf"\bopen\(\s*{_FILE}\s*,\s*{_MODE}",
    rf"{_FILE}\.open\(\s*{_MODE}",
    rf"{_FILE}\.(?:write_text|write_bytes|unlink|touch)\(",
    rf"\b(?:os\.(?:remove|unlink|truncate)|shutil\.rmtree|(?:write|append)File(?:Sync)?|unlinkSync)\(\s*{_FILE}",
)
_NAMED: Final = rf"\b(?P<variable>[A-Za-z_]\w*)\s*=\s*(?:(?:pathlib\.)?Path\(\s*)?{_PATH}"
_MAX_LENGTH: Final = 100_000


def find_program_writes(command: str, directory: str) -> Iterator[Write]:
    """The paths that programs in the command line write, directly or by a variable that is set to a path."""
    text = command[:_MAX_LENGTH].replace('\\"', '"')
    named: dict[str, list[str]] | None = None
    for pattern in _WRITES:
        for match in re.finditer(pattern, text):
            if path := match["path"]:
                yield Write(path, directory=directory)
                continue
            named = _list_named(text) if named is None else named
            yield from (Write(path, directory=directory) for path in named.get(match["name"], ()))


def _list_named(text: str) -> dict[str, list[str]]:
    """By variable, the texts that are assigned to it."""
    named = dict[str, list[str]]()
    for match in re.finditer(_NAMED, text):
        named.setdefault(match["variable"], []).append(match["path"])
    return named
