"""How hooks are configured in each host: its events, and the form of an entry in its file."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from shlex import join
from typing import Any, Final, NamedTuple

STOP_TIMEOUT_S: Final = 900
GUARD_TIMEOUT_S: Final = 10
MIN_STOP_TIMEOUT_S: Final = 600
"""A stop hook with a shorter time limit may end before the checks of a gate have."""


class HookKind(StrEnum):
    """Our hooks, by the command that is called: `orch hook …`."""

    STOP = "stop"
    GUARD = "guard"
    TASK = "task"


class HostWiring(NamedTuple):
    """The form of a host's file. `events`: for each of our hooks the events at which it is called."""

    events: Mapping[HookKind, tuple[str, ...]]
    guard_matcher: str
    """The tools before which the guard is called."""
    is_grouped: bool
    """Whether the entries of an event are groups with a `matcher` and `hooks`; else they are the hooks themselves."""
    takes_arguments: bool
    """Whether the program and its arguments are written apart, and no shell is started.

    Copilot CLI reads the file of Claude Code too, but not the arguments: it would run the bare program, whose exit code
    denies every tool call (seen with 1.0.102). So the whole line follows as `bash`, which Copilot CLI prefers.
    """
    command_key: str
    timeout_key: str
    units_per_s: int
    default_timeout_s: int
    """The time limit of a hook where its entry has none."""
    head: Mapping[str, Any]
    """What else the file must contain."""
    source: str


_STOP_AND_GUARD: Final = {HookKind.STOP: ("Stop",), HookKind.GUARD: ("PreToolUse",)}
WIRINGS: Final = {
    "claude-code": HostWiring(
        {**_STOP_AND_GUARD, HookKind.TASK: ("TaskCompleted", "TeammateIdle")},
        "Write|Edit|MultiEdit|NotebookEdit|Bash", True, True, "command", "timeout", 1, 600, {},
        "Claude Code documentation: hooks.md (2026-08); read by 2.1.197",
    ),
    "codex": HostWiring(
        _STOP_AND_GUARD, "Bash|apply_patch", True, False, "command", "timeout", 1, 600, {},
        "codex-rs/hooks: engine/discovery.rs, events/pre_tool_use.rs; read by 0.171",
    ),
    "copilot": HostWiring(
        _STOP_AND_GUARD, "Bash|Write|Edit", False, False, "bash", "timeoutSec", 1, 30, {"version": 1},
        "github/docs: copilot/reference/hooks-reference.md; read by 1.0.102",
    ),
    "gemini": HostWiring(
        {HookKind.STOP: ("AfterAgent",), HookKind.GUARD: ("BeforeTool",)},
        "write_file|replace|run_shell_command", True, False, "command", "timeout", 1000, 60, {},
        "gemini-cli: docs/hooks/reference.md; read by 0.61",
    ),
    "cursor": HostWiring(
        {HookKind.STOP: ("stop",), HookKind.GUARD: ("preToolUse",)},
        "Shell|Write|StrReplace|Edit|Delete", False, False, "command", "timeout", 1, 60, {"version": 1},
        "third parties (3.7.21)",
    ),
}  # fmt: skip
"""By the name that `--target` takes."""


def make_entry(
    target: str, kind: HookKind, program: str, more: Iterable[str] = (), timeout_s: float = 0
) -> dict[str, Any]:
    """The hook itself, as the host's file has it. `more`: further arguments, `timeout_s`: its least time limit."""
    wiring = WIRINGS[target]
    arguments = ["hook", str(kind), *([] if target == "claude-code" else ["--target", target]), *more]
    least_s = max(timeout_s, GUARD_TIMEOUT_S if kind is HookKind.GUARD else STOP_TIMEOUT_S)
    timeout = {wiring.timeout_key: int(least_s * wiring.units_per_s)}
    type_of = {} if target == "cursor" else {"type": "command"}
    line = join((program, *arguments))
    if wiring.takes_arguments:
        return {**type_of, wiring.command_key: program, "args": arguments, "bash": line, **timeout}
    return {**type_of, wiring.command_key: line, **timeout}


def make_group(target: str, kind: HookKind, entry: dict[str, Any]) -> dict[str, Any]:
    """What is put into the list of an event."""
    wiring = WIRINGS[target]
    matcher = {"matcher": wiring.guard_matcher} if kind is HookKind.GUARD else {}
    return {**matcher, "hooks": [entry]} if wiring.is_grouped else {**entry, **matcher}
