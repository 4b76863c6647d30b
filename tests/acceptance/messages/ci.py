"""Messages of `orch ci`."""

from gate_tests.errors import NotWritten
from tests.acceptance.messages.case import Case, first, output, remove, typed, write
from tests.acceptance.messages.verification import PASSED
from tests.support.messages import meant


def refused(*options: str, after: str = "", **values: object) -> Case:
    """Options that do not fit together."""
    return Case(("ci", *options), values, 2, "orch ci --help", after=after)


FORMATS = ("--format", "json", "--format", "junit")
CANCELED = first(PASSED, typed("run", "complete", "--run", "{run}", "--status", "CANCELED"))
CASES: dict[str, Case] = {
    # Options
    "unknown-format": refused("--format", "jnit", after=meant("junit"), format="jnit"),
    "format-twice": refused("--format", "json", "--format", "json", format="json"),
    "output-without-format": refused("--output", "gates.xml"),
    "too-many-outputs": refused(
        "--format", "junit", "--output", "a", "--output", "b", count=2, formats="1 format: junit"
    ),
    "output-empty": refused("--format", "junit", "--output", ""),
    "two-on-stdout": refused(*FORMATS, "--output", "-", "--output", "-", formats="json and junit"),
    "two-in-one-file": refused(*FORMATS, "--output", "a", "--output", "a", formats="json and junit", path="a"),
    # Files
    "report-not-written": Case(
        ("ci", "--format", "junit", "--output", "taken/gates.xml"),
        {"path": "taken/gates.xml"},
        3,
        NotWritten.advice,
        write("taken", ""),
    ),
    # Notes
    "no-runs-to-check": output(("ci",), remove("orchestration/runs/{run}"), 0, "note     "),
    "change-touches-no-run": output(("ci", "--base", "HEAD"), PASSED, 0, "note     "),
    "compared-with": output(("ci", "--base", "HEAD"), PASSED, 0, "note     ", base="HEAD"),
    "only-passed-checked": output(("ci",), CANCELED, 0, "note     ", run="{run}", status="CANCELED"),
}
