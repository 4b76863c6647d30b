"""Who imports whom. Read from the source, so that an import inside a function counts too."""

import ast
from pathlib import Path

import pytest

import gate_tests
import runner

JUDGES = Path(gate_tests.__file__).parent
REMEMBERS = Path(runner.__file__).parent
MODULES = {
    f"{package.name}/{path.relative_to(package).as_posix()}": path
    for package in (JUDGES, REMEMBERS)
    for path in sorted(package.rglob("*.py"))
    if "data" not in path.relative_to(package).parts
}
MAY_IMPORT_PYTEST = ("gate_tests/plugin.py", "gate_tests/pytest_session/", "gate_tests/isolated_pytest/")


def imported(source: str) -> set[str]:
    """The full names of all modules that a source text imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import is written in full"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imports(module: str, package: str) -> bool:
    names = imported(MODULES[module].read_text("utf-8"))
    return any(name == package or name.startswith(f"{package}.") for name in names)


def importers(package: str) -> set[str]:
    return {module for module in MODULES if imports(module, package)}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param("import a.b as c, d", {"a.b", "d"}, id="import"),
        pytest.param("from a.b import c", {"a.b", "a.b.c"}, id="from"),
        pytest.param("def f():\n    if 1:\n        import a", {"a"}, id="in a function"),
        pytest.param("'import a'  # import b", set[str](), id="in a text"),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, names: set[str]) -> None:
    assert imported(source) == names


def test_there_are_modules_to_look_at() -> None:
    assert {"gate_tests/isolated_pytest/run.py", "gate_tests/checks/types/min_sources.py", "runner/cli/app.py"} <= set(
        MODULES
    )
    assert importers("click")
    assert importers("gate_tests") & {module for module in MODULES if module.startswith("runner/")}


def test_what_judges_never_imports_what_remembers() -> None:
    assert {module for module in importers("runner") if module.startswith("gate_tests/")} == set()


def test_only_the_command_line_imports_click() -> None:
    assert {module for module in importers("click") if not module.startswith("runner/cli/")} == set()


def test_only_the_modules_that_stand_between_us_and_pytest_import_it() -> None:
    assert all(module.startswith(MAY_IMPORT_PYTEST) for module in importers("pytest") | importers("_pytest"))
    assert importers("pytest_jsonreport") == {"gate_tests/isolated_pytest/run.py"}


def test_no_private_part_of_pytest_is_imported() -> None:
    assert importers("_pytest") == set()


def test_a_check_knows_no_pytest() -> None:
    checks = {module for module in MODULES if module.startswith("gate_tests/checks/")}
    assert len(checks) >= 5
    assert (
        checks
        & (
            importers("pytest")
            | importers("gate_tests.pytest_session.nodes")
            | importers("gate_tests.pytest_session.hooks")
        )
        == set()
    )


def test_the_plugin_imports_nothing_of_ours_before_a_gate_is_named() -> None:
    tree = ast.parse(MODULES["gate_tests/plugin.py"].read_text("utf-8"))
    at_once = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not any(name.startswith("gate_tests") for node in at_once for name in imported(ast.unparse(node)))
    assert imported(MODULES["gate_tests/__init__.py"].read_text("utf-8")) == set()


def test_who_only_names_workers_imports_nothing_else_of_them() -> None:
    assert imported(MODULES["gate_tests/pytest_session/xdist/__init__.py"].read_text("utf-8")) == set()
