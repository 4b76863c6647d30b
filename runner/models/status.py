"""Where a run and a gate stand: the words of a record for it. Imports nothing, so that a list of runs is cheap."""

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    PASSED = "PASSED"
    CANCELED = "CANCELED"


class GateStatus(StrEnum):
    """Where a gate stands: always as its last attempt does."""

    NOT_STARTED = "NOT_STARTED"
    RUNNING = "RUNNING"
    PASS = "PASS"
    FAIL = "FAIL"
