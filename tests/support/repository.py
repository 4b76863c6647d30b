"""A repository to test in: a real folder with contracts, a workflow, runs and artifacts."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack, chdir
from dataclasses import dataclass
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.cli.main import run
from runner.models.timestamps import now
from runner.operations.attempts import start_gate
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.bundled import copy_example, install_orchestration
from runner.workflows.definition import load_workflow
from tests.support.git_checkout import git
from tests.support.next_commands import check_next_commands
from tests.support.small_contracts import SMALL_CONTRACTS

SLUG = "the-word-robot"
ARTIFACTS = f"src/app/essays/{SLUG}"
BIN = Path(sys.executable).parent
"""Where the installed `orch` and `pytest` of this environment are."""
_TELLING = (
    "PYTEST_", "ORCH_", "CLAUDE", "CODEX_", "GITHUB_", "GITLAB_", "CI_", "BUILDKITE", "BITBUCKET_", "SYSTEM_",
    "CHANGE_", "DRONE_",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """A process, or a command run in this one, that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Repository:
    """A folder that `orch` works in."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    def install(self) -> "Repository":
        """Puts in what `orch init` puts in."""
        for path, content in _bundled_files().items():
            self.write(path, content)
        return self

    def write(self, path: str, content: str | bytes) -> Path:
        """Writes a file, with its folders; a text as UTF-8 with the line ends it has."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(self) -> "Repository":
        """Commits all that git does not ignore, in a new repository if there is none."""
        if not (self.root / ".git").exists():
            git(self.root, "init", "--quiet", "-b", "main")
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", "all")
        return self

    def write_contract(self, gate: str = "GT", **keys: Any) -> Path:
        """Writes a contract; gate and name are filled in."""
        contract = {"gate": gate, "name": "Test", **keys}
        return self.write(f"orchestration/gates/contracts/{gate}.contract.json", json.dumps(contract, indent=2))

    def write_small_contracts(self) -> "Repository":
        """Puts small contracts in the place of the shipped G1, G2 and G3."""
        for gate, keys in SMALL_CONTRACTS.items():
            self.write_contract(gate, **keys)
        return self

    def write_workflow(self, *gates: str, **keys: Any) -> Path:
        """Writes the workflow `tests` with these gates."""
        steps = []
        for gate in gates:
            template = f"orchestration/prompts/tests/{gate}.md"
            self.write(template, f"Do the work of {gate} in {{artifact_path}}.\n")
            steps.append({"gate": gate, "name": f"Step {gate}", "agent": f"agent-{gate}", "prompt_template": template})
        workflow = {"workflow": "tests", "version": "1", "artifact_path": "out/{slug}", "gates": steps, **keys}
        return self.write("orchestration/workflows/tests.json", json.dumps(workflow, indent=2))

    def add_example(self, *gates: str) -> None:
        """Puts the good artifacts of these gates where they belong."""
        for gate in gates:
            copy_example(gate, self.root)

    def context(self, *, depth: str = "standard", **keys: Any) -> RunContext:
        """A run to judge in, of which nothing is recorded."""
        values = {"run_id": f"run_20261122T093000Z_{SLUG}_abc123", "slug": SLUG, "artifact_path": ARTIFACTS, **keys}
        return RunContext(depth=Depth(depth), **values)

    def orch(self, *arguments: str, env: dict[str, str] | None = None, stdin: str | None = None) -> Ended:
        """`orch` in this folder, without a terminal and without the cost of a process."""
        streams = [TextIOWrapper(BytesIO(text.encode()), "utf-8", write_through=True) for text in (stdin or "", "", "")]
        with ExitStack() as stack:
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                stack.enter_context(patch(f"sys.{name}", stream))
            stack.enter_context(patch.dict(os.environ, {**_inherited(), **(env or {})}, clear=True))
            stack.enter_context(chdir(self.root))
            code = run(list(arguments))
            _, out, err = (stream.buffer.getvalue().decode() for stream in streams)
            check_next_commands(out + err)
        return Ended(code, out, err)

    def installed_orch(self, *arguments: str, env: dict[str, str] | None = None, stdin: str | None = None) -> Ended:
        """The installed `orch` as a process in this folder, without a terminal."""
        ended = self.run(str(BIN / "orch"), *arguments, env=env, stdin=stdin)
        with chdir(self.root):
            check_next_commands(ended.out + ended.err)
        return ended

    def pytest(self, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        """The installed `pytest` as a process in this folder."""
        ended = self.run(str(BIN / "pytest"), *arguments, env=env)
        with chdir(self.root):
            check_next_commands(ended.out + ended.err)
        return ended

    def run(self, *command: str, env: dict[str, str] | None = None, stdin: str | None = None) -> Ended:
        """Any program as a process in this folder."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**_inherited(), **(env or {})},
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start_run(
        self,
        artifact_path: str | None = None,
        *,
        workflow: str = "visual-essay",
        slug: str = SLUG,
        depth: str = "standard",
    ) -> str:
        """Starts a run, without a process; gives its id."""
        request = RunRequest(load_workflow(self.workspace, workflow), slug, artifact_path, Depth(depth))
        return start_run(Store(self.workspace), request, now()).run_id

    def start_gate(self, run_id: str, gate: str, agent: str = "maker") -> None:
        """Starts an attempt, without a process."""
        start_gate(Store(self.workspace), run_id, gate, agent, now())

    def record(self, run_id: str) -> dict[str, Any]:
        """The RUN.json of a run."""
        record: dict[str, Any] = json.loads((self.root / self.workspace.record_path(run_id)).read_text("utf-8"))
        return record

    def attempt(self, run_id: str, gate: str, number: int = 1) -> dict[str, Any]:
        """The file of a finished attempt."""
        path = self.root / self.workspace.attempt_path(run_id, gate, number)
        attempt: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return attempt

    def snapshot(self) -> dict[str, bytes]:
        """Every file below orchestration/runs, locks aside, and its bytes: to show that nothing was changed."""
        runs = self.root / "orchestration/runs"
        files = [path for path in sorted(runs.rglob("*")) if path.is_file()]
        return {str(path.relative_to(runs)): path.read_bytes() for path in files}


@cache
def _bundled_files() -> dict[str, bytes]:
    """What `orch init` writes, by path; read once, for most tests begin with it."""
    with TemporaryDirectory() as folder:
        created = install_orchestration(Path(folder)).created
        return {path: Path(folder, path).read_bytes() for path in created}


def _inherited() -> dict[str, str]:
    """The environment without what tells pytest or `orch` something, or is of an agent or a CI job; both are found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_TELLING)}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
