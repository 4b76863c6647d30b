"""The SKILL.md that teaches an agent how to work with `orch`, in the format of the Agent Skills specification.

https://agentskills.io/specification: the directory has the skill's name, of lower-case letters and hyphens; the
description has at most 1,024 characters and says what the skill does and when to use it. It is loaded in every session,
the rest only when it is used.
"""

from collections.abc import Sequence
from typing import Final

from runner.agents.instructions import EXPLANATION, TITLE, compose_parts
from runner.workflows.definition import Workflow

SKILL_NAME: Final = "orch"
SKILL_FILE: Final = f"{SKILL_NAME}/SKILL.md"
"""The path of the file below a directory of skills."""

# Plain scalars of YAML, which simple parsers read too: no colon followed by a blank, no ` #`.
DESCRIPTION: Final = (
    "Does the work of a gate that is verified by orch, from the prompt packet to the recorded verdict. Use it in a"
    " repository with an orchestration/ directory when the task names a run, a gate, an attempt, a contract or a prompt"
    " packet, when ORCH_RUN or ORCH_GATE is set, when an orch command failed or printed a next command, or when a stop"
    " hook reports failed checks of a gate. Not for work that no gate is open for."
)
COMPATIBILITY: Final = "Requires the orch command (orch-runner from pip), Python and a shell"
_GENERATED: Final = "  generated-by: orch agent skill"


def compose_skill(workflows: Sequence[Workflow]) -> str:
    """The file; `workflows` are those of the root, if it has any."""
    head = (
        "---",
        f"name: {SKILL_NAME}",
        f"description: {DESCRIPTION}",
        f"compatibility: {COMPATIBILITY}",
        "metadata:",
        _GENERATED,
        "---",
        "",
    )
    return "\n".join([*head, f"# {TITLE}\n", EXPLANATION, *compose_parts(workflows, "##")])


def is_generated(content: bytes) -> bool:
    """Whether the file was written by `orch agent skill`, so that it may be written again."""
    head = content.replace(b"\r\n", b"\n").partition(b"\n---\n")[0]
    return _GENERATED.encode() in head.split(b"\n")
