"""The index of a run's outputs: the newest recorded hash of each."""

from collections.abc import Sequence
from typing import NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Json
from runner.models.rows import all_values, kinds, shapes


class IndexEntry(NamedTuple):
    """The newest recorded hash of an output of the run."""

    path: str
    resolved_path: str | None
    sha256: str
    gate: str
    recorded_at: str
    updated_at: str | None = None

    def to_json(self) -> Json:
        """The row in `artifacts_index`; what a row of the original lacks stays away."""
        row = {
            "path": self.path,
            "resolved_path": self.resolved_path,
            "sha256": self.sha256,
            "gate": self.gate,
            "recorded_at": self.recorded_at,
            "updated_at": self.updated_at,
        }
        return {key: value for key, value in row.items() if value is not None}

    @classmethod
    def from_json(cls, fields: Fields) -> "IndexEntry":
        """The same, read."""
        return cls(
            path=fields.text("path"),
            resolved_path=fields.optional_text("resolved_path"),
            sha256=fields.text("sha256"),
            gate=fields.text("gate"),
            recorded_at=fields.text("recorded_at"),
            updated_at=fields.optional_text("updated_at"),
        )

    @staticmethod
    def are_sound(rows: Sequence[Json]) -> bool:
        """Whether all are rows as we write them; of others nothing is said."""
        known = {(*_ENTRY[:1], *resolved, *_ENTRY[2:5], *updated) for resolved in _MAYBE for updated in _LATER}
        return shapes(rows) <= known and kinds(all_values(rows)) == {str}


_ENTRY = ("path", "resolved_path", "sha256", "gate", "recorded_at", "updated_at")


_MAYBE, _LATER = ((), _ENTRY[1:2]), ((), _ENTRY[5:])
