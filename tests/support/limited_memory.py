"""Runs Python code in a process that may allocate little memory."""

import subprocess
import sys

import pytest

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process may allocate")

_LIMIT = """
import mmap, resource, regex
from gate_tests.files.memory import MAX_MEMORY_MIB
taken_bytes = int(open("/proc/self/statm").read().split()[5]) * resource.getpagesize()
limit_bytes = MAX_MEMORY_MIB << 20
ballast = mmap.mmap(-1, limit_bytes - taken_bytes - (40 << 20), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes,) * 2)
"""


def run_with_little_memory(code: str) -> list[str]:
    """The lines that the code prints; of the memory of a judging process, 40 MiB are left."""
    return run_python(_LIMIT + code)


def run_python(code: str) -> list[str]:
    """The lines that the code prints in a process of its own."""
    ended = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()
