"""Diagnoses the commands of agents on this machine, if there are any."""

import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from gate_tests.errors import InvalidFile
from gate_tests.plurals import format_count
from gate_tests.workspace.layout import Workspace
from runner.agents.commands.agents_file import AGENTS_FILE, DEFAULT_AGENT, AgentsFile, read_agents_file
from runner.agents.commands.agents_file_in_git import find_git_problem
from runner.agents.commands.command_line import CommandLineError, require_program
from runner.agents.commands.independence import find_shared_commands
from runner.agents.commands.permissions import find_missing_permission
from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.workflows.definition import Workflow, load_workflow

_SUBJECT: Final = "agents"


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
    found = [*_diagnose_commands(workspace, file), *_diagnose_workflows(workspace, file)]
    if in_git := find_git_problem(workspace):
        found.append(Diagnosis.warn(_SUBJECT, in_git.message, in_git.next_command))
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
    """The valid workflows; invalid ones have a diagnosis of their own."""
    for name in workspace.workflows():
        with suppress(InvalidFile):
            yield load_workflow(workspace, name)
