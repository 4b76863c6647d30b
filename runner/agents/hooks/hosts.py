"""The programs that agents run in, as their hooks need them: one row for each, with its source."""

from enum import StrEnum
from typing import Final, NamedTuple


class AnswerForm(StrEnum):
    """How the answer of a stop hook makes an agent continue."""

    BLOCK = "block"
    """`{"decision": "block", "reason": …}`"""
    DENY = "deny"
    """`{"decision": "deny", "reason": …}`"""
    FOLLOW_UP = "followup_message"
    """`{"followup_message": …}`"""


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


HOSTS: Final = {
    "claude-code": Host(
        "Claude Code", ("Stop", "SubagentStop"), AnswerForm.BLOCK, True, 8000, "CLAUDE_CODE_SESSION_ID",
        "CLAUDE_PROJECT_DIR", ".claude/settings.json", "Claude Code documentation: hooks.md, env-vars.md (2026-08)",
    ),
    "codex": Host(
        "Codex", ("Stop", "SubagentStop"), AnswerForm.BLOCK, True, 8000, "CODEX_THREAD_ID",
        None, ".codex/hooks.json", "codex-rs/hooks: schema/generated, events/stop.rs, output_spill.rs (0.166)",
    ),
    "copilot": Host(
        "Copilot CLI", ("Stop", "agentStop", "SubagentStop", "subagentStop"), AnswerForm.BLOCK, False, 8000, None,
        None, ".github/hooks/orch.json", "github/docs: copilot/reference/hooks-reference.md (1.0.72)",
    ),
    "gemini": Host(
        "Gemini CLI", ("AfterAgent",), AnswerForm.DENY, True, 8000, None,
        "GEMINI_PROJECT_DIR", ".gemini/settings.json", "gemini-cli: docs/hooks/reference.md",
    ),
    "cursor": Host(
        "Cursor", ("stop", "subagentStop"), AnswerForm.FOLLOW_UP, False, 8000, None,
        None, ".cursor/hooks.json", "third parties (3.7.21)",
    ),
}  # fmt: skip
"""By the name that `--target` takes."""
