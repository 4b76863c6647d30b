"""`pytest --gate G2 --run ID`: what people expect of pytest holds for the checks of a gate."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from gate_tests.typing_compat import override
from tests.support import CHECKOUT
from tests.support.messages import meant, message, says
from tests.support.repository import ARTIFACTS, BIN, Ended, Repository

G2 = "orchestration/gates/contracts/G2.contract.json"
CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"
QUOTES = f"{ARTIFACTS}/research/QUOTES.md"

IDS_OF_G2 = [
    f"{G2}::file_exists[research/CITATIONS.md]",
    f"{G2}::file_exists[research/SYNTHESIS.md]",
    f"{G2}::file_exists[research/FIGURES.md]",
    f"{G2}::file_exists[research/QUOTES.md]",
    f"{G2}::file_exists[research/TIMELINE.md]",
    f"{G2}::file_exists[research/VISUALS.md]",
    f"{G2}::min_sources[research/CITATIONS.md]",
]


_IN_PROCESS = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
"""What is imported here already is no concern of a session that is tried."""


@dataclass(frozen=True)
class Host(Repository):
    """A repository in which `pytest` is typed in this process."""

    pytester: pytest.Pytester

    @override
    def pytest(self, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        with patch.dict(os.environ, env or {}):
            result = self.pytester.runpytest_inprocess(*arguments, *_IN_PROCESS)
        return Ended(int(result.ret), str(result.stdout), str(result.stderr))


@pytest.fixture
def repository(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("ORCH_RUN", "ORCH_ROOT"):
        monkeypatch.delenv(name, raising=False)
    return Host(pytester.path, pytester)


@pytest.fixture
def run_id(shipped: Repository) -> str:
    """A run whose gates would all pass."""
    shipped.add_example("G1", "G2", "G3")
    return shipped.start_run()


def spoil_two_checks(repository: Repository) -> None:
    """Two of the seven checks of G2 fail then."""
    repository.write(CITATIONS, "### Source 1: the only one\n")
    (repository.root / QUOTES).unlink()


def summary(ended: Ended) -> str:
    """The last line that pytest prints, without its time."""
    return re.sub(r" in [\d.]+s.*", "", ended.out.strip().splitlines()[-1].strip("= "))


@pytest.mark.slow
def test_good_work_passes_with_exit_code_0(shipped: Repository, run_id: str) -> None:
    ended = shipped.run(str(BIN / "pytest"), "--gate", "G2", "--run", run_id)
    assert (ended.code, summary(ended)) == (0, "7 passed")


@pytest.mark.slow
def test_bad_work_fails_with_exit_code_1(shipped: Repository, run_id: str) -> None:
    spoil_two_checks(shipped)
    ended = shipped.run(str(BIN / "pytest"), "--gate", "G2", "--run", run_id)
    assert (ended.code, summary(ended)) == (1, "2 failed, 5 passed")


def test_it_writes_no_record(shipped: Repository, run_id: str) -> None:
    before = shipped.snapshot()
    shipped.pytest("--run", run_id)
    assert shipped.snapshot() == before


@pytest.mark.slow
def test_without_gate_it_takes_every_gate_of_the_run(shipped: Repository, run_id: str) -> None:
    ended = shipped.pytest("--run", run_id)
    assert (ended.code, summary(ended)) == (0, "11 passed")


def test_gate_may_be_repeated(shipped: Repository, run_id: str) -> None:
    assert summary(shipped.pytest("--gate", "G1", "--gate", "G3", "--run", run_id)) == "4 passed"


def test_the_path_of_a_contract_selects_its_gate(shipped: Repository, run_id: str) -> None:
    assert summary(shipped.pytest(G2, "--run", run_id)) == "7 passed"


def test_a_node_id_selects_its_check(shipped: Repository, run_id: str) -> None:
    assert summary(shipped.pytest(IDS_OF_G2[-1], "--run", run_id)) == "1 passed"


@pytest.mark.slow
def test_a_check_type_selects_its_checks(shipped: Repository, run_id: str) -> None:
    assert summary(shipped.pytest(f"{G2}::file_exists", "--run", run_id)) == "6 passed"


def test_the_host_s_own_tests_run_beside_a_gate_where_both_are_named(shipped: Repository, run_id: str) -> None:
    shipped.write("unit/test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest("unit", "--gate", "G1", "--run", run_id, "-v")
    assert summary(ended) == "2 passed"
    assert "unit/test_own.py::test_own PASSED" in ended.out


def test_node_ids_are_unique_and_name_no_run(shipped: Repository, run_id: str) -> None:
    ended = shipped.pytest("--gate", "G2", "--run", run_id, "--collect-only", "-q")
    assert ended.out.split("\n\n")[0].splitlines() == IDS_OF_G2


@pytest.mark.slow
def test_node_ids_are_the_same_from_a_folder_below_the_root(shipped: Repository, run_id: str) -> None:
    (shipped.root / "src/deep").mkdir()
    command = [str(BIN / "pytest"), "--gate", "G2", "--run", run_id, "-q", "--junitxml=report.xml"]
    subprocess.run(command, cwd=shipped.root / "src/deep", check=True, capture_output=True)
    names = [case.get("name") for case in ElementTree.parse(shipped.root / "src/deep/report.xml").iter("testcase")]
    assert names == [nodeid.partition("::")[2] for nodeid in IDS_OF_G2]


@pytest.mark.parametrize(
    ("selection", "outcome"),
    [
        pytest.param(["-k", "min_sources"], "1 passed, 6 deselected", id="by keyword"),
        pytest.param(["-m", "gate(id='G1')"], "7 deselected", id="by the mark of another gate"),
        pytest.param(["-m", "gate(id='G2')"], "7 passed", id="by the gate's mark"),
        pytest.param(["--deselect", IDS_OF_G2[0]], "6 passed, 1 deselected", id="all but one"),
        pytest.param(["--deselect", G2], "7 deselected", id="all but a contract"),
    ],
)
def test_selection_works_as_for_any_test(shipped: Repository, run_id: str, selection: list[str], outcome: str) -> None:
    assert summary(shipped.pytest("--gate", "G2", "--run", run_id, *selection)) == outcome


def test_the_gate_mark_selects_among_all_gates(shipped: Repository, run_id: str) -> None:
    ended = shipped.pytest("--run", run_id, "-m", "gate(id='G1')", "--strict-markers")
    assert (ended.code, summary(ended)) == (0, "1 passed, 10 deselected")


@pytest.mark.slow
def test_last_failed_runs_just_what_failed(shipped: Repository, run_id: str) -> None:
    spoil_two_checks(shipped)
    arguments = ("--gate", "G2", "--run", run_id)
    shipped.pytest(*arguments)
    assert summary(shipped.pytest(*arguments, "--lf")) == "2 failed, 5 deselected"


@pytest.mark.slow
def test_stepwise_goes_on_where_it_stopped(shipped: Repository, run_id: str) -> None:
    spoil_two_checks(shipped)
    arguments = ("--gate", "G2", "--run", run_id, "--sw")
    assert "1 failed, 3 passed" in shipped.pytest(*arguments).out
    shipped.add_example("G2")
    shipped.write(CITATIONS, "### Source 1: the only one\n")
    assert "1 failed, 3 passed, 3 deselected" in shipped.pytest(*arguments).out


@pytest.mark.slow
def test_xdist_gives_the_same_verdict(shipped: Repository, run_id: str) -> None:
    spoil_two_checks(shipped)
    ended = shipped.pytest("--run", run_id, "-n", "2")
    assert (ended.code, summary(ended)) == (1, "2 failed, 9 passed")
    assert "found     1 of 8 (" in ended.out


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        pytest.param([G2], "7 passed", id="a contract"),
        pytest.param([IDS_OF_G2[-1]], "1 passed", id="a node id"),
        pytest.param(["--gate", "G1", "--gate", "G3"], "4 passed", id="gates"),
        pytest.param(["unit", "--gate", "G1"], "2 passed", id="a path of the host's and a gate"),
    ],
)
@pytest.mark.slow
def test_xdist_collects_what_was_named_and_nothing_else(
    shipped: Repository, run_id: str, arguments: list[str], outcome: str
) -> None:
    shipped.write("unit/test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest(*arguments, "--run", run_id, "-n", "2")
    assert (ended.code, summary(ended)) == (0, outcome)


def test_verbose_names_every_check(shipped: Repository, run_id: str) -> None:
    ended = shipped.pytest("--gate", "G2", "--run", run_id, "-v")
    assert [line.split(" PASSED")[0] for line in ended.out.splitlines() if " PASSED" in line] == IDS_OF_G2


def test_junit_xml_of_the_older_family_holds_every_check_with_its_gate_and_path(
    shipped: Repository, run_id: str
) -> None:
    spoil_two_checks(shipped)
    shipped.pytest("--gate", "G2", "--run", run_id, "-o", "junit_family=xunit1", "--junitxml=gates.xml")
    cases = list(ElementTree.parse(shipped.root / "gates.xml").iter("testcase"))
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert len(cases) == 7
    assert failed == ["file_exists[research/QUOTES.md]", "min_sources[research/CITATIONS.md]"]
    properties = {each.get("name"): each.get("value") for each in cases[-1].iter("property")}
    reason = properties.pop("reason")
    assert properties == {"gate": "G2", "check": "min_sources", "path": CITATIONS, "outcome": "failed"}
    found = "found 1 of 8 (1 distinct heading `### Source …`)"
    assert reason == f"{CITATIONS}: expected at least 8 sources (depth standard), {found}"


def test_a_failing_check_tells_what_was_wanted_and_found_without_a_traceback(shipped: Repository, run_id: str) -> None:
    shipped.write(CITATIONS, "### Source 1: the only one\n")
    ended = shipped.pytest("--gate", "G2", "--run", run_id)
    explanation = ended.out.partition("min_sources[research/CITATIONS.md] ___")[2].partition("=====")[0].splitlines()
    assert explanation[1:] == [
        f"min_sources: {CITATIONS}",
        "  expected  at least 8 sources (depth standard)",
        "  found     1 of 8 (1 distinct heading `### Source …`)",
        "  because   A claim needs enough sources for the depth of the run",
        f"  contract  {G2}:41",
    ]


def test_a_failing_check_is_reported_on_its_line_of_the_contract(shipped: Repository, run_id: str) -> None:
    lines = (shipped.root / G2).read_text("utf-8").splitlines()
    assert '"min_sources"' in lines[41], "line 41, counted from 1, opens the object that names the type"
    shipped.write(CITATIONS, "")
    ended = shipped.pytest("--gate", "G2", "--run", run_id, "-o", "junit_family=xunit1", "--junitxml=gates.xml")
    last = list(ElementTree.parse(shipped.root / "gates.xml").iter("testcase"))[-1]
    assert (ended.code, last.get("file"), last.get("line")) == (1, G2, "40")


def test_a_warning_passes_and_is_shown(shipped: Repository, run_id: str) -> None:
    spec = "orchestration/skills/visual-essay-invocation/specs/the-word-robot.md"
    text = (shipped.root / spec).read_text("utf-8")
    shipped.write(spec, f"{text}\n[DRAFT]\n")
    ended = shipped.pytest("--gate", "G3", "--run", run_id, "-v")
    assert (ended.code, summary(ended)) == (0, "2 passed, 1 warned")
    line = text.count("\n") + 2
    assert f"{spec}: expected no '[DRAFT]', found 1 match on line {line}" in ended.out


@pytest.mark.slow
def test_an_invalid_contract_is_one_line_and_exit_code_2(shipped: Repository, run_id: str) -> None:
    shipped.write_contract("G2", validations=[{"type": "min_source", "target": "x.md"}])
    ended = shipped.pytest("--gate", "G2", "--run", run_id)
    assert ended.code == 2
    fault = message("unknown-value", value="min_source") + meant("min_sources")
    assert f"{G2}:6: $.validations[0].type: {fault}" in ended.out
    assert "Traceback" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        pytest.param(["--gate", "G22", "--run", "{run}"], "unknown-gate", id="unknown gate"),
        pytest.param(["--run", "run_20261122T093000Z_other_aaaaaa"], "unknown-run", id="unknown run"),
        pytest.param(["--run", "nonsense"], "no-run-matches", id="no run id"),
        pytest.param(["--gate", "G2"], "which-run", id="no run"),
    ],
)
def test_what_is_unknown_is_one_line_and_exit_code_4(
    shipped: Repository, run_id: str, arguments: list[str], refusal: str
) -> None:
    ended = shipped.pytest(*(argument.replace("{run}", run_id) for argument in arguments))
    assert ended.code == 4
    assert says(ended.err, refusal)
    assert len(ended.err.strip().splitlines()) == 2


@pytest.mark.slow
def test_the_run_may_be_named_by_the_environment(shipped: Repository, run_id: str) -> None:
    assert summary(shipped.pytest("--gate", "G1", env={"ORCH_RUN": run_id})) == "1 passed"


def test_the_environment_alone_turns_nothing_on(shipped: Repository, run_id: str) -> None:
    shipped.write("unit/test_own.py", "def test_own(): pass\n")
    assert summary(shipped.pytest("unit", env={"ORCH_RUN": run_id})) == "1 passed"


def test_a_session_without_our_options_collects_no_contract_and_imports_none_of_our_modules(
    shipped: Repository,
) -> None:
    shipped.write(
        "test_own.py",
        "import sys\n"
        "def test_own():\n"
        "    ours = sorted(name for name in sys.modules if name.startswith(('gate_tests', 'runner', 'orch')))\n"
        "    assert ours == ['orch_runner_pytest']\n"
        "    assert not {'click', 'jsonschema', 'markdown_it'} & set(sys.modules)\n",
    )
    assert summary(shipped.run(str(BIN / "pytest"))) == "1 passed"


@pytest.mark.slow
@pytest.mark.parametrize("options", ["", "--gate G2 --run {run}"], ids=["the host's tests", "with a gate"])
def test_pytest_main_may_be_given_paths(shipped: Repository, run_id: str, options: str) -> None:
    shipped.write("test_own.py", "def test_own(): pass\n")
    arguments = ["-q", *options.format(run=run_id).split()]
    main = f"import pathlib, pytest, sys; sys.exit(pytest.main([pathlib.Path('test_own.py'), *{arguments}]))"
    ended = shipped.run(sys.executable, "-c", main)
    assert (ended.code, summary(ended)) == (0, "8 passed" if options else "1 passed"), ended.err


def test_a_bare_checkout_works_through_its_root_conftest(shipped: Repository, run_id: str) -> None:
    for name in ("gate_tests", "orch_runner_pytest.py", "conftest.py"):
        (shipped.root / name).symlink_to(CHECKOUT / name)
    ended = shipped.run(
        sys.executable, "-m", "pytest", "--gate", "G2", "--run", run_id, env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    )
    assert (ended.code, summary(ended)) == (0, "7 passed")


def test_pytest_help_lists_the_options(shipped: Repository) -> None:
    helped = shipped.pytest("--help").out
    assert all(f"  {option}" in helped for option in ("--gate=GATE", "--gate-run=ID", "--run=ID"))


@pytest.mark.parametrize(
    ("conftest", "arguments"),
    [
        pytest.param("addoption('--env', required=True)", ["--env", "x"], id="a required option"),
        pytest.param("addoption('--run', type=int)", ["--run", "3"], id="--run with a type"),
        pytest.param("addoption('--run', choices=['slow'])", ["--run", "slow"], id="--run with choices"),
        pytest.param("addoption('--run', nargs=2)", ["--run", "a", "b"], id="--run with two values"),
        pytest.param("addoption('--gate')", [], id="--gate"),
        pytest.param("addoption('--gate')", ["--gate", "mine"], id="--gate, typed"),
        pytest.param("addoption('--other', dest='gate')", ["--other", "x"], id="the destination gate"),
        pytest.param("addoption('--gates', action='store_true')", ["--gates"], id="a longer name"),
    ],
)
def test_a_host_s_own_options_are_left_alone(shipped: Repository, conftest: str, arguments: list[str]) -> None:
    shipped.write("conftest.py", f"def pytest_addoption(parser):\n    parser.{conftest}\n")
    shipped.write("test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest("test_own.py", *arguments)
    assert (ended.code, summary(ended)) == (0, "1 passed"), ended.err


def test_a_host_s_option_in_a_nested_conftest_is_left_alone(shipped: Repository) -> None:
    shipped.write("nested/conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--run')\n")
    shipped.write("nested/test_own.py", "def test_own(): pass\n")
    assert summary(shipped.pytest()) == "1 passed"


def test_an_empty_run_is_refused_and_nothing_else_runs_in_its_place(shipped: Repository) -> None:
    shipped.write("test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest("--run", "")
    assert (ended.code, ended.out) == (4, "")
    assert says(ended.err, "which-run-none")


def test_a_path_in_the_host_s_addopts_is_not_judged_in_place_of_the_gates(shipped: Repository, run_id: str) -> None:
    shipped.write("pytest.ini", "[pytest]\naddopts = test_own.py\n")
    shipped.write("test_own.py", "def test_own(): pass\n")
    assert summary(shipped.pytest("--run", run_id)) == "11 passed"


def test_a_session_in_which_no_check_was_collected_is_refused(shipped: Repository, run_id: str) -> None:
    shipped.write("test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest("test_own.py", "--run", run_id)
    assert ended.code == 4
    assert message("no-check-at-paths", run=run_id) in ended.err


def test_a_session_in_which_xdist_would_collect_no_check_is_refused(shipped: Repository, run_id: str) -> None:
    shipped.write("test_own.py", "def test_own(): pass\n")
    ended = shipped.pytest("test_own.py", "--run", run_id, "-n", "2")
    assert (ended.code, ended.out) == (4, "")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["folder", "FIFO", "missing", "symlink out of the root"])
def test_a_contract_that_is_no_file_is_one_line_and_the_next_command_another(
    shipped: Repository, run_id: str, kind: str, tmp_path: Path
) -> None:
    contract = shipped.root / G2
    contract.unlink()
    if kind == "folder":
        shipped.write(f"{G2}/test_own.py", "def test_own(): pass\n")
    elif kind == "FIFO":
        os.mkfifo(contract)
    elif kind.startswith("symlink"):
        (tmp_path / "outside.json").write_text("{}")
        contract.symlink_to(tmp_path / "outside.json")
    ended = shipped.run(str(BIN / "pytest"), "--gate", "G2", "--run", run_id)
    told = (ended.out + ended.err).strip()
    assert ended.code == (4 if kind == "missing" else 2)
    assert G2 in told
    assert len(told.splitlines()) == (2 if kind == "missing" else 1), told


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        pytest.param("{}", f"$.run_id: {message('missing-member')}", id="empty object"),
        pytest.param("[]", f"$: {message('wrong-type', kind='an object')}", id="list"),
        pytest.param('{"run_id": "run_20261122T093000Z_other_aaaaaa"}', "$.run_id: ", id="another run's"),
    ],
)
def test_a_damaged_record_is_told_with_its_line(shipped: Repository, run_id: str, record: str, fault: str) -> None:
    shipped.write(shipped.workspace.record_path(run_id), record)
    ended = shipped.pytest("--gate", "G2", "--run", run_id)
    assert ended.code == 4
    assert f"RUN.json:1: {fault}" in ended.err
