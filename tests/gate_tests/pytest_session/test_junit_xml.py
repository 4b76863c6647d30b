"""`pytest --gate G2 --run ID --junitxml=FILE` writes what the schema of the Jenkins xUnit plugin allows."""

import json
from xml.etree import ElementTree

import pytest

from tests.gate_tests.conftest import Host
from tests.support.published_schemas import find_junit_errors
from tests.support.repository import ARTIFACTS

SPEC = "orchestration/skills/visual-essay-invocation/specs/the-word-robot.md"
FAILING_TEARDOWN = "def pytest_runtest_teardown(item): 1 / 0\n"
OWN_PROPERTY = "def pytest_runtest_setup(item): item.user_properties.append(('team', 'blue'))\n"


def write_xml(host: Host, *arguments: str) -> str:
    """The file that `pytest` with these arguments has written."""
    host.type("--run", host.run_id, *arguments, "--junitxml=gates.xml")
    return (host.repository.root / "gates.xml").read_text("utf-8")


def list_properties(xml: str) -> list[str | None]:
    return [each.get("name") for each in ElementTree.fromstring(xml).iter("property")]


def warn(host: Host) -> None:
    """G3 passes then, with a warning."""
    path = host.repository.root / SPEC
    path.write_text(f"{path.read_text('utf-8')}\n[DRAFT]\n", "utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="all gates"),
        pytest.param(["-k", "CITATIONS"], id="partial"),
        pytest.param(["-n", "2"], id="two workers"),
        pytest.param(["--maxfail=1"], id="ended at the first failure"),
        pytest.param(["-o", "junit_logging=all"], id="captured output"),
        pytest.param(["-o", "junit_family=xunit2"], id="family named"),
    ],
)
@pytest.mark.parametrize("work", ["good", "bad", "warned"])
@pytest.mark.quick("good-all gates")
def test_the_file_is_valid(host: Host, work: str, arguments: list[str]) -> None:
    if work == "bad":
        host.remove("CITATIONS.md")
    if work == "warned":
        warn(host)
    xml = write_xml(host, *arguments)
    assert find_junit_errors(xml) == []
    assert list_properties(xml) == []
    failed = [case for case in ElementTree.fromstring(xml).iter("testcase") if case.find("failure") is not None]
    assert bool(failed) == (work == "bad")


@pytest.mark.slow
def test_the_file_of_an_invalid_contract_is_valid(host: Host) -> None:
    host.repository.write_contract("G2", validations=[{"type": "min_source", "target": "x.md"}])
    xml = write_xml(host)
    assert find_junit_errors(xml) == []
    assert "min_source" in xml


@pytest.mark.slow
def test_the_file_is_valid_whatever_stands_in_the_contract_and_the_artifact(host: Host) -> None:
    text = "]]> & <x> \u0001\u0085 \u202e ::error::x \U0010ffff \ufffe"
    target = f"{ARTIFACTS}/research/CITATIONS.md"
    check = {"type": "not_contains", "target": target, "pattern": text, "description": text, "severity": "warning"}
    checks = [check, {**check, "severity": "error"}]
    host.repository.write_contract("G2", name=text, validations=checks)
    host.repository.write(target, f"{text}\n")
    xml = write_xml(host, "--gate", "G2")
    assert find_junit_errors(xml) == []
    assert len(list(ElementTree.fromstring(xml).iter("failure"))) == 1


@pytest.mark.slow
def test_the_file_of_a_check_that_fails_twice_is_valid(host: Host) -> None:
    host.repository.write("conftest.py", FAILING_TEARDOWN)
    host.remove("CITATIONS.md")
    xml = write_xml(host, "--gate", "G2")
    assert find_junit_errors(xml) == []
    assert "ZeroDivisionError" in xml


@pytest.mark.slow
def test_a_host_s_own_properties_are_kept(host: Host) -> None:
    host.repository.write("conftest.py", OWN_PROPERTY)
    assert set(list_properties(write_xml(host, "--gate", "G1"))) == {"team"}


@pytest.mark.parametrize("workers", [pytest.param([], id="one process"), pytest.param(["-n", "2"], id="two workers")])
@pytest.mark.slow
def test_warnings_and_failures_are_shown_as_without_a_file(host: Host, workers: list[str]) -> None:
    warn(host)
    host.remove("CITATIONS.md")
    arguments = ("--run", host.run_id, *workers)
    plain, ended = (host.type(*arguments, *more) for more in ([], ["--junitxml=gates.xml"]))
    shown, shown_plain = (
        sorted(line for line in each.out.splitlines() if line.startswith(("FAILED ", "  found ", SPEC)))
        for each in (ended, plain)
    )
    assert shown == shown_plain
    counts = [sum(line.startswith(start) for line in set(shown)) for start in ("FAILED ", "  found ", SPEC)]
    assert counts == [2, 1, 1]  # where CI is set, pytest repeats reasons in its summary
    assert ended.code == plain.code == 1


@pytest.mark.slow
def test_the_json_report_has_the_results_beside_it(host: Host) -> None:
    host.remove("CITATIONS.md")
    write_xml(host, "--gate", "G2", "--json-report", "--json-report-file=report.json")
    report = json.loads((host.repository.root / "report.json").read_text("utf-8"))
    rows = [test["metadata"]["orch"] for test in report["tests"] if "metadata" in test]
    assert len(rows) == 7
    assert any(f"{ARTIFACTS}/research/CITATIONS.md: " in row.get("reason", "") for row in rows)


@pytest.mark.parametrize("family", ["xunit1", "legacy"])
@pytest.mark.slow
def test_the_older_families_keep_gate_path_and_reason(host: Host, family: str) -> None:
    host.remove("CITATIONS.md")
    names = list_properties(write_xml(host, "--gate", "G2", "-o", f"junit_family={family}"))
    assert {"gate", "check", "path", "outcome", "reason"} == set(names)
