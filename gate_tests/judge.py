"""Judges gates: pytest runs their checks, sealed off from its surroundings, and its report becomes verdicts."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from gate_tests.errors import NoVerdict
from gate_tests.judgement import Judged, Judgement

_SEALED_INI = Path(__file__).with_name("sealed.ini")


@dataclass(frozen=True)
class SeenOutput:
    """A declared output that existed, as the checks saw it."""

    template: str
    path: str
    sha256: str
    size_bytes: int
    optional: bool


@dataclass(frozen=True)
class Verdict:
    """What judging one gate came to. `validations` are the checks' rows, in compiled order."""

    gate: str
    passed: bool
    contract_path: str
    contract_sha256: str
    validations: tuple[Mapping[str, Any], ...]
    outputs: tuple[SeenOutput, ...]
    failure_reason: str | None
    pytest_version: str


def judge(judgement: Judgement, output: TextIO) -> list[Verdict]:
    """The verdict on each gate of the judgement. pytest prints to `output`. Raises NoVerdict, InvalidFile, Refused."""
    for gate in judgement.gates:
        judgement.compiled(gate)
    report = _run_pytest(judgement, output)
    return [_verdict(judgement, gate, report) for gate in judgement.gates]


class _ReportCatcher:
    """Takes the JSON report as pytest-json-report has built it."""

    def __init__(self) -> None:
        self.report: Mapping[str, Any] | None = None

    def pytest_json_modifyreport(self, json_report: Mapping[str, Any]) -> None:
        self.report = json_report


def _run_pytest(judgement: Judgement, output: TextIO) -> Mapping[str, Any]:
    import pytest
    import pytest_jsonreport.plugin

    from gate_tests.session import GateSession

    root = judgement.workspace.root
    session, catcher = GateSession(judgement), _ReportCatcher()
    # Relative paths, for pytest takes `::`, `[` and `$` in an argument apart, and a root may be called anything.
    contracts = [judgement.workspace.contract_path(gate) for gate in judgement.gates]
    arguments = [*_sealed_arguments(), *contracts]
    with _sealed_environment(), contextlib.chdir(root), contextlib.redirect_stdout(output):
        code = pytest.main(arguments, plugins=[pytest_jsonreport.plugin, session, catcher])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise NoVerdict(f"pytest ended with exit code {int(code)} instead of a verdict")
    if catcher.report is None:
        raise NoVerdict("pytest ended without a JSON report")
    return catcher.report


def _sealed_arguments() -> list[str]:
    """Our own ini file, no conftest.py, no plugin that we did not name, nothing imported from the host."""
    # pytest's `python` plugin would import an __init__.py beside the contracts.
    without = (
        "cacheprovider", "python", "doctest", "unittest", "stepwise", "junitxml", "pastebin", "faulthandler",
        "setuponly", "setupplan", "threadexception", "unraisableexception", "recwarn", "subtests", "debugging",
    )  # fmt: skip
    return [
        "-c", str(_SEALED_INI), "--rootdir=.", "--noconftest", "--disable-plugin-autoload",
        *(f"-pno:{plugin}" for plugin in without),
        "--capture=sys", "--no-header", "--color=auto",
        "--json-report", "--json-report-omit", "collectors", "log", "streams", "keywords", "traceback", "warnings",
        "--json-report-file=none",
    ]  # fmt: skip


@contextlib.contextmanager
def _sealed_environment() -> Iterator[None]:
    """Nobody changes pytest's command line or plugins from outside."""
    kept = dict(os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _verdict(judgement: Judgement, gate: str, report: Mapping[str, Any]) -> Verdict:
    import pytest

    compiled = judgement.compiled(gate)
    judged = _in_compiled_order(judgement, gate)
    rows = _reported_rows(judged, compiled.contract.document.path, report)
    reasons = [each.reason for each in judged if each.fails]
    return Verdict(
        gate=gate,
        passed=not reasons,
        contract_path=compiled.contract.document.path,
        contract_sha256=compiled.contract.document.sha256,
        validations=rows,
        outputs=_seen_outputs(judgement, gate),
        failure_reason="; ".join(reasons) or None,
        pytest_version=pytest.__version__,
    )


def _in_compiled_order(judgement: Judgement, gate: str) -> list[Judged]:
    """What each compiled check came to: every one of them, each exactly once."""
    compiled, judged = judgement.compiled(gate).checks, judgement.judged(gate)
    by_id = {each.check.id: each for each in judged}
    missing = [check.id for check in compiled if check.id not in by_id]
    if missing or len(judged) != len(compiled):
        ran = f"{len(judged)} evaluations for {len(compiled)} checks"
        raise NoVerdict(f"gate {gate}: {ran}" + (f"; never ran: {', '.join(missing)}" if missing else ""))
    return [by_id[check.id] for check in compiled]


def _reported_rows(judged: list[Judged], contract: str, report: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The rows out of the JSON report. They must say what the checks said, and so must pytest."""
    from gate_tests.session import METADATA_KEY

    tests = {test["nodeid"]: test for test in report.get("tests", ())}
    rows = []
    for each in judged:
        test = tests.get(f"{contract}::{each.check.id}", {})
        row = test.get("metadata", {}).get(METADATA_KEY)
        wanted = "failed" if each.fails else "warned" if each.warns else "passed"
        if row != each.row or test.get("outcome") != wanted:
            raise NoVerdict(
                f"{each.check.id}: the check says {wanted}, pytest's report says {test.get('outcome', 'nothing')}"
            )
        rows.append(row)
    return tuple(rows)


def _seen_outputs(judgement: Judgement, gate: str) -> tuple[SeenOutput, ...]:
    artifacts = judgement.artifacts(gate)
    seen: dict[str, SeenOutput] = {}
    for output in judgement.compiled(gate).outputs:
        artifact = artifacts.read(output.path)
        if artifact.is_file and output.path not in seen:
            seen[output.path] = SeenOutput(
                output.template, output.path, artifact.sha256, artifact.size_bytes, output.optional
            )
    return tuple(seen.values())
