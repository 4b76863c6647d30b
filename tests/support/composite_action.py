"""Runs a composite action as GitHub's runner does, as far as `action.yml` needs it. All else in it is an error."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

_EXPRESSION: Final = re.compile(r"\$\{\{ *(.*?) *\}\}")
_SHELLS: Final = {"bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")}
_KNOWN_KEYS: Final = {"name", "id", "shell", "env", "run"}


class ActionResult(NamedTuple):
    """What a job sees of an action. `log` is the output of its steps, both streams in one, as the runner reads it."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def annotations(self) -> list[str]:
        """The lines that the runner takes for annotations."""
        return [line for line in self.log.splitlines() if line.startswith(("::error", "::warning", "::notice"))]


class CompositeAction:
    """An action in a job: `temp` is its RUNNER_TEMP, `variables` are those of the event.

    `installed` are the outputs of a step `install` that has succeeded already, for another `temp`.
    """

    def __init__(self, path: Path, temp: Path, installed: dict[str, str] | None = None) -> None:
        self.document: dict[str, Any] = yaml.safe_load((path / "action.yml").read_text("utf-8"))
        self.steps: list[dict[str, Any]] = self.document["runs"]["steps"]
        self._path, self._temp = path, temp
        self._kept: dict[str, dict[str, str]] = {} if installed is None else {"install": installed}

    @property
    def installed(self) -> dict[str, str] | None:
        """The outputs of the step `install` if it has succeeded. It is not repeated then."""
        return self._kept.get("install")

    def run(self, workspace: Path, variables: Mapping[str, str], inputs: Mapping[str, str]) -> ActionResult:
        """Runs the steps up to the first that fails."""
        assert not {*inputs} - {*self.document["inputs"]}, "inputs that the action does not have"
        known = self.document["inputs"]
        context = {f"inputs.{name}": inputs.get(name, each["default"]) for name, each in known.items()}
        summary, log, code = self._temp / "summary.md", "", 0
        summary.write_text("")
        for step in self.steps:
            code, printed, outputs = self._run_step(step, workspace, context, {**variables, _SUMMARY: str(summary)})
            log += printed
            context |= {f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()}
            if code:
                break
        given = {name: _replace(each["value"], context) for name, each in self.document["outputs"].items()}
        return ActionResult(code, log, given, summary.read_text("utf-8"))

    def _run_step(
        self, step: Mapping[str, Any], workspace: Path, context: Mapping[str, str], variables: Mapping[str, str]
    ) -> tuple[int, str, dict[str, str]]:
        assert not {*step} - _KNOWN_KEYS, "this runner knows no such key"
        if kept := self._kept.get(step["id"]):
            return 0, "", kept
        script, output = self._temp / f"{step['id']}.sh", self._temp / f"{step['id']}.output"
        script.write_text(step["run"], "utf-8")
        output.write_text("")
        values = {name: _replace(value, context) for name, value in step.get("env", {}).items()}
        paths = {"GITHUB_OUTPUT": output, "GITHUB_ACTION_PATH": self._path, "RUNNER_TEMP": self._temp}
        done = subprocess.run(
            [*_SHELLS[step["shell"]], str(script)],
            cwd=workspace,
            env={**_inherited(), **variables, **{name: str(path) for name, path in paths.items()}, **values},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        outputs = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        if step["id"] == "install" and done.returncode == 0:
            self._kept["install"] = outputs
        return done.returncode, done.stdout, outputs


_SUMMARY: Final = "GITHUB_STEP_SUMMARY"


def _replace(text: str, context: Mapping[str, str]) -> str:
    """The text with its expressions replaced. An output that a step did not set is empty; all else has to be known."""
    return _EXPRESSION.sub(lambda match: _look_up(match[1], context), text)


def _look_up(name: str, context: Mapping[str, str]) -> str:
    return "" if name.startswith("steps.") and name not in context else context[name]


def _inherited() -> dict[str, str]:
    own = ("CI", "GIT_", "GITHUB_", "GITLAB_", "ORCH_", "PYTEST_", "PYTHON", "RUNNER_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}
