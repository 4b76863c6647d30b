"""Made-up records like those of the original Node.js runner, with all that distinguishes its 46 real ones from ours.

None has `schema_version` or `progress`; run ids carry milliseconds; rows have absolute paths in somebody's home.
"""

import json
from typing import Any

from tests.support.repository import Repository

Json = dict[str, Any]

HOME = "/home/somebody/essays"
EARLY = "run_20250131T101112345Z_the-word-tea_a1b2c3"
LEFT_RUNNING = "run_20250131T101212345Z_the-word-tea_d4e5f6"
MILLISECONDS = "run_20250131T101312345Z_the-word-tea_g7h8i9"
VARIANT = "run_20250305T220244258Z_lucy--opus-4-6_j0k1l2"

_HASH = "a3f89322ba13240198155ef7281233e40a129f897dd8b475871a5bc87fd422cf"
_CITATIONS = "{artifact_path}/research/CITATIONS.md"
_DRAFT = "orchestration/skills/visual-essay-invocation/specs/{slug}.md"


def write_original(repository: Repository, record: Json) -> str:
    """Write the record to its place, without a final newline like the original. Returns the run id."""
    run_id: str = record["run_id"]
    repository.write(f"orchestration/runs/{run_id}/record/RUN.json", json.dumps(record, indent=2, ensure_ascii=False))
    return run_id


def early_failed() -> Json:
    """The earliest shape: no `prompt`, no `prompt_sha256`, one failed attempt, never completed."""
    attempt = {
        "attempt": 1,
        "status": "FAIL",
        "started_at": "2025-01-31T10:11:13.469Z",
        "finished_at": "2025-01-31T10:11:17.861Z",
        "agent": "research-orchestrator",
        "invocation_ids": [],
        "required_outputs": [_CITATIONS],
        "artifacts": [],
        "validations": [_missing_citations(), _too_few_sources()],
        "failure_reason": f"Missing: {_CITATIONS}; Insufficient sources: 0/8 (depth: standard)",
    }
    record = _record(EARLY, "FAILED", [_gate("G1"), _gate("G2", "FAIL", attempt), _gate("G3")])
    del record["prompt"]
    return record


def left_running() -> Json:
    """A pipeline that was left alone with an open attempt."""
    gates = [_gate("G1", "RUNNING", _running()), _gate("G2"), _gate("G3")]
    return _record(LEFT_RUNNING, "RUNNING", gates, depth="deep", prompt=_prompt())


def passed_with_invocation() -> Json:
    """Two attempts at one gate, an agent's invocation, artifacts with absolute paths, an index without them."""
    failed = {**_running(), **_ended("FAIL", "Missing: " + _CITATIONS), "validations": [_missing_citations()]}
    passed = {
        **_running(2),
        **_ended("PASS"),
        "prompt_sha256": None,
        "invocation_ids": ["inv_1768861428652_b1g2"],
        "required_outputs": [_CITATIONS, "{artifact_path}/{slug}.css"],
        "artifacts": [_artifact(_CITATIONS), _artifact("{artifact_path}/{slug}.css") | {"optional": True}],
        "validations": [_any_of(), _draft_warning()],
    }
    record = _record(MILLISECONDS, "RUNNING", [_gate("G1"), _gate("G2", "PASS", failed, passed), _gate("G3")])
    record["invocations"] = [_invocation()]
    record["artifacts_index"] = [_index_row(), _index_row() | {"updated_at": "2025-01-31T10:20:00.000Z"}]
    return record


def variant_passed() -> Json:
    """The latest shape: a variant of a slug, completed, with rows of check types that we do not know."""
    attempt = {**_running(), **_ended("PASS"), "validations": [_front_matter(), _urls(), _claims()]}
    record = _record(VARIANT, "PASSED", [_gate("G4.5", "PASS", attempt)], prompt=_prompt())
    record["workflow"] = {
        "name": "visual-essay",
        "version": "local-dev",
        "slug": "lucy",
        "artifact_path": "src/app/essays/science/lucy--opus-4-6",
        "variant": "opus-4-6",
        "build_model": "claude-opus-4.6",
        "spec_ref": _DRAFT.replace("{slug}", "lucy"),
    }
    record["finished_at"] = "2025-03-05T22:28:10.193Z"
    record["events"].append(
        {
            "timestamp": "2025-03-05T22:28:10.193Z",
            "type": "RUN_COMPLETED",
            "status": "PASSED",
            "message": "Run completed with status: PASSED",
        }
    )
    return record


SHAPES = {
    "no prompt": early_failed,
    "left running": left_running,
    "absolute paths": passed_with_invocation,
    "variant": variant_passed,
}


def _record(run_id: str, status: str, gates: list[Json], depth: str = "standard", prompt: Json | None = None) -> Json:
    return {
        "run_id": run_id,
        "workflow": {
            "name": "visual-essay",
            "version": "local-dev",
            "slug": "the-word-tea",
            "artifact_path": "src/app/essays/etymology/the-word-tea",
        },
        "depth": depth,
        "prompt": prompt,
        "status": status,
        "started_at": _started_at(run_id),
        "finished_at": None,
        "gates": gates,
        "invocations": [],
        "artifacts_index": [],
        "validations": [],
        "events": [{"timestamp": _started_at(run_id), "type": "RUN_STARTED", "message": "Run initialized — somehow"}],
    }


def _started_at(run_id: str) -> str:
    """`2025-01-31T10:11:12.345Z` out of `run_20250131T101112345Z_…`."""
    stamp = run_id.split("_")[1]
    date, time = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}", f"{stamp[9:11]}:{stamp[11:13]}:{stamp[13:15]}"
    return f"{date}T{time}.{stamp[15:18]}Z"


def _gate(gate: str, status: str = "NOT_STARTED", *attempts: Json) -> Json:
    return {"gate": gate, "name": f"Gate {gate}", "status": status, "attempts": list(attempts)}


def _running(number: int = 1) -> Json:
    return {
        "attempt": number,
        "status": "RUNNING",
        "started_at": "2025-01-31T10:12:13.672Z",
        "finished_at": None,
        "agent": "visual-essay-orchestrator",
        "prompt_sha256": _HASH,
        "invocation_ids": [],
        "required_outputs": [],
        "artifacts": [],
        "validations": [],
        "failure_reason": None,
    }


def _ended(status: str, reason: str | None = None) -> Json:
    return {"status": status, "finished_at": "2025-01-31T10:19:58.861Z", "failure_reason": reason}


def _prompt() -> Json:
    return {"file": "orchestration/prompts/the-word-tea.md", "sha256": _HASH}


def _artifact(template: str) -> Json:
    return {"path": template, "absolute_path": f"{HOME}/research/CITATIONS.md", "sha256": _HASH, "exists": True}


def _index_row() -> Json:
    return {"path": _CITATIONS, "sha256": _HASH, "gate": "G2", "recorded_at": "2025-01-31T10:19:58.862Z"}


def _invocation() -> Json:
    return {
        "invocation_id": "inv_1768861428652_b1g2",
        "gate": "G2",
        "agent": "research-citations-expert",
        "model": "unknown",
        "started_at": "2025-01-31T10:15:00.652Z",
        "finished_at": "2025-01-31T10:15:00.653Z",
        "duration_ms": 0,
        "status": "SUCCESS",
        "input_refs": [],
        "output_refs": [_CITATIONS],
    }


def _missing_citations() -> Json:
    path = f"{HOME}/research/CITATIONS.md"
    return {"type": "file_exists", "path": _CITATIONS, "absolute_path": path, "pass": False, "description": "Sources"}


def _too_few_sources() -> Json:
    counted = {"count": 0, "threshold": 8, "depth": "standard"}
    return {"type": "min_sources", "path": _CITATIONS, **counted, "pass": False, "description": "Enough sources"}


def _any_of() -> Json:
    checked = [{"path": _CITATIONS, "exists": True}]
    return {"type": "file_exists_any_of", "pass": True, "checked": checked, "description": "One of them"}


def _draft_warning() -> Json:
    return {
        "type": "not_contains",
        "path": _DRAFT,
        "pattern": "[DRAFT]",
        "found": True,
        "severity": "warning",
        "description": "No draft",
        "pass": True,
        "warning": True,
    }


def _front_matter() -> Json:
    return {
        "type": "frontmatter_status",
        "path": "{artifact_path}/VIZ-TECH-DECISIONS.md",
        "resolved_path": f"{HOME}/VIZ-TECH-DECISIONS.md",
        "checks": {"status": {"not": "FAIL"}, "blocking_issues": {"min": 0}},
        "fields": {"status": "PASS", "average_score": 8.5, "blocking_issues": 0},
        "failures": [],
        "severity": "error",
        "pass": True,
    }


def _urls() -> Json:
    broken = [{"url": "https://example.org/a.jpg", "status": 404}]
    counted = {"total_urls": 27, "checked": 10, "ok": 9, "failed": broken, "max_failures": 1}
    return {"type": "url_reachable", "path": "{artifact_path}/images.ts", **counted, "severity": "error", "pass": True}


def _claims() -> Json:
    return {"type": "viz_tech_match", "claims_count": 7, "unmatched": [], "matched": None, "pass": True}
