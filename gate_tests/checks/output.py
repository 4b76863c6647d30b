"""A declared output of a gate in one run, and whether it exists as it must."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from gate_tests.checks.truncation import join_truncated
from gate_tests.files.artifacts import Artifact, Artifacts, PathKind
from gate_tests.files.glob import TooManyFiles
from gate_tests.files.path_or_glob import PathOrGlob
from gate_tests.sanitize import escape_controls, has_control

MISSING_DIRECTORY: Final = "directory is missing"
NO_MATCHING_FILE: Final = "no matching file"


class FoundOutput(NamedTuple):
    """What exists of an output, in words too, and whether that is as much as must."""

    is_met: bool
    exists: bool
    found: str


class BoundOutput(NamedTuple):
    """A declared output in this run: one file, or of a glob, which has a `pattern`, at least `min_files`.

    A blank file counts only if `allow_empty`.
    """

    template: str
    path: str
    description: str
    optional: bool
    pattern: str | None = None
    allow_empty: bool = False
    min_files: int = 1

    @property
    def file(self) -> PathOrGlob:
        """Its path."""
        return PathOrGlob(self.path, self.pattern)

    def describe_requirement(self) -> str:
        """What is expected at its path, as a phrase that continues "expected"."""
        if self.pattern is None:
            return "an existing file" if self.allow_empty else "a file that is not empty"
        files, empty = ("1 file", "is not") if self.min_files == 1 else (f"{self.min_files} files", "are not")
        return f"at least {files}" if self.allow_empty else f"at least {files} that {empty} empty"

    def examine(self, artifacts: Artifacts) -> FoundOutput:
        """What exists of it. Raises NoVerdict."""
        if self.pattern is not None:
            return self._examine_matches(artifacts)
        artifact = artifacts.read(self.path)
        if not artifact.is_file:
            return FoundOutput(False, False, artifact.found)
        if artifact.is_blank and not self.allow_empty:
            return FoundOutput(False, True, _describe_blank(artifact))
        return FoundOutput(True, True, artifact.found)

    def _examine_matches(self, artifacts: Artifacts) -> FoundOutput:
        try:
            paths = self.file.find(artifacts)
        except TooManyFiles as error:
            return FoundOutput(False, True, str(error))
        if not paths:
            return FoundOutput(False, False, NO_MATCHING_FILE)
        if unusable := _find_unusable(paths, artifacts):
            return FoundOutput(False, True, unusable)
        return self._count(list(map(artifacts.read, paths)))

    def _count(self, files: list[Artifact]) -> FoundOutput:
        """Counts the files; several names of one are one file."""
        blank = [] if self.allow_empty else [each for each in files if each.is_blank]
        names = len(files) - len(blank)
        count = len({(each.state or (each.path,))[:2] for each in files if self.allow_empty or not each.is_blank})
        found = f"{count} of {self.min_files}"
        found += f" under {names} names" if names > count else ""
        found += f", and {len(blank)} empty: {join_truncated([each.path for each in blank])}" if blank else ""
        return FoundOutput(count >= self.min_files, True, found)


def describe_directory(artifact: Artifact) -> str:
    """What exists at the path, where a directory is expected."""
    if artifact.is_missing:
        return artifact.found.replace(PathKind.MISSING.value, MISSING_DIRECTORY)
    return artifact.found


def _find_unusable(paths: Iterable[str], artifacts: Artifacts) -> str | None:
    """Why some file that matches cannot be recorded."""
    for path in paths:
        if has_control(path):
            return f"{escape_controls(path)}: its name has control characters or is not UTF-8"
        if not (artifact := artifacts.read(path)).is_file:
            return f"{path}: {artifact.found}"
    return None


def _describe_blank(artifact: Artifact) -> str:
    size = "1 byte" if artifact.size_bytes == 1 else f"{artifact.size_bytes} bytes"
    return f"an empty file ({size}{' of white space only' if artifact.size_bytes else ''})"
