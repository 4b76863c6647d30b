"""Our options take effect only where they were typed, and give way to a host's own."""

import re
import shlex

import pytest

from tests.gate_tests.conftest import Host
from tests.support.messages import message
from tests.support.repository import Ended, Repository

OWN_RUN = "def pytest_addoption(parser): parser.addoption('--run', dest='mine', default='none')\n"
OWN_TEST = "def test_own(): pass\n"


def counted(ended: Ended) -> str:
    """How many of what, in the last line that pytest prints, but for its warnings of modules that it has imported."""
    return re.sub(r", \d+ warnings?$", "", ended.out.strip().splitlines()[-1].strip("= ").partition(" in ")[0])


def next_of(ended: Ended) -> list[str]:
    """The arguments of the pytest command on the line `Next: `."""
    (line,) = (line for line in ended.err.splitlines() if line.startswith("Next: "))
    program, *arguments = shlex.split(line.removeprefix("Next: "))
    assert program == "pytest"
    return arguments


@pytest.fixture(params=["addopts", "PYTEST_ADDOPTS", "both options", "a file of arguments"])
def untyped(request: pytest.FixtureRequest, host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host in which our options stand where nobody typed them."""
    options = f"--gate G2 --run {host.run_id}"
    if request.param == "PYTEST_ADDOPTS":
        monkeypatch.setenv("PYTEST_ADDOPTS", options)
    elif request.param == "a file of arguments":
        host.repository.write("arguments", options.replace(" ", "\n"))
        host.repository.write("pytest.ini", "[pytest]\naddopts = @arguments\n")
    else:
        options = f"--gate=G2 --gate-run={host.run_id}" if request.param == "both options" else options
        host.repository.write("pytest.ini", f"[pytest]\naddopts = {options}\n")
    return host


def test_options_that_nobody_typed_leave_an_ordinary_session_ordinary(untyped: Host) -> None:
    untyped.repository.write("test_own.py", OWN_TEST)
    ended = untyped.type("test_own.py")
    assert (ended.code, counted(ended)) == (0, "1 passed")


@pytest.mark.slow
def test_options_that_nobody_typed_hide_no_failure_of_the_host(untyped: Host) -> None:
    untyped.repository.write("test_own.py", "def test_own(): assert False\n")
    assert [untyped.type(*typed).code for typed in ((), ("test_own.py",), ("-n", "2"))] == [1, 1, 1]


def test_only_the_gates_that_were_typed_are_judged(untyped: Host) -> None:
    ended = untyped.type("--gate", "G3", "--run", untyped.run_id)
    assert (ended.code, counted(ended)) == (0, "3 passed")


@pytest.mark.slow
def test_only_the_gates_that_were_typed_are_judged_under_xdist(untyped: Host) -> None:
    ended = untyped.type("--gate", "G3", "--run", untyped.run_id, "-n", "2")
    assert (ended.code, counted(ended)) == (0, "3 passed")


def test_a_run_that_nobody_typed_is_no_answer(untyped: Host) -> None:
    ended = untyped.type("--gate", "G2")
    assert ended.code == 4
    assert message("which-run") in ended.err
    repeated = next_of(ended)
    assert repeated == ["--gate", "G2", "--gate-run", untyped.run_id]
    assert counted(untyped.type(*repeated)) == "7 passed"


def test_no_run_is_suggested_that_does_not_have_the_gate_or_cannot_be_read(host: Host) -> None:
    damaged = host.repository.start_run()
    (host.repository.root / host.repository.workspace.record_path(damaged)).write_text("")
    assert next_of(host.type("--gate", "G2")) == ["--gate", "G2", "--gate-run", host.run_id]
    assert host.type("--gate", "G9").err.strip().endswith(f"{message('which-run')}\nNext: orch run list")


def test_the_run_that_is_suggested_has_the_gate_and_can_be_read(untyped: Host) -> None:
    repository = untyped.repository
    repository.write(repository.workspace.record_path("run_20991122T093000Z_damaged_abc123"), "{")
    assert next_of(untyped.type("--gate", "g2")) == ["--gate", "g2", "--gate-run", untyped.run_id]


@pytest.mark.slow
def test_where_there_is_no_run_yet_the_command_that_starts_one_is_named(shipped: Repository) -> None:
    ended = shipped.pytest("--gate", "G2")
    assert ended.code == 4
    assert f"{message('which-run-none')}\nNext: orch run start --help" in ended.err


def test_an_unknown_gate_and_a_damaged_record_are_told_with_the_next_command(host: Host) -> None:
    assert f"Next: orch run show --run {host.run_id}" in host.type("--gate", "G9", "--run", host.run_id).err
    record = host.repository.root / host.repository.workspace.record_path(host.run_id)
    record.write_text(record.read_text() + "<<<<<<< HEAD\n")
    ended = host.type("--gate", "G2", "--run", host.run_id)
    assert ended.code == 4
    assert f"{message('conflict-markers')}\nNext: orch run check" in ended.err
    assert f"Next: orch run repair --run {host.run_id}" in host.repository.orch("run", "check").out


@pytest.mark.parametrize(
    "arguments", ["--gate\nG2\n--run\n{run}\n", "--gate=G2\n--run={run}\n"], ids=["words", "with ="]
)
@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.quick("alone-words")
def test_a_file_of_arguments_is_typed(host: Host, arguments: str, more: tuple[str, ...]) -> None:
    host.repository.write("arguments", arguments.format(run=host.run_id))
    ended = host.type("@arguments", *more)
    assert (ended.code, counted(ended)) == (0, "7 passed")


def test_a_selection_in_a_file_of_arguments_is_typed(host: Host) -> None:
    host.repository.write("arguments", "-k\nCITATIONS\n")
    assert host.judge("@arguments").code == 0


@pytest.mark.slow
def test_a_required_option_in_the_host_s_addopts_disturbs_nothing(host: Host) -> None:
    host.repository.write("conftest.py", "def pytest_addoption(parser): parser.addoption('--env', required=True)\n")
    host.repository.write("pytest.ini", "[pytest]\naddopts = --env=x --gate G1\n")
    ended = host.judge()
    assert (ended.code, counted(ended)) == (0, "7 passed")
    assert host.judge("-k", "CITATIONS").code == 0
    assert host.judge("-k", "CITATIONS", "-n", "2").code == 0


def test_a_typed_empty_selection_lifts_the_host_s(host: Host) -> None:
    host.repository.write("pytest.ini", "[pytest]\naddopts = -k CITATIONS\n")
    ended = host.judge("-k", "")
    assert (ended.code, counted(ended)) == (0, "7 passed")


@pytest.fixture
def with_own_run(host: Host) -> Host:
    """A host whose conftest.py has an option --run of its own, and a test that shows it."""
    host.repository.write("conftest.py", OWN_RUN)
    host.repository.write("test_own.py", "def test_own(request): assert request.config.getoption('mine') == 'fast'\n")
    return host


def test_a_host_s_own_run_option_is_the_host_s(with_own_run: Host) -> None:
    ended = with_own_run.type("test_own.py", "--run", "fast")
    assert (ended.code, counted(ended)) == (0, "1 passed")


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.quick("alone")
def test_there_gate_run_names_the_run(with_own_run: Host, more: tuple[str, ...]) -> None:
    named = ("--gate-run", with_own_run.run_id, *more)
    assert counted(with_own_run.type("--gate", "G1", *named)) == "1 passed"
    assert counted(with_own_run.type(*named)) == "11 passed"
    assert counted(with_own_run.type("test_own.py", "--run", "fast", "--gate", "G2", *named)) == "8 passed"


@pytest.mark.slow
def test_there_the_environment_names_the_run(with_own_run: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCH_RUN", with_own_run.run_id)
    assert counted(with_own_run.type("--gate", "G2")) == "7 passed"
    assert counted(with_own_run.type("test_own.py", "--run", "fast", "--gate", "G2")) == "8 passed"


@pytest.mark.parametrize("typed", [["--run", "{run}"], ["--run={run}"]], ids=" ".join)
def test_there_a_gate_with_the_host_s_run_option_says_how_to_name_the_run(with_own_run: Host, typed: list[str]) -> None:
    ended = with_own_run.type("--gate", "G2", *(each.format(run=with_own_run.run_id) for each in typed))
    assert (ended.code, ended.out) == (4, "")
    assert message("which-gate-run") in ended.err
    assert counted(with_own_run.type(*next_of(ended))) == "7 passed"


def test_an_option_that_begins_like_ours_is_not_taken_for_it(host: Host) -> None:
    ended = host.type("--gate", "G2", "--runxfail", "-k", "a b or file_exists")
    assert message("which-run") in ended.err
    assert next_of(ended) == ["--gate", "G2", "--runxfail", "-k", "a b or file_exists", "--gate-run", host.run_id]


@pytest.mark.slow
def test_there_a_run_in_addopts_stays_the_host_s(with_own_run: Host) -> None:
    with_own_run.repository.write("pytest.ini", "[pytest]\naddopts = --run fast\n")
    assert counted(with_own_run.type("test_own.py")) == "1 passed"
    assert counted(with_own_run.type("test_own.py", "--gate", "G1", "--gate-run", with_own_run.run_id)) == "2 passed"


@pytest.mark.slow
def test_a_host_s_own_gate_option_is_the_host_s(host: Host) -> None:
    host.repository.write("conftest.py", OWN_RUN.replace("--run", "--gate"))
    host.repository.write("test_own.py", OWN_TEST)
    assert counted(host.type("test_own.py", "--gate", "G2")) == "1 passed"
    assert counted(host.type("--run", host.run_id)) == "11 passed"
