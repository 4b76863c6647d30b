"""The SKILL.md is valid by the Agent Skills specification, and says the same as the section for AGENTS.md."""

import re

import pytest

from runner.agents.instructions import EXIT_MEANINGS, INSTRUCTIONS, RULES
from runner.agents.skill import SKILL_FILE, compose_skill, is_generated
from runner.workflows.definition import Workflow, WorkflowGate

FIELDS = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
"""https://agentskills.io/specification, as of 2026-11."""


def workflow() -> Workflow:
    gate = WorkflowGate("G1", "In`take\n---", "maker", "p.md", "")
    return Workflow("essay", "1", "", None, {}, (gate,), "orchestration/workflows/essay.json", "0" * 64)


def head_of(text: str) -> dict[str, str]:
    """The lines of the frontmatter with a key at their begin, as a simple parser reads them."""
    _, head, _ = text.split("---\n", 2)
    return {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}


def test_its_frontmatter_is_valid() -> None:
    text = compose_skill([workflow()])
    assert text.startswith("---\nname: orch\n")
    head = head_of(text)
    assert set(head) - {"  generated-by"} <= FIELDS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["name"])
    assert f"{head['name']}/SKILL.md" == SKILL_FILE
    assert 100 < len(head["description"]) <= 1024
    assert "Use it" in head["description"]
    assert 0 < len(head["compatibility"]) <= 500
    for value in head.values():  # plain scalars of YAML, the same for every parser
        assert not re.search(r": |:$| #|^[\[{>|*&!%@`'\"#-]", value)


def test_its_frontmatter_is_valid_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(compose_skill([]).split("---\n")[1])["metadata"] == {"generated-by": "orch agent skill"}


def test_its_body_has_all_that_the_instructions_have() -> None:
    body = compose_skill([workflow()]).split("---\n", 2)[2]
    assert all(each.text in body for each in INSTRUCTIONS)
    assert all(f"`{each.command}`" in body for each in INSTRUCTIONS if each.command)
    assert all(f"\n- {rule}\n" in body for rule in RULES)
    assert all(f"\n- {int(code)}: {meaning}\n" in body for code, meaning in EXIT_MEANINGS.items())
    assert "- `essay`: G1 In'take --- (`maker`)\n" in body
    assert len(body.splitlines()) < 500
    assert re.findall(r"^#+ .*", body, re.M)[0].startswith("# ")


def test_a_file_that_was_generated_is_known_again() -> None:
    text = compose_skill([])
    assert is_generated(text.encode())
    assert is_generated(text.replace("\n", "\r\n").encode())
    assert not is_generated(b"# Mine\n")
    assert not is_generated(b"")
    assert not is_generated(b"---\nname: orch\n---\n\n  generated-by: orch agent skill\n")
