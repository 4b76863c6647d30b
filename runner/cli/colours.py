"""A status in its colour."""

from functools import cache

import click

from runner.models.status import GateStatus, RunStatus

_COLOURS = {
    GateStatus.PASS: "green",
    GateStatus.FAIL: "red",
    GateStatus.RUNNING: "yellow",
    RunStatus.PASSED: "green",
    RunStatus.FAILED: "red",
    RunStatus.RUNNING: "yellow",
}


@cache
def status_word(status: GateStatus | RunStatus, width: int = 0) -> str:
    """A status in its colour."""
    return click.style(f"{status:<{width}}", fg=_COLOURS.get(status), bold=True)
