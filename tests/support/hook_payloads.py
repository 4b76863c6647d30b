"""The inputs that the hosts of agents send to their hooks, as last published, each with its source.

`{directory}` stands for the directory that the agent works in, `{session}` for its session.
"""

import json
from pathlib import Path
from typing import Any, Final

Payload = dict[str, Any]

_CLAUDE: Final = {
    "session_id": "{session}", "transcript_path": "/home/me/.claude/projects/-repo/{session}.jsonl",
    "cwd": "{directory}", "prompt_id": "35dc50eb-7f18-4848-8923-fc9a3eabcce0",
}  # fmt: skip
_CODEX: Final = {
    "cwd": "{directory}", "last_assistant_message": "Done.", "model": "gpt-5.5-codex", "permission_mode": "default",
    "session_id": "{session}", "stop_hook_active": False, "transcript_path": None, "turn_id": "turn-3",
}  # fmt: skip

PAYLOADS: Final[dict[str, tuple[str, str, Payload]]] = {
    # Claude Code documentation, hooks.md "Stop input" (2026-08-24), and captured from 2.1.270 (2026-09-14)
    "Claude Code Stop": ("claude-code", "stop", _CLAUDE | {
        "permission_mode": "default", "effort": {"level": "low"}, "hook_event_name": "Stop", "stop_hook_active": False,
        "last_assistant_message": "DONE", "background_tasks": [], "session_crons": [],
    }),
    # The same, "SubagentStop"
    "Claude Code SubagentStop": ("claude-code", "stop", _CLAUDE | {
        "permission_mode": "default", "agent_id": "a7154de3fc719065c", "agent_type": "general-purpose",
        "hook_event_name": "SubagentStop", "stop_hook_active": False, "last_assistant_message": "Done.",
        "agent_transcript_path": "/home/me/.claude/projects/-repo/{session}/subagents/agent-a7154de3fc719065c.jsonl",
        "background_tasks": [], "session_crons": [],
    }),
    # Captured from 2.1.270 (2026-09-14); `teammate_name` and `team_name` as hooks.md has them
    "Claude Code TaskCompleted": ("claude-code", "task", _CLAUDE | {
        "hook_event_name": "TaskCompleted", "task_id": "1", "task_subject": "Write the outline",
        "task_description": "Gate G2", "teammate_name": "researcher", "team_name": "essay",
    }),
    # hooks.md "TeammateIdle input" (2026-08)
    "Claude Code TeammateIdle": ("claude-code", "task", {
        "session_id": "{session}", "transcript_path": "/home/me/.claude/projects/-repo/{session}.jsonl",
        "cwd": "{directory}", "permission_mode": "default", "hook_event_name": "TeammateIdle",
        "teammate_name": "researcher", "team_name": "essay",
    }),
    # openai/codex, codex-rs/hooks/schema/generated/stop.command.input.schema.json at bde5e187
    "Codex Stop": ("codex", "stop", _CODEX | {"hook_event_name": "Stop"}),
    # The same, subagent-stop.command.input.schema.json
    "Codex SubagentStop": ("codex", "stop", _CODEX | {
        "hook_event_name": "SubagentStop", "agent_id": "worker-1", "agent_type": "worker",
        "agent_transcript_path": None,
    }),
    # github/docs, content/copilot/reference/hooks-reference.md at 05da5bc3: "agentStop / Stop", camelCase
    "Copilot CLI agentStop": ("copilot", "stop", {
        "sessionId": "{session}", "timestamp": 1790000000000, "cwd": "{directory}", "transcriptPath": "/t.jsonl",
        "stopReason": "end_turn", "stop_hook_active": False,
    }),
    # The same, with the names of VS Code
    "Copilot CLI Stop": ("copilot", "stop", {
        "hook_event_name": "Stop", "session_id": "{session}", "timestamp": "2026-11-22T09:30:00Z",
        "cwd": "{directory}", "transcript_path": "/t.jsonl", "stop_reason": "end_turn", "stop_hook_active": False,
    }),
    # The same, "subagentStop / SubagentStop", camelCase
    "Copilot CLI subagentStop": ("copilot", "stop", {
        "sessionId": "{session}", "timestamp": 1790000000000, "cwd": "{directory}", "transcriptPath": "/t.jsonl",
        "agentId": "a1", "agentType": "task", "agentName": "task", "response": "Done.", "stopReason": "end_turn",
    }),
    # google-gemini/gemini-cli, docs/hooks/reference.md at 06c0d810: "Base input schema", "AfterAgent"
    "Gemini CLI AfterAgent": ("gemini", "stop", {
        "session_id": "{session}", "transcript_path": "/t.json", "cwd": "{directory}", "hook_event_name": "AfterAgent",
        "timestamp": "2026-11-22T09:30:00Z", "prompt": "Do G2", "prompt_response": "Done.", "stop_hook_active": False,
    }),
    # Cursor documentation, Hooks: "Common schema", "stop" (a copy of 2026)
    "Cursor stop": ("cursor", "stop", {
        "conversation_id": "{session}", "generation_id": "26b45fb6-bdea-439c-b2dc-5e97ee00ecea", "model": "composer-2",
        "hook_event_name": "stop", "cursor_version": "3.7.21", "workspace_roots": ["{directory}"],
        "user_email": None, "transcript_path": None, "status": "completed", "loop_count": 0,
    }),
}  # fmt: skip
"""By name: the host, the command of orch that the hook calls, and the input."""

SENT_BACK: Final = {
    "claude-code": {"decision": "block"}, "codex": {"decision": "block"}, "copilot": {"decision": "block"},
    "gemini": {"decision": "deny"}, "cursor": {},
}  # fmt: skip
"""By host, what an answer that sends the agent back has besides the reason."""


def compose_payload(name: str, directory: Path | str, session: str = "one", **more: Any) -> str:
    """The input of that name, with these members besides or instead."""
    text = json.dumps(PAYLOADS[name][2] | more)
    return text.replace("{directory}", json.dumps(str(directory))[1:-1]).replace("{session}", session)


def stop(directory: Path | str, session: str = "one", **more: Any) -> str:
    """The input of Claude Code's Stop."""
    return compose_payload("Claude Code Stop", directory, session, **more)
