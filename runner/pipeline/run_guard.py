"""What a pipeline keeps in memory of its run, because whoever does the work can change any file.

The context and the gates of the run, the contracts, schemas, prompts and workflow as they were when it began; the
finished attempts of then, and those it has judged itself since. A gate that passed in any other way, or by another
contract than the present one, is judged before it counts.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Limits
from gate_tests.errors import DecisionNeeded, GateFailed, LostFile, OrchError
from gate_tests.files.artifacts import Artifacts
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.attempts import compile_run_gate, record_changed_error
from runner.operations.gate_rules import hash_file
from runner.operations.judged_gate import JudgedGate
from runner.operations.later_runs import LaterRuns
from runner.operations.recorded_files import RecordedFile, find_later_outputs, list_recorded_files
from runner.storage.store import Store
from runner.workflows.definition import Workflow
from runner.workflows.gate_command import GateCommands


class RunGuard:
    """Compares the run, its rules and its passed gates with what they were when the pipeline began."""

    def __init__(self, store: Store, workflow: Workflow, run: Run, resume_command: str) -> None:
        """`resume_command` is the command that continues the run as this pipeline does."""
        self._workspace = store.workspace
        self._run = run
        self._rules = {path: hash_file(self._workspace, path).sha256 for path in _list_rules(store, workflow, run)}
        self._rules[workflow.path] = workflow.sha256
        self._workflow = workflow.path
        self._resume_command = resume_command
        self._finished = {
            (gate.gate, attempt.number): _hash_attempt(attempt)
            for gate in run.gates
            for attempt in gate.attempts
            if not attempt.is_open and not self.has_passed_otherwise(gate.gate, attempt)
        }
        self._outputs = _Outputs(self._workspace, run.run_id)

    def has_passed_otherwise(self, gate: str, attempt: Attempt) -> bool:
        """Whether it passed by another contract than the present one, which an agent may have put there for a while."""
        present = self._rules.get(self._workspace.contract_path(gate))
        return attempt.status is GateStatus.PASS and attempt.contract_sha256 not in (None, present)

    def check_record(self, run: Run) -> None:
        """Raises Refused if the context, the gates or a finished attempt that the pipeline knows changed."""
        if changes := ", ".join(self._find_record_changes(run)):
            raise record_changed_error(run, "after the pipeline began", changes, suggestions.show_run(run.run_id))

    def _find_record_changes(self, run: Run) -> Iterator[str]:
        yield from self._run.attempt_context.find_changes(run.attempt_context)
        if run.schema_version != self._run.schema_version:
            yield f"schema_version is {run.schema_version}, was {self._run.schema_version}"
        before, now = (", ".join(gate.gate for gate in each.gates) for each in (self._run, run))
        if now != before:
            yield f"gates are {now}, were {before}"
        present = {(gate.gate, attempt.number): attempt for gate in run.gates for attempt in gate.attempts}
        for (gate, number), known in self._finished.items():
            attempt = present.get((gate, number))
            if attempt is None or _hash_attempt(attempt) != known:
                yield f"attempt {number} of gate {gate}"

    def check_rules(self, run: Run, gate: Gate) -> None:
        """Raises Refused if the record changed, DecisionNeeded if a contract, schema, prompt or the workflow did.

        `gate` is the one that the pipeline works on.
        """
        self.check_record(run)
        present = {path: hash_file(self._workspace, path).sha256 for path in self._rules}
        self._refuse_changes(run, gate, present)

    def _refuse_changes(self, run: Run, gate: Gate, present: Mapping[str, str | None]) -> None:
        """Raises DecisionNeeded unless these rule files have the hashes that they had when the pipeline began."""
        changed = [path for path, sha256 in present.items() if self._rules.get(path, sha256) != sha256]
        if changed:
            is_concerned = not {self._workspace.contract_path(gate.gate), self._workflow}.isdisjoint(changed)
            raise DecisionNeeded(
                f"{' and '.join(changed)} changed after the pipeline began",
                path=changed[0],
                accept_command=suggest_acceptance(run, gate) if is_concerned else self._resume_command,
            )

    def check_outputs(self, run: Run, is_own_output: Callable[[str], bool] = lambda path: False) -> None:
        """Raises GateFailed for a passed gate whose outputs, or files that its checks read, changed since it passed.

        Unless another gate, of any run, passed later with the present bytes, or one is at work on them (`is_own_output`
        of the path).
        """
        if run.schema_version is None:
            return  # the original recorded no paths in the run
        for gate in (gate for gate in run.gates if gate.has_passed):
            attempt = gate.attempts[-1]
            for path, change in self._outputs.find_changes(run, gate.gate, attempt):
                if not is_own_output(path):
                    raise self._stale_error(run, gate, path, change)

    def _stale_error(self, run: Run, gate: Gate, path: str, change: str) -> GateFailed:
        number, directory = gate.attempts[-1].number, run.workflow.artifact_path
        is_gone = path.startswith(f"{directory}/") and not (self._workspace.root / directory).exists()
        if is_gone:
            path, change = f"its artifact directory {directory}", "is missing"
        return GateFailed(
            f"gate {gate.gate} is stale: {path} {change} after attempt {number} passed",
            next_command=suggest_redo(self._workspace, run, gate.gate),
            lost_file=LostFile(self._workspace.root, directory) if is_gone else None,
        )

    def trust(self, judged: JudgedGate) -> None:
        """Count the last attempt of a gate that the pipeline has judged.

        Raises Refused, DecisionNeeded where record or rules were not those that the pipeline began with.
        """
        self.check_record(judged.run)
        rules = judged.rules
        used = {file.path: file.sha256 for file in (rules.contract, rules.workflow, *rules.schemas)}
        self._refuse_changes(judged.run, judged.gate, used)
        attempt = judged.gate.attempts[-1]
        if judged.passed and set(attempt.artifact_hashes) != {
            (artifact.resolved_path, artifact.sha256) for artifact in judged.artifacts
        }:
            raise GateFailed(
                f"attempt {attempt.number} of gate {judged.gate.gate} was recorded by another process with outputs"
                " other than the current ones",
                next_command=suggest_redo(self._workspace, judged.run, judged.gate.gate),
            )
        self._finished[judged.gate.gate, attempt.number] = _hash_attempt(attempt)

    def list_untrusted(self, run: Run) -> list[tuple[str, Attempt]]:
        """The gates that passed, with the attempt, though this pipeline has not judged them."""
        passed = [(gate.gate, gate.attempts[-1]) for gate in run.gates if gate.has_passed]
        return [(gate, attempt) for gate, attempt in passed if (gate, attempt.number) not in self._finished]


def suggest_redo(workspace: Workspace, run: Run, gate: str) -> str:
    """To start the gate again, so that its record counts no more, or what has to be first; of a completed run, to look
    at it.
    """
    if run.finished_at:
        return suggestions.show_run(run.run_id)
    return GateCommands(workspace, run).choose(gate)


def _hash_attempt(attempt: Attempt) -> str:
    return hashlib.sha256(encode(attempt.to_json())).hexdigest()


def _list_rules(store: Store, workflow: Workflow, run: Run) -> Iterator[str]:
    """The contracts, prompt templates, skills and schemas of all gates; a schema that is an output of one is work."""
    gates, schemas = list[CompiledGate](), list[str]()
    for workflow_gate in workflow.gates:
        yield store.workspace.contract_path(workflow_gate.gate)
        if workflow_gate.prompt_template is not None:
            yield workflow_gate.prompt_template
        with suppress(OrchError):  # an invalid contract is reported when its turn comes
            compiled = compile_run_gate(store, run, workflow_gate.gate)
            yield from (file.path for skill in compiled.skills for file in skill.files)
            gates.append(compiled)
            schemas += compiled.schema_paths
    rules = (path for path in schemas if not any(gate.declares(path) for gate in gates))
    yield from (path for path in rules if hash_file(store.workspace, path).sha256)


def suggest_acceptance(run: Run, gate: Gate) -> str:
    """The command by which a person accepts changed rules of the gate."""
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
    """The hashes of recorded files; each file is read again only where its fingerprint changed."""

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        self._workspace = workspace
        self._later_runs = LaterRuns(workspace, run_id)
        self._known: dict[str, tuple[_Fingerprint, str]] = {}

    def find_changes(self, run: Run, gate: str, attempt: Attempt) -> Iterator[tuple[str, str]]:
        """The files of the attempt that are neither as it recorded them nor outputs of a later one: (path, how)."""
        for file in list_recorded_files(attempt):
            fingerprint = self._take_fingerprint(file.path)
            if fingerprint is None:
                yield file.path, "is missing"
            elif not self._is_any(gate, file.path, self._list_recorded(run, attempt, file), fingerprint):
                yield file.path, "changed"

    def _list_recorded(self, run: Run, attempt: Attempt, file: RecordedFile) -> Iterator[RecordedFile]:
        """The file as the attempt recorded it, then as later ones did; of other runs last, which takes longest."""
        yield file
        yield from find_later_outputs(run, attempt).get(file.path, ())
        yield from self._list_in_later_runs(file.path, attempt)

    def _is_any(self, gate: str, path: str, recorded: Iterable[RecordedFile], fingerprint: _Fingerprint) -> bool:
        """Whether the file is one that was recorded. One of another size is not read: it may be endless."""
        sized = (each for each in recorded if each.path == path and each.size_bytes in (None, fingerprint.size))
        return any(self._hash(gate, path, fingerprint) == each.sha256 for each in sized)

    def _list_in_later_runs(self, path: str, attempt: Attempt) -> list[RecordedFile]:
        return self._later_runs.find_recorded({path: None}, attempt.finished_at or "").get(path, [])

    def _hash(self, gate: str, path: str, fingerprint: _Fingerprint) -> str | None:
        """The hash of the file; None where it takes longer than a check of the gate may."""
        known = self._known.get(path)
        if known is None or known[0] != fingerprint:
            artifacts = Artifacts(self._workspace.root, (), 0)
            artifacts.limit_time(_read_limit_s(self._workspace, gate))
            artifact = artifacts.read(path)
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


def _read_limit_s(workspace: Workspace, gate: str) -> float:
    try:
        return load_contract(workspace, gate).limits.check_s
    except OrchError:
        return Limits().check_s
