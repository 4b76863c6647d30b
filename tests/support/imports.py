"""Which modules a command imports, by Python's own report."""

from tests.support.repository import Ended

HEAVY = {
    "pytest", "_pytest", "jsonschema", "markdown_it", "urllib3", "subprocess", "ctypes", "difflib", "orjson", "xdist",
}  # fmt: skip
"""Modules that a quick command does not pay for."""


def imported(ended: Ended) -> set[str]:
    """The top-level modules in the report of `-X importtime`."""
    rows = [line.rpartition("|")[2].strip() for line in ended.err.splitlines() if line.startswith("import time:")]
    return {name.partition(".")[0] for name in rows}
