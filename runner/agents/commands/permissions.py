"""Finds commands of known agents that may not write a file, since nobody is there to permit it.

Sources: Claude Code documentation, permission-modes and headless, and measured with 2.1; `codex exec --help` (0.171).
"""

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from runner.agents.commands.shell_syntax import is_assignment

_OPTIONS: Final = {
    "claude": "--permission-mode acceptEdits --allowedTools 'Bash(orch *)'",
    "codex": "--sandbox workspace-write",
}
"""With which each program may write files."""

_WRAPPERS: Final = frozenset((
    "bunx", "caffeinate", "command", "env", "exec", "ionice", "nice", "nohup", "npx", "setsid", "stdbuf", "time",
    "timeout",
))  # fmt: skip
_SHELLS: Final = frozenset(("sh", "bash", "dash", "zsh"))
_SCRIPT_OPTION: Final = re.compile(r"-[a-z]*c")
_PACKAGES: Final = {"@anthropic-ai/claude-code": "claude", "@openai/codex": "codex"}

_READING_MODES: Final = frozenset(("default", "manual", "plan"))
_WRITING_TOOL: Final = re.compile(r"(?:^|[\s,])(?:Write|Bash(?!\())")
"""A tool that can create a file; Edit alone cannot."""
_CLAUDE_MAY_WRITE: Final = ("--dangerously-skip-permissions", "--settings", "--permission-prompt-tool")
_CODEX_MAY_WRITE: Final = (
    "--approve-for-me", "--dangerously-bypass-approvals-and-sandbox", "--full-auto", "--profile", "--yolo", "-p",
)  # fmt: skip


def find_missing_permission(arguments: Sequence[str]) -> str | None:
    """The options without which a command may not write files, unless the settings of its program allow that.

    None where it may, or where the program is not known. Known are `claude -p`, which begins in a mode that asks, and
    `codex exec`, whose sandbox is read-only; also behind `env`, `npx` or `sh -c`.
    """
    for program, options in _list_programs(arguments):
        if not _MAY_WRITE[program](options):
            return _OPTIONS[program]
    return None


def _list_programs(arguments: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """The known programs that a command starts, with their arguments; of a wrapper, whatever its own arguments are."""
    is_wrapped = False
    for index, word in enumerate(arguments, start=1):
        name = _PACKAGES.get(word.rpartition("@")[0] or word) or _PACKAGES.get(word) or os.path.basename(word)
        if name in _SHELLS and _SCRIPT_OPTION.fullmatch("".join(arguments[index : index + 1])):
            for command in _split_script("".join(arguments[index + 1 : index + 2])):
                yield from _list_programs(command)
            return
        if name in _OPTIONS:
            yield name, arguments[index:]
            return
        is_wrapped = is_wrapped or name in _WRAPPERS
        if not is_wrapped and not is_assignment(word):
            return


def _split_script(script: str) -> Iterator[list[str]]:
    """The words of each command in a shell script; none where it cannot be split."""
    try:
        words = [*shlex.shlex(script, posix=True, punctuation_chars=True)]
    except ValueError:
        return
    for is_operator, command in groupby(words, lambda word: set(word) <= set("|&;<>()")):
        if not is_operator:
            yield [*command]


def _may_claude_write(options: Sequence[str]) -> bool:
    if not {"-p", "--print"} & {*options} or _has_option(options, *_CLAUDE_MAY_WRITE):
        return True
    mode = _find_value(options, "--permission-mode")
    tools = " ".join(_find_values(options, "--allowedTools", "--allowed-tools"))
    is_allowed = _WRITING_TOOL.search(tools) is not None
    return is_allowed if mode is None or mode in (*_READING_MODES, "dontAsk") else True


def _may_codex_write(options: Sequence[str]) -> bool:
    if not {"exec", "e"} & {*options} or _has_option(options, *_CODEX_MAY_WRITE):
        return True
    settings = _find_values(options, "-c", "--config")
    sandbox = _find_value(options, "--sandbox") or _find_value(options, "-s")
    return any("sandbox_mode" in each for each in settings) if sandbox is None else sandbox != "read-only"


_MAY_WRITE: Final = {"claude": _may_claude_write, "codex": _may_codex_write}


def _has_option(options: Sequence[str], *names: str) -> bool:
    return any(option.partition("=")[0] in names for option in options)


def _find_value(options: Sequence[str], name: str) -> str | None:
    return next(iter(_find_values(options, name)), None)


def _find_values(options: Sequence[str], *names: str) -> list[str]:
    """The values of an option: after `=`, or the words that follow up to the next option."""
    values: list[str] = []
    is_open = False
    for option in options:
        name, _, value = option.partition("=")
        if len(option) > 2 and option[:2] in names and option[1] != "-":  # -sworkspace-write
            name, value = option[:2], option[2:].removeprefix("=")
        if option.startswith("-") and option != "-":
            is_open = name in names
            values += [value] if is_open and value else []
        elif is_open:
            values.append(option)
    return values
