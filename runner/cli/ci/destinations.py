"""Which report of `orch ci` goes where: the formats, and the files that they are written to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gate_tests.errors import Refused, suggest
from gate_tests.plurals import format_count
from runner import suggestions
from runner.reports.formats import FORMATS, Format

TEXT: Final = "text"
GITHUB: Final = "github"
GITHUB_SUMMARY: Final = "github-summary"
JSON: Final = "json"
_STDOUT: Final = ("-", "/dev/stdout")


class Destination(NamedTuple):
    """A report and the file that it is written to, None for standard output."""

    format: Format
    file: str | None = None


def choose_formats(named: Sequence[str], *, as_json: bool, environ: Mapping[str, str]) -> list[Format]:
    """The named formats; else that of the CI system whose job this is, else text. Raises Refused."""
    names = [*named, *([JSON] if as_json and JSON not in named else [])]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Refused(f"--format {twice} is given twice")
    for name in names:
        if name not in FORMATS:
            raise Refused(f"unknown format {name!r}{suggest(name, FORMATS)}")
    is_github = environ.get("GITHUB_ACTIONS") == "true" and GITHUB in FORMATS
    return [FORMATS[name] for name in names or [GITHUB if is_github else TEXT]]


def assign_files(formats: Sequence[Format], files: Sequence[str], *, are_named: bool) -> list[Destination]:
    """Where each report goes. The files belong, in their order, to the formats that are made for files, in theirs.

    Without a file, one format goes to standard output, and each other one to the file that is usual for it.
    `are_named`: whether the user chose the formats. Raises Refused.
    """
    _refuse_files(formats, files, are_named=are_named)
    named = dict(zip((each.name for each in _list_takers(formats, len(files))), files, strict=False))
    rest = [each for each in formats if each.name not in named]
    printed = next((each for each in rest if each.file_name is None), next(iter(rest), None))
    destinations = [Destination(each, _choose_file(each, named, printed)) for each in formats]
    _refuse_conflicts(destinations)
    return destinations


def _list_takers(formats: Sequence[Format], count: int) -> Sequence[Format]:
    """The formats that the files belong to: all where there are enough, else those that are made for files."""
    made_for_files = [each for each in formats if each.file_name is not None]
    return formats if count == len(formats) or count > len(made_for_files) else made_for_files


def _choose_file(format_: Format, named: Mapping[str, str], printed: Format | None) -> str | None:
    if format_.name in named:
        return None if named[format_.name] in _STDOUT else named[format_.name]
    return None if format_ is printed else format_.file_name


def _refuse_files(formats: Sequence[Format], files: Sequence[str], *, are_named: bool) -> None:
    if files and not are_named:
        raise Refused("--output requires --format", next_command=suggestions.CI_HELP)
    if len(files) > len(formats):
        count = format_count(len(formats), "format")
        raise Refused(f"--output names {len(files)} files for {count}: {_join(formats)}")
    if "" in files:
        raise Refused("--output: the name of the file is empty")


def _refuse_conflicts(destinations: Sequence[Destination]) -> None:
    """Raises Refused where two reports go to the same place."""
    printed = [each.format for each in destinations if each.file is None]
    if len(printed) > 1:
        raise Refused(f"{_join(printed)} cannot both be written to standard output; name a file with --output")
    for first, second in _list_pairs(destinations):
        if first.file == second.file:
            raise Refused(f"{_join([first.format, second.format])} cannot both be written to {first.file}")


def _list_pairs(destinations: Sequence[Destination]) -> Iterator[tuple[Destination, Destination]]:
    return ((first, second) for at, first in enumerate(destinations) for second in destinations[at + 1 :])


def _join(formats: Sequence[Format]) -> str:
    return " and ".join(each.name for each in formats)
