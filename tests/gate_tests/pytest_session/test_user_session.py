"""What a typed `pytest --gate` session says of itself: which checks are no part of a verdict, why, and what to do."""

import json
from hashlib import sha256
from itertools import takewhile

import pytest

from gate_tests.checks.types.min_sources import MinSources
from tests.gate_tests.conftest import Host
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, Ended

PARTIAL = message("partial")
G2 = "orchestration/gates/contracts/G2.contract.json"
SYNTHESIS = "file_exists[research/SYNTHESIS.md]"
DROP = "def pytest_collection_modifyitems(items): del items[1]\n"
SKIP = "import pytest\ndef pytest_runtest_setup(item):\n    if 'SYNTHESIS' in item.nodeid: pytest.skip('no')\n"
REWRITE = (
    "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport():\n"
    "    report = yield\n    report.outcome, report.longrepr = 'passed', None\n    return report\n"
)
COUNT_NONE = "def pytest_runtest_teardown(item): item.session.testsfailed = 0\n"
RESET = "def pytest_sessionfinish(session): session.exitstatus = 0\n"


def section(ended: Ended) -> list[str]:
    """The lines of the section about what is missing."""
    lines = ended.out.partition(f" {PARTIAL} ")[2].splitlines()[1:]
    return list(takewhile(lambda line: line and not line.startswith("===="), lines))


def fail_once(host: Host) -> None:
    """For --lf and --sw: the fourth check of G2 failed in the session before, and holds now."""
    quotes = host.repository.root / ARTIFACTS / "research/QUOTES.md"
    text = quotes.read_text("utf-8")
    quotes.unlink()
    assert host.judge("--sw").code == 2
    quotes.write_text(text, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param(["-k", "CITATIONS"], 0, id="-k"),
        pytest.param(["-k", "nonsense"], 5, id="-k that matches nothing"),
        pytest.param(["-m", "not gate"], 5, id="-m"),
        pytest.param(["--deselect", f"{G2}::{SYNTHESIS}"], 0, id="--deselect"),
        pytest.param([f"{G2}::{SYNTHESIS}"], 0, id="node id"),
        pytest.param([f"{G2}::file_exists"], 0, id="check type"),
        pytest.param(["--lf"], 0, id="--lf"),
        pytest.param(["--last-failed"], 0, id="--last-failed"),
        pytest.param(["--sw"], 0, id="--sw"),
        pytest.param(["--sw-skip"], 0, id="--sw-skip"),
        pytest.param(["--co"], 0, id="--co"),
        pytest.param(["--collect-only", "-q"], 0, id="--collect-only"),
        pytest.param(["--setup-only"], 0, id="--setup-only"),
        pytest.param(["--setup-plan"], 0, id="--setup-plan"),
        pytest.param(["--fixtures"], 0, id="--fixtures"),
        pytest.param(["-vk", "CITATIONS"], 0, id="short options in one word"),
        pytest.param(["-n", "2", "-k", "CITATIONS"], 0, id="under xdist"),
    ],
)
def test_what_was_typed_to_select_keeps_pytest_s_code_and_is_told(host: Host, typed: list[str], code: int) -> None:
    fail_once(host)
    ended = host.judge(*typed)
    assert (ended.code, PARTIAL in ended.out) == (code, True), ended.out
    assert f"Next: orch gate check --run {host.run_id} --gate G2" in section(ended)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param(["-x"], 1, id="-x"),
        pytest.param(["--maxfail=1"], 1, id="--maxfail"),
        pytest.param(["--sw"], 2, id="--sw"),
    ],
)
def test_what_was_typed_to_stop_keeps_pytest_s_code_and_is_told(host: Host, typed: list[str], code: int) -> None:
    host.remove("SYNTHESIS.md")
    ended = host.judge(*typed)
    assert ended.code == code
    first, *others = section(ended)
    assert first.startswith(f"G2: {message('did-not-run')}: file_exists[research/FIGURES.md], ")
    assert others == [f"Next: orch gate check --run {host.run_id} --gate G2"]


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["-x"],
        ["--maxfail=1"],
        ["--ff"],
        ["--nf"],
        ["--ignore=orchestration"],
        ["-v"],
        ["-n", "2"],
        ["-k", ""],
        ["-m", "gate(id='G2')"],
        [G2],
        ["orchestration"],
    ],
    ids=" ".join,
)
@pytest.mark.quick("")
def test_a_complete_session_says_nothing_of_it(host: Host, typed: list[str]) -> None:
    fail_once(host)
    ended = host.judge(*typed)
    assert (ended.code, PARTIAL in ended.out) == (0, False), ended.out


@pytest.mark.slow
def test_a_complete_session_of_bad_work_says_nothing_of_it(host: Host) -> None:
    host.remove("SYNTHESIS.md")
    ended = host.judge()
    assert (ended.code, PARTIAL in ended.out) == (1, False)


@pytest.mark.parametrize("typed", ["-x", "--maxfail=1", "--ff", "--nf", "-v"])
def test_what_leaves_no_check_out_excuses_no_host_that_does(host: Host, typed: str) -> None:
    host.repository.write("conftest.py", DROP)
    ended = host.judge(typed)
    assert (ended.code, PARTIAL in ended.out) == (1, True)


def test_a_node_id_of_the_host_s_own_test_excuses_nothing(host: Host) -> None:
    host.repository.write("conftest.py", DROP)
    host.repository.write("test_own.py", "def test_own(): pass\n")
    assert host.judge("test_own.py::test_own").code == 1


@pytest.mark.parametrize(
    ("conftest", "why"),
    [
        pytest.param(REWRITE, "failed, but reported as passed", id="rewritten"),
        pytest.param(SKIP, "skipped", id="skipped"),
    ],
)
def test_a_selection_excuses_nothing_that_is_wrong_with_a_check_that_was_selected(
    host: Host, conftest: str, why: str
) -> None:
    host.repository.write("conftest.py", conftest)
    host.remove("SYNTHESIS.md")
    ended = host.judge("-k", "SYNTHESIS")
    assert ended.code == 1
    assert f"G2: {why}: {SYNTHESIS}" in section(ended)


@pytest.mark.parametrize("conftest", [RESET, COUNT_NONE], ids=["reset at the end", "never counted"])
def test_a_selection_in_which_a_check_failed_is_no_success_whatever_the_host_makes_of_the_code(
    host: Host, conftest: str
) -> None:
    host.repository.write("conftest.py", conftest)
    host.remove("SYNTHESIS.md")
    assert host.judge("-k", "SYNTHESIS").code == 1


@pytest.mark.slow
def test_a_selection_keeps_the_code_that_pytest_had_before_the_host_changed_it(host: Host) -> None:
    host.repository.write("conftest.py", RESET)
    assert host.judge("-k", "nonsense").code == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.slow
def test_it_is_said_once_even_where_the_host_changes_the_code_after_that(host: Host) -> None:
    host.repository.write("conftest.py", DROP + RESET)
    ended = host.judge()
    assert (ended.code, ended.out.count(PARTIAL)) == (1, 1)


def test_a_host_that_resets_the_code_of_its_own_tests_may_do_so(host: Host) -> None:
    host.repository.write("conftest.py", RESET)
    host.repository.write("test_own.py", "def test_own(): assert False\n")
    assert host.judge("test_own.py").code == 0


def test_the_section_names_each_gate_its_checks_the_reason_and_the_next_command(host: Host) -> None:
    host.repository.write("pytest.ini", "[pytest]\naddopts = -k SYNTHESIS\n")
    ended = host.type("--gate", "G2", "--gate", "G3", "--run", host.run_id)
    first, *others = section(ended)
    first_checks = "file_exists[research/CITATIONS.md], file_exists[research/FIGURES.md], "
    assert first.startswith(f"G2: {message('deselected')}: {first_checks}")
    assert others == [
        f"G3: {message('deselected')}: {message('all-checks', count=3)}",
        message("not-asked-for"),
        f"Next: orch gate check --run {host.run_id} --gate G2 --gate G3",
    ]


@pytest.mark.parametrize(
    ("conftest", "why"),
    [
        pytest.param(DROP, message("did-not-run"), id="dropped"),
        pytest.param(SKIP, "skipped", id="skipped"),
        pytest.param(
            "import pytest\ndef pytest_collection_modifyitems(items): items[1].add_marker(pytest.mark.xfail)\n",
            "marked xfail",
            id="xfail",
        ),
        pytest.param("def pytest_collection_modifyitems(items): items += items[1:2]\n", "ran 2 times", id="twice"),
        pytest.param(
            "def pytest_collection_modifyitems(items): items[1].runtest = int\n",
            message("no-own-outcome"),
            id="hollow",
        ),
        pytest.param(
            "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item):\n"
            "    report = yield\n"
            "    if 'SYNTHESIS' in item.nodeid and report.when == 'call': report.outcome = 'failed'\n"
            "    return report\n",
            message("reported-as", own="passed", reported="failed"),
            id="failed by the host",
        ),
    ],
)
def test_the_reason_says_what_became_of_a_check(host: Host, conftest: str, why: str) -> None:
    host.repository.write("conftest.py", conftest)
    assert section(host.judge())[0] == f"G2: {why}: {SYNTHESIS}"


def test_a_warning_is_part_of_a_verdict(host: Host) -> None:
    spec = "orchestration/skills/visual-essay-invocation/specs/the-word-robot.md"
    text = (host.repository.root / spec).read_text("utf-8")
    host.repository.write(spec, f"{text}\n[DRAFT]\n")
    ended = host.type("--gate", "G3", "--run", host.run_id)
    assert (ended.code, PARTIAL in ended.out, "1 warned" in ended.out) == (0, False, True)


def test_a_warning_that_the_host_fails_is_none(host: Host) -> None:
    host.repository.write("conftest.py", REWRITE.replace("'passed'", "'failed' if report.when == 'call' else 'passed'"))
    ended = host.type("--gate", "G3", "--run", host.run_id)
    assert section(ended)[0] == (
        f"G3: {message('reported-as', own='passed', reported='failed')}: {message('all-checks', count=3)}"
    )


def test_a_check_whose_own_code_breaks_is_no_part_of_a_verdict(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("our own fault")

    monkeypatch.setattr(MinSources, "evaluate", broken)
    ended = host.judge()
    assert ended.code == 1
    assert section(ended)[0] == f"G2: {message('no-own-outcome')}: min_sources[research/CITATIONS.md]"


@pytest.mark.slow
def test_ids_with_brackets_and_colons_are_found_in_what_ran(host: Host) -> None:
    host.repository.write("a::b[c].md", "x")
    target = {"type": "not_contains", "target": "a::b[c].md", "pattern": "y"}
    host.repository.write_contract("G2", validations=[target, target])
    for typed in ((), ("-n", "2")):
        ended = host.judge(*typed)
        assert (ended.code, PARTIAL in ended.out) == (0, False), ended.out


@pytest.mark.parametrize("typed", [G2, "orchestration/gates/contracts", "orchestration/gates/contracts/../contracts"])
def test_a_typed_path_chooses_the_gates_at_and_below_it(host: Host, typed: str) -> None:
    ended = host.type(typed, "--run", host.run_id)
    assert (ended.code, PARTIAL in ended.out) == (0, False), ended.out


def test_a_node_id_without_a_gate_chooses_its_gate_only(host: Host) -> None:
    ended = host.type(f"{G2}::{SYNTHESIS}", "--run", host.run_id)
    assert ended.code == 0
    assert {line.partition(":")[0] for line in section(ended)[:-1]} == {"G2"}


@pytest.mark.parametrize("path", [f"{G2}::{SYNTHESIS}", G2, "orchestration"])
@pytest.mark.slow
def test_a_path_in_addopts_narrows_no_gate_that_was_typed(host: Host, path: str) -> None:
    host.repository.write("pytest.ini", f"[pytest]\naddopts = {path}\n")
    host.repository.write("test_own.py", "def test_own(): pass\n")
    ended = host.judge("test_own.py")
    assert (ended.code, PARTIAL in ended.out, "8 passed" in ended.out) == (0, False, True), ended.out


def test_a_path_that_holds_no_contract_of_the_run_is_refused_before_anything_runs(host: Host) -> None:
    host.repository.write("test_own.py", "def test_own(): pass\n")
    ended = host.type("test_own.py", "--run", host.run_id)
    assert (ended.code, ended.out) == (4, "")
    assert f"{message('no-check-at-paths', run=host.run_id)}\nNext: pytest --gate-run {host.run_id}\n" in ended.err
    assert "11 passed" in host.type("--gate-run", host.run_id).out


@pytest.mark.parametrize("typed", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_an_invalid_contract_is_exit_code_2_with_its_message(host: Host, typed: list[str]) -> None:
    host.repository.write_contract("G2", validations=[{"type": "min_source", "target": "x.md"}])
    ended = host.judge(*typed)
    assert ended.code == 2
    fault = message("unknown-value", value="min_source")
    assert f"{G2}:6: $.validations[0].type: {fault}" in ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err


@pytest.mark.slow
def test_an_invalid_contract_is_no_success_whatever_the_host_makes_of_the_code(host: Host) -> None:
    host.repository.write("conftest.py", RESET)
    host.repository.write_contract("G2", validations=[{"type": "min_source", "target": "x.md"}])
    ended = host.judge()
    assert ended.code == 2
    assert section(ended)[0] == message("not-compiled", gate="G2")


def test_other_plugins_see_the_exit_code_that_the_session_has(host: Host) -> None:
    host.repository.write("conftest.py", DROP)
    ended = host.judge("--json-report", "--json-report-file=report.json")
    report = json.loads((host.repository.root / "report.json").read_text("utf-8"))
    assert (ended.code, report["exitcode"]) == (1, 1)


def test_a_report_of_another_plugin_has_what_a_check_read(host: Host) -> None:
    host.repository.write("schema.json", "{}")
    host.repository.write("data.json", "{}")
    obeys = {"type": "json_schema", "target": "data.json", "schema": "schema.json"}
    host.repository.write_contract("G2", validations=[obeys])
    assert host.judge("--json-report", "--json-report-file=report.json").code == 0
    (test,) = json.loads((host.repository.root / "report.json").read_text("utf-8"))["tests"]
    row = test["metadata"]["orch"]
    assert row["read"] == [{"path": "schema.json", "sha256": sha256(b"{}").hexdigest()}]


@pytest.mark.slow
def test_a_session_without_a_terminal_has_the_exit_code_all_the_same(host: Host) -> None:
    host.repository.write("conftest.py", DROP)
    assert host.judge("-p", "no:terminal").code == 1


@pytest.mark.slow
def test_last_failed_may_leave_the_gate_out_where_only_tests_of_the_host_failed(host: Host) -> None:
    host.repository.write("test_own.py", "def test_own(): assert False\n")
    assert host.judge("test_own.py").code == 1
    ended = host.judge("test_own.py", "--lf")
    assert ended.code == 1
    assert "1 failed" in ended.out
    assert section(ended)[0] == f"G2: {message('not-selected')}: {message('all-checks', count=7)}"
    host.repository.write("test_own.py", "def test_own(): pass\n")
    assert host.judge("test_own.py", "--lf").code == 0


@pytest.mark.slow
def test_last_failed_judges_the_whole_gate_where_no_test_of_the_host_is_collected(host: Host) -> None:
    host.repository.write("test_own.py", "def test_own(): assert False\n")
    assert host.type("test_own.py").code == 1
    ended = host.judge("--lf")
    assert (ended.code, PARTIAL in ended.out) == (0, False)


@pytest.mark.parametrize("typed", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_one_line_for_a_failed_check_where_that_is_wanted(host: Host, typed: list[str]) -> None:
    host.remove("SYNTHESIS.md")
    lines = host.judge("--tb=line", *typed).out.splitlines()
    told = [line for line in lines if f"{ARTIFACTS}/research/S" in line and not line.startswith("FAILED ")]
    line = f"{G2}:10: {ARTIFACTS}/research/SYNTHESIS.md: file is missing"
    assert told == [line]


@pytest.mark.slow
def test_a_wrapper_of_the_host_that_returns_no_exit_code_takes_no_verdict_away(host: Host) -> None:
    host.repository.write(
        "conftest.py",
        "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_cmdline_main(config):\n    yield\n",
    )
    ended = host.pytester.runpytest_subprocess("--gate", "G2", "--run", host.run_id)
    assert ended.ret == 0, str(ended.stderr)
    ended.assert_outcomes(passed=7)
