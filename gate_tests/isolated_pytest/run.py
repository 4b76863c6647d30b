"""Runs the checks of gates in one pytest session that nothing of the repository's own pytest settings reaches.

The environment is the judging process's own already: no setting of the caller reaches pytest through it.
"""

import contextlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gate_tests.files.artifacts import Artifact, Artifacts
from gate_tests.isolated_pytest.events import EventSink, ReportedTest, SeenOutput, SessionReport
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.typing_compat import override

_INI: Final = Path(__file__).with_name("judge.ini")


def run_checks(
    evaluation: Evaluation,
    sink: EventSink,
    *,
    color: bool = False,
    workers: Sequence[str] = (),
    verbose: bool = False,
    wrap_columns: int | None = None,
    with_durations: bool = False,
) -> None:
    """Runs every check of the evaluation's gates in one session of pytest, in this process or in `workers`.

    Failures are wrapped at `wrap_columns`, if given; `with_durations`, the report has how long each check took.
    """
    import pytest
    import pytest_jsonreport.plugin

    from gate_tests.pytest_session.hooks import IsolatedSession, LocalSession

    session = (IsolatedSession if workers else LocalSession)(evaluation, wrap_columns)
    catcher = _ReportCatcher()
    plugins: list[object] = [pytest_jsonreport.plugin, session, catcher]
    arguments = [*_isolated_arguments(color), *(["-v"] if verbose else []), *_paths_to_collect(evaluation)]
    if workers:
        from gate_tests.isolated_pytest.xdist.controller import Controller

        controller = Controller(evaluation, sink, workers)
        plugins.append(controller)
        arguments += controller.arguments
    with contextlib.chdir(evaluation.workspace.root), _redirect_stdout(sink):
        code = pytest.main(arguments, plugins=plugins)
    for gate in evaluation.gates:
        sink.on_outputs(gate, _hash_outputs(evaluation, gate, sink))
    if catcher.report is not None:
        sink.on_report(_build_report(catcher.report, int(code), pytest.__version__, with_durations))


def _paths_to_collect(evaluation: Evaluation) -> list[str]:
    """The contracts; the root, from which the session finds them too, if one that was read has no file any more."""
    # Relative paths: pytest splits an argument at `::`, `[` and `$`, and a root may have any name.
    contracts = [evaluation.workspace.contract_path(gate) for gate in evaluation.gates]
    return contracts if all((evaluation.workspace.root / path).is_file() for path in contracts) else ["."]


class _ReportCatcher:
    """The plugin that gets the report from pytest-json-report."""

    def __init__(self) -> None:
        self.report: Mapping[str, Any] | None = None

    def pytest_json_modifyreport(self, json_report: Mapping[str, Any]) -> None:
        self.report = json_report


class _SinkStream(io.TextIOBase):
    """A standard output whose text goes to the sink, without empty lines."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._is_line_start = True

    @override
    def write(self, text: str) -> int:
        printed = text.lstrip("\n") if self._is_line_start else text
        if printed:
            self._is_line_start = printed.endswith("\n")
            self._sink.on_text(printed)
        return len(text)


def _redirect_stdout(sink: EventSink) -> contextlib.redirect_stdout[_SinkStream]:
    return contextlib.redirect_stdout(_SinkStream(sink))


def _isolated_arguments(color: bool) -> list[str]:
    """Our own ini file, no conftest.py, only the plugins that we name, nothing imported from the repository."""
    # `python` would import an __init__.py beside the contracts, `cacheprovider` would write files; the others are for
    # tests that are Python functions, and to import them takes much of the time.
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


def _build_report(
    report: Mapping[str, Any], exit_code: int, pytest_version: str, with_durations: bool
) -> SessionReport:
    from gate_tests.pytest_session.hooks import METADATA_KEY

    def read(test: Mapping[str, Any]) -> ReportedTest:
        call = test.get("call", {})
        duration_s = call.get("duration") if with_durations else None
        return ReportedTest.from_row(test["outcome"], call.get(METADATA_KEY), duration_s)

    tests = {test["nodeid"]: read(test) for test in report.get("tests", ())}
    return SessionReport(exit_code, report["summary"].get("collected", 0), tests, pytest_version)


def _hash_outputs(evaluation: Evaluation, gate: str, sink: EventSink) -> list[SeenOutput]:
    """The files of the declared outputs of the gate that exist, each path once."""
    artifacts = evaluation.artifacts(gate)
    outputs = []
    for output, path in evaluation.compiled(gate).find_output_files(artifacts).files:
        artifact = artifacts.seen.get(path) or _hash_output(artifacts, gate, path, sink)
        if artifact.is_file:
            outputs.append(SeenOutput(output.template, path, artifact.sha256, artifact.size_bytes, output.optional))
    return outputs


def _hash_output(artifacts: Artifacts, gate: str, path: str, sink: EventSink) -> Artifact:
    """An output that no check has read. It may take as long as a check may."""
    task = f"hashing {path}"
    sink.on_task_started(gate, task)
    artifact = artifacts.read(path)
    sink.on_task_ended(gate, task)
    return artifact
