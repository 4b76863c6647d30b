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
from runner.operations.recorded_files import RecordedFile, list_outputs, list_passed_attempts


class LaterRuns(NamedTuple):
    """The runs of a workspace besides `run_id`, only the `newest` if given.

    A record that contains none of the files is not parsed.
    """

    workspace: Workspace
    run_id: str
    newest: int | None = None

    def find_recorded(self, files: Mapping[str, str | None], since: str) -> dict[str, list[RecordedFile]]:
        """Of `files`, paths and their present hashes where known: the outputs of attempts that passed since then."""
        found: dict[str, list[RecordedFile]] = {}
        for attempt in self._list_passed([_encode(path, sha256) for path, sha256 in files.items()]):
            if (attempt.finished_at or "") >= since:
                for file in list_outputs(attempt):
                    if file.path in files:
                        found.setdefault(file.path, []).append(file)
        return found

    def _list_passed(self, files: Collection[tuple[bytes, bytes]]) -> Iterator[Attempt]:
        for run_id in self.workspace.list_run_directories()[: self.newest]:
            if run_id != self.run_id:
                with suppress(OrchError, OSError):  # a damaged record proves nothing
                    content = read_regular_file(self.workspace.root / self.workspace.record_path(run_id))
                    if any(path in content and sha256 in content for path, sha256 in files):
                        run = Run.from_json(self.workspace.read_record(run_id))
                        yield from (attempt for _, attempt in list_passed_attempts(run))


def _encode(path: str, sha256: str | None) -> tuple[bytes, bytes]:
    """The bytes that a record of the file contains."""
    return json.dumps(path, ensure_ascii=False).encode(errors="surrogatepass"), (sha256 or "").encode()
