"""A copy of good artifacts in which files are emptied, taken away or replaced, one trial after the other."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from gate_tests.checks.outcome import Outcome
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext
from runner.contracts.mutation.example import Example

Contents = Mapping[str, str | None]
"""What stands at each path instead of what stood there; None: nothing."""


class Bench:
    """The copy, at `workspace`. It goes when the block ends."""

    def __init__(self, example: Example) -> None:
        self._folders = tempfile.TemporaryDirectory(prefix="orch-")
        scratch = Path(self._folders.name)
        self.workspace = Workspace(scratch / "root")
        self._aside = scratch / "aside"
        self._aside.mkdir()
        _copy(example.folder, self.workspace.root)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        self._folders.cleanup()

    def add_what_is_of_no_run(self, repository: Workspace, gate: CompiledGate, context: RunContext) -> None:
        """Copies what checks read besides their target and is no run's, such as a schema, from the repository."""
        for path in dict.fromkeys(path for check in gate.checks for path in check.rule.others):
            source, target = repository.root / path, self.workspace.root / path
            of_the_run = context.slug in path or path.startswith(f"{context.artifact_path}/")
            if not of_the_run and not target.exists() and repository.holds(path) and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    def evaluate(self, gate: CompiledGate, check: Check) -> tuple[Outcome, list[str]]:
        """What the check comes to as things stand, and the files and folders that it looked at."""
        artifacts = gate.artifacts(self.workspace.root)
        outcome = check.resolve(artifacts).evaluate(artifacts)
        return outcome, [path for path in artifacts.seen if (self.workspace.root / path).exists()]

    def text(self, path: str) -> str | None:
        """The text of a file; None where it is none."""
        try:
            return (self.workspace.root / path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    @contextlib.contextmanager
    def changed(self, contents: Contents) -> Iterator[None]:
        """These contents while the block lasts. A folder is emptied by any text."""
        moved: list[tuple[Path, Path]] = []
        try:
            for path in sorted(contents, key=lambda path: path.count("/"), reverse=True):
                moved.append(self._replace(path, contents[path], self._aside / str(len(moved))))
            yield
        finally:
            for place, aside in reversed(moved):
                _remove(place)
                aside.rename(place)

    def _replace(self, path: str, text: str | None, aside: Path) -> tuple[Path, Path]:
        place = self.workspace.root / path
        place.rename(aside)
        if text is not None:
            if aside.is_dir():
                place.mkdir()
            else:
                place.write_text(text, "utf-8", newline="")
        return place, aside


def _copy(folder: Path, target: Path) -> None:
    """The files below a folder. What is neither a file nor a folder of its own is no artifact and stays behind."""
    try:
        shutil.copytree(folder, target, ignore=_no_artifacts)
    except shutil.Error as error:
        path, _, why = error.args[0][0]
        name = Path(path).relative_to(folder).as_posix()
        raise Refused(
            f"{name} of the good artifacts cannot be copied: {why}", next_command=f"ls -l {quote(str(path))}"
        ) from None


def _no_artifacts(folder: str, names: list[str]) -> list[str]:
    places = [Path(folder, name) for name in names]
    return [each.name for each in places if not each.is_file() and (each.is_symlink() or not each.is_dir())]


def _remove(place: Path) -> None:
    if place.is_dir():
        place.rmdir()
    else:
        place.unlink(missing_ok=True)
