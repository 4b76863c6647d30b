"""A team's own check: found in an installed package, listed, validated and judged like ours."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type, find_name_errors, list_type_names
from gate_tests.compiler.contract_schema import contract_schema
from gate_tests.errors import InvalidFile, NoVerdict
from gate_tests.own import OwnCheck
from runner.contracts.lint import lint_all
from tests.support import CHECKOUT
from tests.support.check_packages import WEASELS, environment, install
from tests.support.checks import Tried, compiled, try_check
from tests.support.messages import meant, message, pattern
from tests.support.repository import Repository

ACME = "acme-checks 1.2"
Install = Callable[..., None]
USE: dict[str, Any] = {"type": "weasels", "target": "a.md", "words": ["very"]}
_numbers = itertools.count()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package with check types for the rest of the test; its module has a name of its own."""

    def put(source: str, *names: str, **package: str) -> None:
        path = install(tmp_path, f"acme_checks_{next(_numbers)}", source, *names, **package)
        monkeypatch.syspath_prepend(path)

    return put


def judging(installed: Install, repository: Repository, body: str, measures: str = "{}") -> Tried:
    """A check whose function has this body, tried on a text."""
    installed(
        "from gate_tests.own import Outcome, OwnCheck\n"
        f"def judge(text):\n    {body}\n"
        f"own = OwnCheck(judge, summary='it is good', measures={measures})\n",
        "own",
    )
    return try_check(repository, {"type": "own", "target": "a.md"}, "some text\n")


def refused(repository: Repository, validation: dict[str, Any]) -> str:
    with pytest.raises(InvalidFile) as error:
        compiled(repository, validations=[validation])
    return error.value.message


def test_it_is_judged_like_ours_and_its_package_stands_in_the_row(installed: Install, repository: Repository) -> None:
    installed(WEASELS, "weasels")
    tried = try_check(repository, USE, "very good\n")
    assert (tried.check.id, tried.holds) == ("weasels[a.md]", False)
    assert tried.row["reason"] == "a.md: expected that few of the words occur, found 1 of them"
    assert (tried.row["words"], tried.row["plugin"]) == (["very"], "acme-checks 1.2")
    assert try_check(repository, USE, "good\n").row["pass"] is True


def test_a_missing_file_fails_without_asking_it(installed: Install, repository: Repository) -> None:
    installed(WEASELS, "weasels")
    tried = try_check(repository, USE, None)
    assert (tried.holds, tried.outcome.found) == (False, "file is missing")
    assert tried.outcome.measured == {"plugin": "acme-checks 1.2"}


def test_variables_are_replaced_and_thresholds_are_those_of_the_depth(
    installed: Install, repository: Repository
) -> None:
    installed(WEASELS, "weasels")
    validation = {**USE, "words": ["{slug}", "very"], "most": {"quick": 2, "deep": 1}}
    text = "the-word-robot is very good\n"
    assert try_check(repository, validation, text, depth="quick").holds
    assert not try_check(repository, validation, text, depth="deep").holds
    assert message("no-value-for-depth", depth="standard") in refused(repository, validation)


@pytest.mark.parametrize(
    ("validation", "fault"),
    [
        pytest.param({"type": "weasels", "target": "a.md"}, message("missing-key", key="words"), id="required"),
        pytest.param(
            {**USE, "words": "very"},
            f"$.validations[0].words: {message('wrong-type', kind='a list')}",
            id="its own schema",
        ),
        pytest.param({**USE, "word": 1}, message("unknown-key", key="word") + meant("words"), id="unknown key"),
        pytest.param({**USE, "words": ["{slog}"]}, message("unknown-variable", variable="slog"), id="unknown variable"),
        pytest.param(
            {**USE, "type": "weasel"}, message("unknown-value", value="weasel") + meant("weasels"), id="misspelt"
        ),
    ],
)
def test_what_a_contract_says_wrong_of_it_is_refused_like_ours(
    installed: Install, repository: Repository, validation: dict[str, Any], fault: str
) -> None:
    installed(WEASELS, "weasels")
    assert fault in refused(repository, validation)


def test_it_is_listed_after_ours(installed: Install) -> None:
    assert list_type_names() == tuple(BUILT_IN_TYPES)
    installed(WEASELS, "weasels")
    assert list_type_names() == (*BUILT_IN_TYPES, "weasels")
    assert list_type_names(["min_sources"]) == tuple(BUILT_IN_TYPES)
    checks = contract_schema()["definitions"]["validation"]
    assert "weasels" in checks["properties"]["type"]["enum"]
    assert checks["allOf"][-1]["then"]["description"] == "few of the words occur"


def test_it_does_not_replace_one_of_ours_and_the_package_is_named(installed: Install, repository: Repository) -> None:
    source = WEASELS + "not_contains = file_exists_any_of = weasels\n"
    installed(source, "weasels", "not_contains", "file_exists_any_of")
    ours = try_check(repository, {"type": "not_contains", "target": "a.md", "pattern": "x"}, "x")
    assert type(ours.check.rule).__module__ == "gate_tests.checks.types.not_contains"
    fault = message("custom-type-replaces", type="not_contains", package=ACME)
    assert fault in find_name_errors()
    assert len(find_name_errors()) == 2
    assert fault in refused(repository, USE).splitlines()


def test_a_name_that_two_packages_give_is_nobodys(installed: Install, repository: Repository) -> None:
    installed(WEASELS, "weasels")
    installed(WEASELS, "weasels", package="other-checks")
    fault = message("custom-type-twice", type="weasels", packages=f"{ACME} and other-checks 1.2")
    assert find_name_errors() == (fault,)
    assert fault in refused(repository, USE)


def test_a_name_that_could_be_no_type_is_refused(installed: Install) -> None:
    installed(WEASELS + "Weasels = weasels\n", "Weasels")
    assert find_name_errors() == (message("custom-type-no-name", type="Weasels", package=ACME),)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        pytest.param("import nothing_like_it", "ModuleNotFoundError: No module named 'nothing_like_it'", id="import"),
        pytest.param("raise SystemExit(3)", message("custom-not-loaded", error="SystemExit: 3"), id="exit"),
        pytest.param(
            "weasels = print",
            message("custom-no-check", value=":weasels", kind="builtin_function_or_method"),
            id="a bare function",
        ),
        pytest.param("weasels = OwnCheck(lambda: True, 'x')", message("custom-signature", error=""), id="no text"),
        pytest.param(
            "weasels = OwnCheck(lambda text, n: 1, 'x', keys={'n': {}})",
            message("custom-signature", error="missing"),
            id="not optional",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', required=('n',))", message("custom-undeclared", key="n"), id="undeclared"
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', keys={'severity': {}})",
            message("custom-common-key", key="severity"),
            id="common",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', measures={'pass': ''})", message("custom-common-key", key="pass"), id="row"
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', measures={'read': ''})",
            message("custom-common-key", key="read"),
            id="files read",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', keys={'end': {'oneOf': []}})",
            message("unknown-keyword", keyword="oneOf"),
            id="word",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', keys={'end': {'items': {'type': 'strnig'}}})",
            message("unknown-type", type="strnig"),
            id="type",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', keys={'end': {'type': 3}})",
            message("custom-means-nothing", error=""),
            id="no schema",
        ),
        pytest.param(
            "weasels = OwnCheck(print, 'x', keys={'end': {'$ref': '#/x'}})",
            message("unknown-ref", ref="#/x"),
            id="reference",
        ),
    ],
)
def test_a_package_that_gives_no_check_is_one_line_that_names_it(
    installed: Install, repository: Repository, source: str, fault: str
) -> None:
    installed(f"from gate_tests.own import OwnCheck\n{source}\n", "weasels")
    told = refused(repository, USE)
    assert told.startswith(message("custom-type", type="weasels", package=ACME, fault=""))
    assert fault in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("return False", "the check fails", id="False"),
        pytest.param("return 'two words too many'", "two words too many", id="words"),
        pytest.param("return Outcome(False, 'that')", "that", id="outcome"),
        pytest.param("return None", "an invalid return value (NoneType, from acme-checks 1.2)", id="nothing"),
        pytest.param("return ''", "an invalid return value (an empty text, from acme-checks 1.2)", id="no words"),
        pytest.param("return 1", "an invalid return value (int, from acme-checks 1.2)", id="only truthy"),
        pytest.param("return Outcome(1, '')", "an invalid return value (Outcome, from acme-checks 1.2)", id="half"),
        pytest.param("return Outcome(True, '', {'x': 1})", "does not declare", id="undeclared"),
        pytest.param("return Outcome(True, '', {'n': {1}})", "are not JSON", id="a set"),
        pytest.param("return Outcome(True, '', {'n': float('nan')})", "are not JSON", id="no number"),
        pytest.param("return Outcome(True, '', {'n': '\\ud800'})", "are not JSON", id="half a character"),
        pytest.param("return Outcome(True, '', {'n': 'x' * 30000})", "measured over 20,000 characters", id="too much"),
        pytest.param("raise ValueError('/home/somebody')", "the check raised ValueError at ", id="raises"),
        pytest.param("raise SystemExit(0)", "the check raised SystemExit", id="leaves"),
        pytest.param("import pytest; pytest.skip('not today')", "the check raised Skipped", id="skips"),
    ],
)
def test_whatever_else_than_true_it_gives_fails_and_says_so(
    installed: Install, repository: Repository, body: str, found: str
) -> None:
    tried = judging(installed, repository, body, "{'n': 'a number'}")
    assert not tried.holds
    assert found in tried.outcome.found
    assert "/home" not in tried.row["reason"]
    assert tried.row["plugin"] == "acme-checks 1.2"


def test_where_the_system_gives_it_less_memory_good_work_does_not_fail(
    installed: Install, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gate_tests.checks.custom.rule.is_limited_by_system", lambda: True)
    with pytest.raises(NoVerdict, match=r"a\.md: not enough memory"):
        judging(installed, repository, "raise MemoryError")


def test_what_takes_all_memory_by_itself_fails(installed: Install, repository: Repository) -> None:
    assert "the check raised MemoryError" in judging(installed, repository, "bytes(1 << 60)").outcome.found


@pytest.mark.parametrize("body", ["return True", "return Outcome(True, 'so', {'n': (1, 2)})"])
def test_true_alone_passes(installed: Install, repository: Repository, body: str) -> None:
    tried = judging(installed, repository, body, "{'n': 'numbers'}")
    assert tried.row["pass"] is True
    assert tried.row.get("n", [1, 2]) == [1, 2]


def test_what_it_prints_goes_nowhere(
    installed: Install, repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(WEASELS, "weasels")
    assert try_check(repository, USE, "good\n").holds
    assert capsys.readouterr() == ("", "")


def test_a_package_that_is_not_installed_here_is_no_key_error() -> None:
    with pytest.raises(InvalidFile, match=pattern("unknown-check-type", type="weasels")):
        check_type("weasels")


def test_a_contract_of_our_own_types_never_looks_for_packages(repository: Repository) -> None:
    repository.write_contract(validations=[{"type": "not_contains", "target": "a.md", "pattern": "x"}])
    source = (
        "import sys; from pathlib import Path; from gate_tests.compiler.loader import load_contract;"
        "from gate_tests.workspace.layout import Workspace; load_contract(Workspace(Path.cwd()), 'GT');"
        "print({'importlib.metadata', 'gate_tests.checks.custom'} & {*sys.modules})"
    )
    code = [sys.executable, "-c", source]
    done = subprocess.run(
        code, cwd=repository.root, env={"PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == "set()\n"


def test_an_own_check_tells_no_fault_where_there_is_none() -> None:
    assert (
        OwnCheck(lambda text, n=1: True, "it is good", keys={"n": {"allOf": [{"type": "integer"}]}}).find_error()
        is None
    )


@pytest.mark.slow
@pytest.mark.parametrize("editable", [False, True], ids=["installed", "installed as editable"])
def test_it_is_judged_in_the_sealed_process_and_what_it_prints_is_no_testimony(
    shipped: Repository, tmp_path: Path, editable: bool
) -> None:
    python = environment(tmp_path / "environment")
    site_packages = install(python.parents[1], "acme_checks", WEASELS, "weasels")
    if editable:
        (tmp_path / "source").mkdir()
        (site_packages / "acme_checks.py").rename(tmp_path / "source/acme_checks.py")
        (site_packages / "acme.pth").write_text(f"{tmp_path}/source\n", "utf-8")
    shipped.write_contract("G1", validations=[{**USE, "target": "a.md"}])
    shipped.write("a.md", "very good\n")
    run_id = shipped.start_run()
    judged = shipped.run(str(python), "-I", "-m", "runner", "gate", "check", "--run", run_id, "--gate", "G1", "--json")
    assert judged.code == 1, judged.err
    (row,) = judged.json["validations"]
    assert (row["pass"], row["words"], row["plugin"]) == (False, ["very"], "acme-checks 1.2")
    assert "nobody asked for" not in judged.out + judged.err
    assert "and says so" not in judged.out + judged.err


def keyword_cannot_be(keyword: str, value: object) -> str:
    return message("keyword-cannot-be", keyword=keyword, value=value)


@pytest.mark.parametrize(
    ("described", "fault"),
    [
        pytest.param(
            "summary='ok', keys={'x': True}", message("fragment-no-object", kind="bool"), id="schema that is true"
        ),
        pytest.param(
            "summary='ok', keys={'x': {'items': False}}", message("fragment-no-object", kind="bool"), id="below"
        ),
        pytest.param("summary='ok', keys={'x': {'pattern': '('}}", keyword_cannot_be("pattern", "("), id="regex"),
        pytest.param(
            "summary='ok', keys={'x': {'patternProperties': {'(': {}}}}",
            keyword_cannot_be("patternProperties", {"(": {}}),
            id="its key",
        ),
        pytest.param("summary='ok', keys={'x': {'minimum': 'a'}}", keyword_cannot_be("minimum", "a"), id="number"),
        pytest.param("summary='ok', keys={'x': {'enum': 3}}", keyword_cannot_be("enum", 3), id="list"),
        pytest.param("summary='ok', keys={'x': {'if': {'type': 'string'}}}", message("if-without-then"), id="if"),
        pytest.param("summary='ok', keys={'x': {}}, required='x'", message("required-no-tuple"), id="required"),
        pytest.param("summary=3", message("not-one-line", name="summary"), id="summary"),
        pytest.param(
            "summary='ok', measures=['a']", message("no-mapping", name="measures", kind="list"), id="measures"
        ),
        pytest.param("summary='ok', example=['a']", message("no-mapping", name="example", kind="list"), id="example"),
    ],
)
def test_what_a_package_says_of_its_check_and_cannot_be_used_is_told_in_one_line(
    installed: Install, repository: Repository, described: str, fault: str
) -> None:
    installed(f"from gate_tests.own import OwnCheck\nodd = OwnCheck(lambda text, **keys: True, {described})\n", "odd")
    told = refused(repository, {"type": "odd", "target": "a.md"})
    assert told == message("custom-type", type="odd", package=ACME, fault=fault)


def test_a_package_that_cannot_be_loaded_hides_no_fault_of_any_contract(
    installed: Install, repository: Repository
) -> None:
    installed("raise RuntimeError('no')", "weasels")
    repository.write_contract("GT", blockng=True, validations=[USE, {"type": "not_contains", "target": "a.md"}])
    repository.write_contract("GX", validations=[{"type": "nothing"}])
    faults = lint_all(repository.workspace).errors
    for fault in ("cannot be loaded: RuntimeError: no", "$.blockng", "[1]: missing key 'pattern'", "'nothing'"):
        assert len([each for each in faults if fault in each]) == 1, faults
