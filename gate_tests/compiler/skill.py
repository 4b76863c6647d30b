"""The skills of a gate in one run: instructions that its agent must follow.

A skill is a file, or a directory with the names of those of its files that belong into the prompt packet.
"""

from hashlib import sha256
from typing import NamedTuple

from gate_tests.compiler.scope import RunScope
from gate_tests.contract import Skill
from gate_tests.errors import InvalidFile, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import normal_path


class SkillFile(NamedTuple):
    """One file of a skill. `is_whole`: the packet has its text, not only its path."""

    path: str
    is_whole: bool
    document: Document
    json_path: JsonPath

    def read(self, workspace: Workspace) -> "SkillText":
        """Its text. Raises InvalidFile that names the place in the contract, and the file."""
        try:
            content = read_regular_file(workspace.root / workspace.confine(self.path, "skill"))
            return SkillText(content.decode(), sha256(content).hexdigest())
        except UnicodeDecodeError:
            raise self._invalid("is not UTF-8") from None
        except Refused as error:
            raise InvalidFile([f"{self.document.at(self.json_path)}: {error.message}"]) from None
        except OSError as error:
            raise self._invalid(error.strerror or "cannot be read") from None

    def _invalid(self, problem: str) -> InvalidFile:
        hint = "; list its files under `inject`" if problem == "is a directory" else ""
        return InvalidFile([f"{self.document.at(self.json_path)}: the skill {self.path}: {problem}{hint}"])


class SkillText(NamedTuple):
    """The text of a skill's file, and the hash of its bytes."""

    text: str
    sha256: str


class BoundSkill(NamedTuple):
    """A skill in one run."""

    name: str
    reason: str
    files: tuple[SkillFile, ...]


def bind_skill(skill: Skill, scope: RunScope) -> BoundSkill:
    """The skill with its variables replaced; its files are below the root. Raises InvalidFile."""
    json_path = (*skill.json_path, "path")
    path = scope.path_at(skill.path, json_path)
    document = scope.contract.document
    if isinstance(skill.inject, bool):
        files = [SkillFile(path, skill.inject, document, json_path)]
    else:
        files = [
            SkillFile(_join_path(path, name, scope, at), True, document, at)
            for index, name in enumerate(skill.inject)
            for at in [(*skill.json_path, "inject", index)]
        ]
    return BoundSkill(skill.name or path.rpartition("/")[2], skill.reason, tuple(files))


def _join_path(directory: str, name: str, scope: RunScope, at: JsonPath) -> str:
    """The path of a file below the skill's directory. Raises InvalidFile."""
    relative = scope.path_at(name, at)
    try:
        return normal_path(f"{directory}/{relative}", "path")
    except Refused as error:
        raise InvalidFile([f"{scope.contract.document.at(at)}: {error.message}"]) from None
