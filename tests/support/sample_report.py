"""Reports of `orch ci` for tests of its formats."""

from typing import Any, Final

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.errors import Exit
from runner.reports.ci_report import AttemptSummary, CheckReport, CiReport, Finding, GateReport, Level, Part

RUN: Final = "run_20261122T093000Z_tea_abc123"
CONTRACT: Final = "orchestration/gates/contracts/G1.contract.json"
ARTIFACT: Final = "src/tea/SOURCES.md"
HOSTILE: Final = {
    "a GitHub command": "::error file=a.py,line=1::made up",
    "a GitHub command after each line break": "a\n::set-output name=x::y\r::add-mask::a\u2028::stop-commands::t",
    "an older command": "a ##[error]x ##[set-env name=A;]b ##vso[task.complete]x",
    "percent escapes": "100%0A::error::x %0D %25 a,b:c=d",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\x9f",
    "lone surrogates": "a\udc80b\ud800",
    "what XML forbids": "\ufffe\uffff\x00 ]]> <!-- & < > \" ' &#0; <![CDATA[ x",
    "what reads right to left": "\u202etxet\u202c \u2067x\u2069 \u200f\u061c\u0645\u0631",
    "Markdown": "| a | `b` `` c ``` | **d** [x](javascript:1) ![i](http://a/b.png) # @octocat #1 org/repo#2 \\| \\",
    "HTML": "<script>alert(1)</script></td></table><img src=x onerror=y><!--",
    "an attachment": "[[ATTACHMENT|/etc/passwd]] [[[PROPERTY|a=b]]]",
    "only backticks": "````",
    "a blank": " ",
    "nothing": "",
    "emoji and other planes": "\U0001f469\u200d\U0001f4bb \U000e0041\U0010ffff",
    "a long line": "x" * 1_000_000,
    "a million of what is escaped": "&|`<%" * 200_000,
}
"""Texts that an artifact, a contract or a name of a file may have."""


def make_check(
    status: CheckStatus = CheckStatus.PASSED,
    number: int = 1,
    reason: str = f"{ARTIFACT}: expected at least 8 sources, found 3",
    **fields: Any,
) -> CheckReport:
    """A check of the kind min_sources; `fields` of the CheckReport, or of its result."""
    result: dict[str, Any] = {
        "id": f"min_sources[{number}]",
        "type": "min_sources",
        "path": "{artifact_path}/SOURCES.md",
        "resolved_path": ARTIFACT,
        "severity": Severity.WARNING if status is CheckStatus.WARNED else Severity.ERROR,
        "description": "A claim needs sources",
        "measured": {"count": 3, "min": 8, "headings": ["A", "B"]},
        "reason": None if status is CheckStatus.PASSED else reason,
    }
    known: dict[str, Any] = {"contract_path": CONTRACT, "contract_line": 40 + number, "duration_s": 0.0125}
    known |= {key: fields.pop(key) for key in CheckReport._fields if key in fields}
    return CheckReport(CheckResult(**result | fields, status=status), **known)


FAILED: Final = make_check(
    CheckStatus.FAILED, 2, artifact_line=7, expected="at least 8 sources", found="3 (2 distinct headings)"
)
"""With a line of the artifact."""


def make_gate(*checks: CheckReport, gate: str = "G1", **fields: Any) -> GateReport:
    """A gate whose second attempt has passed; it fails now if one of the checks does."""
    has_failed = any(check.result.has_failed for check in checks)
    attempts = (
        AttemptSummary(1, False, "2026-11-22T09:30:00.000Z", "2026-11-22T09:40:00.000Z", "too few sources"),
        AttemptSummary(2, True, "2026-11-22T09:50:00.000Z", "2026-11-22T10:00:00.000Z", None),
    )
    known = {
        "run_id": RUN,
        "name": "Research",
        "attempts": attempts,
        "exit_code": Exit.FAIL if has_failed else Exit.OK,
        "problem": "1 check failed" if has_failed else None,
        "duration_s": 0.25,
        "contract_path": CONTRACT,
    }
    return GateReport(gate=gate, checks=checks, **known | fields)


def make_report(*gates: GateReport, findings: tuple[Finding, ...] = (), **fields: Any) -> CiReport:
    """The report of the gates and findings."""
    is_ok = all(gate.exit_code is Exit.OK for gate in gates) and not findings
    known = {
        "runs": (RUN,),
        "contracts": (CONTRACT,),
        "exit_code": Exit.OK if is_ok else Exit.FAIL,
        "started_at": 1_796_000_000.0,
        "finished_at": 1_796_000_001.5,
    }
    return CiReport(findings=findings, gates=gates, **known | fields)


NO_VERDICT: Final = make_gate(
    gate="G3", name="Build", exit_code=Exit.NO_VERDICT, problem="the program of a check could not be started"
)
FINDINGS: Final = (
    Finding(Part.LINT, Level.WARNING, "only-existence", "the output is only required to exist", CONTRACT, 12),
    Finding(Part.LINT, Level.ERROR, "contract-error", "unknown key 'mn', did you mean 'min'?", CONTRACT, 41),
    Finding(Part.VERIFY, Level.ERROR, "file-changed", "changed after G1 passed", ARTIFACT, None, RUN, "G1"),
    Finding(Part.VERIFY, Level.WARNING, "no-commit", "the record names no commit", None, None, RUN),
    Finding(Part.CHECK, Level.ERROR, "no-verdict", str(NO_VERDICT.problem), None, None, RUN, "G3"),
)
SAMPLE: Final = make_report(
    make_gate(make_check(), FAILED, make_check(CheckStatus.FAILED, 3)),
    make_gate(make_check(), make_check(CheckStatus.WARNED, 2), gate="G2", name="Synthesis"),
    NO_VERDICT,
    findings=FINDINGS,
    root_prefix="services/essays/",
    notes=("compared with main (0123456789ab)",),
)
"""Something of everything."""

PASSED: Final = make_report(make_gate(make_check()))
EMPTY: Final = make_report(runs=(), contracts=())


def make_hostile_report(text: str) -> CiReport:
    """A report in which every text that is not ours is `text`."""
    reports: dict[str, Any] = {"contract_path": text, "expected": text, "found": text, "artifact_line": 3}
    fields: dict[str, Any] = {"id": text, "type": text, "path": text, "resolved_path": text, "description": text}
    checks = [
        make_check(status, reason=text, measured={"key": text, "list": [text, {text: text}]}, **reports, **fields)
        for status in CheckStatus
    ]
    gates = [
        make_gate(*checks, run_id=text, gate=text, name=text, contract_path=text),
        make_gate(run_id=text, gate=f"{text}2", name=text, exit_code=Exit.DAMAGED, problem=text, contract_path=text),
    ]
    findings = tuple(Finding(part, level, text, text, text, 1, text, text) for part in Part for level in Level)
    return make_report(*gates, findings=findings, runs=(text,), contracts=(text,), root_prefix="a/", notes=(text,))


def make_large_report(checks: int) -> CiReport:
    """A gate with so many failed checks, and as many errors of its contract."""
    failed = (make_check(CheckStatus.FAILED, each, reason="x" * 2000, expected="y" * 2000) for each in range(checks))
    findings = (Finding(Part.LINT, Level.ERROR, "rule", "z" * 2000, CONTRACT, each + 1) for each in range(checks))
    return make_report(make_gate(*failed), findings=tuple(findings))
