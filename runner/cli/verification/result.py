"""The result of `orch verify`: its document and its exit code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit, choose_gravest
from runner.cli.verification.tally import Tally
from runner.models.rows import Json

if TYPE_CHECKING:
    from runner.verification.replayed import GateReplay


class VerificationResult(NamedTuple):
    """What was found: the counts, the rows of runs (kept for a document only), and what was judged again."""

    tally: Tally
    runs: Sequence[Json] = ()
    replays: "Sequence[GateReplay] | None" = None

    @property
    def document(self) -> Json:
        """`{"runs": […], "replays"?: […]}`."""
        replays = None if self.replays is None else [each.to_json() for each in self.replays]
        return {"runs": list(self.runs)} | ({} if replays is None else {"replays": replays})

    def choose_exit_code(self, *, is_strict: bool) -> Exit:
        """The gravest: a damaged record, one that cannot be read or has no verdict, an unknown run, a difference."""
        codes = set(self.tally.exit_codes)
        if self.replays:
            from runner.verification.replayed import choose_exit_code

            codes.add(choose_exit_code(self.replays, is_strict=is_strict))
        if is_strict and self.tally.has_warnings:
            codes.add(Exit.FAIL)
        return choose_gravest(codes)
