"""The formats of `orch ci`: each is a module with `render(report) -> str`, and a line in FORMATS."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, NamedTuple

from runner.reports.ci_report import CiReport

Render = Callable[[CiReport], str]


class Format(NamedTuple):
    """A way to write a report: `description` is a sentence for the help, `module` has `render`.

    What `render` returns ends with a line feed if it is not empty, and is valid Unicode. It is printed, or written
    as UTF-8, as it is: a CI system finds no command in it but those of `github`, which escaping again would break.

    `file_name` is where it is written if nothing else is said and standard output has another format; None if it is
    for standard output only.
    """

    name: str
    description: str
    module: str
    file_name: str | None = None

    @property
    def render(self) -> Render:
        """The function that renders a report."""
        render: Render = import_module(self.module).render
        return render


_FORMATS: Final = (
    Format("text", "Plain text, for a log.", "runner.reports.text"),
    Format("github", "Annotations of GitHub, as commands to its runner.", "runner.reports.github"),
    Format(
        "github-summary", "Markdown for the step summary of GitHub.", "runner.reports.github_summary", "orch-summary.md"
    ),
    Format("markdown", "Markdown for a comment, at most 32,000 bytes.", "runner.reports.markdown", "orch-ci.md"),
    Format("junit", "JUnit XML.", "runner.reports.junit", "orch-junit.xml"),
    Format(
        "code-quality", "JSON for GitLab Code Quality.", "runner.reports.code_quality", "gl-code-quality-report.json"
    ),
    Format("ctrf", "JSON in the Common Test Report Format.", "runner.reports.ctrf", "orch-ctrf.json"),
    Format("json", "All of the report as one JSON document.", "runner.reports.json_report", "orch-ci.json"),
)

FORMATS: Final[Mapping[str, Format]] = {each.name: each for each in _FORMATS}
"""By name, in the order of the help."""
