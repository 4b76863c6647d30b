"""Diagnoses the installation: versions, where `orch` and its plugin come from, and what shadows them."""

import os
import shlex
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions, entry_points
from pathlib import Path
from platform import python_version
from shutil import which
from typing import Final

from runner.doctor.bytecode import inspect_bytecode
from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.version import VERSION

_DISTRIBUTION: Final = "orch-runner"
_PLUGIN: Final = "gate_tests.plugin"
_TOP_LEVEL: Final = ("runner", "gate_tests")
_DEPENDENCIES: Final = (
    "pytest", "pytest-json-report", "click", "jsonschema", "markdown-it-py", "orjson", "regex", "urllib3",
)  # fmt: skip
_USE_ORCH: Final = "use `orch` rather than `python -m runner`, or rename the package"
_PACKAGES: Final = Path(__file__).absolute().parents[2]
"""The directory that this `orch` is imported from."""


def diagnose_installation(directories: list[Path]) -> Iterator[Diagnosis]:
    """`directories` are others that Python may import from, such as the current one and the root."""
    yield _diagnose_versions()
    yield _diagnose_program("orch")
    yield _diagnose_program("pytest")
    yield from _diagnose_plugin()
    yield from _diagnose_shadows(directories)
    yield _diagnose_bytecode()


def _diagnose_versions() -> Diagnosis:
    found = {name: _find_version(name) for name in _DEPENDENCIES}
    missing = [name for name, version in found.items() if version is None]
    message = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    message = f"orch {VERSION}, Python {python_version()}, {message}"
    if missing:
        return Diagnosis.bad("versions", f"{message}; missing: {', '.join(missing)}", _pip("install", *missing))
    return Diagnosis.ok("versions", message)


def _find_version(name: str) -> str | None:
    return next((each.version for each in distributions(name=name)), None)


def _diagnose_program(name: str) -> Diagnosis:
    """Whether a shell would start the program of this environment."""
    own_program = Path(sysconfig.get_path("scripts")) / name
    found = which(name)
    if found is None:
        fix = (
            f"export PATH={shlex.quote(str(own_program.parent))}:$PATH"
            if own_program.exists()
            else _pip("install", _DISTRIBUTION)
        )
        return Diagnosis.warn(name, f"{name} is not on the PATH", fix)
    if own_program.exists() and not os.path.samefile(found, own_program):
        message = f"{found} is found first on the PATH, not {own_program} of this environment"
        return Diagnosis.warn(name, message, f"export PATH={shlex.quote(str(own_program.parent))}:$PATH")
    if not own_program.exists() and Path(found).resolve().parent != own_program.parent.resolve():
        message = f"{found} belongs to another environment than {sys.executable}"
        return Diagnosis.warn(name, message, advice="activate the intended environment")
    return Diagnosis.ok(name, found)


def _diagnose_plugin() -> Iterator[Diagnosis]:
    """Whether pytest finds the entry point of `--gate` and `--run`."""
    found = [each for each in entry_points(group="pytest11") if each.value == _PLUGIN]
    owners = sorted({_describe_owner(each.dist) for each in found if each.dist})
    if not found:
        message = "the pytest plugin is not registered: pytest has no option --gate"
        yield Diagnosis.bad("plugin", message, _pip("install", "--force-reinstall", "--no-deps", _DISTRIBUTION))
    elif len(owners) > 1:
        message = f"{_PLUGIN} is registered more than once: {'; '.join(owners)}"
        yield Diagnosis.bad("plugin", message, _pip("uninstall", _DISTRIBUTION))
    else:
        yield Diagnosis.ok("plugin", f"{_PLUGIN} of {owners[0]}, imported from {_PACKAGES}")
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        message = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest --gate works only with -p {_PLUGIN}"
        yield Diagnosis.warn("plugin", message, "unset PYTEST_DISABLE_PLUGIN_AUTOLOAD")


def _describe_owner(distribution: Distribution) -> str:
    return f"{distribution.name} {distribution.version} in {distribution.locate_file('')}"


def _diagnose_shadows(directories: list[Path]) -> Iterator[Diagnosis]:
    """Packages with the names of orch's: in a directory that Python searches first, or of another distribution."""
    before = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    found = False
    for directory in dict.fromkeys(each.absolute() for each in (*before, *directories)):
        for name in _TOP_LEVEL:
            if other := _find_shadow(directory, name):
                found = True
                message = (
                    f"{other} has the name of a package of orch: `python -m {name}` and pytest may import it instead"
                )
                yield Diagnosis.warn("shadow", message, advice=_USE_ORCH)
    for owner in _find_foreign_owners():
        found = True
        message = f"{owner} installs a package with the name of one of orch's"
        yield Diagnosis.bad("shadow", message, _pip("uninstall", owner.split()[0]))
    if not found:
        yield Diagnosis.ok("shadow", f"no other package is named {' or '.join(_TOP_LEVEL)}")


def _find_shadow(directory: Path, name: str) -> Path | None:
    """What Python would import from the directory under this name, unless it is orch's."""
    for other in (directory / name, directory / f"{name}.py"):
        importable = any(other.glob("*.py")) if other.is_dir() else other.is_file()
        if importable and not _is_own_package(other, name):
            return other
    return None


def _is_own_package(other: Path, name: str) -> bool:
    return os.path.samefile(other, _PACKAGES / name)


def _find_foreign_owners() -> Iterator[str]:
    """The other distributions that install a package with the name of one of orch's."""
    for distribution in distributions():
        if distribution.name == _DISTRIBUTION:
            continue
        listed = distribution.read_text("RECORD") or distribution.read_text("SOURCES.txt") or ""
        if any(line.startswith(f"{name}/__init__.py") for line in listed.splitlines() for name in _TOP_LEVEL):
            yield f"{distribution.name} {distribution.version}"


def _diagnose_bytecode() -> Diagnosis:
    found = inspect_bytecode()
    status = DiagnosisStatus.WARN if found.is_slow else DiagnosisStatus.OK
    return Diagnosis("bytecode", status, found.describe(), found.next_command())


def _pip(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", *arguments])
