"""Messages about the files in which hooks are wired."""

from tests.acceptance.messages.case import Case

CASES = {
    "which-target": Case(
        ("hook", "install"),
        {"targets": "claude-code, codex, copilot, gemini, cursor", "found": "no host has a directory here"},
        2,
        "orch hook install --target claude-code",
    ),
    "for-claude-code-only": Case(
        ("hook", "install", "--target", "codex", "--local"),
        {"option": "--local", "target": "codex"},
        2,
        "orch hook install --target codex",
    ),
}
