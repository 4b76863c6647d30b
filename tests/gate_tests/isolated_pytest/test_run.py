import contextlib
import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.result import CheckStatus
from gate_tests.checks.types.not_contains import NotContains
from gate_tests.errors import Exit, InvalidFile, NoVerdict, Refused
from gate_tests.isolated_pytest.events import SeenOutput
from gate_tests.isolated_pytest.run import _ReportCatcher
from gate_tests.isolated_pytest.verdict import Verdict
from gate_tests.pytest_session.evaluation import EvaluatedCheck
from gate_tests.pytest_session.hooks import METADATA_KEY, IsolatedSession
from gate_tests.pytest_session.nodes import ContractFile, GateCheck
from tests.support.checks import judge
from tests.support.messages import message, pattern
from tests.support.repository import ARTIFACTS, Repository

NO_DRAFT = {"type": "not_contains", "target": "a.md", "pattern": "DRAFT"}


def verdict(repository: Repository, gate: str = "GT", **context: Any) -> Verdict:
    (only,) = judge(repository, gate, **context)
    return only


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def one_gate(repository: Repository) -> Repository:
    """A gate GT of two checks that pass."""
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]}, validations=[NO_DRAFT])
    repository.write("a.md", "clean")
    return repository


@pytest.mark.parametrize("depth", ["quick", "standard"])
def test_good_artifacts_pass_the_shipped_gates(shipped: Repository, depth: str) -> None:
    shipped.add_example("G1", "G2", "G3")
    verdicts = judge(shipped, "G1", "G2", "G3", depth=depth)
    assert [(each.gate, each.passed, each.failure_reason) for each in verdicts] == [
        ("G1", True, None),
        ("G2", True, None),
        ("G3", True, None),
    ]


def test_nothing_done_fails_the_shipped_gates(shipped: Repository) -> None:
    verdicts = judge(shipped, "G3", "G1")
    assert [(each.gate, each.passed) for each in verdicts] == [("G3", False), ("G1", False)]
    assert all(each.failure_reason for each in verdicts)


def test_a_verdict_names_the_pytest_that_ran(one_gate: Repository) -> None:
    assert verdict(one_gate).pytest_version == pytest.__version__


def test_rows_stand_in_compiled_order_passed_failed_and_warned_alike(repository: Repository) -> None:
    repository.write_contract(
        required_outputs={"all_of": [{"path": "z.md"}, {"path": "a.md"}]},
        validations=[
            NO_DRAFT,
            {**NO_DRAFT, "pattern": "clean", "severity": "warning"},
            {"type": "min_sources", "target": "a.md", "thresholds": {"default": 2}},
        ],
    )
    repository.write("a.md", "clean")
    given = verdict(repository)
    assert [(result.id, result.status) for result in given.validations] == [
        ("file_exists[z.md]", CheckStatus.FAILED),
        ("file_exists[a.md]", CheckStatus.PASSED),
        ("not_contains[a.md]", CheckStatus.PASSED),
        ("not_contains[a.md]-2", CheckStatus.WARNED),
        ("min_sources[a.md]", CheckStatus.FAILED),
    ]
    assert given.validations[4].measured["count"] == 0


def test_the_failure_reason_joins_the_reasons_of_what_failed_and_of_nothing_else(repository: Repository) -> None:
    warning = {**NO_DRAFT, "severity": "warning"}
    repository.write_contract(required_outputs={"all_of": [{"path": "b.md"}]}, validations=[warning, NO_DRAFT])
    repository.write("a.md", "DRAFT")
    given = verdict(repository)
    first, _, third = (result.reason for result in given.validations)
    assert (given.passed, given.failure_reason) == (False, f"{first}; {third}")


def test_warnings_alone_pass_and_leave_no_failure_reason(repository: Repository) -> None:
    repository.write_contract(validations=[{**NO_DRAFT, "severity": "warning"}])
    given = verdict(repository)
    assert (given.passed, given.failure_reason) == (True, None)
    assert given.validations[0].status is CheckStatus.WARNED


def test_every_output_that_exists_is_seen_with_its_hash_and_size(repository: Repository) -> None:
    content = {"b.md": b"\xff no text", f"{ARTIFACTS}/c.md": b"c\r\n", "d.md": b""}
    for path, data in content.items():
        repository.write(path, data)
    repository.write_contract(
        required_outputs={
            "any_of": [{"path": "a.md"}, {"path": "b.md"}],
            "all_of": [{"path": "{artifact_path}/c.md"}, {"path": "d.md", "required": False}, {"path": "e.md"}],
        }
    )
    given = verdict(repository)

    def seen(template: str, path: str, *, optional: bool = False) -> SeenOutput:
        return SeenOutput(template, path, sha256(content[path]).hexdigest(), len(content[path]), optional)

    assert given.outputs == (
        seen("b.md", "b.md"),
        seen("{artifact_path}/c.md", f"{ARTIFACTS}/c.md"),
        seen("d.md", "d.md", optional=True),
    )


def test_the_bytes_that_were_checked_are_the_bytes_that_are_hashed(
    one_gate: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_evaluate = NotContains.evaluate_text

    def evaluate_and_overwrite(rule: NotContains, text: str, path: str) -> Outcome:
        one_gate.write("a.md", "DRAFT, written while the gate was judged")
        return really_evaluate(rule, text, path)

    monkeypatch.setattr(NotContains, "evaluate_text", evaluate_and_overwrite)
    given = verdict(one_gate)
    assert given.passed
    assert given.outputs[0].sha256 == sha256(b"clean").hexdigest()


def test_ids_of_any_characters_are_judged(repository: Repository) -> None:
    names = ["a[1]::b.md", "c d.md", "\u4f60\u597d.md", "-e.md", "f].md", "%s {} \\.md"]
    for name in names:
        repository.write(name, "text")
    repository.write_contract(required_outputs={"all_of": [{"path": name} for name in names]})
    assert verdict(repository).passed


@pytest.mark.parametrize("name", ["with space", "\u00e9", "[slug]", "a::b", "$HOME", "{x}", "-k"])
def test_a_root_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name / "orchestration").mkdir(parents=True)
    repository = Repository(tmp_path / name)
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write("a.md", "text")
    assert verdict(repository).passed


def test_it_does_not_matter_which_folder_one_is_in(
    one_gate: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert verdict(one_gate).passed
    assert Path.cwd() == tmp_path


def test_pytest_prints_to_the_output_that_is_given_and_nowhere_else(
    one_gate: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    one_gate.write("a.md", "a DRAFT")
    output = io.StringIO()
    judge(one_gate, "GT", show=output.write)
    for told in ("GT.contract.json", "expected  no 'DRAFT'", "found     1 match on line 1", "1 failed, 1 passed"):
        assert told in output.getvalue()
    assert "Traceback" not in output.getvalue()
    assert capsys.readouterr() == ("", "")


def test_nothing_is_left_in_the_repository(one_gate: Repository) -> None:
    before = files(one_gate.root.parent)
    verdict(one_gate)
    assert files(one_gate.root.parent) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("conftest.py", "def pytest_collection_modifyitems(items): items.clear()\n", id="conftest drops"),
        pytest.param("conftest.py", "raise SystemExit(0)\n", id="conftest exits"),
        pytest.param("orchestration/gates/contracts/conftest.py", "1/0\n", id="conftest beside the contracts"),
        pytest.param("orchestration/gates/contracts/__init__.py", "1/0\n", id="package of the contracts"),
        pytest.param("orchestration/__init__.py", "1/0\n", id="package of everything"),
        pytest.param("pytest.ini", "[pytest]\naddopts = --no-such-option\n", id="pytest.ini"),
        pytest.param("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-k nothing'\n", id="pyproject.toml"),
        pytest.param("pyproject.toml", "no toml [\n", id="broken pyproject.toml"),
        pytest.param("setup.cfg", "[tool:pytest]\naddopts = -k nothing\n", id="setup.cfg"),
        pytest.param("json.py", "1/0\n", id="module called json"),
        pytest.param("pyvenv.cfg", "", id="a root that looks like an environment"),
    ],
)
def test_what_the_repository_says_to_pytest_changes_nothing(one_gate: Repository, path: str, text: str) -> None:
    one_gate.write(path, text)
    given = verdict(one_gate)
    assert (given.passed, len(given.validations)) == (True, 2)


def test_an_invalid_contract_is_refused_before_pytest_starts(one_gate: Repository) -> None:
    one_gate.write_contract("GX", validations=[{"type": "zzz"}])
    output = io.StringIO()
    with pytest.raises(InvalidFile, match=r"GX\.contract\.json:6: .*" + pattern("unknown-value", value="zzz")):
        judge(one_gate, "GT", "GX", show=output.write)
    assert output.getvalue() == ""


def test_a_gate_without_contract_is_refused(one_gate: Repository) -> None:
    with pytest.raises(Refused, match=pattern("no-contract", gate="GX")):
        judge(one_gate, "GX")


# How a check is run and told


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[pytest.TestReport]:
    """Every report of a test that the isolated sessions of this test make."""
    seen: list[pytest.TestReport] = []

    def see(session: IsolatedSession, report: pytest.TestReport) -> None:
        seen.append(report)

    monkeypatch.setattr(IsolatedSession, "pytest_runtest_logreport", see, raising=False)
    return seen


def test_each_check_has_one_report_with_its_outcome_and_its_row(
    repository: Repository, reports: list[pytest.TestReport]
) -> None:
    warning = {**NO_DRAFT, "severity": "warning"}
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]}, validations=[warning, NO_DRAFT])
    repository.write("a.md", "DRAFT")
    given = verdict(repository)
    assert [(report.when, report.outcome) for report in reports] == [
        ("call", "passed"),
        ("call", "passed"),
        ("call", "failed"),
    ]
    assert [dict(report.user_properties)["row"] for report in reports] == [
        result.to_json() for result in given.validations
    ]
    assert [report.location[2] for report in reports] == [result.id for result in given.validations]


def printed(repository: Repository) -> str:
    output = io.StringIO()
    with contextlib.suppress(NoVerdict):
        judge(repository, "GT", show=output.write)
    return output.getvalue()


def test_each_failure_is_told_once_and_no_summary_repeats_it(one_gate: Repository) -> None:
    one_gate.write("a.md", "a DRAFT")
    told = printed(one_gate)
    assert told.count("FAILURES") == told.count("_ not_contains[a.md] _") == told.count("expected  no 'DRAFT'") == 1
    assert "short test summary" not in told


def test_a_check_that_breaks_is_told_with_its_traceback(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(rule: NotContains, text: str, path: str) -> Outcome:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(NotContains, "evaluate_text", break_down)
    told = printed(one_gate)
    assert "RuntimeError: a bug of ours" in told
    assert "def break_down" in told


def test_a_contract_that_cannot_be_collected_is_told(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(contract: ContractFile) -> Iterator[GateCheck]:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(ContractFile, "collect", break_down)
    assert "RuntimeError: a bug of ours" in printed(one_gate)


@pytest.mark.slow
def test_telling_many_failures_takes_a_few_steps_for_each(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    really_get = pytest.TerminalReporter.getreports

    def count(terminal: pytest.TerminalReporter, name: str) -> Any:
        looked.append(name)
        return really_get(terminal, name)

    monkeypatch.setattr(pytest.TerminalReporter, "getreports", count)
    repository.write_contract(required_outputs={"all_of": [{"path": f"{number}.md"} for number in range(2000)]})
    assert not verdict(repository).passed
    assert len(looked) < 20, "all reports are looked through for each failure"


# No verdict


def no_verdict(repository: Repository) -> str:
    with pytest.raises(NoVerdict) as refused:
        judge(repository, "GT")
    assert refused.value.exit_code == Exit.NO_VERDICT
    return refused.value.message


def other_outcome(check: str, own: str, reported: str) -> str:
    return message("other-outcome", check=check, own=own, reported=reported)


def test_a_check_that_is_lost_leaves_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    really_collect = ContractFile.collect

    def collect_all_but_the_last(contract: ContractFile) -> Iterator[GateCheck]:
        yield from list(really_collect(contract))[:-1]

    monkeypatch.setattr(ContractFile, "collect", collect_all_but_the_last)
    fault = message("evaluations", gate="GT", count=1, checks=2) + message("never-ran", checks="not_contains[a.md]")
    assert no_verdict(one_gate) == fault


def test_no_checks_at_all_leave_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContractFile, "collect", lambda contract: iter(()))
    assert no_verdict(one_gate)


def test_a_check_that_ran_twice_leaves_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    really_evaluate = GateCheck.evaluate

    def evaluate_twice(check: GateCheck) -> EvaluatedCheck:
        really_evaluate(check)
        return really_evaluate(check)

    monkeypatch.setattr(GateCheck, "evaluate", evaluate_twice)
    assert no_verdict(one_gate) == message("evaluations", gate="GT", count=4, checks=2)


def test_a_check_that_breaks_leaves_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(rule: NotContains, text: str, path: str) -> Outcome:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(NotContains, "evaluate_text", break_down)
    assert message("never-ran", checks="not_contains[a.md]") in no_verdict(one_gate)


def test_a_pass_in_pytest_of_a_check_that_fails_leaves_no_verdict(
    one_gate: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_gate.write("a.md", "DRAFT")
    monkeypatch.setattr(GateCheck, "explain_failure", lambda check, evaluated: None)
    assert no_verdict(one_gate) == other_outcome("not_contains[a.md]", "failed", "passed")


def test_a_warning_that_pytest_does_not_show_leaves_no_verdict(
    one_gate: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_gate.write_contract(validations=[{**NO_DRAFT, "severity": "warning"}])
    one_gate.write("a.md", "DRAFT")
    monkeypatch.setattr(GateCheck, "build_properties", lambda check, evaluated: [])
    assert no_verdict(one_gate) == other_outcome("not_contains[a.md]", "warned", "passed")


def test_a_report_whose_row_says_something_else_leaves_no_verdict(
    one_gate: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_tell = IsolatedSession.pytest_json_runtest_stage

    def tell_wrongly(session: IsolatedSession, report: pytest.TestReport) -> dict[str, Any]:
        stage = really_tell(session, report) or {}
        return {**stage, METADATA_KEY: {**stage[METADATA_KEY], "description": "forged"}}

    monkeypatch.setattr(IsolatedSession, "pytest_json_runtest_stage", tell_wrongly)
    assert no_verdict(one_gate) == other_outcome("file_exists[a.md]", "passed", "passed")


def test_a_report_without_a_check_leaves_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def drop_a_test(catcher: _ReportCatcher, json_report: dict[str, Any]) -> None:
        catcher.report = {**json_report, "tests": json_report["tests"][:1]}

    monkeypatch.setattr(_ReportCatcher, "pytest_json_modifyreport", drop_a_test)
    assert no_verdict(one_gate) == other_outcome("not_contains[a.md]", "passed", "nothing")


def test_no_report_is_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(catcher: _ReportCatcher, json_report: dict[str, Any]) -> None:
        pass

    monkeypatch.setattr(_ReportCatcher, "pytest_json_modifyreport", forget)
    assert no_verdict(one_gate) == message("no-report")


@pytest.mark.parametrize("code", [pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR])
def test_an_exit_code_of_pytest_that_is_no_verdict_is_none(
    one_gate: Repository, monkeypatch: pytest.MonkeyPatch, code: pytest.ExitCode
) -> None:
    monkeypatch.setattr(pytest, "main", lambda arguments, plugins: code)
    assert no_verdict(one_gate) == message("no-report")


def test_an_interrupted_session_leaves_no_verdict(one_gate: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(rule: NotContains, text: str, path: str) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(NotContains, "evaluate_text", interrupt)
    assert no_verdict(one_gate) == message("pytest-exit-code", code=2)
