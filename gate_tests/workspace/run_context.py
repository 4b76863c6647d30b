"""The context of a run: what judging needs to know of it, and the rules for reading that from its RUN.json.

`runner.models` reads the whole record and uses the same rules.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gate_tests import suggestions
from gate_tests.errors import Refused, suggest
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import (
    Depth,
    check_gate_id,
    check_run_directory,
    check_slug,
    check_value,
    match_name,
    normal_path,
)

Hashes = tuple[tuple[str, str], ...]
"""Pairs of (path, SHA-256)."""


class OpenBaseline(NamedTuple):
    """The outputs of a gate as they were when the first of its attempts since its last PASS started.

    `attempt` is the number of the first of these that recorded them. `unread` are those that could not be hashed:
    what they were is not known.
    """

    attempt: int
    outputs: Hashes
    unread: tuple[str, ...] = ()


class RunContext(NamedTuple):
    """What judging needs to know of a run.

    `variables` are those that its workflow declares, `attempts` has the number of the last attempt at each gate that
    has one, `passed` the hashes of the outputs of each gate whose last attempt passed. `baselines` has each gate that
    an attempt is open at.
    """

    run_id: str
    slug: str
    artifact_path: str
    depth: Depth
    gates: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    attempts: Mapping[str, int] = {}
    passed: Mapping[str, Hashes] = {}
    baselines: Mapping[str, OpenBaseline] = {}

    def values(self) -> dict[str, str]:
        """The value of every variable, by name."""
        return {
            **self.variables,
            "slug": self.slug,
            "artifact_path": self.artifact_path,
            "depth": str(self.depth),
            "run_id": self.run_id,
        }

    def at_depth(self, depth: Depth) -> "RunContext":
        """The same run at another depth."""
        return self._replace(depth=depth)

    def to_json(self) -> dict[str, Any]:
        """`{run_id, slug, artifact_path, depth, gates, variables, attempts, passed, baselines}`."""
        return self._asdict()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RunContext":
        """Parse what `to_json` gives."""
        passed = {gate: tuple((path, sha256) for path, sha256 in outputs) for gate, outputs in data["passed"].items()}
        baselines = {gate: _baseline_from_json(*each) for gate, each in data["baselines"].items()}
        parsed = {"depth": Depth(data["depth"]), "gates": tuple(data["gates"]), "passed": passed}
        return cls(**{**data, **parsed, "baselines": baselines})

    @classmethod
    def read(cls, workspace: Workspace, run_id: str) -> "RunContext":
        """Read the context of a run from its record. Raises Refused, DamagedRecord, NotReadable."""
        record = Fields.of(workspace.read_record(run_id))
        check_run_id_member(record, run_id)
        return cls.from_record(record)

    @classmethod
    def from_record(cls, record: Fields) -> "RunContext":
        """Parse the members of a RUN.json that judging needs. Raises DamagedRecord."""
        workflow = record.object("workflow")
        workflow.optional_object("variables")  # its kind before all else
        attempts = record.objects("gates", lambda gate: (parse_gate_id(gate), _attempts(gate)))
        gates = [(gate, each[-1] if each else None) for gate, each in attempts]
        return cls(
            run_id=record.text("run_id"),
            slug=parse_slug(workflow),
            artifact_path=parse_artifact_path(workflow),
            depth=parse_depth(record),
            gates=tuple(gate for gate, _ in gates),
            variables=parse_variables(workflow),
            attempts={gate: last.number("attempt") for gate, last in gates if last},
            passed={
                gate: last.objects("artifacts", lambda row: (row.text("resolved_path"), row.text("sha256")))
                for gate, last in gates
                if last and last.text("status") == "PASS"
            },
            baselines={gate: baseline for gate, each in attempts if (baseline := _find_open_baseline(each))},
        )

    def check_gate(self, gate: str) -> str:
        """The run's gate that `gate` names, in any letter case. Raises Refused."""
        if found := match_name(gate.strip(), self.gates):
            return found
        raise Refused(
            f"unknown gate {gate!r} in run {self.run_id}{suggest(gate, self.gates)}",
            next_command=suggestions.show_run(self.run_id),
        )


def check_run_id_member(record: Fields, run_id: str) -> None:
    """Raises DamagedRecord unless the record names the run in whose directory it is."""
    record.validate("run_id", lambda text: check_run_directory(text, run_id))


def parse_depth(record: Fields) -> Depth:
    """The member `depth` of a record. Raises DamagedRecord."""
    return record.choice("depth", Depth)


def parse_slug(workflow: Fields) -> str:
    """The member `slug` of a record's `workflow`. Raises DamagedRecord."""
    return workflow.validate("slug", check_slug)


def parse_artifact_path(workflow: Fields) -> str:
    """The member `artifact_path` of a record's `workflow`, normalized. Raises DamagedRecord."""
    return workflow.validate("artifact_path", lambda path: normal_path(path, "artifact path"))


def parse_variables(workflow: Fields) -> dict[str, str]:
    """The variables that a record's `workflow` declares, if any. Raises DamagedRecord."""
    variables = workflow.optional_object("variables")
    return {name: variables.validate(name, check_value) for name in variables.value} if variables else {}


def parse_gate_id(gate: Fields) -> str:
    """The id of one of a record's `gates`. Raises DamagedRecord."""
    return gate.validate("gate", check_gate_id)


def parse_baseline_files(baseline: Fields) -> tuple[Hashes, tuple[str, ...]]:
    """The members `outputs` and `unread` of an attempt's `baseline`. Raises DamagedRecord."""
    outputs = baseline.objects("outputs", lambda row: (row.text("path"), row.text("sha256")))
    return outputs, baseline.texts("unread") if "unread" in baseline else ()


def count_until_last_pass(statuses: Sequence[str]) -> int:
    """How many attempts there are up to the last one that passed, which is included."""
    return max((number for number, status in enumerate(statuses, 1) if status == "PASS"), default=0)


def _attempts(gate: Fields) -> tuple[Fields, ...]:
    return gate.objects("attempts", lambda attempt: attempt) if "attempts" in gate else ()


def _find_open_baseline(attempts: Sequence[Fields]) -> OpenBaseline | None:
    statuses = [attempt.text("status") for attempt in attempts]
    for attempt in attempts[count_until_last_pass(statuses) :] if statuses[-1:] == ["RUNNING"] else ():
        if baseline := attempt.optional_object("baseline"):
            return OpenBaseline(attempt.number("attempt"), *parse_baseline_files(baseline))
    return None


def _baseline_from_json(attempt: int, outputs: Sequence[Sequence[str]], unread: Sequence[str]) -> OpenBaseline:
    return OpenBaseline(attempt, tuple((path, sha256) for path, sha256 in outputs), tuple(unread))
