"""A repository whose branch `change` is proposed for its branch `main`, the base of `orch verify --base`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.git_checkout import git
from tests.support.prepared import fill
from tests.support.repository import Ended, Repository

OUTPUTS = {"all_of": [{"path": "{artifact_path}/a.md"}]}
SCHEMA, PROGRAM = "orchestration/gates/schemas/a.json", "tools/check.sh"
CHECKS: list[dict[str, Any]] = [
    {"type": "word_count", "target": "{artifact_path}/a.md", "min": {"quick": 1, "standard": 3, "deep": 3}},
    {"type": "contains_text", "target": "{artifact_path}/a.md", "pattern": "tea"},
]
MORE = [
    {"type": "json_schema", "target": "{artifact_path}/b.json", "schema": SCHEMA},
    {"type": "command", "command": ["sh", PROGRAM]},
]
TEXT = "all about green tea\n"


class Project:
    """A repository of which the branch `main` is the base. It has two runs: G1 has passed in both, G2 only in `old`."""

    def __init__(self, repository: Repository, old: str = "", other: str = "") -> None:
        self.repository, self.root = repository, repository.root
        self.old, self.other = old, other

    @classmethod
    def make(cls, repository: Repository) -> "Project":
        """In an empty repository, with the branch `change` checked out."""
        return cls(repository, *fill(repository, _make))

    def write_contract(self, checks: Any = CHECKS, **keys: Any) -> None:
        self.repository.write_contract("G1", required_outputs=OUTPUTS, validations=checks, **keys)

    def start(self, slug: str) -> str:
        """Starts a run and passes its first gate."""
        run_id: str = self.repository.orch("run", "start", "--workflow", "tests", "--slug", slug, "--json").json[
            "run_id"
        ]
        self.pass_gate(run_id, "G1", "a.md", TEXT)
        return run_id

    def pass_gate(self, run_id: str, gate: str, name: str, content: str, *options: str) -> None:
        slug = self.repository.record(run_id)["workflow"]["slug"]
        self.call("gate", "start", "--run", run_id, "--gate", gate, "--agent", f"agent-{gate}", *options)
        self.repository.write(f"out/{slug}/{name}", content)
        self.call("gate", "finish", "--run", run_id, "--gate", gate)

    def call(self, *arguments: str) -> None:
        ended = self.repository.orch(*arguments)
        assert ended.code == 0, ended

    def record(self, run_id: str) -> Path:
        return self.root / f"orchestration/runs/{run_id}/record"

    def edit_record(self, run_id: str, change: Callable[[Any], object]) -> None:
        edit_json(self.record(run_id) / "RUN.json", change)

    def verify(self, *options: str) -> Ended:
        return self.repository.orch("verify", "--base", "main", *options)

    def find(self, *options: str) -> list[str]:
        """What is found, in short: `edited old G1 attempt 1: …` and so on."""
        lines = self.verify(*options).out.splitlines()
        found = [line for line in lines if line.startswith(FOUND)]
        return [line.replace(self.old, "old").replace(self.other, "other") for line in found]


def _make(repository: Repository) -> tuple[str, str]:
    """Returns the ids of the runs."""
    project = Project(repository)
    project.write_contract()
    repository.write_contract("G2", required_outputs={"all_of": [{"path": "{artifact_path}/b.json"}]}, validations=MORE)
    repository.write(SCHEMA, "{}")
    repository.write(PROGRAM, "exit 0\n")
    repository.write_workflow("G1", "G2")
    old, other = project.start("tea"), project.start("mint")
    project.pass_gate(old, "G2", "b.json", "{}")
    repository.commit()
    git(project.root, "checkout", "--quiet", "-b", "change")
    return old, other


FOUND = (
    "edited:",
    "deleted:",
    "loosened:",
    "tightened:",
    "added:",
    "changed",
    "invalid:",
    "judged",
    "allowed:",
    "warning:",
    "note:",
)


def edit_json(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def loosen(project: Project) -> None:
    project.write_contract(CHECKS[:1])


def commit_on_main(project: Project, change: Callable[[], object]) -> None:
    git(project.root, "checkout", "--quiet", "main")
    change()
    project.repository.commit()
    git(project.root, "checkout", "--quiet", "change")
