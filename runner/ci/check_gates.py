"""The third part of `orch ci`: judges each gate that passed again, by the present contract, on the present files."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gate_tests.checks.result import CheckResult
from gate_tests.compiler.check import Check
from gate_tests.errors import Exit, Interrupted, OrchError
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.run_context import OpenBaseline
from runner.ci.artifact_line import find_artifact_line
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import judge_again
from runner.reports.ci_report import AttemptSummary, CheckReport, GateReport
from runner.storage.store import Store

OpenProcess = Callable[[bool], IsolatedPytest]
"""Makes a judging process, not started yet; given true, one that judges again and again, each time in a fork."""


class GateCheck(NamedTuple):
    """How to judge. With `offline`, checks that need the network fail."""

    store: Store
    open_process: OpenProcess
    offline: bool = False

    def check_runs(self, runs: Iterable[Run]) -> Iterator[GateReport]:
        """Judges the gates of one run after the other, each whose last attempt passed. Raises Interrupted, OSError.

        A session for each run. A gate without a verdict does not keep the others from being judged.
        """
        pending = deque((run, passed) for run in runs if (passed := _list_passed(run)))
        while pending:
            with self.open_process(True) as process:
                is_usable = True
                while pending and is_usable:
                    run, gates = pending.popleft()
                    reports, is_usable = self._check(run, gates, process)
                    yield from reports

    def _check(self, run: Run, gates: Sequence[Gate], process: IsolatedPytest) -> tuple[list[GateReport], bool]:
        """The reports of these gates, and whether the process can judge again."""
        started = time.monotonic()
        try:
            judged = self._judge(run, gates, process)
        except Interrupted:
            raise Interrupted("interrupted; nothing was recorded", advice="repeat the command") from None
        except OrchError as error:
            if len(gates) > 1:
                return [self._check_alone(run, gate) for gate in gates], False
            report = _report_problem(run, gates[0], error, time.monotonic() - started)
            return [report._replace(contract_path=self.store.workspace.contract_path(gates[0].gate))], False
        duration_s = (time.monotonic() - started) / len(judged)
        return [_report_gate(run, each, duration_s) for each in judged], True

    def _check_alone(self, run: Run, gate: Gate) -> GateReport:
        with self.open_process(False) as process:
            (report,), _ = self._check(run, [gate], process)
        return report

    def _judge(self, run: Run, gates: Sequence[Gate], process: IsolatedPytest) -> list[JudgedGate]:
        names, baselines = [gate.gate for gate in gates], _find_baselines(gates)
        return judge_again(self.store, run, names, process, baselines, offline=self.offline)


def _list_passed(run: Run) -> list[Gate]:
    return [gate for gate in run.gates if gate.has_passed and gate.attempts]


def _find_baselines(gates: Sequence[Gate]) -> Mapping[str, OpenBaseline]:
    """What `changed_in_attempt` compares with: the baseline of the attempt that passed, as when it was judged."""
    found = ((gate.gate, gate.find_baseline(gate.attempts[-1])) for gate in gates)
    return {gate: baseline for gate, baseline in found if baseline}


def _report_gate(run: Run, judged: JudgedGate, duration_s: float) -> GateReport:
    verdict = judged.verdict
    durations = verdict.durations_s or (None,) * len(verdict.validations)  # not known of a gate that was judged alone
    checks = zip(judged.compiled.checks, verdict.validations, durations, strict=True)
    return GateReport(
        run_id=run.run_id,
        gate=judged.gate.gate,
        name=judged.gate.name,
        attempts=tuple(map(_summarize, judged.gate.attempts)),
        checks=tuple(_report_check(*each) for each in checks),
        exit_code=Exit.OK if judged.passed else Exit.FAIL,
        problem=judged.failure_reason,
        duration_s=duration_s,
        contract_path=judged.compiled.contract.document.path,
    )


def _report_check(check: Check, result: CheckResult, duration_s: float | None) -> CheckReport:
    report = CheckReport(result, check.document.path, check.line, find_artifact_line(result), duration_s)
    if result.reason is None:
        return report
    expected = sanitize_line(check.rule.describe())
    return report._replace(expected=expected, found=_find_found(result, expected))


def _find_found(result: CheckResult, expected: str) -> str | None:
    """What the reason says was found: the rest of it (see `Check.reason`)."""
    rest = str(result.reason).removeprefix(f"{result.resolved_path}: ")
    found = rest.removeprefix(f"expected {expected}, found ").removesuffix(f", expected {expected}")
    return found if found != rest or not rest.startswith("expected ") else None


def _report_problem(run: Run, gate: Gate, error: OrchError, duration_s: float) -> GateReport:
    attempts = tuple(map(_summarize, gate.attempts))
    problem = "; ".join(error.message.splitlines())
    return GateReport(run.run_id, gate.gate, gate.name, attempts, (), error.exit_code, problem, duration_s)


def _summarize(attempt: Attempt) -> AttemptSummary:
    return AttemptSummary(
        attempt.number,
        attempt.status is GateStatus.PASS,
        attempt.started_at,
        attempt.finished_at,
        attempt.failure_reason,
    )
