"""Diagnoses the commands of agents on this machine, if there are any."""

import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from gate_tests.errors import InvalidFile
from gate_tests.plurals import format_count
from gate_tests.workspace.layout import Workspace
from runner.agents.agents_file import AGENTS_FILE, DEFAULT_AGENT, AgentsFile, read_agents_file
from runner.agents.command_line import CommandLineError, require_program
from runner.agents.independence import find_shared_commands
from runner.agents.permissions import find_missing_permission
from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.git.command import GitCommand
from runner.git.ignored import find_ignored
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable
from runner.workflows.definition import Workflow, load_workflow

_SUBJECT: Final = "agents"
_IGNORE: Final = "echo '/agents.local.json' >> orchestration/.gitignore"
_STOP_TRACKING: Final = f"git rm --cached --force {AGENTS_FILE}"


def diagnose_agents(workspace: Workspace) -> Iterator[Diagnosis]:
    """Diagnoses `orchestration/agents.local.json`; nothing where there is none."""
    try:
        file = read_agents_file(workspace)
    except InvalidFile as error:
        for problem in error.problems:
            yield Diagnosis(_SUBJECT, DiagnosisStatus.BAD, problem, advice="fix the file")
        return
    if file is None:
        return
    found = [*_diagnose_commands(workspace, file), *_diagnose_workflows(workspace, file), *_diagnose_git(workspace)]
    yield from found or [Diagnosis.ok(_SUBJECT, _describe(file))]


def _describe(file: AgentsFile) -> str:
    count = format_count(len(file.commands), "agent")
    return f"{AGENTS_FILE}: commands of {count}{' and of all others' if file.default else ''}"


def _diagnose_commands(workspace: Workspace, file: AgentsFile) -> Iterator[Diagnosis]:
    """Programs that do not exist, and commands that may not write a file."""
    for entry in (*file.commands, *([DEFAULT_AGENT] if file.default else [])):
        try:
            file.require_program(entry, workspace.root)
        except InvalidFile as error:
            yield Diagnosis.warn(_SUBJECT, error.message, advice="install the program, or change the command")
        arguments = file.command(entry).arguments
        if options := find_missing_permission(arguments):
            at = file.document.at(("agents", entry, "command"))
            message = f"{at}: {shlex.join(arguments)!r} may not write files, unless its settings allow it"
            yield Diagnosis.warn(_SUBJECT, message, advice=f"add {options}")
    if file.notify:
        try:
            require_program(file.notify, workspace.root)
        except CommandLineError as error:
            message = f"{file.document.at(('notify',))}{error.message}"
            yield Diagnosis.warn(_SUBJECT, message, advice="install the program, or change the command")


def _diagnose_workflows(workspace: Workspace, file: AgentsFile) -> Iterator[Diagnosis]:
    """Entries that no workflow uses, and gates that are not as independent as their workflow says."""
    workflows = [*_load_workflows(workspace)]
    agents = dict.fromkeys(gate.agent for workflow in workflows for gate in workflow.gates)
    for message in file.find_unknown_agents(agents):
        yield Diagnosis.warn(_SUBJECT, message, advice="correct the name, or remove the entry")
    for workflow in workflows:
        for shared in find_shared_commands(workflow, file.find):
            message = f"workflow {workflow.name}: {shared.describe()} in {AGENTS_FILE}"
            yield Diagnosis.warn(_SUBJECT, message, advice=f"give {shared.agent} a command of its own")


def _load_workflows(workspace: Workspace) -> Iterator[Workflow]:
    """The valid workflows; of invalid ones another diagnosis tells."""
    for name in workspace.workflows():
        with suppress(InvalidFile):
            yield load_workflow(workspace, name)


def _diagnose_git(workspace: Workspace) -> Iterator[Diagnosis]:
    """The file is of this machine: git must not commit it."""
    with suppress(GitUnavailable, OSError), open_repository(GitCommand(workspace.root)) as git:
        if git and git.run("ls-files", "-z", "--", AGENTS_FILE):
            yield Diagnosis.warn(_SUBJECT, f"git tracks {AGENTS_FILE}, which is meant for one machine", _STOP_TRACKING)
        elif git and AGENTS_FILE not in find_ignored(git, [AGENTS_FILE]):
            message = f"git does not ignore {AGENTS_FILE}: a commit would contain the commands of this machine"
            yield Diagnosis.warn(_SUBJECT, message, _IGNORE)
