"""Diagnoses the programs of an orch that no environment's `bin` starts.

That is a pex, a shiv, the directory of `pip install --target`, a package of the system or of the user.
"""

import os
import shlex
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from runner.doctor.diagnosis import Diagnosis


def is_standalone() -> bool:
    """Whether the environment of this Python has no program `orch`."""
    return not (Path(sysconfig.get_path("scripts")) / "orch").exists()


def diagnose_standalone(name: str, packages: Path) -> Diagnosis:
    """Whether a shell would start the program that belongs to the `packages`, `orch` or `pytest`."""
    found, own = which(name), next(_find_own(name, packages), None)
    if name != "orch" and own is None:
        message = f"none belongs to this orch: `{name} --gate` works where orch-runner and {name} share an environment"
        return Diagnosis.ok(name, message)
    if found and own and os.path.samefile(found, own):
        return Diagnosis.ok(name, found)
    message = f"{found} is found on the PATH" if found else f"{name} is not on the PATH"
    message += f", this is {own or f'python -m runner in {packages}'}"
    if own and own.name == name:
        return Diagnosis.warn(name, message, f"export PATH={shlex.quote(str(own.parent))}:$PATH")
    return Diagnosis.warn(name, message, advice=f"put it on the PATH as {name}: hooks start that")


def _find_own(name: str, packages: Path) -> Iterator[Path]:
    """The programs that installers put beside the packages; for `orch` then the file that was started."""
    places = [packages / "bin"]
    if packages.name in ("site-packages", "dist-packages"):
        places.append(packages.parents[2] / "bin")
    files = [place / name for place in places]
    if name == "orch":
        files += [Path(each) for each in (os.environ.get("PEX"), sys.argv[0]) if each]
    yield from (file.absolute() for file in files if file.is_file() and file.suffix != ".py")
