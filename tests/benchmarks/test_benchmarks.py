"""The commands that are timed do their work: seen at tiny sizes, where the ratios mean nothing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, print_table
from benchmarks.cases import hashing, idle, records
from benchmarks.cases.growing import parametrized
from benchmarks.cases.repositories import made_up
from benchmarks.cases.starting import empty_test
from benchmarks.measure import installed
from benchmarks.measure.benchmark import TINY, Benchmark
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, NotMeasured, in_turn

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")


def runs(*commands: Command) -> bool:
    return len(in_turn(commands, 1)) == 1


@pytest.mark.slow
def test_the_empty_test_and_the_parametrized_ones_run(tmp_path: Path) -> None:
    assert runs(empty_test(tmp_path / "empty"), parametrized(tmp_path / "many", 3))


@pytest.mark.slow
def test_an_unrelated_session_runs_with_and_without_the_plugin(tmp_path: Path) -> None:
    idle.many_files(tmp_path, TINY)
    assert runs(*idle.sessions(tmp_path))


@pytest.mark.slow
def test_the_environments_have_what_they_are_named_after_and_nothing_else(tmp_path: Path) -> None:
    ours, report, alone = (list_distributions(command.arguments[0]) for command in idle.installations(tmp_path))
    assert report - alone == {"pytest-json-report", "pytest-metadata"}
    assert {"orch-runner", "click"} <= ours - report
    assert "pytest-xdist" not in ours


def list_distributions(python: str) -> set[str]:
    listed = "import importlib.metadata as m; print(*(each.name.lower() for each in m.distributions()))"
    return set(subprocess.check_output([python, "-I", "-c", listed], text=True).split())


@needs_openssl
def test_openssl_and_we_hash_one_file_and_many(tmp_path: Path) -> None:
    hashing.write_small(tmp_path, 3)
    assert runs(hashing.openssl(tmp_path, "0/0.bin"), hashing.ours(tmp_path, "0/0.bin"))
    assert runs(hashing.xargs_openssl(tmp_path), hashing.ours(tmp_path))


@pytest.mark.slow
def test_the_runs_that_are_made_are_good_ones_of_the_size_that_is_promised(tmp_path: Path) -> None:
    records.write_runs(tmp_path, 6)
    assert runs(records.list_runs(tmp_path, 6), records.read_all(tmp_path))
    sizes = [path.stat().st_size for path in tmp_path.glob("orchestration/runs/*/record/RUN.json")]
    assert len(sizes) == 6
    assert all(47_000 < size < 49_500 for size in sizes)


def test_a_list_that_lacks_a_run_is_not_measured(tmp_path: Path) -> None:
    made_up(tmp_path, 1, 1)
    with pytest.raises(NotMeasured, match="does not list 2 good runs"):
        in_turn([records.list_runs(tmp_path, 2)], 1)


@pytest.mark.slow
def test_an_invocation_is_recorded_after_many(tmp_path: Path) -> None:
    assert runs(records.record(tmp_path / "ours", 5), records.rewrite(tmp_path / "yardstick", 5))
    (path,) = (tmp_path / "ours").glob("orchestration/runs/*/record/RUN.json")
    assert len(json.loads(path.read_bytes())["invocations"]) == 5


@pytest.mark.slow
def test_a_gate_that_was_left_unjudged_is_not_measured(tmp_path: Path) -> None:
    project = made_up(tmp_path, 2, 1).start("C1", "C2")
    command = project.again("gate", "finish", "--run", project.run_id, "--gate", "C1", confirm_pass=("C1", "C2"))
    with pytest.raises(NotMeasured, match="left 1 of its gates unjudged"):
        in_turn([command], 1)


def test_what_is_missed_is_measured_once_more_after_all_others(capsys: pytest.CaptureFixture[str]) -> None:
    measured: list[str] = []

    def misses_twice(*_: object) -> list[Row]:
        measured.append("a")
        return [Row("work a", "yardstick", 2, 1, 2 if measured.count("a") < 3 else 1, 1), Row("good", "", 1, 2, 0.5, 1)]

    def meets(*_: object) -> list[Row]:
        measured.append("b")
        return [Row("work b", "yardstick", 1, 1, 1, 1)]

    assert print_table([Benchmark("a", misses_twice), Benchmark("b", meets)], TINY) == 0
    assert measured == ["a", "a", "b", "a"]
    printed = capsys.readouterr().out
    assert printed.index("| work b") < printed.index("measured once more:") < printed.rindex("| work a")
    assert printed.count("| good") == 1


def test_a_miss_is_counted_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    missed = Benchmark("a", lambda *_: [Row("work", "yardstick", 2, 1, 2, 1), Row("good", "yardstick", 1, 2, 0.5, 1)])
    assert print_table([missed], TINY) == 1
    printed = capsys.readouterr().out
    assert "missed" in printed
    assert "| good " in printed


def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do() -> None:
    command = [sys.executable, "-m", "benchmarks", "finsh"]
    done = subprocess.run(command, cwd=installed.CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'finsh'; known: finish, " in done.stderr


def test_names_of_benchmarks_are_unique() -> None:
    names = [benchmark.name for benchmark in BENCHMARKS]
    assert len(names) == len(set(names))


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_every_benchmark_does_its_work(benchmark: Benchmark, tmp_path: Path) -> None:
    # What further gates take is a difference of two times, which other work beside it can turn around: then once more.
    rows = next(filter(all_measured, (benchmark.measure(new_folder(tmp_path, attempt), TINY) for attempt in "123")), [])
    assert rows


def new_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def all_measured(rows: list[Row]) -> bool:
    return bool(rows) and all(row.measured and row.ratio > 0 for row in rows)


@pytest.mark.slow
def test_the_program_is_measured_as_it_is_installed_from_a_wheel(tmp_path: Path) -> None:
    python = installed.install(tmp_path)
    asked = "import benchmarks.measure.installed as it; print(it.is_installed())"
    done = subprocess.run([python, "-c", asked], cwd=installed.CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    assert list(tmp_path.rglob("site-packages/runner/cli/__pycache__/*.pyc")), "it has no bytecode"


def test_an_editable_install_is_not_what_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    metadata = tmp_path / "orch_runner-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: orch-runner\nVersion: 1\n", "utf-8")
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    assert installed.is_installed()
    (metadata / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}', "utf-8")
    assert not installed.is_installed()


def test_a_bare_checkout_is_not_what_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    assert not installed.is_installed()
