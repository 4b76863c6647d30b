"""What is sent to every worker of pytest-xdist before pytest starts in it. Needs nothing but Python there.

It gives the worker the environment, the folder and the packages of a judging process, and tells what the worker would
judge with, or why it cannot judge.
"""

import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def main(channel: Any) -> None:
    """Takes `{root, packages, variables, contracts: {path: sha256}, compare}`, answers `{what: version}`.

    The answer is `{"fault": why}` where it cannot judge. Where versions are not to be compared nothing is imported yet:
    all workers do that at the same time, later.
    """
    wanted = channel.receive()
    _die_with_the_parent()
    for name in {*os.environ} - {*wanted["variables"]}:
        del os.environ[name]
    sys.path += [path for path in wanted["packages"] if path not in sys.path]
    channel.send(_fault(wanted["root"], wanted["contracts"]) or (_versions() if wanted["compare"] else {}))


def _fault(root: str, contracts: Mapping[str, str]) -> Mapping[str, str] | None:
    try:
        os.chdir(root)
        for path, digest in contracts.items():
            with open(path, "rb") as contract:
                if sha256(contract.read()).hexdigest() != digest:
                    return {"fault": f"finds another {path} in {root}: it does not share this folder"}
    except OSError as error:
        return {"fault": f"does not share the folder {root} ({error.filename}: {error.strerror})"}
    return None


def _versions() -> Mapping[str, str]:
    try:
        from gate_tests.isolated_pytest.xdist.versions import versions
    except ImportError as error:
        return {"fault": f"has no orch that could judge ({error})"}
    return versions()


def _die_with_the_parent() -> None:
    """Linux ends a worker with the process that started it, whatever it is doing; execnet alone would take 15 s."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, OSError, AttributeError):
        pass


if __name__ == "__channelexec__":
    main(channel)  # type: ignore[name-defined]  # noqa: F821
