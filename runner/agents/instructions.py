"""The section for AGENTS.md or CLAUDE.md that explains to an agent how to work with `orch`, in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from gate_tests.errors import Exit
from gate_tests.sanitize import sanitize_line
from runner.workflows.definition import Workflow

EXIT_MEANINGS: Final[Mapping[Exit, str]] = {
    Exit.OK: "done; the gate passed",
    Exit.FAIL: "the gate failed: mend what is named",
    Exit.REFUSED: "refused; nothing was changed: type the command after `Next:`, or mend the file that is named",
    Exit.NO_VERDICT: "no verdict could be reached and none was recorded: repeat the command; if that helps nothing,"
    " tell the person",
    Exit.DAMAGED: "a record is damaged: stop and tell the person",
    Exit.PAUSED: "the work of a gate is waited for: do it, then type the command after `Next:`",
    Exit.INTERRUPTED: "interrupted",
}
"""What each exit code means to an agent."""


class Instruction(NamedTuple):
    """What to do, and the command for it."""

    text: str
    command: str | None = None


INSTRUCTIONS: Final = (
    Instruction("Read your packet: the work, the files to write, what will be checked, what failed before. Whoever"
         " started you"
         " may have given it to you; it also lies at `orchestration/runs/RUN/logs/gates/GATE/prompt.txt`. `ORCH_RUN`"
         " and `ORCH_GATE` name run and gate where they are set; else the newest run is called `latest`."),
    Instruction("See where the run stands and which attempt is open:", "orch status --run RUN"),
    Instruction("Read what the gate will check, with its paths:", "orch contract explain GATE --run RUN"),
    Instruction("Do the work. Paths are relative to the root, the folder that holds `orchestration/`."),
    Instruction("See where you stand, as often as you like; nothing is recorded:",
         "orch gate check --run RUN --gate GATE"),
    Instruction("Mend what failed and check again, until its exit code is 0."),
    Instruction("If you were given the packet, say that you are done: whoever gave it to you has the work judged. If"
         " nobody"
         " did, have it judged and recorded yourself:",
         "orch gate finish --run RUN --gate GATE"),
    Instruction("A FAIL ends the attempt for good. The next one begins with:",
         "orch gate start --run RUN --gate GATE --agent NAME"),
)  # fmt: skip

RULES: Final = (
    "Only what stands in the files counts, not what you say of it. Do the work; do not write what only looks"
    " like it to a check.",
    "Never change a contract, a workflow or the record of a run below `orchestration/`; hashes of them are recorded. If"
    " a contract asks for what cannot be done, say so to the person.",
    "Where a message says that a person decides, stop and tell the person; never use `--accept-contract`.",
    "If you cannot do the work of a gate, say why, and leave its attempt open.",
    "Every command has `--json` (one JSON document on standard output) and `--help` with an example. Every refusal ends"
    " with `Next:` and the command that gets you out of it.",
)

_OPENING: Final = """\
<!-- orch: begin. Made by `orch agent instructions`; after a change of the workflows, make it anew. -->
## Work that goes through gates

`orch` tells whether each step of the work is really done, and remembers it. A **run** goes through the **gates** of its
workflow. A gate's **contract** says which files must exist and what they must contain; an **attempt** at it is
started, somebody does the work, and `orch` judges the files.
"""


def compose_instructions(workflows: Sequence[Workflow]) -> str:
    """The section; `workflows` are those of the root, if it has any."""
    sections = [
        _OPENING,
        _section("What to do", [f"{number}. {_line(each)}" for number, each in enumerate(INSTRUCTIONS, start=1)]),
        _section("Rules", [f"- {rule}" for rule in RULES]),
        _section("Exit codes", [f"- {code:d}: {EXIT_MEANINGS[code]}" for code in Exit]),
    ]
    if workflows:
        sections.append(_section("The workflows here", [_workflow(each) for each in workflows]))
    return "\n".join([*sections, "<!-- orch: end -->\n"])


def _section(title: str, lines: Sequence[str]) -> str:
    return f"### {title}\n\n" + "\n".join(lines) + "\n"


def _line(instruction: Instruction) -> str:
    return f"{instruction.text} `{instruction.command}`" if instruction.command else instruction.text


def _workflow(workflow: Workflow) -> str:
    gates = ", ".join(f"{gate.gate} {_text(gate.name)} (`{_text(gate.agent)}`)" for gate in workflow.gates)
    return f"- `{_text(workflow.name)}`: {gates}"


def _text(name: str) -> str:
    """A name that can end neither the code span nor the section around it."""
    return sanitize_line(name).replace("`", "'").replace("<!--", "<! --")
