"""What passing attempts and runs recorded later: a file or contract that differs may be known to one of them."""

from collections import defaultdict
from collections.abc import Iterable

from runner.models.run import Run
from runner.verification.recorded_files import list_all_passing_attempts

_Times = defaultdict[str, dict[str, str]]
"""By name, the hashes that were recorded for it, and when that was last."""


class LaterRecords:
    """Which bytes were recorded for each file, contract and workflow, and when."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self._files: _Times = defaultdict(dict)
        self._contracts: _Times = defaultdict(dict)
        self._workflows: _Times = defaultdict(dict)
        for run in runs:
            self._add(run)

    def _add(self, run: Run) -> None:
        if run.pins and run.pins.workflow:
            _note(self._workflows, run.workflow.name, run.pins.workflow, run.started_at)
        for attempt in list_all_passing_attempts(run):
            if attempt.contract_sha256:
                _note(self._contracts, attempt.gate, attempt.contract_sha256, attempt.finished_at)
            for file in attempt.files:
                if file.read_by is None:
                    _note(self._files, file.path, file.sha256, attempt.finished_at)

    def has_file(self, path: str, sha256: str | None, than: str) -> bool:
        """Whether a passing attempt that did not end before `than` has these bytes as its output at the path.

        Where a clock was set back, attempts of one run end at the same time.
        """
        return sha256 is not None and self._files.get(path, {}).get(sha256, "") >= than

    def has_contract(self, gate: str, sha256: str | None, than: str) -> bool:
        """Whether an attempt at the gate that ended after `than` passed by this contract."""
        return _has_later(self._contracts, gate, sha256, than)

    def has_workflow(self, name: str, sha256: str | None, than: str) -> bool:
        """Whether a run that started after `than` has this workflow."""
        return _has_later(self._workflows, name, sha256, than)


def _note(times: _Times, name: str, sha256: str, at: str) -> None:
    times[name][sha256] = max(at, times[name].get(sha256, ""))


def _has_later(times: _Times, name: str, sha256: str | None, than: str) -> bool:
    return sha256 is not None and times.get(name, {}).get(sha256, "") > than
