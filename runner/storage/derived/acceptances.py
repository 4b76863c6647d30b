"""The changes of contracts and of the workflow that were accepted follow from one another, to what is pinned."""

from collections.abc import Iterator
from typing import Any

from gate_tests.strict_json.document import JsonPath
from runner.models.attempt import Attempt
from runner.models.event import Event, EventType, contract_accepted
from runner.models.gate import Gate
from runner.models.rules import RuleChange
from runner.models.run import Run

Violation = tuple[JsonPath, str]
"""The path of a value in RUN.json, and what is wrong with it."""


def find_acceptance_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """What contradicts an attempt, the change before it, or the pins. No pin of a schema is kept."""
    pins: dict[str, str | None] = {}
    if run.pins:
        pins = {_contract_path(gate): sha256 for gate, sha256 in run.pins.contracts.items()}
        pins[f"orchestration/workflows/{run.workflow.name}.json"] = run.pins.workflow
    newest: dict[str, Any] = {}
    for index, event in enumerate(events):
        if event.type != EventType.CONTRACT_ACCEPTED:
            continue
        path = str(event.data.get("path"))
        yield from _find_contradictions(run, index, event, newest.get(path))
        if path in pins:
            newest[path] = event.data.get("to")
    for path, sha256 in newest.items():
        if pins[path] != sha256:
            yield ("pins",), f"has {pins[path]} for {path}, but the change to {sha256} was accepted last"


def _contract_path(gate: str) -> str:
    return f"orchestration/gates/contracts/{gate}.contract.json"


def _find_contradictions(run: Run, index: int, event: Event, accepted_before: Any) -> Iterator[Violation]:
    gate = run.find_gate(str(event.data.get("gate")))
    attempts = [each for each in gate.attempts if each.number == event.data.get("attempt")] if gate else []
    if gate is None or not attempts:
        yield ("events", index), "belongs to no attempt"
        return
    path, before, after = (event.data.get(key) for key in ("path", "from", "to"))
    message = contract_accepted("", gate.gate, attempts[0].number, RuleChange(str(path), before, after)).data["message"]
    if event.data.get("message") != message:
        yield ("events", index, "message"), f"is {str(event.data.get('message'))[:80]!r}, expected {message!r}"
    known = {accepted_before} if accepted_before else _list_contracts(gate, attempts[0])
    is_known = path == _contract_path(gate.gate) or accepted_before
    if is_known and known and before not in known:
        yield ("events", index, "from"), f"is {before}, expected {' or '.join(sorted(known))}"


def _list_contracts(gate: Gate, attempt: Attempt) -> set[str]:
    """The contracts of earlier attempts and the one that the attempt was started with; none if it is the first."""
    earlier = {each.latest_contract_sha256 for each in gate.attempts if each.number < attempt.number} - {None}
    started_with = {attempt.baseline.contract_sha256} if attempt.baseline else set()
    return {*filter(None, earlier), *started_with} if earlier else set()
