"""The composite action, whose steps are run as GitHub runs them in the job of a pull request."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.acceptance.integrations.conftest import CHECKS, Source
from tests.support import CHECKOUT
from tests.support.composite_action import ActionResult, CompositeAction
from tests.support.git_checkout import git
from tests.support.hostile_checkout import hijack
from tests.support.proposed_change import Project
from tests.support.repository import Repository
from tests.support.shared_install import find_shared_base, shared_install

ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]
JOB = {"CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_OS": "Linux"}
PULL_REQUEST = {**JOB, "GITHUB_BASE_REF": "main", "GITHUB_EVENT_NAME": "pull_request"}


@pytest.fixture(scope="module")
def installed(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What all workers share: the action's environment, and the home where what is executed leaves a trace."""
    directory = find_shared_base(tmp_path_factory) / "action"
    with shared_install(directory, lambda shared: install_action(source, shared)):
        yield directory


def install_action(source: Source, directory: Path) -> None:
    """Installs it in the job of a workspace that has a module for each that may be imported."""
    for name in ("hostile", "home", "runner"):
        (directory / name).mkdir()
    hostile = Repository(directory / "hostile")
    hijack(hostile)
    action = CompositeAction(source.path, directory / "runner")
    action.run(hostile.root, {**JOB, "HOME": str(directory / "home"), "PYTHONPATH": str(hostile.root)}, {})
    assert action.installed
    (directory / "outputs.json").write_text(json.dumps(action.installed))


@pytest.fixture
def hostile_home(installed: Path) -> Path:
    return installed / "home"


@pytest.fixture
def action(source: Source, installed: Path, tmp_path: Path) -> CompositeAction:
    """The action, which is installed already."""
    temp = tmp_path / "runner"
    temp.mkdir()
    return CompositeAction(source.path, temp, json.loads((installed / "outputs.json").read_text()))


def run(
    action: CompositeAction, project: Project, variables: Mapping[str, str] = PULL_REQUEST, **inputs: str
) -> ActionResult:
    project.repository.commit()
    return action.run(project.root, variables, {name.replace("_", "-"): value for name, value in inputs.items()})


def spoil_output(project: Project) -> None:
    project.repository.write("out/tea/a.md", "all about green coffee\n")


def test_no_expression_stands_in_a_script_and_every_input_reaches_one_as_a_variable() -> None:
    assert all("${{" not in step["run"] for step in STEPS)
    given = [value for step in STEPS for value in step["env"].values()]
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= {*given}
    assert all(step["shell"] == "bash" for step in STEPS)
    assert all({*each} == {"description", "default"} for each in ACTION["inputs"].values())


def test_python_imports_nothing_from_the_workspace_and_the_root_is_named() -> None:
    lines = [line for step in STEPS for line in step["run"].splitlines()]
    calls = [line for line in lines if re.search(r'(PYTHON|/python)" -', line)]
    assert len(calls) == 3
    assert all('" -I -m ' in call for call in calls)
    assert '-m runner -C "$INPUT_DIRECTORY" ci ' in calls[2]


def test_on_windows_it_says_where_orch_runs(tmp_path: Path) -> None:
    result = CompositeAction(CHECKOUT, tmp_path).run(tmp_path, {**JOB, "RUNNER_OS": "Windows"}, {})
    assert (result.code, result.outputs) == (2, {"exit-code": ""})
    assert result.annotations == ["::error::orch runs on Linux and macOS, not on Windows"]


@pytest.mark.slow
def test_a_pull_request_that_spoils_nothing_passes(action: CompositeAction, project: Project) -> None:
    project.start("herbs")
    result = run(action, project)
    assert (result.code, result.outputs) == (0, {"exit-code": "0"}), result.log
    assert result.annotations == []
    assert "PASS" in result.summary


@pytest.mark.slow
def test_a_gate_that_does_not_pass_any_more_is_annotated_and_fails_the_job(
    action: CompositeAction, project: Project
) -> None:
    spoil_output(project)
    result = run(action, project)
    assert (result.code, result.outputs) == (1, {"exit-code": "1"}), result.log
    assert any(line.startswith("::error file=") and "out/tea/a.md" in line for line in result.annotations)
    assert any("contains_text" in line or "tea" in line for line in result.annotations)
    assert "out/tea/a.md" in result.summary


@pytest.mark.slow
def test_a_reviewers_label_accepts_a_loosened_contract(action: CompositeAction, project: Project) -> None:
    project.write_contract(CHECKS[:1])
    assert run(action, project).code == 1
    labels = "bug area:docs allow=loosened:G1 good first issue"
    result = run(action, project, allow=labels)
    assert result.code == 0, result.log


@pytest.mark.slow
def test_reports_are_written_where_the_inputs_say(action: CompositeAction, project: Project) -> None:
    spoil_output(project)
    result = run(action, project, format="github junit json", output="reports/gates.xml reports/gates.json")
    assert result.code == 1
    assert result.annotations
    assert (project.root / "reports/gates.xml").read_text("utf-8").startswith("<?xml")
    assert json.loads((project.root / "reports/gates.json").read_text("utf-8"))["exit_code"] == 1


@pytest.mark.slow
def test_a_clone_without_history_is_refused_with_the_command_that_fetches_it(
    action: CompositeAction, project: Project, tmp_path: Path
) -> None:
    project.repository.commit()
    server, clone = (project.root / ".git").as_uri(), tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=change", "--single-branch", server, str(clone))
    result = action.run(clone, PULL_REQUEST, {})
    assert result.code == 2
    (command,) = [line.removeprefix("Next: ") for line in result.log.splitlines() if line.startswith("Next: git fetch")]
    assert Repository(clone).run("sh", "-c", command).code == 0
    assert action.run(clone, PULL_REQUEST, {}).code == 0


@pytest.mark.slow
def test_without_a_pull_request_the_inputs_choose_runs_and_base(action: CompositeAction, project: Project) -> None:
    spoil_output(project)
    assert run(action, project, JOB, run=project.other).code == 0
    assert run(action, project, JOB, run=f"{project.other} {project.old}").code == 1
    assert run(action, project, JOB, run=project.other, base="origin/main").code == 1


@pytest.mark.slow
def test_nothing_of_the_workspace_or_of_an_input_is_executed(
    action: CompositeAction, project: Project, hostile_home: Path
) -> None:
    hijack(project.repository)
    hostile = {"HOME": str(hostile_home), "PYTHONPATH": str(project.root), "PYTEST_ADDOPTS": "-p conftest"}
    variables = {**PULL_REQUEST, **hostile}
    result = run(action, project, variables)
    assert result.code == 0, result.log
    injected = '$(touch ~/it-ran) `touch ~/it-ran`; touch ~/it-ran "'
    for name in ("run", "base", "fail_on", "format", "output", "working_directory", "allow"):
        refused = run(action, project, variables, **{name: injected})
        assert refused.code == (0 if name == "allow" else 2), refused.log
    assert not (hostile_home / "it-ran").exists()


@pytest.mark.slow
def test_a_program_of_a_contract_is_not_told_how_to_set_what_later_steps_read(
    action: CompositeAction, project: Project
) -> None:
    spoken = 'for name in ENV OUTPUT PATH STATE; do eval file=\\$GITHUB_$name; test -z "$file" || exit 1; done'
    project.write_contract([*CHECKS, {"type": "command", "command": ["sh", "-c", spoken]}])
    project.start("herbs")
    files = {f"GITHUB_{name}": "/dev/null" for name in ("ENV", "PATH", "STATE")}
    result = run(action, project, {**PULL_REQUEST, **files})
    assert (result.code, result.outputs) == (0, {"exit-code": "0"}), result.log


@pytest.mark.slow
def test_zizmor_finds_nothing_in_it(programs: Path) -> None:
    command = [str(programs / "zizmor"), "--offline", "--no-progress", "--persona=auditor", "--strict-collection"]
    done = subprocess.run([*command, str(CHECKOUT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
