"""A session that a hook of the host breaks shows what failed, why, and what judges the gate all the same."""

import pytest

from tests.gate_tests.conftest import Host
from tests.support.messages import message

BAD = "SYNTHESIS.md"
REASON = f"research/{BAD}: file is missing"
BREAKS = "raise RuntimeError('a fault of the host')"
WRAPPER = "import pytest\n@pytest.hookimpl(wrapper=True)\n"
FIRST = "import pytest\n@pytest.hookimpl(tryfirst=True)\n"
BREAKING = {
    "makereport": f"{WRAPPER}def pytest_runtest_makereport(item, call):\n"
    f"    report = yield\n    if report.failed: {BREAKS}\n    return report\n",
    "logreport": f"def pytest_runtest_logreport(report):\n    if report.failed: {BREAKS}\n",
    "logreport, first": f"{FIRST}def pytest_runtest_logreport(report):\n    if report.failed: {BREAKS}\n",
    "teststatus": f"def pytest_report_teststatus(report):\n    if report.failed: {BREAKS}\n",
    "exception_interact": f"def pytest_exception_interact(): {BREAKS}\n",
    "protocol": f"{WRAPPER}def pytest_runtest_protocol(item):\n"
    f"    result = yield\n    if item.session.testsfailed: {BREAKS}\n    return result\n",
    "sys.exit": "import sys\ndef pytest_runtest_logreport(report):\n    if report.failed: sys.exit(0)\n",
}
COMMAND = "orch gate check --run {run} --gate G2"


@pytest.mark.parametrize("conftest", BREAKING.values(), ids=BREAKING.keys())
@pytest.mark.quick("makereport")
def test_a_failed_check_is_shown_though_the_session_breaks(host: Host, conftest: str) -> None:
    host.repository.write("conftest.py", conftest)
    host.repository.write("test_own.py", "def test_own(): pass\n")
    good = host.judge("test_own.py")
    assert (good.code, "8 passed" in good.out) == (0, True), good.out
    host.remove(BAD)
    ended = host.judge("test_own.py")
    assert ended.code == 1
    assert REASON in ended.out
    assert COMMAND.format(run=host.run_id) in ended.out


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_session_that_breaks_before_a_check_fails_keeps_pytest_s_code(host: Host, more: tuple[str, ...]) -> None:
    host.repository.write("conftest.py", f"def pytest_collection_modifyitems(): {BREAKS}\n")
    ended = host.judge(*more)
    assert ended.code == pytest.ExitCode.INTERNAL_ERROR
    assert f"G2: {message('did-not-run')}: {message('all-checks', count=7)}" in ended.out
    assert COMMAND.format(run=host.run_id) in ended.out


def test_a_session_that_breaks_after_all_checks_have_passed_names_the_command_too(host: Host) -> None:
    host.repository.write("test_own.py", "def test_own(): pass\n")
    host.repository.write("conftest.py", f"def pytest_runtest_logfinish(nodeid):\n    if 'own' in nodeid: {BREAKS}\n")
    contract = "orchestration/gates/contracts/G2.contract.json"
    ended = host.judge(contract, "test_own.py")
    assert (ended.code, message("partial") in ended.out) == (pytest.ExitCode.INTERNAL_ERROR, False)
    assert f"{message('session-broken')} " in ended.out
    assert COMMAND.format(run=host.run_id) in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("hook", ["sessionfinish", "terminal_summary", "unconfigure"])
def test_an_exception_at_the_end_hides_no_failed_check(host: Host, hook: str) -> None:
    host.repository.write("conftest.py", f"{FIRST}def pytest_{hook}(): {BREAKS}\n")
    host.remove(BAD)
    ended = host.repository.pytest("--gate", "G2", "--run", host.run_id, "--tb=no")
    assert ended.code != 0
    assert REASON in ended.out
    assert COMMAND.format(run=host.run_id) in ended.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "code"),
    [("pytest.exit('bye')", 2), ("pytest.exit('bye', returncode=7)", 1), ("raise KeyboardInterrupt", 2)],
)
def test_a_session_that_is_ended_shows_the_failed_checks(host: Host, how: str, code: int) -> None:
    host.repository.write(
        "conftest.py", f"import pytest\ndef pytest_runtest_setup(item):\n    if 'QUOTES' in item.name: {how}\n"
    )
    host.remove(BAD)
    ended = host.repository.pytest("--gate", "G2", "--run", host.run_id, "--no-summary")
    assert ended.code == code
    assert REASON in ended.out
    assert COMMAND.format(run=host.run_id) in ended.out


@pytest.mark.parametrize(
    "typed",
    [
        ["--no-summary"],
        ["--tb=no"],
        ["--no-summary", "-q", "-q"],
        ["--tb=no", "-rN"],
        ["-p", "no:terminal"],
        ["-n", "2", "--no-summary"],
    ],
    ids=" ".join,
)
@pytest.mark.quick("-p no:terminal")
def test_a_session_that_shows_little_shows_the_reason_of_a_failed_check(host: Host, typed: list[str]) -> None:
    good = host.judge(*typed)
    assert (good.code, message("failed-checks") in good.out + good.err) == (0, False)
    host.remove(BAD)
    ended = host.judge(*typed)
    assert ended.code == 1
    assert (ended.out + ended.err).count(REASON) == 1


@pytest.mark.parametrize("typed", [[], ["-q", "-q"], ["-rN"], ["--tb=line"], ["-s"], ["-x"]], ids=" ".join)
def test_a_reason_that_pytest_shows_is_not_repeated(host: Host, typed: list[str]) -> None:
    host.remove(BAD)
    ended = host.judge(*typed)
    assert (ended.code, message("failed-checks") in ended.out) == (1, False)


@pytest.mark.slow
@pytest.mark.parametrize("typed", [["--no-summary"], ["-p", "no:terminal"]], ids=" ".join)
def test_a_session_that_shows_little_says_that_it_is_no_verdict(host: Host, typed: list[str]) -> None:
    host.repository.write("conftest.py", "def pytest_collection_modifyitems(items): del items[1]\n")
    ended = host.judge(*typed)
    assert (ended.code, message("partial") in ended.out + ended.err) == (1, True)
