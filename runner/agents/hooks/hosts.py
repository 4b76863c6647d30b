"""The programs that agents run in, as their hooks need them: one row for each, with its source."""

from enum import StrEnum
from typing import Final, NamedTuple

from runner.storage.session_binding import SESSION_VARIABLES


class AnswerForm(StrEnum):
    """How the answer of a stop hook makes an agent continue."""

    BLOCK = "block"
    """`{"decision": "block", "reason": …}`"""
    DENY = "deny"
    """`{"decision": "deny", "reason": …}`"""
    FOLLOW_UP = "followup_message"
    """`{"followup_message": …}`"""


class Fields(NamedTuple):
    """The names that members of a hook's input have; of several, the first that is there counts."""

    session: tuple[str, ...] = ("session_id",)
    directory: tuple[str, ...] = ("cwd",)
    """Where the agent works: a path, or a list of paths."""
    agent: tuple[str, ...] = ("agent_id",)
    """A subagent's id, which the main agent has not."""
    turn: tuple[str, ...] = ()
    """What the agent was asked: a prompt, a turn."""
    message: tuple[str, ...] = ("last_assistant_message",)
    """The agent's last words."""


class Host(NamedTuple):
    """A program that agents run in."""

    title: str
    stop_events: tuple[str, ...]
    """The events at which an agent is about to stop; the first is the main agent's."""
    answer_form: AnswerForm
    shows_messages: bool
    """Whether the host shows the `systemMessage` of an answer to the person."""
    max_answer_bytes: int
    """The UTF-8 bytes of an answer that surely reach the agent."""
    session_variable: str | None
    """The environment variable with the session in an agent's shell: equal to the session of the hook's input."""
    directory_variable: str | None
    """The environment variable with the directory that the host was started in."""
    settings_path: str
    """The file that hooks are wired in, relative to the repository."""
    source: str
    fields: Fields = Fields()
    task_events: tuple[str, ...] = ()
    """The events of agent teams that take an exit code and no decision."""
    own_limit: str = "none"
    """How often in a row the host lets a hook send its agent back."""
    default_timeout: str = "600 s"
    """How long the host waits for a hook that names no time-out."""


HOSTS: Final = {
    "claude-code": Host(
        "Claude Code", ("Stop", "SubagentStop"), AnswerForm.BLOCK, True, 8000, SESSION_VARIABLES["claude-code"],
        "CLAUDE_PROJECT_DIR", ".claude/settings.json",
        "Claude Code documentation, hooks.md and env-vars.md (2026-08-24); inputs captured from 2.1.270",
        Fields(turn=("prompt_id",)), ("TaskCompleted", "TeammateIdle"), "8, none of which ran a tool",
    ),
    "codex": Host(
        "Codex", ("Stop", "SubagentStop"), AnswerForm.BLOCK, True, 8000, SESSION_VARIABLES["codex"],
        None, ".codex/hooks.json",
        "openai/codex, codex-rs/hooks: schema/generated, src/events/stop.rs, src/output_spill.rs (0.166)",
        Fields(turn=("turn_id",)),
    ),
    "copilot": Host(
        "Copilot CLI", ("Stop", "agentStop", "SubagentStop", "subagentStop"), AnswerForm.BLOCK, False, 8000, None,
        None, ".github/hooks/orch.json",
        "github/docs, content/copilot/reference/hooks-reference.md (1.0.72)",
        Fields(("sessionId", "session_id"), agent=("agentId", "agent_id"),
               message=("response", "last_assistant_message")),
        own_limit="8", default_timeout="30 s",
    ),
    "gemini": Host(
        "Gemini CLI", ("AfterAgent",), AnswerForm.DENY, True, 8000, None,
        "GEMINI_PROJECT_DIR", ".gemini/settings.json",
        "google-gemini/gemini-cli, docs/hooks/reference.md (2026); the longest answer is not documented",
        Fields(message=("prompt_response",)), default_timeout="60000 ms",
    ),
    "cursor": Host(
        "Cursor", ("stop", "subagentStop"), AnswerForm.FOLLOW_UP, False, 8000, None,
        "CURSOR_PROJECT_DIR", ".cursor/hooks.json",
        "Cursor documentation, Hooks (a copy of 2026); subagentStop and the longest answer are not verified",
        Fields(("conversation_id", "session_id"), ("cwd", "workspace_roots"), turn=("generation_id",)),
        own_limit="5 (`loop_limit`)", default_timeout="not documented",
    ),
}  # fmt: skip
"""By the name that `--target` takes."""
