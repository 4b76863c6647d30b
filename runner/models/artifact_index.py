"""The index of a run's outputs: the rows in `artifacts_index` of RUN.json."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from runner.models.artifact import Artifact
from runner.models.rows import Json, Rows, collect_key_orders, collect_types, iter_values


class IndexEntry(NamedTuple):
    """The newest recorded hash of one output. `extra` has the members that we do not know."""

    path: str
    resolved_path: str | None
    sha256: str
    gate: str
    recorded_at: str
    updated_at: str | None = None
    extra: Mapping[str, Any] = NO_MEMBERS

    def to_json(self) -> Json:
        """The row in `artifacts_index`, without the members that are None."""
        row = {
            "path": self.path,
            "resolved_path": self.resolved_path,
            "sha256": self.sha256,
            "gate": self.gate,
            "recorded_at": self.recorded_at,
            "updated_at": self.updated_at,
        }
        return {key: value for key, value in row.items() if value is not None} | dict(self.extra)

    @classmethod
    def from_json(cls, fields: Fields) -> "IndexEntry":
        """Parse such a row. Raises DamagedRecord."""
        return cls(
            path=fields.text("path"),
            resolved_path=fields.optional_text("resolved_path"),
            sha256=fields.text("sha256"),
            gate=fields.text("gate"),
            recorded_at=fields.text("recorded_at"),
            updated_at=fields.optional_text("updated_at"),
            extra=fields.rest(cls._fields),
        )

    @classmethod
    def from_row(cls, row: Json) -> "IndexEntry":
        """Parse a row that is well formed."""
        return cls(**{"resolved_path": None, **row})

    @staticmethod
    def are_well_formed(rows: Sequence[Json]) -> bool:
        """Whether all rows are certainly valid, being as we write them; False proves nothing."""
        return collect_key_orders(rows) <= _KEY_ORDERS and collect_types(iter_values(rows)) == {str}


def update_index(index: Rows[IndexEntry], artifacts: Sequence[Artifact], gate: str, now: str) -> Rows[IndexEntry]:
    """Set the artifacts' hashes in the index: one entry for each path, with the times of its first and last record."""
    if not artifacts:
        return index
    entries = {entry.resolved_path or entry.path: entry for entry in index}
    for artifact in artifacts:
        previous = entries.get(artifact.resolved_path)
        entries[artifact.resolved_path] = IndexEntry(
            path=artifact.path,
            resolved_path=artifact.resolved_path,
            sha256=artifact.sha256,
            gate=gate,
            recorded_at=previous.recorded_at if previous else now,
            updated_at=now if previous else None,
        )
    return Rows(entries.values())


_KEY_ORDERS: Final = {
    ("path", *resolved_path, "sha256", "gate", "recorded_at", *updated_at)
    for resolved_path in ((), ("resolved_path",))
    for updated_at in ((), ("updated_at",))
}
"""The keys of a row, in order; the original wrote no `resolved_path`."""
