"""Environments with a few of the distributions of the present one, in the same versions and with their bytecode."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Final

_OF_EVERY_VENV: Final = ("pip", "setuptools")
"""Distributions that pytest reads about as well; Python 3.12 and later install only the first."""


def make_environment(folder: Path, *names: str) -> str:
    """The Python of a new environment with these distributions and all that they require, without extras."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for found in _list_required([*names, *(name for name in _OF_EVERY_VENV if any(distributions(name=name)))]):
        _copy(found, packages)
    return str(folder / "bin/python")


def _list_required(names: Iterable[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    pending = list(names)
    while pending:
        each = distribution(pending.pop())
        if each.name not in found:
            found[each.name] = each
            pending += _list_requirements(each)
    return list(found.values())


def _list_requirements(found: Distribution) -> Iterator[str]:
    """The required distributions that are installed: others are for another Python, system or extra."""
    for requirement in found.requires or ():
        name = re.match(r"[\w.-]+", requirement)
        if name and "extra ==" not in requirement and any(distributions(name=name[0])):
            yield name[0]


def _copy(found: Distribution, packages: Path) -> None:
    """Copies what is in its directory of packages; the programs beside that have the path of another Python."""
    for file in found.files or ():
        source = Path(str(file.locate()))
        if ".." not in file.parts and source.is_file():
            (packages / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, packages / file)  # with its time, by which bytecode is valid
