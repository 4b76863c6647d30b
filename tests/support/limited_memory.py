"""Runs Python code in a process that may allocate little memory."""

import subprocess
import sys

import pytest

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process may allocate")

_LIMIT = """
import resource, regex
pages = int(open("/proc/self/statm").read().split()[5])
resource.setrlimit(resource.RLIMIT_DATA, (pages * resource.getpagesize() + (40 << 20),) * 2)
"""


def run_with_little_memory(code: str) -> list[str]:
    """The lines that the code prints; it may allocate 40 MiB."""
    return run_python(_LIMIT + code)


def run_python(code: str) -> list[str]:
    """The lines that the code prints in a process of its own."""
    ended = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()
