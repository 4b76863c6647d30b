"""Instructions that the agent of a gate must follow, in one run: which files, and whether they are given whole.

A skill is a file, or a folder of which the files are named that belong into the prompt packet.
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
    """One file of a skill; `is_whole` where its text, and not only its name, belongs into the packet."""

    path: str
    is_whole: bool
    document: Document
    json_path: JsonPath

    def read(self, workspace: Workspace) -> "SkillText":
        """What it says. Raises InvalidFile that names the place in the contract, and the file."""
        try:
            content = read_regular_file(workspace.root / workspace.confine(self.path, "skill"))
            return SkillText(content.decode(), sha256(content).hexdigest())
        except UnicodeDecodeError:
            raise self._invalid("is not UTF-8") from None
        except Refused as error:
            raise InvalidFile([f"{self.document.at(self.json_path)}: {error.message}"]) from None
        except OSError as error:
            raise self._invalid(error.strerror or "cannot be read") from None

    def _invalid(self, fault: str) -> InvalidFile:
        hint = "; name its files under `inject`" if fault == "is a folder" else ""
        return InvalidFile([f"{self.document.at(self.json_path)}: the skill {self.path}: {fault}{hint}"])


class SkillText(NamedTuple):
    """The text of a skill's file as it stands, and the hash of its bytes."""

    text: str
    sha256: str


class BoundSkill(NamedTuple):
    """A skill in one run."""

    name: str
    reason: str
    files: tuple[SkillFile, ...]


def bind_skill(skill: Skill, scope: RunScope) -> BoundSkill:
    """The skill with its variables replaced, its files kept below the root. Raises InvalidFile."""
    place = (*skill.json_path, "path")
    path = scope.path_at(skill.path, place)
    document = scope.contract.document
    if isinstance(skill.inject, bool):
        files = [SkillFile(path, skill.inject, document, place)]
    else:
        files = [
            SkillFile(_inside(path, name, scope, at), True, document, at)
            for index, name in enumerate(skill.inject)
            for at in [(*skill.json_path, "inject", index)]
        ]
    return BoundSkill(skill.name or path.rpartition("/")[2], skill.reason, tuple(files))


def _inside(folder: str, name: str, scope: RunScope, at: JsonPath) -> str:
    """The path of a file of the folder: one that leaves it is another skill's."""
    named = scope.path_at(name, at)
    try:
        return normal_path(f"{folder}/{named}", "path")
    except Refused as error:
        raise InvalidFile([f"{scope.contract.document.at(at)}: {error.message}"]) from None
