"""What a commit lacks: contracts and prompts that its workflows name, and that are in the work tree but not staged."""

import os
from collections.abc import Collection, Iterator
from typing import NamedTuple

from gate_tests.workspace.layout import Workspace
from runner.git.staged_change import list_staged_in
from runner.git.verification import open_for_verification
from runner.workflows.definition import Workflow


class UnstagedRule(NamedTuple):
    """A path relative to the root, and that of the workflow that names it."""

    path: str
    workflow: str

    def describe(self) -> str:
        """`PATH: not staged, but named by WORKFLOW`."""
        return f"{self.path}: not staged, but named by {self.workflow}"


def find_unstaged_rules(workspace: Workspace, workflows: Collection[Workflow]) -> list[UnstagedRule]:
    """Each such file once. Raises Refused where git cannot be asked."""
    with open_for_verification(workspace.root) as git:
        prefix = os.path.relpath(os.path.realpath(workspace.root), git.top)
        staged = {os.path.relpath(path, prefix) for path in list_staged_in(git, [prefix])}
    rules = (rule for each in workflows if each.path in staged for rule in _list_rules(workspace, each))
    unstaged = [rule for rule in rules if rule.path not in staged and os.path.lexists(workspace.root / rule.path)]
    return list({rule.path: rule for rule in unstaged}.values())


def _list_rules(workspace: Workspace, workflow: Workflow) -> Iterator[UnstagedRule]:
    for entry in workflow.gates:
        yield UnstagedRule(workspace.contract_path(entry.gate), workflow.path)
        if entry.prompt_template:
            yield UnstagedRule(entry.prompt_template, workflow.path)
