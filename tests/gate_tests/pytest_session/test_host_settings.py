"""Whatever a host repository configures: bad work is no success of `pytest --gate`, good work is one or says why not.

What ends the process itself, as os._exit(0) does, is beyond this session: `orch gate check` judges out of its reach.
"""

from dataclasses import dataclass, field

import pytest

from tests.gate_tests.conftest import Host
from tests.support.messages import message
from tests.support.repository import ARTIFACTS

PARTIAL = message("partial")
BAD = "SYNTHESIS.md"
"""The file that bad work lacks. Its check is the second of seven."""


@dataclass(frozen=True)
class Case:
    """How a host is configured. `whole`: every check of good work still runs and passes."""

    files: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    whole: bool = False

    def set_up(self, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        for path, text in self.files.items():
            host.repository.write(path, text)
        for name, value in self.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.syspath_prepend(host.repository.root)


def addopts(options: str, *, whole: bool = False) -> Case:
    return Case({"pytest.ini": f"[pytest]\naddopts = {options}\n"}, whole=whole)


def setting(line: str) -> Case:
    """A setting that leaves every check running."""
    return Case({"pytest.ini": f"[pytest]\n{line}\n"}, whole=True)


def conftest(code: str, folder: str = "", *, whole: bool = False) -> Case:
    return Case({f"{folder}conftest.py": f"import sys\nimport pytest\n{code}"}, whole=whole)


DROP = f"def pytest_collection_modifyitems(items): items[:] = [each for each in items if '{BAD}' not in each.nodeid]\n"
MARK = "def pytest_collection_modifyitems(items):\n    for each in items: each.add_marker(pytest.mark.{mark})\n"
REWRITE = """
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    report.outcome, report.longrepr = 'passed', None
    return report
"""
SKIP = "def pytest_runtest_setup(item):\n    if 'SYNTHESIS' in item.nodeid: pytest.skip('not today')\n"
HOLLOW = "def pytest_collection_modifyitems(items):\n    for each in items: each.runtest = lambda: None\n"
RERUN = """
from _pytest.runner import runtestprotocol
def pytest_runtest_protocol(item, nextitem):
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        report.outcome = 'rerun' if report.when == 'call' else report.outcome
        item.ihook.pytest_runtest_logreport(report=report)
    runtestprotocol(item, nextitem=nextitem)
    return True
"""
FINISH = "@pytest.hookimpl({opts})\ndef pytest_sessionfinish(session):\n    {body}\n"
COUNT = "def pytest_runtest_setup(item): item.session.testsfailed = 0\n"
NESTED = {
    "orchestration": "orchestration/",
    "beside the contracts": "orchestration/gates/contracts/",
    "artifact folder": f"{ARTIFACTS}/",
}

HOSTS = {
    "nothing": Case(whole=True),
    "addopts -k": addopts("-k CITATIONS"),
    "addopts -k in pyproject.toml": Case({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-k CITATIONS'\n"}),
    "addopts -k in tox.ini": Case({"tox.ini": "[pytest]\naddopts = -k CITATIONS\n"}),
    "addopts -k in setup.cfg": Case({"setup.cfg": "[tool:pytest]\naddopts = -k CITATIONS\n"}),
    "addopts -k that matches nothing": addopts("-k nonsense"),
    "addopts -m": addopts("-m 'not gate'"),
    "addopts --deselect": addopts("--deselect orchestration/gates/contracts/G2.contract.json::file_exists"),
    "addopts -p no:gate_tests.command_line": addopts("-p no:gate_tests.command_line", whole=True),
    "addopts -p no:gate_tests.pytest_session.hooks": addopts(
        "-p no:gate_tests.pytest_session.hooks -p no:gate_tests.pytest_session.user_session", whole=True
    ),
    "addopts --co": addopts("--co"),
    "addopts --setup-plan": addopts("--setup-plan"),
    "addopts --fixtures": addopts("--fixtures"),
    "addopts --markers": addopts("--markers"),
    "addopts -x": addopts("-x", whole=True),
    "addopts --maxfail": addopts("--maxfail=1", whole=True),
    "addopts --ff": addopts("--ff", whole=True),
    "addopts --lf": addopts("--lf"),
    "addopts --sw": addopts("--sw"),
    "addopts -n": addopts("-n 2", whole=True),
    "addopts -n -k": addopts("-n 2 -k CITATIONS"),
    "addopts --ignore": addopts("--ignore=orchestration", whole=True),
    "addopts -p no:": addopts("-p no:cacheprovider -p no:junitxml", whole=True),
    "addopts --no-summary": addopts("--no-summary -q", whole=True),
    "addopts --json-report": addopts("--json-report --json-report-file=none", whole=True),
    "addopts of a path": addopts("test_own.py", whole=True),
    "addopts of another gate": addopts("--gate G1 --run nonsense", whole=True),
    "python_files": setting("python_files = *.json *.md"),
    "testpaths": setting("testpaths = src"),
    "xfail_strict": setting("xfail_strict = true"),
    "PYTEST_ADDOPTS": Case(env={"PYTEST_ADDOPTS": "-k CITATIONS"}),
    "PYTEST_ADDOPTS --co": Case(env={"PYTEST_ADDOPTS": "--co"}),
    "PYTEST_PLUGINS": Case({"host_plugin.py": DROP}, {"PYTEST_PLUGINS": "host_plugin"}),
    "conftest drops": conftest(DROP),
    "conftest drops all": conftest("def pytest_collection_modifyitems(items): items.clear()\n"),
    "conftest ignores": conftest("def pytest_ignore_collect(): return True\n", whole=True),
    "conftest collects nothing": conftest("def pytest_pycollect_makeitem(): return []\n", whole=True),
    "conftest empties the contract": conftest(
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_make_collect_report(collector):\n"
        "    if isinstance(collector, pytest.File):\n"
        "        return pytest.CollectReport(collector.nodeid, 'passed', None, [])\n"
    ),
    "conftest marks skip": conftest(MARK.format(mark="skip")),
    "conftest marks xfail": conftest(MARK.format(mark="xfail")),
    "conftest marks xfail, not run": conftest(MARK.format(mark="xfail(run=False)")),
    "conftest skips": conftest(SKIP),
    "conftest rewrites reports": conftest(REWRITE, whole=True),
    "conftest hollows out": conftest(HOLLOW),
    "conftest reruns": conftest(RERUN),
    "conftest runs nothing": conftest("def pytest_runtest_protocol(): return True\n"),
    "conftest counts no failure": conftest(COUNT, whole=True),
    "conftest exits in a test": conftest("def pytest_runtest_setup(): pytest.exit('bye', returncode=0)\n"),
    "conftest finishes with 0": conftest(FINISH.format(opts="", body="session.exitstatus = 0"), whole=True),
    "conftest finishes last with 0": conftest(
        FINISH.format(opts="trylast=True", body="session.exitstatus = 0"), whole=True
    ),
    "conftest finishes around all with 0": conftest(
        FINISH.format(opts="wrapper=True, tryfirst=True", body="yield; session.exitstatus = 0"), whole=True
    ),
    "conftest finishes by exit 0": conftest(
        FINISH.format(opts="", body="pytest.exit('bye', returncode=0)"), whole=True
    ),
    "conftest finishes by sys.exit": conftest(FINISH.format(opts="", body="sys.exit(0)"), whole=True),
    "conftest returns 0": conftest(
        "@pytest.hookimpl(wrapper=True, tryfirst=True)\ndef pytest_cmdline_main():\n    yield\n    return 0\n",
        whole=True,
    ),
    **{f"conftest drops, {place}": conftest(DROP, folder) for place, folder in list(NESTED.items())[:2]},
    **{f"conftest rewrites, {place}": conftest(REWRITE, folder, whole=True) for place, folder in NESTED.items()},
    **{
        f"conftest finishes with 0, {place}": conftest(
            FINISH.format(opts="trylast=True", body="session.exitstatus = 0"), folder, whole=True
        )
        for place, folder in NESTED.items()
    },
    "conftest drops, artifact folder": conftest(DROP, NESTED["artifact folder"], whole=True),
}

every_host = pytest.mark.parametrize("case", HOSTS.values(), ids=HOSTS.keys())


def remember_a_failure(host: Host) -> None:
    """What --lf and --sw go by: a check behind that of bad work has failed, and holds again."""
    quotes = host.repository.root / ARTIFACTS / "research/QUOTES.md"
    text = quotes.read_text("utf-8")
    quotes.unlink()
    assert host.judge("--sw").code == 2
    quotes.write_text(text, "utf-8")


@every_host
@pytest.mark.quick("conftest rewrites reports")
def test_bad_work_is_never_a_success(host: Host, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    remember_a_failure(host)
    case.set_up(host, monkeypatch)
    host.remove(BAD)
    assert host.judge().code == 1


@pytest.mark.slow
@every_host
def test_good_work_is_a_success_or_says_why_not(host: Host, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    remember_a_failure(host)
    case.set_up(host, monkeypatch)
    ended = host.judge()
    assert (ended.code, PARTIAL in ended.out) == ((0, False) if case.whole else (1, True)), ended.out
    assert (f"orch gate check --run {host.run_id} --gate G2" in ended.out) is not case.whole


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["filterwarnings = error", "addopts = -W error"])
def test_a_host_that_takes_warnings_for_errors_judges_all_the_same(host: Host, setting: str) -> None:
    host.repository.write("pytest.ini", f"[pytest]\n{setting}\n")
    arguments = ("--gate", "G2", "--run", host.run_id)
    assert host.repository.pytest(*arguments).code == 0
    host.remove(BAD)
    assert host.repository.pytest(*arguments).code == 1


EARLY = {
    "at import": "sys.exit(0)\n",
    "by pytest.exit": "def pytest_configure(): pytest.exit('bye', returncode=0)\n",
    "in place of the session": "def pytest_cmdline_main(): return 0\n",
    "at the start": "def pytest_sessionstart(): pytest.exit('bye', returncode=0)\n",
}


@pytest.mark.parametrize("code", EARLY.values(), ids=EARLY.keys())
def test_a_host_that_ends_the_session_early_has_judged_nothing(
    host: Host, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    conftest(code).set_up(host, monkeypatch)
    ended = host.judge()
    assert ended.code in (1, 4)
    assert "orch gate check" in ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err


def test_a_host_without_the_plugin_does_not_know_the_options(host: Host) -> None:
    host.repository.write("pytest.ini", "[pytest]\naddopts = -p no:gate_tests.plugin\n")
    assert host.judge().code == 4


UNDER_XDIST = {
    name: HOSTS[f"conftest {name}"] for name in ("drops", "skips", "marks xfail", "rewrites reports", "reruns")
}


@pytest.mark.slow
@pytest.mark.parametrize("case", UNDER_XDIST.values(), ids=UNDER_XDIST.keys())
def test_xdist_gives_the_same_answer(host: Host, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.set_up(host, monkeypatch)
    good = host.judge("-n", "2")
    assert (good.code, PARTIAL in good.out) == ((0, False) if case.whole else (1, True)), good.out
    host.remove(BAD)
    assert host.judge("-n", "2").code == 1
