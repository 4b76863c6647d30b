"""What a pipeline keeps in memory of its run, because whoever does the work can change any file.

The context of the run, the contracts, prompts and workflow as they were when it began; which gates had passed then, and
which it has judged itself since. A gate that passed in any other way is judged before it counts.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import NamedTuple

from gate_tests.errors import DecisionNeeded, GateFailed, OrchError
from gate_tests.files.artifacts import Artifacts
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import Attempt
from runner.models.run import Gate, Run
from runner.operations.attempts import compile_run_gate, refuse_other_context
from runner.operations.gate_rules import hash_file
from runner.storage.store import Store
from runner.workflows.definition import Workflow


class RunGuard:
    """Compares the run, its rules and its passed gates with what they were when the pipeline began."""

    def __init__(self, store: Store, workflow: Workflow, run: Run) -> None:
        self._workspace = store.workspace
        self._context = run.attempt_context
        self._rules = {path: hash_file(self._workspace, path).sha256 for path in _list_rules(store, workflow, run)}
        self._rules[workflow.path] = workflow.sha256
        self._workflow = workflow.path
        self._trusted = {(gate.gate, gate.attempts[-1].number) for gate in run.gates if gate.has_passed}
        self._outputs = _Outputs(self._workspace)

    def check_rules(self, run: Run, gate: Gate) -> None:
        """Raises Refused if the context changed, DecisionNeeded if a contract, prompt or the workflow did.

        `gate` is the one that the pipeline works on.
        """
        show = suggestions.show_run(run.run_id)
        refuse_other_context(self._context, run, "after the pipeline began", show)
        changed = [path for path, sha256 in self._rules.items() if hash_file(self._workspace, path).sha256 != sha256]
        if changed:
            is_concerned = not {self._workspace.contract_path(gate.gate), self._workflow}.isdisjoint(changed)
            raise DecisionNeeded(
                f"{' and '.join(changed)} changed after the pipeline began",
                path=changed[0],
                accept_command=_accept_command(run, gate, is_concerned=is_concerned),
            )

    def check_outputs(self, run: Run, own_outputs: Collection[str] = ()) -> None:
        """Raises GateFailed for a passed gate whose outputs are not those that it passed with.

        Unless another gate passed later with the present bytes, or is at work on them (`own_outputs`).
        """
        if run.schema_version is None:
            return  # the original recorded no paths in the run
        passed = [(gate, gate.attempts[-1]) for gate in run.gates if gate.has_passed]
        for gate, attempt in passed:
            later = [other for _, other in passed if (other.finished_at or "") >= (attempt.finished_at or "")]
            for path, change in self._outputs.find_changes(attempt, later):
                if path not in own_outputs:
                    raise GateFailed(
                        f"gate {gate.gate} is stale: {path} {change} after attempt {attempt.number} passed",
                        next_command=suggestions.start_gate(run.run_id, gate.gate, attempt.agent),
                    )

    def trust(self, gate: str, attempt: int) -> None:
        """Count an attempt that the pipeline has judged itself."""
        self._trusted.add((gate, attempt))

    def list_untrusted(self, run: Run) -> list[tuple[str, int]]:
        """The gates that passed, with the attempt, though this pipeline has not judged them."""
        passed = [(gate.gate, gate.attempts[-1].number) for gate in run.gates if gate.has_passed]
        return [each for each in passed if each not in self._trusted]


def _list_rules(store: Store, workflow: Workflow, run: Run) -> Iterator[str]:
    """The contracts, prompt templates and skills of all gates."""
    for workflow_gate in workflow.gates:
        yield store.workspace.contract_path(workflow_gate.gate)
        yield workflow_gate.prompt_template
        with suppress(OrchError):  # an invalid contract is reported when its turn comes
            skills = compile_run_gate(store, run, workflow_gate.gate).skills
            yield from (file.path for skill in skills for file in skill.files)


def _accept_command(run: Run, gate: Gate, *, is_concerned: bool) -> str:
    """The command by which a person accepts changed rules; if they are not those of the gate, to go on."""
    if not is_concerned:
        return suggestions.resume_run(run.run_id)
    if gate.open_attempt:
        return suggestions.finish_gates(run.run_id, gate.gate, accept_contract=True)
    return suggestions.start_gate(run.run_id, gate.gate, gate.last_agent or "NAME", accept_contract=True)


class _Fingerprint(NamedTuple):
    """What tells without reading that a file is the same: nobody can set the time of its last change (ctime)."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class _Outputs:
    """The hashes of outputs; each file is read again only where its fingerprint changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, tuple[_Fingerprint, str]] = {}

    def find_changes(self, attempt: Attempt, later: Collection[Attempt]) -> Iterator[tuple[str, str]]:
        """The outputs of the attempt that differ now from what it and all `later` ones recorded: (path, how)."""
        for path, sha256 in attempt.artifact_hashes:
            present = self._hash(path)
            if present is None:
                yield path, "is missing"
            elif present != sha256 and not any((path, present) in other.artifact_hashes for other in later):
                yield path, "changed"

    def _hash(self, path: str) -> str | None:
        fingerprint = self._take_fingerprint(path)
        if fingerprint is None:
            return None
        known = self._known.get(path)
        if known is None or known[0] != fingerprint:
            artifact = Artifacts(self._workspace.root, (), 0).read(path)
            if not artifact.is_file:
                return None
            known = self._known[path] = (fingerprint, artifact.sha256)
        return known[1]

    def _take_fingerprint(self, path: str) -> _Fingerprint | None:
        try:
            found = os.stat(self._workspace.root / path)
        except (OSError, ValueError):
            return None
        return _Fingerprint(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
