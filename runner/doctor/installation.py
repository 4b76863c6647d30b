"""Diagnoses the installation: versions, where `orch` and its plugin come from, and what shadows them."""

import os
import shlex
import site
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
from runner.doctor.shadows import diagnose_shadows
from runner.doctor.standalone import diagnose_standalone, is_standalone
from runner.version import VERSION

_DISTRIBUTION: Final = "orch-runner"
_PLUGIN: Final = "gate_tests.plugin"
_PLUGIN_MODULE: Final = "orch_runner_pytest"
_DEPENDENCIES: Final = (
    "pytest", "pytest-json-report", "click", "jsonschema", "markdown-it-py", "orjson", "regex", "urllib3",
)  # fmt: skip
_PACKAGES: Final = Path(__file__).absolute().parents[2]
"""The directory that this `orch` is imported from."""


def _pip(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", *arguments])


_REINSTALL: Final = _pip("install", "--force-reinstall", "--no-deps", _DISTRIBUTION)


def diagnose_installation(directories: list[Path]) -> Iterator[Diagnosis]:
    """`directories` are others that Python may import from, such as the current one and the root."""
    yield _diagnose_versions()
    yield _diagnose_program("orch")
    yield _diagnose_program("pytest")
    yield from _diagnose_user_site()
    yield from _diagnose_plugin()
    yield from diagnose_shadows(directories, _REINSTALL)
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
    if not _is_of_user() and is_standalone():
        return diagnose_standalone(name, _PACKAGES)
    own_program = _find_program(name)
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


def _find_program(name: str) -> Path:
    """Where an installer puts the program. Of a user's installation, pytest may be that of the environment."""
    schemes = [sysconfig.get_preferred_scheme("prefix")]
    if _is_of_user():
        schemes.insert(0, sysconfig.get_preferred_scheme("user"))
    scripts = [sysconfig.get_path("scripts", scheme) for scheme in schemes]
    programs = [Path(directory) / name for directory in scripts]
    return next((each for each in programs if each.exists()), programs[0])


def _is_of_user() -> bool:
    """Whether orch is installed for one user (`pip install --user`), beside the environment of its Python."""
    return bool(site.ENABLE_USER_SITE) and Path(site.getusersitepackages()) == _PACKAGES


def _diagnose_user_site() -> Iterator[Diagnosis]:
    """An isolated Python does not look there, and exits with the code of a failed gate."""
    if _is_of_user():
        message = f"installed for one user, in {_PACKAGES}: python -I -m runner does not find it and exits 1"
        yield Diagnosis.warn("orch", message, advice="use `orch` rather than `python -I -m runner`")


def _diagnose_plugin() -> Iterator[Diagnosis]:
    """Whether pytest finds the entry point of `--gate` and `--run`."""
    found = [each for each in entry_points(group="pytest11") if each.value == _PLUGIN_MODULE]
    owners = sorted({_describe_owner(each.dist) for each in found if each.dist})
    if not found:
        message = "the pytest plugin is not registered: pytest has no option --gate"
        yield Diagnosis.bad("plugin", message, _REINSTALL)
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


def _diagnose_bytecode() -> Diagnosis:
    found = inspect_bytecode()
    status = DiagnosisStatus.WARN if found.is_slow else DiagnosisStatus.OK
    return Diagnosis("bytecode", status, found.describe(), found.next_command())
