import sys
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from gate_tests.isolated_pytest.xdist import specs
from gate_tests.isolated_pytest.xdist.specs import Workers, require_xdist, xdist_arguments
from tests.support.messages import says

FLAGS = f"-Xutf8={sys.flags.utf8_mode}{' -B' if sys.flags.dont_write_bytecode else ''}"


@pytest.mark.parametrize(
    ("spec", "meaning"),
    [
        ("popen", Workers(1)),
        ("4*popen", Workers(4)),
        ("popen//python=/opt/a b/python", Workers(1, None, "/opt/a b/python")),
        ("socket=127.0.0.1:8888", Workers(1, "127.0.0.1:8888")),
        ("2*socket=a-host.example:1//python=/p", Workers(2, "a-host.example:1", "/p")),
    ],
)
def test_a_spec_says_how_many_workers_there_are_and_where(spec: str, meaning: Workers) -> None:
    assert Workers.parse(spec) == meaning
    assert Workers.parse(str(meaning)) == meaning


@pytest.mark.parametrize(
    "spec",
    [
        "", "2", "*popen", "0*popen", "-1*popen", "1000*popen", "popen//chdir=/", "popen//env:A=b", "popen//id=a",
        "popen//python=", "popen//python=python3", "popen//python=/a//b", "socket", "socket=host", "socket=host:0",
        "socket=host:65536", "socket=host:\u0661", "socket=a//b:1", "ssh=host", "popen\n", "popen//via=host0",
    ],
)  # fmt: skip
def test_any_other_spec_is_refused_in_one_line_that_says_what_is_known(spec: str) -> None:
    with pytest.raises(Refused) as refused:
        Workers.parse(spec)
    assert says(refused.value.message, "not-a-worker", spec=spec)
    assert "\n" not in refused.value.message


def test_a_worker_here_runs_as_isolated_as_the_judging_process() -> None:
    (*_, last) = xdist_arguments([Workers(3)])
    assert last == f"--tx=3*popen//python={sys.executable} -I -S {FLAGS}"


def test_workers_at_another_host_are_processes_of_their_own_behind_its_server() -> None:
    arguments = xdist_arguments([Workers(1), Workers(2, "a:1", "/p"), Workers(1, "b:2")])
    assert arguments[2:] == [
        f"--tx=1*popen//python={sys.executable} -I -S {FLAGS}",
        "--px=id=host1//socket=a:1",
        f"--tx=2*popen//via=host1//python=/p -I {FLAGS}",
        "--px=id=host2//socket=b:2",
        f"--tx=1*popen//via=host2//python={sys.executable} -I {FLAGS}",
    ]


def test_a_blank_in_the_path_of_an_interpreter_stays_one() -> None:
    (*_, last) = xdist_arguments([Workers(1, None, "/opt/it's a b/python")])
    assert last.startswith("""--tx=1*popen//python='/opt/it'"'"'s a b/python' -I """)


def test_no_worker_that_died_is_replaced() -> None:
    assert "--max-worker-restart=0" in xdist_arguments([Workers(1)])


def test_without_pytest_xdist_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    require_xdist()
    monkeypatch.setattr(specs, "find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        require_xdist()
    assert refused.value.next_command == "pip install 'orch-runner[xdist]'"


def test_what_names_workers_imports_no_xdist() -> None:
    assert "import xdist" not in Path(specs.__file__).read_text("utf-8")
