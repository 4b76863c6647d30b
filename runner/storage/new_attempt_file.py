"""Creates the files of finished attempts, which never replace one."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.directory import Directory
from runner import suggestions
from runner.models.attempt import Attempt
from runner.models.json_encoding import encode
from runner.storage.atomic_files import back_up_file, create_file, remove_if_exists, replace_file
from runner.storage.attempt_file import is_reservation


class NewAttemptFile(NamedTuple):
    """The file of a finished attempt, which may not exist yet. `directory` is open."""

    directory: Directory
    attempt: Attempt

    @property
    def name(self) -> str:
        """Its base name."""
        return f"attempt-{self.attempt.number}.json"

    @property
    def is_written(self) -> bool:
        """Whether it exists and does more than reserve the number of the attempt."""
        return self.directory.exists(self.name) and not self._is_reserved

    @property
    def _is_reserved(self) -> bool:
        return is_reservation(self.name, self.directory.descriptor)

    def refuse_existing(self) -> None:
        """Raises Refused if it is written."""
        if self.is_written:
            raise self._exists_error()

    def create(self) -> None:
        """Write it. Raises Refused if it exists and is no reservation, OSError."""
        write = replace_file if self._is_reserved else create_file
        try:
            write(self.directory, self.name, encode(self.attempt.to_json()))
        except FileExistsError:
            raise self._exists_error() from None

    def _exists_error(self) -> Refused:
        run_id, _, _, gate = self.directory.path.split("/")[-4:]
        return Refused(
            f"{self.name} already exists in {gate}; a finished attempt never changes",
            next_command=suggestions.show_run(run_id),
        )


@contextlib.contextmanager
def open_attempt_files(record: Directory, attempts: Iterable[tuple[str, Attempt]]) -> Iterator[list[NewAttemptFile]]:
    """The files of the attempts, each in the directory of its gate, which is created if missing."""
    with contextlib.ExitStack() as stack:
        yield [
            NewAttemptFile(stack.enter_context(record.open_below(f"gates/{gate}", create=True)), attempt)
            for gate, attempt in attempts
        ]


def replace_attempt(directory: Directory, name: str, content: bytes) -> Iterator[str]:
    """Create the file of an attempt again. Yields the path of the backup of the existing one, if any."""
    if directory.exists(name):
        yield directory.path_of(back_up_file(directory, name))
        remove_if_exists(directory, name)
    create_file(directory, name, content)


def explain_half_written(run_id: str, written: Sequence[NewAttemptFile], error: OSError) -> NotWritten:
    """The error for attempts that are on disk while RUN.json lacks them."""
    attempts = ", ".join(f"{file.directory.path.rpartition('/')[2]}/{file.name}" for file in written)
    return NotWritten(
        f"{attempts} is recorded, but RUN.json is not ({error.strerror}); the next command that writes will update it",
        next_command=suggestions.show_run(run_id),
    )
