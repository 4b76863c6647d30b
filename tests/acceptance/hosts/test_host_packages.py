"""A host's own package `runner` or `gate_tests`: its sessions are as before, and gates are judged as elsewhere."""

import sys

import pytest

from tests.support import CHECKOUT
from tests.support.messages import says
from tests.support.repository import BIN, Repository

PYTEST = (str(BIN / "pytest"), "-q")
MODULE = (sys.executable, "-m", "pytest", "-q")
IMPORTS_ITS_OWN = "def test_own():\n    import {0}\n    assert {0}.MINE\n"
GATE = ("--gate", "G1", "--run")


@pytest.fixture(params=["gate_tests", "runner"])
def host(shipped: Repository, request: pytest.FixtureRequest) -> Repository:
    """A repository with such a package, a test that imports it, and the good work of a gate."""
    shipped.write(f"{request.param}/__init__.py", "MINE = 1\n")
    shipped.write("test_own.py", IMPORTS_ITS_OWN.format(request.param))
    shipped.write("conftest.py", "")  # pytest puts the directory of a conftest.py at the start of the path
    shipped.add_example("G1")
    return shipped


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["in one process", "with workers"])
@pytest.mark.parametrize("program", [PYTEST, MODULE], ids=["pytest", "python -m pytest"])
@pytest.mark.slow
def test_the_hosts_own_tests_import_its_own_package(
    host: Repository, program: tuple[str, ...], more: tuple[str, ...]
) -> None:
    ended = host.run(*program, "test_own.py", *more)
    assert (ended.code, "1 passed" in ended.out) == (0, True), ended.out + ended.err


def test_a_package_gate_tests_does_not_keep_pytest_from_starting(shipped: Repository) -> None:
    shipped.write("gate_tests/__init__.py", "MINE = 1\n")
    shipped.write("gate_tests/test_own.py", IMPORTS_ITS_OWN.format("gate_tests"))
    ended = shipped.run(*MODULE, "gate_tests")
    assert (ended.code, "1 passed" in ended.out) == (0, True), ended.out + ended.err


@pytest.mark.parametrize(
    "command",
    [
        (*PYTEST, *GATE),
        (*MODULE, *GATE),
        (*MODULE, "-n", "2", *GATE),
        (str(BIN / "orch"), "gate", "check", *GATE),
        (str(BIN / "orch"), "gate", "check", "-n", "2", *GATE),
        (sys.executable, "-I", "-m", "runner", "gate", "check", *GATE),
    ],
    ids=["pytest", "python -m pytest", "with workers", "orch", "orch with workers", "python -I -m runner"],
)
@pytest.mark.slow
def test_a_gate_is_judged_beside_it(host: Repository, command: tuple[str, ...]) -> None:
    run_id = host.start_run()
    ended = host.run(*command, run_id)
    assert (ended.code, "4 passed" in ended.out) == (0, True), ended.out + ended.err


@pytest.mark.slow
def test_a_conftest_that_imports_its_own_gate_tests_is_named_and_orch_judges(shipped: Repository) -> None:
    shipped.write("gate_tests/__init__.py", "MINE = 1\n")
    shipped.write("conftest.py", "import gate_tests; assert gate_tests.MINE\n")
    shipped.write("test_own.py", IMPORTS_ITS_OWN.format("gate_tests"))
    shipped.add_example("G1")
    run_id = shipped.start_run()
    refused = shipped.run(*MODULE, *GATE, run_id)
    assert (refused.code, says(refused.err, "host-package-imported", path=shipped.root / "gate_tests")) == (4, True)
    assert shipped.run(*MODULE, "test_own.py").code == 0
    assert shipped.orch("gate", "check", *GATE, run_id).code == 0


def test_a_conftest_that_imports_a_checkout_of_orch_is_none_of_those(shipped: Repository) -> None:
    checkout = shipped.root / "vendored"
    checkout.mkdir()
    for name in ("gate_tests", "orch_runner_pytest.py"):
        (checkout / name).symlink_to(CHECKOUT / name)
    shipped.write("conftest.py", f"import sys; sys.path.insert(0, {str(checkout)!r}); import gate_tests.contract\n")
    shipped.add_example("G1")
    ended = shipped.run(*PYTEST, *GATE, shipped.start_run())
    assert (ended.code, "4 passed" in ended.out) == (0, True), ended.out + ended.err
