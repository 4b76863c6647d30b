"""How GitHub's runner reads a line of the output of a step, by what its source did in 2026.

A line that begins with `::`, blanks aside, is a command if its name is known; else `##[name …]` anywhere in it is.
"""

from typing import Final, NamedTuple

_KNOWN: Final = frozenset((
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path",
    "notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
))  # fmt: skip
_DATA: Final = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY: Final = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


class Command(NamedTuple):
    """A command as the runner understands it."""

    name: str
    properties: dict[str, str]
    data: str


def parse_commands(output: str) -> list[Command | None]:
    """The command of each line; None for a line that is none."""
    lines = output.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if output else []
    return [_parse(line) or _parse_old(line) for line in lines]


def _parse(line: str) -> Command | None:
    line = line.lstrip()
    head, separator, data = line[2:].partition("::")
    if not line.startswith("::") or not separator:
        return None
    name, _, properties = head.partition(" ")
    pairs = (each.split("=", 1) for each in properties.strip().split(",") if "=" in each)
    read = {key: _unescape(value, _PROPERTY) for key, value in pairs}
    return Command(name, read, _unescape(data, _DATA)) if name in _KNOWN else None


def _parse_old(line: str) -> Command | None:
    _, prefix, rest = line.partition("##[")
    head, bracket, data = rest.partition("]")
    name = head.partition(" ")[0]
    return Command(name, {}, data) if prefix and bracket and name in _KNOWN else None


def _unescape(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text
