"""Diagnoses packages with the names of orch's: those that Python finds first, and those installed over orch's."""

import csv
import hashlib
import os
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from gate_tests.plurals import format_count
from runner.doctor.diagnosis import Diagnosis

_SUBJECT: Final = "shadow"
_DISTRIBUTION: Final = "orch-runner"
_CONSEQUENCES: Final = {
    "runner": "`python -m runner` may start it instead",
    "gate_tests": "where your conftest.py imports it, `pytest --gate` does not work",
}
"""The packages of orch, and what another of that name does."""
_USE_ORCH: Final = "use `orch` rather than `python -m runner`, or rename the package"
_OWN_ENVIRONMENT: Final = "install orch in an environment of its own: pipx install orch-runner"
_PACKAGES: Final = Path(__file__).absolute().parents[2]
"""The directory that this `orch` is imported from."""
_MAX_LISTED: Final = 3


def diagnose_shadows(directories: Sequence[Path], reinstall: str) -> Iterator[Diagnosis]:
    """`directories` are others that Python may import from; `reinstall`: the command that installs orch again."""
    found = [*_find_shadows(directories), *_find_clashes(), *_find_replaced_files(reinstall)]
    yield from found or [Diagnosis.ok(_SUBJECT, f"no other package is named {' or '.join(_CONSEQUENCES)}")]


def _find_shadows(directories: Sequence[Path]) -> Iterator[Diagnosis]:
    """Packages in a directory that Python searches, or may search, before or after that of orch."""
    before = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    searched = [Path(entry) for entry in sys.path if os.path.isabs(entry)]
    for directory in dict.fromkeys(each.absolute() for each in (*before, *directories, *searched)):
        for name, consequence in _CONSEQUENCES.items():
            if other := _find_shadow(directory, name):
                message = f"{other} has the name of a package of orch: {consequence}"
                yield Diagnosis.warn(_SUBJECT, message, advice=_USE_ORCH)


def _find_shadow(directory: Path, name: str) -> Path | None:
    """What Python would import from the directory under this name, unless it is orch's."""
    for other in (directory / name, directory / f"{name}.py"):
        importable = any(other.glob("*.py")) if other.is_dir() else other.is_file()
        if importable and not os.path.samefile(other, _PACKAGES / name):
            return other
    return None


def _find_clashes() -> Iterator[Diagnosis]:
    """The other distributions that install a package with the name of one of orch's."""
    for distribution in distributions():
        if distribution.name != _DISTRIBUTION and (names := _list_clashing_names(distribution)):
            owner = f"{distribution.name} {distribution.version}"
            message = f"{owner} installs a package {' and '.join(names)}, as orch does: one replaces files of the other"
            yield Diagnosis.bad(_SUBJECT, message, advice=_OWN_ENVIRONMENT)


def _list_clashing_names(distribution: Distribution) -> list[str]:
    listed = (distribution.read_text("RECORD") or distribution.read_text("SOURCES.txt") or "").splitlines()
    top_level = (distribution.read_text("top_level.txt") or "").split()
    return [
        name
        for name in _CONSEQUENCES
        if name in top_level or any(line.startswith((f"{name}/__init__.py", f"{name}.py,")) for line in listed)
    ]


def _find_replaced_files(reinstall: str) -> Iterator[Diagnosis]:
    """Whether files of orch are as they were installed; nothing is known of an editable installation."""
    installed = next((_read_hashes(each) for each in distributions(name=_DISTRIBUTION)), [])
    if replaced := [path for path, file, sha256 in installed if _is_replaced(file, sha256)]:
        more = f" and {len(replaced) - _MAX_LISTED:,} more" if len(replaced) > _MAX_LISTED else ""
        listed = ", ".join(replaced[:_MAX_LISTED])
        message = f"{format_count(len(replaced), 'file')} of orch changed since the installation: {listed}{more}"
        yield Diagnosis.bad(_SUBJECT, message, reinstall)


def _read_hashes(distribution: Distribution) -> list[tuple[str, Path, str]]:
    """(Path as recorded, file, its hash in RECORD) of each module. `Distribution.files` leaves out missing ones."""
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    hashes = {row[0]: row[1].removeprefix("sha256=") for row in rows if len(row) > 1 and row[1].startswith("sha256=")}
    return [
        (path, Path(str(distribution.locate_file(path))), sha256)
        for path, sha256 in hashes.items()
        if path.endswith(".py")
    ]


def _is_replaced(file: Path, sha256: str) -> bool:
    try:
        digest = hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return True
    return urlsafe_b64encode(digest).rstrip(b"=").decode() != sha256
