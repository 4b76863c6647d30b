"""A path of a contract in one run: that of one file, or with wildcards, of all files that match."""

from typing import Final, NamedTuple

from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles, has_wildcards, matches_glob

MAX_MATCHES: Final = 10_000


class PathOrGlob(NamedTuple):
    """`path` as it is shown and recorded. `pattern`, if it is a glob: the same with all that is literal escaped."""

    path: str
    pattern: str | None = None

    @property
    def directory(self) -> str:
        """The directory below which the files of a glob lie; empty for the root."""
        names = self.path.split("/")
        wildcards = (index for index, name in enumerate(names) if has_wildcards(name))
        return "/".join(names[: next(wildcards, len(names) - 1)])

    def matches(self, path: str) -> bool:
        """Whether it names the file at `path`."""
        return path == self.path if self.pattern is None else matches_glob(self.pattern, path)

    def find(self, artifacts: Artifacts) -> list[str]:
        """The paths of its files, in byte order: its own whether or not a file exists. Raises TooManyFiles, NoVerdict.

        They may contain control characters and surrogates.
        """
        if self.pattern is None:
            return [self.path]
        paths = artifacts.find(self.pattern)
        if len(paths) > MAX_MATCHES:
            raise TooManyFiles(f"more than {MAX_MATCHES:,} matching files, the limit")
        return paths

    def is_missing(self, artifacts: Artifacts) -> bool:
        """Whether nothing exists there, or nothing matches."""
        return artifacts.read(self.path).is_missing if self.pattern is None else not self._has_match(artifacts)

    def has_file(self, artifacts: Artifacts) -> bool:
        """Whether a file exists there, or some match."""
        return artifacts.read(self.path).is_file if self.pattern is None else self._has_match(artifacts)

    def _has_match(self, artifacts: Artifacts) -> bool:
        try:
            return bool(self.find(artifacts))
        except TooManyFiles:
            return True
