"""The whole report as one JSON document.

    {"orch_ci": 1,                              # of this shape; a key may be added, no key changes its meaning
     "orch_version", "exit_code", "passed",
     "started_at", "finished_at",               # 2026-11-30T12:00:00.000Z
     "root_prefix",                             # from the top of the git repository to the root: "" or "a/b/"
     "notes": [line, …],                        # which commit it compares with, what was left out and why
     "runs": [run id, …], "contracts": [path, …],
     "findings": [{"part", "level", "rule", "message", "path", "line", "run_id", "gate"}, …],
     "gates": [{"run_id", "gate", "name", "result", "exit_code", "problem", "duration_s",
                "attempts": [{"number", "passed", "started_at", "finished_at", "failure_reason"}, …],
                "checks": [{"status", "contract_path", "contract_line", "artifact_line", "duration_s",
                            "expected", "found", "result": {…}}, …]}, …]}

`part` is lint, verify or check; `level` error or warning; `result` of a gate PASS, FAIL or "no verdict"; `status` of a
check passed, failed or warned, and its `result` a row as in an attempt's `validations`. What is not known is null.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from gate_tests.errors import Exit
from gate_tests.sanitize import escape_json
from runner.reports.ci_report import CheckReport, CiReport, GateReport
from runner.reports.totals import find_result
from runner.version import VERSION

_SHAPE: Final = 1


def render(report: CiReport) -> str:
    """The document, indented."""
    return dump_json(
        {
            "orch_ci": _SHAPE,
            "orch_version": VERSION,
            "exit_code": int(report.exit_code),
            "passed": report.exit_code is Exit.OK,
            "started_at": format_time(report.started_at),
            "finished_at": format_time(report.finished_at),
            "root_prefix": report.root_prefix,
            "notes": report.notes,
            "runs": report.runs,
            "contracts": report.contracts,
            "findings": [finding._asdict() for finding in report.findings],
            "gates": [_gate_to_json(gate) for gate in report.gates],
        }
    )


def dump_json(document: Any) -> str:
    """`document` as indented JSON in which no CI system finds a command.

    Halves of surrogate pairs, as undecodable bytes of file names are, become a text `\\udcff`: not every parser takes
    them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if not text.isascii():
        text = re.sub("[\ud800-\udfff]", lambda match: f"\\\\u{ord(match[0]):04x}", text)
    return f"{escape_json(text)}\n"


def format_time(seconds: float) -> str:
    """Seconds since 1970 as in a record: `2026-11-30T12:00:00.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _gate_to_json(gate: GateReport) -> dict[str, Any]:
    return {
        "run_id": gate.run_id,
        "gate": gate.gate,
        "name": gate.name,
        "result": find_result(gate),
        "exit_code": int(gate.exit_code),
        "problem": gate.problem,
        "duration_s": gate.duration_s,
        "attempts": [attempt._asdict() for attempt in gate.attempts],
        "checks": [_check_to_json(check) for check in gate.checks],
    }


def _check_to_json(check: CheckReport) -> dict[str, Any]:
    fields = check._asdict()
    return {"status": check.result.status, **fields, "result": check.result.to_json()}
