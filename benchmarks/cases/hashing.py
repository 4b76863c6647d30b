"""How fast files are hashed: as our checks read them, in one process, against OpenSSL's own program."""

import os
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.memory import peak
from benchmarks.measure.table import Row, Shortfall
from benchmarks.measure.timer import Command, NotMeasured, compare

_FOLDERS = 10
_SMALL_BYTES = (1 << 10, 36 << 10)

_OURS = """\
import gc, os, sys
gc.disable()  # as a judging process does
from pathlib import Path
from gate_tests.files.artifacts import Artifacts

def paths():
    for folder, _, names in os.walk("."):
        for name in names:
            yield os.path.normpath(os.path.join(folder, name))

artifacts = Artifacts(Path.cwd(), (), 0)
read = [artifacts.read(path) for path in (sys.argv[1:] or paths())]
assert all(artifact.is_file and len(artifact.sha256) == 64 for artifact in read)
print(len(read), flush=True)
os._exit(0)  # likewise
"""


def measure_large(folder: Path, scale: Scale) -> list[Row]:
    """One large file, by time and by memory.

    It is sparse: it is read from the file cache as zeros, without a disk. Both sides read the same one, and SHA-256
    takes as long for zeros as for anything.
    """
    name = gigabytes(scale.large_bytes)
    large, smaller = _sparse(folder / "large", scale.large_bytes), _sparse(folder / "small", scale.large_bytes // 16)
    compared = compare(ours(folder, large), openssl(folder, large), scale.slow_rounds)
    memory = peak(ours(folder, large)).sum_mb, peak(ours(folder, smaller)).sum_mb
    against = f"a file of {gigabytes(scale.large_bytes // 16)}"
    reason = "on some virtual machines, waking the thread that reads ahead takes longer than reading"
    row = Row.of(f"hashing one file of {name}", "openssl dgst -sha256", 0.9, compared)
    return [
        replace(row, shortfall=Shortfall(1.4, reason)),
        Row(f"hashing one file of {name}, peak memory", against, *memory, memory[0] / memory[1], 1.05, unit="MB"),
    ]


def measure_small(folder: Path, scale: Scale) -> list[Row]:
    """Many small files."""
    write_small(folder, scale.small_files)
    compared = compare(ours(folder), xargs_openssl(folder), 2 * scale.slow_rounds + 1)
    row = Row.of(f"hashing {scale.small_files:,} small files", "xargs openssl dgst -sha256", 1.0, compared)
    reason = "Python starts; one thread opens, examines and hashes each file when a check asks for it"
    return [replace(row, shortfall=Shortfall(1.4, reason))]


def ours(folder: Path, *paths: str) -> Command:
    """Reads these files, or all below the folder, as a judgement does."""
    return Command("our hashing", (sys.executable, "-I", "-c", _OURS, *paths), folder)


def openssl(folder: Path, path: str) -> Command:
    """The yardstick for one file. Raises NotMeasured where there is no OpenSSL."""
    return Command("openssl", (_openssl(), "dgst", "-sha256", path), folder)


def xargs_openssl(folder: Path) -> Command:
    """The yardstick for many."""
    return Command(
        "xargs openssl", ("sh", "-c", f"find . -type f -print0 | xargs -0 '{_openssl()}' dgst -sha256"), folder
    )


def write_small(folder: Path, files: int) -> None:
    """Writes that many files of 1 to 36 KiB into ten folders."""
    sizes = random.Random(0)
    for number in range(files):
        path = folder / str(number % _FOLDERS) / f"{number}.bin"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sizes.randbytes(sizes.randint(*_SMALL_BYTES)))


def _openssl() -> str:
    if program := shutil.which("openssl"):
        return program
    raise NotMeasured("there is no openssl to measure against")


def _sparse(path: Path, size_bytes: int) -> str:
    path.touch()
    os.truncate(path, size_bytes)
    return path.name


def gigabytes(size_bytes: int) -> str:
    """`4 GiB`, `256 MiB`."""
    return f"{size_bytes >> 30} GiB" if size_bytes >> 30 else f"{size_bytes >> 20} MiB"


BENCHMARKS = (Benchmark("large", measure_large), Benchmark("small", measure_small))
