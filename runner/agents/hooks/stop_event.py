"""What a host reports to a hook about an agent that is about to stop. Nothing in it is needed."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from gate_tests.errors import Refused
from runner import suggestions
from runner.agents.hooks.hosts import Host
from runner.storage.session_binding import hash_session

Input = Mapping[str, Any]


class StopEvent(NamedTuple):
    """An agent that is about to stop. All members are empty for an input that could not be read."""

    session: str = ""
    agent: str = ""
    """The subagent or teammate, if it is one."""
    directory: Path | None = None
    """The agent's current directory without symlinks, None where it does not exist."""
    stop: str = ""
    """The same for each report of one stop; empty where the host says too little for that."""
    futile: bool = False
    """Whether to send the agent back would change nothing."""

    @classmethod
    def parse(
        cls, text: bytes, host: Host, events: Sequence[str], command: str, environ: Mapping[str, str] = os.environ
    ) -> "StopEvent":
        """Parses an input as far as it goes: one that is cut off, empty or no JSON is that of a nameless session.

        Raises Refused for another event than `events`, those of the hook `command`.
        """
        data = _parse_json(text)
        event = _find_text(data, ("hook_event_name",))
        if event and event not in events:
            raise Refused(
                f"unexpected hook event {event!r} of {host.title}; expected {' or '.join(events)}",
                next_command=suggestions.show_help(command),
            )
        names = host.fields
        session = _find_text(data, names.session) or environ.get(host.session_variable or "", "")
        return cls(
            session,
            _find_text(data, (*names.agent, "teammate_name")),
            _find_directory(data, names.directory),
            _identify_stop(data, host, session),
            _is_futile(data, names.agent),
        )


def _parse_json(text: bytes) -> Input:
    try:
        data = json.loads(text.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _find_text(data: Input, names: Sequence[str]) -> str:
    return next((found for name in names if isinstance(found := data.get(name), str) and found), "")


def _find_directory(data: Input, names: Sequence[str]) -> Path | None:
    """The first that exists, else the current directory."""
    found = (data.get(name) for name in names)
    listed = [path for each in found for path in (each if isinstance(each, list) else [each])]
    for path in (*listed, os.curdir):
        if isinstance(path, str) and "\0" not in path and os.path.isdir(path):
            with suppress(FileNotFoundError):  # the current directory has been removed
                return Path(os.path.realpath(path))
    return None


def _identify_stop(data: Input, host: Host, session: str) -> str:
    """The hash of what two reports of one stop have in common, such as Stop and SubagentStop."""
    turn, message = _find_text(data, host.fields.turn), _find_text(data, host.fields.message)
    if not turn and not message:
        return ""
    return hash_session(session, turn, message, str(data.get("stop_hook_active")), str(data.get("loop_count")))


def _is_futile(data: Input, agent_names: Sequence[str]) -> bool:
    """Whether the agent waits for work of its own, may not edit, is one that the host uses itself, or was stopped.

    `background_tasks` are those of the session; a subagent in the background is one of them.
    """
    agent = _find_text(data, agent_names)
    tasks = data.get("background_tasks")
    waited_for = [each for each in tasks if not _is_task(each, agent)] if isinstance(tasks, list) else []
    return (
        bool(waited_for)
        or data.get("permission_mode") == "plan"
        or bool(agent and data.get("agent_type") == "")
        or data.get("status") in ("aborted", "error")
    )


def _is_task(task: object, agent: str) -> bool:
    return bool(agent) and isinstance(task, dict) and task.get("id") == agent
