"""Whether the installed packages have bytecode: without it each start compiles again what it imports.

Some installers do not create it, and it is never created where the directories of the packages are not writable, as in
an image or for another user.
"""

import os
import shlex
import sys
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, cache_from_source, find_spec
from pathlib import Path
from typing import Final, NamedTuple

PACKAGES: Final = (
    "runner", "gate_tests", "click", "jsonschema", "linkify_it", "markdown_it", "orjson", "pytest", "_pytest",
    "pytest_jsonreport", "regex", "urllib3", "yaml",
)  # fmt: skip
"""The packages that commands import: ours and our dependencies."""


class ByteCode(NamedTuple):
    """The number of modules, how many have bytecode, and the packages whose modules will never get any."""

    modules: int
    compiled: int
    uncompilable: tuple[str, ...]

    @property
    def is_slow(self) -> bool:
        """Whether each start compiles modules again."""
        return bool(self.uncompilable)

    def describe(self) -> str:
        """The result in one line."""
        message = f"{self.compiled} of {self.modules} modules have bytecode"
        if self.is_slow:
            why = "Python is set not to write it" if sys.dont_write_bytecode else "their directory is not writable"
            return f"{message}; {why}, so each start compiles the others again and takes several times as long"
        return message if self.compiled == self.modules else f"{message}; the others get it when they are first used"

    def next_command(self) -> str | None:
        """The command that creates the bytecode; None where it is not needed."""
        return shlex.join([sys.executable, "-m", "compileall", "-q", *self.uncompilable]) if self.is_slow else None


def inspect_bytecode() -> ByteCode:
    """Examines every module of PACKAGES. Writes nothing."""
    modules = compiled = 0
    uncompilable = []
    for directory in _find_directories():
        all_here = sorted(directory.rglob("*.py"))
        without = [module for module in all_here if not _is_compiled(module)]
        modules += len(all_here)
        compiled += len(all_here) - len(without)
        if any(sys.dont_write_bytecode or not _can_be_compiled(module) for module in without):
            uncompilable.append(str(directory))
    return ByteCode(modules, compiled, tuple(uncompilable))


def _find_directories() -> Iterator[Path]:
    for package in PACKAGES:
        found = find_spec(package)
        yield from map(Path, (found.submodule_search_locations or ()) if found else ())


def _is_compiled(module: Path) -> bool:
    """Whether Python would use the existing bytecode for this source: version, time and size agree."""
    source = module.stat()
    try:
        with open(cache_from_source(str(module)), "rb") as file:
            head = file.read(16)
    except OSError:
        return False
    is_by_hash, time, size = (int.from_bytes(head[start : start + 4], "little") for start in (4, 8, 12))
    is_as_old = (time, size) == (int(source.st_mtime) & 0xFFFFFFFF, source.st_size & 0xFFFFFFFF)
    return head[:4] == MAGIC_NUMBER and bool(is_by_hash or is_as_old)


def _can_be_compiled(module: Path) -> bool:
    cache = Path(cache_from_source(str(module))).parent
    return os.access(cache if cache.is_dir() else module.parent, os.W_OK)
