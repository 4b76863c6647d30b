"""The files that decide how a gate is judged, how they have changed, and which changes a person accepted."""

from typing import NamedTuple

from runner.models.baseline import Baseline
from runner.models.context import Pins
from runner.models.event import Event, EventType
from runner.models.rows import Rows


class RuleFile(NamedTuple):
    """A file that decides what is checked (a contract, a workflow, a JSON schema), and its hash; None: no such file."""

    path: str
    sha256: str | None


class RuleChange(NamedTuple):
    """A rule file that has changed, with its hash before and now."""

    path: str
    before: str | None
    after: str | None


class GateRules(NamedTuple):
    """The files that decide how a gate is judged. `schemas` are the JSON schemas of the contract's checks."""

    contract: RuleFile
    workflow: RuleFile
    schemas: tuple[RuleFile, ...] = ()

    def find_changes(self, now: "GateRules") -> tuple[RuleChange, ...]:
        """How they differ `now`."""
        before = {file.path: file.sha256 for file in (self.contract, self.workflow, *self.schemas)}
        return tuple(
            RuleChange(file.path, before.get(file.path), file.sha256)
            for file in (now.contract, now.workflow, *now.schemas)
            if before.get(file.path) != file.sha256
        )


def find_pin_changes(pins: Pins | None, gate: str, rules: GateRules) -> tuple[RuleChange, ...]:
    """How the contract of `gate` and the workflow differ from what is pinned."""
    if pins is None:
        return ()
    pinned = ((rules.contract, pins.contracts.get(gate)), (rules.workflow, pins.workflow))
    return tuple(
        RuleChange(file.path, before, file.sha256) for file, before in pinned if before and before != file.sha256
    )


def find_baseline_changes(baseline: Baseline | None, rules: GateRules) -> tuple[RuleChange, ...]:
    """How contract and schemas differ from those at the start of an attempt, as far as those were recorded."""
    if baseline is None:
        return ()
    before = {**dict(baseline.schemas), rules.contract.path: baseline.contract_sha256}
    recorded = (rules.contract, *rules.schemas) if baseline.context else (rules.contract,)
    return tuple(
        RuleChange(file.path, before.get(file.path), file.sha256)
        for file in recorded
        if file.sha256 != before.get(file.path)
    )


class AcceptedChange(NamedTuple):
    """A change of a contract, workflow or schema that a person accepted, as an event recorded it."""

    gate: str
    attempt: str
    path: str
    before: str
    after: str


def list_accepted_changes(events: Rows[Event]) -> list[AcceptedChange]:
    """The changes that were accepted, in order."""
    if EventType.CONTRACT_ACCEPTED not in events.column("type"):  # avoids parsing each event of a large record
        return []
    accepted = (event.data for event in events if event.type == EventType.CONTRACT_ACCEPTED)
    return [
        AcceptedChange(*(str(data.get(key)) for key in ("gate", "attempt", "path", "from", "to"))) for data in accepted
    ]
