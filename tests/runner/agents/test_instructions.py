"""The section for AGENTS.md: all exit codes, the workflows of the root, and no text that breaks out of it."""

from gate_tests.errors import Exit
from runner.agents.instructions import EXIT_MEANINGS, INSTRUCTIONS, compose_instructions
from runner.workflows.definition import Workflow, WorkflowGate


def workflow(name: str, *gates: WorkflowGate) -> Workflow:
    return Workflow(name, "1", "", None, {}, gates, f"orchestration/workflows/{name}.json", "0" * 64)


def test_every_exit_code_has_a_meaning_and_a_line() -> None:
    assert set(EXIT_MEANINGS) == set(Exit)
    text = compose_instructions([])
    for code, meaning in EXIT_MEANINGS.items():
        assert f"\n- {int(code)}: {meaning}\n" in text


def test_every_command_of_the_instructions_is_in_the_section() -> None:
    text = compose_instructions([])
    assert all(f"`{each.command}`" in text for each in INSTRUCTIONS if each.command)


def test_the_section_begins_and_ends_with_a_marker_so_that_it_can_be_replaced() -> None:
    text = compose_instructions([workflow("essay", WorkflowGate("G1", "Intake", "maker", "p.md", ""))])
    assert text.startswith("<!-- orch: begin. ")
    assert text.endswith("<!-- orch: end -->\n")
    assert (text.count("<!--"), text.count("-->")) == (2, 2)


def test_workflows_are_listed_with_their_gates_and_agents_only_where_there_are_any() -> None:
    gates = (WorkflowGate("G1", "Intake", "maker", "p.md", ""), WorkflowGate("G2", "Draft", "writer", "p.md", ""))
    assert "- `essay`: G1 Intake (`maker`), G2 Draft (`writer`)\n" in compose_instructions([workflow("essay", *gates)])
    assert (
        compose_instructions([]).count("\n### ")
        == compose_instructions([workflow("essay", *gates)]).count("\n### ") - 1
    )


def test_names_can_end_neither_the_code_nor_the_section() -> None:
    odd = WorkflowGate("G1", "In`take\n### Rules", "ma`ker <!-- orch: end -->", "p.md", "")
    (line,) = [line for line in compose_instructions([workflow("essay", odd)]).splitlines() if "`essay`" in line]
    assert line.count("`") == 4
    assert "<!--" not in line
