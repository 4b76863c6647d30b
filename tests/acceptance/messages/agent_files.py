"""Messages about the files that `orch agent` writes."""

from gate_tests.errors import InvalidFile, NotWritten
from tests.acceptance.messages.case import Case, link, refused, write
from tests.support.repository import Repository

WRITE = ("agent", "instructions", "--write", "AGENTS.md")
SKILL = ("agent", "skill", "--write", "skills")
BEGIN, END = "<!-- orch: begin. -->\n", "<!-- orch: end -->\n"


def in_file(text: str | bytes, line: int | None, **values: object) -> Case:
    """What is wrong with the section in a file."""
    place = rf"AGENTS\.md:{line}: " if line else r"AGENTS\.md: "
    return Case(WRITE, values, 2, InvalidFile.advice, write("AGENTS.md", text), place)


def read_only(repository: Repository, _run_id: str) -> None:
    repository.write("AGENTS.md", "# Mine\n")
    (repository.root / "AGENTS.md").chmod(0o444)


CASES: dict[str, Case] = {
    "section-without-end": in_file(f"# Mine\n{BEGIN}text\n", 2),
    "section-without-begin": in_file(f"# Mine\n\n{END}{BEGIN}", 3),
    "second-section": in_file(f"{BEGIN}{END}\n{BEGIN}{END}", 4, first=1),
    "no-parent-directory": Case(
        ("agent", "instructions", "--write", "no dir/AGENTS.md"), {"directory": "no dir"}, 2, "mkdir -p 'no dir'",
        before="no dir/AGENTS.md: ",
    ),
    "file-not-readable": Case(
        WRITE, {"reason": "Too many levels of symbolic links"}, 2, "ls -l AGENTS.md", link("AGENTS.md", "AGENTS.md"),
        "AGENTS.md: ",
    ),
    "user-file-read-only": Case(WRITE, {"path": "AGENTS.md"}, 2, "ls -l AGENTS.md", read_only),
    "file-not-written": Case(
        ("agent", "instructions", "--write", "/proc/AGENTS.md"),
        {"reason": "No such file or directory"}, 2, NotWritten.advice, before="/proc/AGENTS.md: ",
    ),
    "not-written-by-skill": Case(
        SKILL, {"path": "skills/orch/SKILL.md"}, 2, "move it away, or give another directory with --write",
        write("skills/orch/SKILL.md", "# Mine\n"),
    ),
    "write-is-a-dash": refused(("agent", "skill", "--write", "-"), "agent", "skill"),
    "write-is-empty": refused(("agent", "instructions", "--write", ""), "agent", "instructions"),
}  # fmt: skip
