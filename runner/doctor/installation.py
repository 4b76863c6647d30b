"""Which `orch` this is, where it and its plugin come from, and whether others stand in its place."""

import os
import shlex
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions, entry_points
from pathlib import Path
from platform import python_version
from shutil import which

from runner.doctor.bytecode import look_for_bytecode
from runner.doctor.finding import Finding, Health, fine
from runner.version import VERSION

_OURS = "orch-runner"
_PLUGIN = "gate_tests.plugin"
_TOP_LEVEL = ("runner", "gate_tests")
_DEPENDENCIES = (
    "pytest", "pytest-json-report", "click", "jsonschema", "markdown-it-py", "orjson", "regex", "urllib3",
)  # fmt: skip
_PACKAGES = Path(__file__).absolute().parents[2]
"""The folder that this `orch` is imported from."""


def look_at_installation(folders: list[Path]) -> Iterator[Finding]:
    """All of it. `folders` are those from which Python may import as well, such as the current one and the root."""
    yield _tool_versions()
    yield _program("orch")
    yield _program("pytest")
    yield from _plugin()
    yield from _shadows(folders)
    yield _bytecode()


def _tool_versions() -> Finding:
    found = {name: _version(name) for name in _DEPENDENCIES}
    missing = [name for name, version in found.items() if version is None]
    told = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    told = f"orch {VERSION}, Python {python_version()}, {told}"
    if missing:
        return Finding("versions", Health.BAD, f"{told}; missing: {', '.join(missing)}", _pip("install", *missing))
    return fine("versions", told)


def _version(name: str) -> str | None:
    return next((each.version for each in distributions(name=name)), None)


def _program(name: str) -> Finding:
    """The program that a shell would start: it should be the one of this environment."""
    ours = Path(sysconfig.get_path("scripts")) / name
    found = which(name)
    if found is None:
        mend = f"export PATH={shlex.quote(str(ours.parent))}:$PATH" if ours.exists() else _pip("install", _OURS)
        return Finding(name, Health.WARN, f"no {name} is on the PATH", mend)
    if ours.exists() and not os.path.samefile(found, ours):
        told = f"{found} is not the one of this environment, {ours}"
        return Finding(name, Health.WARN, told, f"export PATH={shlex.quote(str(ours.parent))}:$PATH")
    if not ours.exists() and Path(found).resolve().parent != ours.parent.resolve():
        return Finding(name, Health.WARN, f"{found} is of another environment than {sys.executable}", None)
    return fine(name, found)


def _plugin() -> Iterator[Finding]:
    """The entry point that makes pytest know `--gate` and `--run`."""
    found = [each for each in entry_points(group="pytest11") if each.value == _PLUGIN]
    owners = sorted({_owner(each.dist) for each in found if each.dist})
    if not found:
        told = "pytest knows no --gate here: the plugin is not registered"
        yield Finding("plugin", Health.BAD, told, _pip("install", "--force-reinstall", "--no-deps", _OURS))
    elif len(owners) > 1:
        told = f"{_PLUGIN} is registered more than once: {'; '.join(owners)}"
        yield Finding("plugin", Health.BAD, told, _pip("uninstall", _OURS))
    else:
        yield fine("plugin", f"{_PLUGIN} of {owners[0]}, imported from {_PACKAGES}")
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        told = "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest loads no plugin by itself"
        yield Finding("plugin", Health.WARN, told, f"pytest -p {_PLUGIN} --gate G1 --run ID")


def _owner(distribution: Distribution) -> str:
    return f"{distribution.name} {distribution.version} in {distribution.locate_file('')}"


def _shadows(folders: list[Path]) -> Iterator[Finding]:
    """Other packages called as ours are: in a folder that Python looks into first, or installed by somebody else."""
    before = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    found = False
    for folder in dict.fromkeys(each.absolute() for each in (*before, *folders)):
        for name in _TOP_LEVEL:
            if other := _stands_in(folder, name):
                found = True
                told = f"{other} has the name of a package of ours: `python -m {name}` and pytest may take it for that"
                yield Finding("shadow", Health.WARN, told, f"mv {shlex.quote(str(other))} ANOTHER_NAME")
    for owner in _foreign_owners():
        found = True
        told = f"{owner} installs a package called as one of ours"
        yield Finding("shadow", Health.BAD, told, _pip("uninstall", owner.split()[0]))
    if not found:
        yield fine("shadow", f"no other {' or '.join(_TOP_LEVEL)} stands in the way")


def _stands_in(folder: Path, name: str) -> Path | None:
    """What Python would import from the folder under this name, if that is not ours."""
    for other in (folder / name, folder / f"{name}.py"):
        importable = any(other.glob("*.py")) if other.is_dir() else other.is_file()
        if importable and not _is_ours(other, name):
            return other
    return None


def _is_ours(other: Path, name: str) -> bool:
    return os.path.samefile(other, _PACKAGES / name)


def _foreign_owners() -> Iterator[str]:
    """The distributions, other than ours, that list a file of one of these packages."""
    for distribution in distributions():
        if distribution.name == _OURS:
            continue
        listed = distribution.read_text("RECORD") or distribution.read_text("SOURCES.txt") or ""
        if any(line.startswith(f"{name}/__init__.py") for line in listed.splitlines() for name in _TOP_LEVEL):
            yield f"{distribution.name} {distribution.version}"


def _bytecode() -> Finding:
    found = look_for_bytecode()
    health = Health.WARN if found.is_slow else Health.OK
    return Finding("byte-code", health, found.describe(), found.next_command())


def _pip(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", *arguments])
