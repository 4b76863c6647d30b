"""JUnit XML that is valid by the schema of the Jenkins xUnit plugin (junit-10.xsd).

    <testsuites name="orch ci" tests failures errors time>
      <testsuite name="orch.lint"|"orch.verify" …>             a test for each contract, for each run
        <testcase classname="orch.lint" name="orchestration/gates/contracts/G1.contract.json">
          <failure type="contract-error" message="…">…</failure>   its errors; its warnings are <system-out>
      <testsuite name="RUN.GATE" file="its contract" timestamp time …>
        <properties> run, gate, name, result, attempts, reason?; one `warned` for each check that warned
        <testcase classname="RUN.GATE" name="the check's id" time>
          <failure type="the check's type" message="the reason">expected, found, because, contract</failure>
          <system-out>severity, status, and what was measured</system-out>

A check that warned has passed, and its reason is in `<system-out>`. A gate without a verdict is a test `verdict` with
an `<error>`. The schema has neither properties nor a `file` at a test, and GitLab takes 30 MB and 250,000 objects; so
what was measured is text, and texts are the shorter the more tests there are.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from gate_tests.sanitize import MAX_CHARACTERS, sanitize_line
from runner.reports.ci_report import CheckReport, CiReport, Finding, GateReport, Part
from runner.reports.finding_groups import FindingGroup, describe_finding, group_findings
from runner.reports.measured import format_measured
from runner.reports.problems import NO_VERDICT
from runner.reports.totals import find_gate_problem, find_result
from runner.reports.xml_text import escape_xml, quote_xml

_MAX_CHARACTERS: Final = 6_000_000
"""Of the texts of all tests together."""
_MAX_TEXT: Final = 2000
"""Characters of one text of a test: a recorded reason is no longer. Each test has at most four."""
_MIN_TEXT: Final = 100
_MAX_NUMBERED: Final = MAX_CHARACTERS - 20
"""Characters of a name that gets a number."""
_TYPES_OF_RAILS: Final = frozenset((
    "array", "base64Binary", "binary", "boolean", "date", "dateTime", "datetime", "decimal", "double", "duration",
    "file", "float", "hexBinary", "integer", "string", "symbol", "yaml",
))  # fmt: skip
"""GitLab reads the file with Rails, which converts the text of an element of such a type, or refuses the whole file."""


class _Case(NamedTuple):
    """A test: `children` are its elements."""

    classname: str
    name: str
    children: tuple[str, ...] = ()
    time_s: float = 0.0

    def format(self) -> str:
        attributes = f"classname={_quote_name(self.classname)} name={_quote_name(self.name)} time={_time(self.time_s)}"
        return _format_element("testcase", attributes, self.children)

    def count(self, tag: str) -> int:
        """1 if it has such an element."""
        return int(any(child.startswith(f"<{tag}") for child in self.children))


class _Suite(NamedTuple):
    """The tests of a gate, or of a part."""

    name: str
    cases: tuple[_Case, ...]
    properties: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    time_s: float = 0.0

    def format(self, timestamp: str) -> str:
        file = f" file={_quote_name(self.file)}" if self.file else ""
        attributes = (
            f'name={_quote_name(self.name)}{file} {_format_counts([*self.cases])} skipped="0"'
            f" time={_time(self.time_s)} timestamp={quote_xml(timestamp)}"
        )
        return _format_element(
            "testsuite", attributes, [*self._list_properties(), *(each.format() for each in _distinguish(self.cases))]
        )

    def _list_properties(self) -> list[str]:
        if not self.properties:
            return []
        each = [f"<property name={quote_xml(name)} value={_quote_name(value)}/>" for name, value in self.properties]
        return [_format_element("properties", "", each)]


def _distinguish(cases: tuple[_Case, ...]) -> Iterator[_Case]:
    """The tests, with a number after a name that is another's once it is cut: some readers show one test of a name."""
    seen: Counter[str] = Counter()
    for case in cases:
        name = sanitize_line(case.name)
        seen[name] += 1
        yield case if seen[name] == 1 else case._replace(name=f"{name[:_MAX_NUMBERED]} ({seen[name]})")


def render(report: CiReport) -> str:
    """The document."""
    max_text = _choose_length(report)
    suites = [
        *_list_finding_suites(report, max_text),
        *(_make_gate_suite(report, gate, max_text) for gate in report.gates),
    ]
    timestamp = datetime.fromtimestamp(report.started_at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    cases = [case for suite in suites for case in suite.cases]
    attributes = f'name="orch ci" {_format_counts(cases)} time={_time(report.finished_at - report.started_at)}'
    body = _format_element("testsuites", attributes, [suite.format(timestamp) for suite in suites])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _format_counts(cases: list[_Case]) -> str:
    """The attributes that count tests, failures and errors."""
    failures, errors = (sum(case.count(tag) for case in cases) for tag in ("failure", "error"))
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'


def _choose_length(report: CiReport) -> int:
    """The characters that a text may have."""
    tests = len(report.contracts) + len(report.runs) + len(report.findings)
    tests += sum(1 + len(gate.checks) for gate in report.gates)
    return max(_MIN_TEXT, min(_MAX_TEXT, _MAX_CHARACTERS // (4 * max(tests, 1))))


def _list_finding_suites(report: CiReport, max_text: int) -> Iterator[_Suite]:
    groups = list(group_findings(report))
    for part in Part:
        if cases := tuple(_make_finding_case(group, max_text) for group in groups if group.part is part):
            yield _Suite(f"orch.{part}", cases)


def _make_finding_case(group: FindingGroup, max_text: int) -> _Case:
    children = []
    if errors := group.errors:
        children.append(
            _format_problem("failure", errors[0].rule, errors[0].message, _join(errors, max_text), max_text)
        )
    if group.warnings:
        children.append(f"<system-out>{escape_xml(_join(group.warnings, max_text))}</system-out>")
    return _Case(f"orch.{group.part}", group.name, tuple(children))


def _join(findings: list[Finding], max_text: int) -> str:
    """As many of the findings, each on a line, as there is room for."""
    lines, size = list[str](), 0
    for index, finding in enumerate(findings):
        line = sanitize_line(f"{finding.level}: {describe_finding(finding)}", max_text)
        size += len(line)
        if lines and size > max_text:
            return "\n".join((*lines, f"and {len(findings) - index:,} more"))
        lines.append(line)
    return "\n".join(lines)


def _make_gate_suite(report: CiReport, gate: GateReport, max_text: int) -> _Suite:
    name = f"{gate.run_id}.{gate.gate}"
    cases = [_make_check_case(name, check, max_text) for check in gate.checks]
    if problem := find_gate_problem(gate):
        tag = "failure" if gate.exit_code is Exit.FAIL else "error"
        cases.insert(
            0,
            _Case(
                name,
                "verdict",
                (_format_problem(tag, NO_VERDICT, problem, sanitize_line(problem, max_text), max_text),),
            ),
        )
    if not cases:
        cases.append(_Case(name, "verdict"))  # a suite without a test is an error to some readers
    contract_path = gate.contract_path or (gate.checks[0].contract_path if gate.checks else None)
    file = report.root_prefix + contract_path if contract_path else None
    return _Suite(name, tuple(cases), tuple(_list_properties(gate, max_text)), file, gate.duration_s)


def _list_properties(gate: GateReport, max_text: int) -> Iterator[tuple[str, str]]:
    yield from (("run", gate.run_id), ("gate", gate.gate), ("name", gate.name), ("result", find_result(gate)))
    yield "attempts", str(len(gate.attempts))
    if gate.problem:
        yield "reason", sanitize_line(gate.problem, max_text)
    yield from (("warned", check.result.id) for check in gate.checks if check.result.status is CheckStatus.WARNED)


def _make_check_case(classname: str, check: CheckReport, max_text: int) -> _Case:
    result = check.result
    children = []
    if result.status is CheckStatus.FAILED:
        details = "\n".join(_list_details(check, max_text // 4))
        children.append(_format_problem("failure", result.type, str(result.reason), details, max_text))
    output = "\n".join(_list_output(check, max_text))
    children.append(f"<system-out>{escape_xml(output)}</system-out>")
    return _Case(classname, result.id, tuple(children), check.duration_s or 0.0)


def _list_details(check: CheckReport, max_text: int) -> Iterator[str]:
    lines = {
        "expected": check.expected,
        "found": check.found or check.result.reason,
        "because": check.result.description,
        "artifact": check.result.resolved_path + (f":{check.artifact_line}" if check.artifact_line else ""),
        "contract": f"{check.contract_path}:{check.contract_line}",
    }
    yield from (f"{label:<10}{sanitize_line(line, max_text)}" for label, line in lines.items() if line)


def _list_output(check: CheckReport, max_text: int) -> Iterator[str]:
    result = check.result
    yield f"severity: {result.severity}"
    yield f"status: {result.status}"
    if result.status is CheckStatus.WARNED:
        yield f"reason: {sanitize_line(str(result.reason), max_text)}"
    yield from format_measured(result.measured, max_text)


def _format_problem(tag: str, kind: str, message: str, text: str, max_text: int) -> str:
    named = f"{kind} check" if kind in _TYPES_OF_RAILS else kind
    attributes = f"type={_quote_name(named)} message={quote_xml(sanitize_line(message, max_text))}"
    return f"<{tag} {attributes}>{escape_xml(text)}</{tag}>"


def _format_element(tag: str, attributes: str, children: "list[str] | tuple[str, ...]") -> str:
    opening = f"{tag} {attributes}" if attributes else tag
    return "\n".join((f"<{opening}>", *children, f"</{tag}>")) if children else f"<{opening}/>"


def _quote_name(name: str) -> str:
    return quote_xml(sanitize_line(name))


def _time(seconds: float) -> str:
    return f'"{max(seconds, 0.0):.3f}"'
