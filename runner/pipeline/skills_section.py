"""The section of a prompt packet with the skills that the contract requires.

A skill's text may contain anything, headings and fences too. Two lines with the SHA-256 of its file delimit it: no
file can contain its own hash, so its end is unambiguous for people and programs.
"""

from collections.abc import Iterator
from typing import Final

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.skill import BoundSkill, SkillFile
from gate_tests.sanitize import sanitize_line, unify_line_breaks
from gate_tests.workspace.layout import Workspace

_INTRODUCTION: Final = """\
Follow these skills during the work. The text of a skill is enclosed by two lines that contain the SHA-256 of its file;
headings between them belong to the skill, not to this packet. Read the other files that are listed before you start."""


def compose_skills_section(workspace: Workspace, compiled: CompiledGate) -> str | None:
    """The section; None where no skill is required. Raises InvalidFile where a skill cannot be read."""
    if not compiled.skills:
        return None
    skills = ["\n".join(_lines(workspace, number, skill)) for number, skill in enumerate(compiled.skills, start=1)]
    return "\n".join(["## Required skills\n", f"{_INTRODUCTION}\n", *skills])


def _lines(workspace: Workspace, number: int, skill: BoundSkill) -> Iterator[str]:
    yield f"### Skill {number}: {_one_line(skill.name)}\n"
    if skill.reason:
        yield f"Why: {_one_line(skill.reason)}\n"
    for file in skill.files:
        yield from _file_lines(workspace, file)


def _file_lines(workspace: Workspace, file: SkillFile) -> Iterator[str]:
    text, sha256 = file.read(workspace)
    yield f"- {'File' if file.is_whole else 'Read this file'}: `{file.path}`"
    yield f"- SHA-256: {sha256}\n"
    if file.is_whole:
        yield f"----- begin of skill {sha256} -----"
        yield unify_line_breaks(text).removesuffix("\n")
        yield f"----- end of skill {sha256} -----\n"


def _one_line(text: str) -> str:
    return sanitize_line(" ".join(text.split()))
