"""The sdist and the wheel of the checkout, built once."""

import shutil
import tarfile
from pathlib import Path
from typing import Final, NamedTuple
from zipfile import ZipFile

from tests.packaging.tools import Tools
from tests.support import CHECKOUT
from tests.support.git_checkout import git

_LEFT_OVER: Final = (
    ".git", "__pycache__", "*.egg-info", ".*_cache", ".venv*", "venv", "build", "dist", "site", "node_modules",
)  # fmt: skip
"""What tools leave in a checkout. A build in the checkout itself would leave more."""


class Distributions(NamedTuple):
    """`source` is a copy of the checkout, a git repository with all of it staged; the others were built of it."""

    source: Path
    sdist: Path
    wheel: Path

    @classmethod
    def build(cls, tools: Tools, directory: Path) -> "Distributions":
        """The wheel is built from the sdist, as uv and build do."""
        source = directory / "source"
        shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(*_LEFT_OVER), symlinks=True)
        git(source, "init", "--quiet")
        git(source, "add", "--all")
        tools.tool("uv", "build", "--quiet", "--out-dir", str(directory), str(source))
        (sdist,), (wheel,) = directory.glob("*.tar.gz"), directory.glob("*.whl")
        return cls(source, sdist, wheel)

    def unpack(self, directory: Path) -> Path:
        """The top directory of the unpacked sdist."""
        with tarfile.open(self.sdist) as archive:
            archive.extractall(directory, filter="data")
        (top,) = directory.iterdir()
        return top

    def list_wheel(self) -> set[str]:
        """The paths in the wheel."""
        with ZipFile(self.wheel) as archive:
            return {*archive.namelist()}
