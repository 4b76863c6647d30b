"""Whether what is installed fits together, and is what one runs."""

import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from shlex import quote

from runner.doctor.finding import Finding, Level
from runner.version import VERSION

OURS = "orch-runner"
"""The name of our distribution."""

_PACKAGES = ("runner", "gate_tests")
_TOLD = ("pytest", "pytest-json-report", "click", "jsonschema", "pytest-xdist")


def look_at_installation(folders: list[Path]) -> Iterator[Finding]:
    """All findings. `folders` are those in which a package could lie that shadows ours."""
    yield _versions()
    yield _program("orch", "orch")
    yield _program("pytest", "pytest --gate")
    yield _plugin()
    yield _foreign()
    yield _shadowed(folders)


def _versions() -> Finding:
    installed = [f"{name} {version}" for name in _TOLD if (version := _version(name))]
    told = ", ".join([f"orch {VERSION}", f"Python {platform.python_version()}", *installed])
    if unfit := list(_unfit()):
        mend = f"{quote(sys.executable)} -m pip install --upgrade {OURS}"
        return Finding(Level.BAD, "versions", f"{told}; wanted: {', '.join(unfit)}", mend)
    return Finding(Level.OK, "versions", told)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _unfit() -> Iterator[str]:
    """What we require and is not there, or is too old."""
    from packaging.requirements import Requirement

    try:
        required = metadata.requires(OURS) or ()
    except metadata.PackageNotFoundError:
        return  # a bare checkout
    for text in required:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            version = _version(requirement.name)
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                yield f"{requirement.name}{requirement.specifier}"


def _program(name: str, typed: str) -> Finding:
    """Whether what one gets who types the name is of this Python's environment."""
    ours = os.path.join(os.path.dirname(sys.executable), name)
    found = list(dict.fromkeys(_on_path(name)))
    if not found:
        mend = f'export PATH="{os.path.dirname(sys.executable)}:$PATH"'
        return Finding(Level.WARN, name, f"no {name} on PATH; this is {sys.executable}", mend)
    if found[0] != ours:
        mend = f'export PATH="{os.path.dirname(ours)}:$PATH"'
        return Finding(Level.WARN, name, f"{typed} is {found[0]}, of another environment than {sys.executable}", mend)
    more = f"; also on PATH, behind it: {', '.join(found[1:])}" if found[1:] else ""
    return Finding(Level.OK, name, f"{found[0]}{more}")


def _on_path(name: str) -> Iterator[str]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(folder or ".", name)
        if os.path.isfile(program) and os.access(program, os.X_OK):
            yield program


def _plugin() -> Finding:
    """Whether pytest loads our plugin, and once."""
    registered = [
        (each.name, each.dist.name if each.dist else "?")
        for each in metadata.entry_points(group="pytest11")
        if each.value.partition(":")[0] == "gate_tests.plugin"
    ]
    mend = f"{quote(sys.executable)} -m pip install --force-reinstall --no-deps {OURS}"
    if not registered:
        return Finding(Level.WARN, "plugin", "pytest does not know pytest --gate: it is not installed", mend)
    if len(set(registered)) > 1:
        names = ", ".join(f"{name} of {dist}" for name, dist in registered)
        return Finding(Level.WARN, "plugin", f"registered more than once: {names}", mend)
    import gate_tests

    return Finding(Level.OK, "plugin", f"gate_tests.plugin in {os.path.dirname(gate_tests.__file__)}")


def _foreign() -> Finding:
    """Whether another distribution installs packages of our names over ours."""
    owners = metadata.packages_distributions()
    foreign = {dist for package in _PACKAGES for dist in owners.get(package, ()) if dist != OURS}
    if not foreign:
        return Finding(Level.OK, "packages", "runner and gate_tests are of no other distribution")
    names = " ".join(sorted(foreign))
    mend = f"{quote(sys.executable)} -m pip uninstall {names}"
    return Finding(Level.BAD, "packages", f"runner or gate_tests is also installed by {names}", mend)


def _shadowed(folders: list[Path]) -> Finding:
    """Whether `python -m pytest`, which looks into the current folder first, would import somebody else's."""
    import runner

    ours = Path(runner.__file__).parent.parent
    named = [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    for folder in (*named, *folders):
        for package in _PACKAGES:
            other = next((each for each in (folder / package, folder / f"{package}.py") if each.exists()), None)
            if other and not folder.samefile(ours):
                mend = "unset PYTHONPATH" if folder in named else "pytest, instead of python -m pytest"
                return Finding(Level.WARN, "shadow", f"{other} shadows ours where Python looks there first", mend)
    return Finding(Level.OK, "shadow", "no other runner or gate_tests lies in the way")
