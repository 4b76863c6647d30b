"""Runs the checks of gates with pytest, kept apart from the repository's own pytest. A witness is told what happens.

The environment is the judging process's own by now: nothing of the caller's settings reaches pytest through it.
"""

import contextlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gate_tests.files.artifacts import Artifact, Artifacts
from gate_tests.isolated_pytest.events import EventSink, Report, Reported, SeenOutput
from gate_tests.pytest_session.evaluation import Evaluation

_INI = Path(__file__).with_name("judge.ini")


def run_checks(
    evaluation: Evaluation,
    sink: EventSink,
    *,
    color: bool = False,
    workers: Sequence[str] = (),
    verbose: bool = False,
) -> None:
    """Runs every check of the judgement's gates in one session of pytest, here or in `workers`."""
    import pytest
    import pytest_jsonreport.plugin

    from gate_tests.pytest_session.hooks import SealedSession

    session, catcher = SealedSession(evaluation), _ReportCatcher()
    plugins: list[object] = [pytest_jsonreport.plugin, session, catcher]
    # Relative paths, for pytest takes `::`, `[` and `$` in an argument apart, and a root may be called anything.
    contracts = [evaluation.workspace.contract_path(gate) for gate in evaluation.gates]
    arguments = [*_sealed_arguments(color), *(["-v"] if verbose else []), *contracts]
    if workers:
        from gate_tests.isolated_pytest.xdist.controller import Controller

        controller = Controller(evaluation, sink, workers)
        plugins.append(controller)
        arguments += controller.arguments
    with contextlib.chdir(evaluation.workspace.root), _printing_to(sink):
        code = pytest.main(arguments, plugins=plugins)
    for gate in evaluation.gates:
        sink.sees(gate, _seen_outputs(evaluation, gate, sink))
    if catcher.report is not None:
        sink.reports(_reduced(catcher.report, int(code), pytest.__version__))


class _ReportCatcher:
    """Takes the JSON report as pytest-json-report has built it."""

    def __init__(self) -> None:
        self.report: Mapping[str, Any] | None = None

    def pytest_json_modifyreport(self, json_report: Mapping[str, Any]) -> None:
        self.report = json_report


class _Printed(io.TextIOBase):
    """What pytest takes for standard output."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink

    def write(self, text: str) -> int:
        self._sink.shows(text)
        return len(text)


def _printing_to(sink: EventSink) -> contextlib.redirect_stdout[_Printed]:
    return contextlib.redirect_stdout(_Printed(sink))


def _sealed_arguments(color: bool) -> list[str]:
    """Our own ini file, no conftest.py, no plugin that we did not name, nothing imported from the host."""
    # `python` would import an __init__.py beside the contracts, `cacheprovider` would write; the others serve tests
    # that are Python functions, and to load them takes a good part of the time.
    without = (
        "cacheprovider", "python", "doctest", "unittest", "stepwise", "junitxml", "pastebin", "faulthandler",
        "setuponly", "setupplan", "threadexception", "unraisableexception", "recwarn", "subtests", "debugging",
        "assertion", "logging", "monkeypatch", "reports", "skipping", "tmpdir", "warnings",
    )  # fmt: skip
    return [
        "-c", str(_INI), "--rootdir=.", "--noconftest", "--disable-plugin-autoload",
        *(f"-pno:{plugin}" for plugin in without),
        "--capture=sys", "--no-header", "--tb=no", "-rN", f"--color={'yes' if color else 'no'}",
        "--json-report", "--json-report-omit", "collectors", "log", "streams", "keywords", "traceback", "warnings",
        "--json-report-file=none", "--json-report-verbosity=0",
    ]  # fmt: skip


def _reduced(report: Mapping[str, Any], exit_code: int, pytest_version: str) -> Report:
    from gate_tests.pytest_session.hooks import METADATA_KEY

    tests = {
        test["nodeid"]: Reported.of(test["outcome"], test.get("call", {}).get(METADATA_KEY))
        for test in report.get("tests", ())
    }
    return Report(exit_code, report["summary"].get("collected", 0), tests, pytest_version)


def _seen_outputs(evaluation: Evaluation, gate: str, sink: EventSink) -> list[SeenOutput]:
    artifacts = evaluation.artifacts(gate)
    seen: dict[str, SeenOutput] = {}
    for output in evaluation.compiled(gate).outputs:
        artifact = artifacts.seen.get(output.path) or _hash(artifacts, gate, output.path, sink)
        if artifact.is_file and output.path not in seen:
            seen[output.path] = SeenOutput(
                output.template, output.path, artifact.sha256, artifact.size_bytes, output.optional
            )
    return list(seen.values())


def _hash(artifacts: Artifacts, gate: str, path: str, sink: EventSink) -> Artifact:
    """An output that no check has read, which may take as long as a check."""
    hashing = f"hashing {path}"
    sink.begins(gate, hashing)
    artifact = artifacts.read(path)
    sink.is_over(gate, hashing)
    return artifact
