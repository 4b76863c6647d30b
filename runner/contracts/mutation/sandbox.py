"""A copy of example artifacts in which files are emptied, removed or replaced, one mutant after the other."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from gate_tests.checks.outcome import Outcome
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import Refused
from gate_tests.files.regular_file import MAX_FILE_BYTES, format_limit, read_regular_file
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext
from runner import suggestions
from runner.contracts.mutation.example import Example

Contents = Mapping[str, str | None]
"""The new text of each path; None removes it."""


class Sandbox:
    """A context manager: the copy, at `workspace`, is removed when the block ends."""

    def __init__(self, example: Example) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="orch-")
        scratch = Path(self._scratch.name)
        self.workspace = Workspace(scratch / "root")
        self._aside = scratch / "aside"
        self._aside.mkdir()
        try:
            _copy(example.directory, self.workspace.root)
        except BaseException:
            self._scratch.cleanup()
            raise

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def copy_shared_files(self, repository: Workspace, gate: CompiledGate, context: RunContext) -> None:
        """Copies from the repository what checks read besides their target and artifacts, such as a schema."""
        for path in dict.fromkeys(path for check in gate.checks for path in check.rule.other_paths):
            source, target = repository.root / path, self.workspace.root / path
            of_the_run = context.slug in path or path.startswith(f"{context.artifact_path}/")
            if not of_the_run and not target.exists() and repository.contains(path) and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy_file(str(source), str(target))

    def evaluate(self, gate: CompiledGate, check: Check) -> tuple[Outcome, list[str]]:
        """The outcome of the check, and the existing files and directories that it read."""
        artifacts = gate.artifacts(self.workspace.root)
        outcome = check.resolve(artifacts).evaluate(artifacts)
        return outcome, [path for path in artifacts.seen if (self.workspace.root / path).exists()]

    def read_text(self, path: str) -> str | None:
        """The text of a file; None where the path is not a UTF-8 file."""
        try:
            return read_regular_file(self.workspace.root / path).decode().replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            return None

    @contextlib.contextmanager
    def apply_changes(self, contents: Contents) -> Iterator[None]:
        """Replaces the contents while the block lasts. Any text empties a directory."""
        moved: list[tuple[Path, Path]] = []
        try:
            for path in sorted(contents, key=lambda path: path.count("/"), reverse=True):
                moved.append(self._replace(path, contents[path], self._aside / str(len(moved))))
            yield
        finally:
            for target, aside in reversed(moved):
                _remove(target)
                aside.rename(target)

    def _replace(self, path: str, text: str | None, aside: Path) -> tuple[Path, Path]:
        target = self.workspace.root / path
        target.rename(aside)
        if text is not None:
            if aside.is_dir():
                target.mkdir()
            else:
                target.write_text(text, "utf-8", newline="")
        return target, aside


def _copy(directory: Path, target: Path) -> None:
    """Copies the files below a directory, but no special files and no symlinks to directories. Raises Refused."""
    try:
        shutil.copytree(directory, target, ignore=_ignore_special_files, copy_function=_copy_file)
    except shutil.Error as error:
        path, _, why = error.args[0][0]
        name = Path(path).relative_to(directory).as_posix()
        raise Refused(
            f"{name} of the good artifacts cannot be copied: {why}", next_command=suggestions.list_directory(path)
        ) from None


def _copy_file(source: str, target: str) -> str:
    """Copies a file of limited size: a sparse one would fill the disk, and texts are read as a whole."""
    if os.stat(source).st_size > MAX_FILE_BYTES:
        raise Refused(
            f"{source}: is larger than {format_limit(MAX_FILE_BYTES)}", next_command=suggestions.list_directory(source)
        )
    return shutil.copyfile(source, target)


def _ignore_special_files(directory: str, names: list[str]) -> list[str]:
    paths = [Path(directory, name) for name in names]
    return [each.name for each in paths if not each.is_file() and (each.is_symlink() or not each.is_dir())]


def _remove(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
