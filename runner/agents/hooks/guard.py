"""The guard: denies an agent's tool call that would change what the agent is judged by.

A speed bump, not a wall: a program can write any file without naming it. `orch verify` finds what was changed.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

from runner.agents.hooks.protected_paths import Write, describe_protected, describe_removed

_MAX_REASON_LENGTH: Final = 2000
_SHELL_TOOLS: Final = ("bash", "shell", "powershell", "exec_command", "terminal")
"""Parts of the names of tools that run a command line: `Bash`, `run_shell_command`, `run_in_terminal`, `Shell`."""
_WRITING_WORDS: Final = (
    "write", "edit", "patch", "replace", "create", "delete", "remove", "move", "rename", "copy", "insert", "save",
)  # fmt: skip
"""Parts of the names of tools that change files: `Write`, `MultiEdit`, `apply_patch`, `write_file`."""
_PATH_KEYS: Final = (
    "file_path", "filePath", "notebook_path", "path", "absolute_path", "relative_path", "target_file", "destination",
    "new_path", "uri", "paths", "file_paths", "files",
)  # fmt: skip
_REMOVED_PATH_KEYS: Final = ("source", "old_path")
_DIRECTORY_KEYS: Final = ("workdir", "cwd", "dir_path", "directory")
_PATCH_LINES: Final = ("*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: ")


class ToolCall(NamedTuple):
    """What an agent is about to do."""

    tool: str
    arguments: Any
    """The tool's input: mostly an object; a text where it is a patch or a command line."""
    directory: str

    @classmethod
    def parse(cls, text: bytes) -> "ToolCall":
        """Parses `{tool_name, tool_input, cwd}`, also in camelCase; Cursor's `{command, cwd}`. Raises ValueError."""
        data = json.loads(text.decode("utf-8-sig", "replace"))
        if not isinstance(data, dict):
            raise ValueError("not an object")
        tool = data.get("tool_name") or data.get("toolName") or ("shell" if "command" in data else "")
        arguments = next((data[key] for key in ("tool_input", "toolArgs", "tool_args") if key in data), data)
        if isinstance(arguments, str) and arguments.startswith("{"):
            arguments = json.loads(arguments)
        directory = data.get("cwd")
        return cls(str(tool), arguments, directory if isinstance(directory, str) and directory else os.getcwd())

    def get_text(self, *keys: str) -> str | None:
        """The first of these arguments that is a text."""
        values = (self.arguments.get(key) for key in keys) if isinstance(self.arguments, dict) else ()
        return next((value for value in values if isinstance(value, str) and value), None)

    @property
    def is_shell(self) -> bool:
        """Whether it runs a command line."""
        return any(part in self.tool.lower() for part in _SHELL_TOOLS)

    @property
    def is_writing(self) -> bool:
        """Whether a tool of this name changes files."""
        return any(word in self.tool.lower() for word in _WRITING_WORDS) and self.get_text("command") != "view"


def find_denial(call: ToolCall) -> str | None:
    """Why the tool call is denied, for the agent; None where it is allowed."""
    directory = os.path.join(call.directory, call.get_text(*_DIRECTORY_KEYS) or "")
    patch = _find_patch(call)
    if patch is not None:
        denial = _find_denied(find_patched_paths(patch), directory)
    elif call.is_shell:
        denial = _find_denial_of_command(_get_command_line(call), directory)
    elif call.is_writing:
        writes = _list_paths(call.arguments)
        is_copying = "copy" in call.tool.lower()  # it only reads its source
        denial = _find_denied((each for each in writes if not (is_copying and each.is_removed)), directory)
    else:
        denial = None
    return denial[:_MAX_REASON_LENGTH] if denial else None


def _find_patch(call: ToolCall) -> str | None:
    """The patch in the arguments, whatever the tool is called."""
    if isinstance(call.arguments, dict):
        texts = [value for value in call.arguments.values() if isinstance(value, str)]
    else:
        texts = [call.arguments] if isinstance(call.arguments, str) else []
    return next((text for text in texts if text.lstrip().startswith("*** Begin Patch")), None)


def find_patched_paths(patch: str) -> Iterator[Write]:
    """The files that a patch of `apply_patch` changes."""
    for line in patch.splitlines():
        if prefix := next((each for each in _PATCH_LINES if line.startswith(each)), None):
            yield Write(line.removeprefix(prefix).strip(), is_removed="Delete" in prefix)


def _get_command_line(call: ToolCall) -> str:
    command = call.arguments.get("command") if isinstance(call.arguments, dict) else call.arguments
    if isinstance(command, list):
        from shlex import join

        return join(map(str, command))
    return command if isinstance(command, str) else call.get_text("cmd", "script", "input") or ""


def _list_paths(arguments: Any) -> Iterator[Write]:
    """The files in the arguments of a tool that changes files, also in a list of edits."""
    if isinstance(arguments, list):
        for each in arguments:
            yield from _list_paths(each)
    if isinstance(arguments, dict):
        for key, value in arguments.items():
            if isinstance(value, str) and key in (*_PATH_KEYS, *_REMOVED_PATH_KEYS):
                yield Write(value.removeprefix("file://"), is_removed=key in _REMOVED_PATH_KEYS)
            elif isinstance(value, list):
                yield from _list_paths([{key: each} if isinstance(each, str) else each for each in value])


def _find_denial_of_command(command: str, directory: str) -> str | None:
    from runner.agents.hooks.shell_writes import find_accepting_command, find_shell_writes

    if found := find_accepting_command(command):
        return f"`{found}` is for a person: whether a changed contract is accepted is not the agent's decision"
    if (
        "apply_patch" in command
        and "*** Begin Patch" in command
        and (denied := _find_denied(find_patched_paths(command), directory))
    ):
        return denied
    return _find_denied(find_shell_writes(command, directory), directory)


def _find_denied(writes: Iterator[Write], directory: str) -> str | None:
    for write in writes:
        with suppress(ValueError):  # no file can have such a name
            path = _resolve(write.path, write.directory or directory)
            if found := describe_protected(path) or (describe_removed(path) if write.is_removed else None):
                return found
    return None


def _resolve(path: str, directory: str) -> str:
    """The absolute path, with the agent's directory for `$PWD` and the environment's value for other variables."""
    named = path.replace("${PWD}", directory).replace("$PWD/", f"{directory}/")
    return os.path.join(directory, os.path.expanduser(os.path.expandvars(named)))
