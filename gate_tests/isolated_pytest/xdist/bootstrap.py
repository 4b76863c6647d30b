"""The code that is sent to every worker of pytest-xdist before pytest starts in it. Needs only the standard library.

It gives the worker the environment, the directory and the packages of a judging process, and answers with the versions
that the worker would judge with, or why it cannot judge.
"""

import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_MAX_BYTES = 256 << 20
"""No contract is larger."""


def main(channel: Any) -> None:
    """Reads `{root, packages, variables, search_path, contracts: {path: sha256}, compare}`, answers `{name: version}`.

    The answer is `{"error": reason}` if it cannot judge. If versions are not compared, nothing is imported yet: all
    workers do so at the same time, later.
    """
    settings = channel.receive()
    _exit_with_parent()
    for name in {*os.environ} - {*settings["variables"]}:
        del os.environ[name]
    os.environ["PATH"] = settings["search_path"]
    sys.path += [path for path in settings["packages"] if path not in sys.path]
    error = _check_root(settings["root"], settings["contracts"])
    channel.send({"error": error} if error else _collect_versions() if settings["compare"] else {})


def _check_root(root: str, contracts: Mapping[str, str]) -> str | None:
    """Changes to the root. Returns why it is not the root that the controller has, None if it is."""
    try:
        os.chdir(root)
        for path, digest in contracts.items():
            with open(path, "rb") as contract:
                if sha256(contract.read(_MAX_BYTES)).hexdigest() != digest:
                    return f"finds another {path} in {root}: it does not share this directory"
    except OSError as error:
        return f"does not share the directory {root} ({error.filename}: {error.strerror})"
    return None


def _collect_versions() -> Mapping[str, str]:
    try:
        from gate_tests.isolated_pytest.xdist.versions import collect_versions
    except ImportError as error:
        return {"error": f"has no usable orch ({error})"}
    return collect_versions()


def _exit_with_parent() -> None:
    """Linux ends a worker with the process that started it, whatever it is doing; execnet alone would take 15 s."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, OSError, AttributeError):
        pass


if __name__ == "__channelexec__":
    main(channel)  # type: ignore[name-defined]  # noqa: F821
