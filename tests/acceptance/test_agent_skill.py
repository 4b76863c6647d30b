"""`orch agent skill`: a SKILL.md where the hosts of agents look for it, and no file of others is replaced."""

from tests.support.messages import message
from tests.support.repository import Repository

SKILL = ".claude/skills/orch/SKILL.md"


def test_it_is_printed_with_the_workflows_of_the_root(repository: Repository) -> None:
    repository.write_workflow("GA")
    ended = repository.orch("agent", "skill")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("---\nname: orch\ndescription: ")
    assert "- `tests`: GA Step GA (`agent-GA`)\n" in ended.out
    assert repository.orch("agent", "skill", "--json").json == {"name": "orch", "markdown": ended.out}


def test_it_is_written_where_claude_code_looks_or_where_it_is_told(repository: Repository) -> None:
    assert repository.orch("agent", "skill", "--write").out == f"created    {SKILL}\n"
    text = (repository.root / SKILL).read_text("utf-8")
    assert text == repository.orch("agent", "skill").out
    assert repository.orch("agent", "skill", "--write").out == f"unchanged  {SKILL}\n"
    repository.write_workflow("GA")
    told = repository.orch("agent", "skill", "--write", "--json").json
    assert (told["path"], told["change"]) == (SKILL, "updated")
    assert repository.orch("agent", "skill", "--write", ".agents/skills").out.endswith(".agents/skills/orch/SKILL.md\n")


def test_it_is_written_through_a_symlink(repository: Repository) -> None:
    (repository.root / ".agents/skills").mkdir(parents=True)
    (repository.root / ".claude").symlink_to(".agents")
    assert repository.orch("agent", "skill", "--write").code == 0
    assert (repository.root / ".agents/skills/orch/SKILL.md").is_file()


def test_a_skill_of_others_is_left_alone(repository: Repository) -> None:
    repository.write(SKILL, "---\nname: orch\ndescription: Mine.\n---\n")
    before = repository.snapshot()
    ended = repository.orch("agent", "skill", "--write")
    assert ended.code == 2
    assert message("not-written-by-skill", path=SKILL) in ended.err
    assert repository.snapshot() == before
