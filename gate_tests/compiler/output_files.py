"""The files of a gate's outputs: of a glob, all that match."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gate_tests.checks.output import BoundOutput
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles
from gate_tests.sanitize import has_control


class OutputFile(NamedTuple):
    """A path that an output names or that matches it."""

    output: BoundOutput
    path: str


class OutputFiles(NamedTuple):
    """The files in the order of the outputs, each path once; and the globs that were left out, each with the reason."""

    files: tuple[OutputFile, ...]
    omitted: Mapping[str, str] = MappingProxyType({})

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths."""
        return tuple(file.path for file in self.files)


def find_output_files(outputs: Iterable[BoundOutput], artifacts: Artifacts) -> OutputFiles:
    """The files of the outputs; an output that names its path has it whether or not a file exists. Raises NoVerdict.

    A file that an output names by its path belongs to that output, not to a glob. What matches too many files has none,
    and a name that no record can contain is left out.
    """
    outputs = tuple(outputs)
    named = {output.path for output in outputs if output.pattern is None}
    files: dict[str, OutputFile] = {}
    omitted: dict[str, str] = {}
    for output in outputs:
        try:
            paths = output.file.find(artifacts)
        except TooManyFiles as error:
            omitted[output.path] = str(error)
            continue
        for path in paths:
            if output.pattern is None or not (path in named or has_control(path)):
                files.setdefault(path, OutputFile(output, path))
    return OutputFiles(tuple(files.values()), omitted)
