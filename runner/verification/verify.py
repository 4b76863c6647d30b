"""Verifies runs: whether their records are valid, and what they say is still true."""

import gc
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from gate_tests.errors import OrchError
from runner.models.run import Run
from runner.verification.audits import list_audits
from runner.verification.doubts import find_doubts
from runner.verification.file_status import compare_files
from runner.verification.later_records import LaterRecords
from runner.verification.record import RecordVerifier
from runner.verification.recorded_files import list_passing_attempts
from runner.verification.report import RunReport
from runner.verification.rule_changes import RuleComparison
from runner.verification.sources import Source
from runner.verification.two_processes import map_in_two

_COLLECT_AFTER: Final = 100
"""Runs after which garbage is collected: the commands of orch have no collector."""

_MANY_RUNS: Final = 100
"""Number of runs from which on another process verifies half of them."""


class Verifier:
    """Verifies runs in one state of the repository."""

    def __init__(self, source: Source) -> None:
        self._verified = 0
        self._source = source
        self._workspace = source.store.workspace
        self._records = RecordVerifier(source.store, source.rules)
        self._rules = RuleComparison(self._workspace, source.rules, lambda: self._later_records)

    def verify_all(self, run_ids: Sequence[str]) -> Iterator[RunReport]:
        """A report for each run, as soon as it is known. Only one process can read from git's objects."""
        if self._source.name:
            return map(self.verify, run_ids)
        gc.freeze()  # what is there now is not looked through again
        return map_in_two(self.verify, run_ids, _MANY_RUNS)

    def verify(self, run_id: str) -> RunReport:
        """The report of a run, also for one that is damaged, unreadable or unknown."""
        self._verified += 1
        if self._verified % _COLLECT_AFTER == 0:
            gc.collect(0)  # what is new
        return self._verify(run_id)

    def _verify(self, run_id: str) -> RunReport:
        try:
            run = self._records.read(run_id)
            attempts = list(list_passing_attempts(run))
            self._source.files.prepare(file.path for attempt in attempts for file in attempt.files)
            warnings = self._records.check(run)
        except OrchError as error:
            return RunReport(run_id, error=error)
        files = compare_files(attempts, self._source.files, lambda: self._later_records)
        rules = self._rules.find_changes(run, attempts)
        audits = list_audits(run, self._source.rules)
        return RunReport(run_id, run.status, tuple(files), tuple(rules), (*warnings, *find_doubts(run, files, audits)))

    @cached_property
    def _later_records(self) -> LaterRecords:
        """What the readable runs recorded. Only read where something has changed."""
        return LaterRecords(self._read_readable_runs())

    def _read_readable_runs(self) -> Iterator[Run]:
        for run_id in self._workspace.runs():
            try:
                yield self._source.store.read(run_id)
            except OrchError:
                continue
