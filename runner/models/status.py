"""The status of a run and of a gate. Imports no other module of orch, so that a list of runs is cheap."""

from enum import StrEnum
from typing import Final


class RunStatus(StrEnum):
    """The status of a run."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    PASSED = "PASSED"
    CANCELED = "CANCELED"


FINAL_STATUSES: Final = (RunStatus.PASSED, RunStatus.FAILED, RunStatus.CANCELED)
"""The statuses that a completed run can have."""


class GateStatus(StrEnum):
    """The status of a gate, which is that of its last attempt."""

    NOT_STARTED = "NOT_STARTED"
    RUNNING = "RUNNING"
    PASS = "PASS"
    FAIL = "FAIL"
