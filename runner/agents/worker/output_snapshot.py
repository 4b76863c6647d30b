"""Whether the declared outputs of a gate changed while an agent worked, told without reading them."""

import os
from pathlib import Path
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate


class _Fingerprint(NamedTuple):
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


Snapshot = dict[str, _Fingerprint]


def take_snapshot(root: Path, compiled: CompiledGate) -> Snapshot:
    """Of each declared output that exists, what a change of it changes, by its path."""
    artifacts = compiled.artifacts(root)
    artifacts.limit_time(compiled.contract.limits.check_s)
    found = {path: _take_fingerprint(root / path) for path in compiled.find_output_files(artifacts).paths}
    return {path: fingerprint for path, fingerprint in found.items() if fingerprint}


def _take_fingerprint(path: Path) -> _Fingerprint | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return _Fingerprint(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
