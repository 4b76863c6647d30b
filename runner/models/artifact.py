"""An output of an attempt: a row of its `artifacts`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.rows import Json


def artifact_rows(attempt: Fields) -> tuple[dict[str, Any], ...]:
    """The rows of an attempt's `artifacts`. Whatever else the original runner may have written there is ignored."""
    rows = attempt.value.get("artifacts")
    return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def artifact_hash(row: Mapping[str, Any]) -> tuple[str, str]:
    """The (path, SHA-256) of one of these rows; the original runner wrote no resolved paths."""
    return str(row.get("resolved_path", row.get("path"))), str(row.get("sha256"))


class Artifact(NamedTuple):
    """An output that existed when its attempt was finished.

    `path` is the template, `sha256` of the file's bytes. `size_bytes` is None where the original recorded none, or no
    resolved path either: then its file is unknown.
    """

    path: str
    resolved_path: str
    sha256: str
    size_bytes: int | None
    optional: bool = False

    def to_json(self) -> Json:
        """The row in `artifacts`."""
        row: Json = {
            "path": self.path,
            "resolved_path": self.resolved_path,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "exists": True,
        }
        return row | ({"optional": True} if self.optional else {})

    @classmethod
    def from_json(cls, fields: Fields) -> "Artifact":
        """Parse a row as we write it. Raises DamagedRecord."""
        for key in ("path", "resolved_path", "sha256"):
            fields.text(key)
        fields.number("size_bytes")
        return cls.from_row(fields.value)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Artifact":
        """Parse any row: the original recorded absolute paths, which are ignored, and no sizes."""
        resolved_path, sha256 = artifact_hash(row)
        size_bytes = row.get("size_bytes")
        return cls(
            path=str(row.get("path")),
            resolved_path=resolved_path,
            sha256=sha256,
            size_bytes=size_bytes if isinstance(size_bytes, int) and "resolved_path" in row else None,
            optional=row.get("optional") is True,
        )
