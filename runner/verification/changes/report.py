"""What a change does to records and rules.

With --json::

    {"base": {"commit": "…", "merge_base": "…", "notes": ["…"]},
     "records": [{"kind": "edited", "run_id": "run_…", "gate": "G1", "attempt": 1, "path": "…", "subject": "…",
                  "change": "…", "allowed": false}],
     "rules": [{"kind": "loosened", "name": "G2", "path": "…", "subject": "…", "change": "…", "allowed": false}],
     "runs": […]}
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from runner.verification.changes.record_version import Json


class EditKind(StrEnum):
    """What was done to a part of a record."""

    EDITED = "edited"
    DELETED = "deleted"


NOT_COMPARED: Final = "changed, and what is in it is not compared"
"""What became of a submodule or symlink that has records or rules."""


class RecordDifference(NamedTuple):
    """A part of a run's record that was edited or deleted. `path` is the file that has or had it."""

    kind: EditKind
    run_id: str
    path: str
    subject: str = ""
    change: str = ""
    gate: str | None = None
    attempt: int | None = None
    is_allowed: bool = False

    @property
    def allowance(self) -> str:
        """The value of --allow that accepts it."""
        return f"{self.kind}:{self.run_id}"

    def describe(self) -> str:
        """`edited: run_…: G1 attempt 1: $.status "FAIL" → "PASS" (record/gates/G1/attempt-1.json)`."""
        file = self.path.partition(f"/{self.run_id}/")[2]
        text = ": ".join(filter(None, (self.run_id, self.subject, self.change)))
        return f"{self.kind}: {text}{f' ({file})' if file and (self.subject or self.change) else ''}"

    def to_json(self) -> Json:
        """The row in `records`."""
        return _to_json(self)


class RuleEffect(StrEnum):
    """What was done to a contract or workflow."""

    LOOSENED = "loosened"
    TIGHTENED = "tightened"
    ADDED = "added"
    """A new contract or workflow, which has nothing to be compared with."""
    UNKNOWN = "changed, direction unknown"
    UNCHANGED = "changed without effect"
    """Texts, or how it is written."""
    INVALID = "invalid"
    OTHER_VERSION = "judged by another version"
    """Work was judged by a version that neither the base nor the present state has."""


_FAILING = (RuleEffect.LOOSENED, RuleEffect.INVALID, RuleEffect.OTHER_VERSION)


class RuleChange(NamedTuple):
    """A change of what decides whether work passes. `name`: the gate or workflow; `path`: the file that was changed."""

    kind: RuleEffect
    name: str
    path: str
    subject: str = ""
    change: str = ""
    is_allowed: bool = False

    @property
    def allowance(self) -> str:
        """The value of --allow that accepts it."""
        return f"loosened:{self.name}"

    @property
    def is_acceptable(self) -> bool:
        """Whether it may fail, and so may have to be accepted."""
        return self.kind in (*_FAILING, RuleEffect.UNKNOWN)

    def describe(self) -> str:
        """`loosened: G2: min_sources research/CITATIONS.md: thresholds.quick 3 → 1`."""
        return ": ".join(filter(None, (self.kind, self.name, self.subject, self.change)))

    def to_json(self) -> Json:
        """The row in `rules`."""
        return _to_json(self)


def _to_json(difference: RecordDifference | RuleChange) -> Json:
    row = difference._asdict()
    row["allowed"] = row.pop("is_allowed")
    return row | {"kind": str(difference.kind)}


class ChangeReport(NamedTuple):
    """What a change does. `notes` explain the comparison; `warnings` are what makes a reader doubt, and prove nothing.

    `base` and `merge_base`, where the branch began, are ids of commits.
    """

    base: str
    merge_base: str | None
    records: tuple[RecordDifference, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def differences(self) -> "tuple[RecordDifference | RuleChange, ...]":
        """Those of records, then those of rules."""
        return (*self.records, *self.rules)

    def has_differences(self, *, is_strict: bool) -> bool:
        """Whether anything that is not allowed was edited, deleted or loosened; strict: or changed, who knows how."""
        failing = (*_FAILING, RuleEffect.UNKNOWN) if is_strict else _FAILING
        return (
            any(not each.is_allowed for each in self.records)
            or any(each.kind in failing and not each.is_allowed for each in self.rules)
            or bool(is_strict and self.warnings)
        )

    @property
    def is_partial(self) -> bool:
        """Whether a submodule or symlink was changed, of whose records or rules nothing is known."""
        return any(each.change == NOT_COMPARED for each in self.rules) or any(
            each.endswith(NOT_COMPARED) for each in self.warnings
        )

    @property
    def edited_runs(self) -> frozenset[str]:
        """The runs of which a difference is reported that is not allowed."""
        return frozenset(each.run_id for each in self.records if not each.is_allowed)

    def allow(self, allowances: Sequence[str]) -> "ChangeReport":
        """The report with these differences allowed; a note says which value allowed none."""
        allowed = frozenset(allowances)
        report = self._replace(
            records=tuple(each._replace(is_allowed=each.allowance in allowed) for each in self.records),
            rules=tuple(
                each._replace(is_allowed=each.is_acceptable and each.allowance in allowed) for each in self.rules
            ),
        )
        used = {each.allowance for each in report.differences if each.is_allowed}
        unused = [f"--allow {each} accepts nothing" for each in dict.fromkeys(allowances) if each not in used]
        return report._replace(notes=(*self.notes, *unused))

    def to_json(self) -> Json:
        """The members `base`, `records`, `rules` and `warnings` of the document."""
        return {
            "base": {"commit": self.base, "merge_base": self.merge_base, "notes": list(self.notes)},
            "records": [each.to_json() for each in self.records],
            "rules": [each.to_json() for each in self.rules],
            "warnings": list(self.warnings),
        }
