"""Finds our hooks in the parsed file of a host, and what is wrong with them."""

import os
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from runner.agents.commands.shell_syntax import is_assignment
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.host_wiring import MIN_STOP_TIMEOUT_S, WIRINGS, HookKind, HostWiring
from runner.agents.hooks.wiring.json_edit import JsonPath


class FoundHook(NamedTuple):
    """One of our hooks. `path` leads to its entry, `group` to what is in the event's list."""

    event: str
    kind: HookKind
    path: JsonPath
    group: JsonPath
    is_alone: bool
    """Whether the group has no other hook."""
    program: str
    root_options: tuple[str, ...]
    """What stands before `hook`: mostly nothing, or `-C` and a directory."""
    arguments: tuple[str, ...]
    """What follows the name of the hook, without --target."""
    target: str
    timeout_s: float | None

    @property
    def command(self) -> str:
        """The command, as it is typed."""
        target = () if self.target == "claude-code" else ("--target", self.target)
        words = (self.program, *self.root_options, "hook", str(self.kind), *target, *self.arguments)
        return " ".join(map(_quote, words))

    def is_for_event(self, target: str) -> bool:
        """Whether the hook understands the event."""
        more = HOSTS[target].stop_events if self.kind is HookKind.STOP else ()
        return self.event in (*WIRINGS[target].events.get(self.kind, ()), *more)

    def find_problem(self, target: str) -> str | None:
        """Why the hook does not do what it is for in the file of this host; None where it does."""
        if not self.is_for_event(target):
            return f"`orch hook {self.kind}` is not for the event {self.event}"
        if self.root_options:
            return f"`{self.root_options[0]}` makes it judge no gate for an agent in another work tree"
        if self.target != target:
            return f"it answers as {self.target} expects it"
        limit_s = self.timeout_s if self.timeout_s is not None else WIRINGS[target].default_timeout_s
        if self.kind is HookKind.STOP and limit_s < MIN_STOP_TIMEOUT_S:
            return f"its time limit is {limit_s:g} s, and after that the agent may stop; a gate can take longer"
        return None


def _quote(word: str) -> str:
    """As a person writes the word: with its variables."""
    has_variable = "$" in word and not {*word} & {*'"\\`'}
    return f'"{word}"' if has_variable else shlex.quote(word)


def find_hooks(data: Any, target: str) -> Iterator[FoundHook]:
    """Our hooks in the data of the file, in its order. Values of another shape than expected are passed over."""
    wiring = WIRINGS[target]
    events = data.get("hooks") if isinstance(data, dict) else None
    for event, groups in events.items() if isinstance(events, dict) else ():
        for index, group in enumerate(groups) if isinstance(groups, list) else ():
            path: JsonPath = ("hooks", event, index)
            for number, entry in enumerate(entries := _list_entries(group, wiring)):
                if parsed := _parse_entry(entry, wiring):
                    place = (*path, "hooks", number) if wiring.is_grouped else path
                    timeout_s = _parse_timeout(entry, wiring)
                    yield FoundHook(event, parsed.kind, place, path, len(entries) == 1, *parsed[1:], timeout_s)


def _list_entries(group: Any, wiring: HostWiring) -> list[Any]:
    entries = group.get("hooks") if isinstance(group, dict) and wiring.is_grouped else [group]
    return entries if isinstance(entries, list) else []


class _Parsed(NamedTuple):
    kind: HookKind
    program: str
    root_options: tuple[str, ...]
    arguments: tuple[str, ...]
    target: str


def _parse_entry(entry: Any, wiring: HostWiring) -> _Parsed | None:
    """The command of the entry, if it calls a hook of orch and nothing else."""
    if not isinstance(entry, dict):
        return None
    command = next(
        (entry[key] for key in (wiring.command_key, "command", "bash") if isinstance(entry.get(key), str)), ""
    )
    arguments = entry.get("args")
    if isinstance(arguments, list):
        return _parse_words([command, *map(str, arguments)])
    try:
        return _parse_words(shlex.split(command))
    except ValueError:
        return None


def _parse_words(words: Sequence[str]) -> _Parsed | None:
    while words and is_assignment(words[0]):
        words = words[1:]
    if not words:
        return None
    program, rest = words[0], list(words[1:])
    if os.path.basename(program).startswith("python") and rest[:2] == ["-m", "runner"]:
        rest = rest[2:]
    elif os.path.basename(program) != "orch":
        return None
    if "hook" not in rest:
        return None
    index = rest.index("hook")
    options, kind, arguments = rest[:index], rest[index + 1 : index + 2], rest[index + 2 :]
    is_ours = kind and kind[0] in [*HookKind] and (not options or options[0].startswith("-C"))
    if not is_ours or any(set(word) & set(";&|<>`") for word in arguments):
        return None
    target, arguments = _take_target(arguments)
    return _Parsed(HookKind(kind[0]), program, tuple(options), tuple(arguments), target)


def _take_target(arguments: list[str]) -> tuple[str, list[str]]:
    for index, word in enumerate(arguments):
        if word == "--target" and index + 1 < len(arguments):
            return arguments[index + 1], arguments[:index] + arguments[index + 2 :]
        if word.startswith("--target="):
            return word.partition("=")[2], arguments[:index] + arguments[index + 1 :]
    return "claude-code", arguments


def _parse_timeout(entry: dict[str, Any], wiring: HostWiring) -> float | None:
    value = entry.get(wiring.timeout_key, entry.get("timeout"))
    return value / wiring.units_per_s if isinstance(value, int | float) and not isinstance(value, bool) else None
