"""Which present files another run has passed with since an attempt of this one did."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from gate_tests.errors import OrchError
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.recorded_files import RecordedFile, list_recorded_files


class LaterRuns(NamedTuple):
    """The runs of a workspace besides `run_id`, only the `newest` if given.

    A record that contains none of the files is not parsed.
    """

    workspace: Workspace
    run_id: str
    newest: int | None = None

    def find_recorded(self, files: Mapping[str, str | None], since: str) -> dict[str, list[RecordedFile]]:
        """Of `files`, paths and their present hashes where known: what attempts that passed after `since` recorded."""
        found: dict[str, list[RecordedFile]] = {}
        for attempt in self._list_passed([_encode(path, sha256) for path, sha256 in files.items()]):
            if (attempt.finished_at or "") > since:
                for file in list_recorded_files(attempt):
                    if file.path in files:
                        found.setdefault(file.path, []).append(file)
        return found

    def _list_passed(self, files: Collection[tuple[bytes, bytes]]) -> Iterator[Attempt]:
        for run_id in self.workspace.list_run_directories()[: self.newest]:
            if run_id != self.run_id:
                with suppress(OrchError, OSError):  # a damaged record proves nothing
                    content = read_regular_file(self.workspace.root / self.workspace.record_path(run_id))
                    if any(path in content and sha256 in content for path, sha256 in files):
                        yield from list_passed_attempts(Run.from_json(self.workspace.read_record(run_id)))


def _encode(path: str, sha256: str | None) -> tuple[bytes, bytes]:
    """The bytes that a record of the file contains."""
    return json.dumps(path, ensure_ascii=False).encode(errors="surrogatepass"), (sha256 or "").encode()


def list_passed_attempts(run: Run) -> Iterator[Attempt]:
    """The attempts of all gates that passed, also those that were followed by another."""
    for gate in run.gates:
        yield from (attempt for attempt in gate.attempts if attempt.status is GateStatus.PASS)
