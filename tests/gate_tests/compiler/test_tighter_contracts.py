"""Work that fails by a contract never passes by one that is called tighter, or the same."""

from itertools import permutations, product
from typing import Any

import pytest

from gate_tests.compiler.contract_changes import compare_contracts
from gate_tests.errors import InvalidFile
from tests.support.checks import evaluate_all
from tests.support.contract_changes import is_tighter, write_and_load
from tests.support.repository import Repository

Contract = dict[str, Any]
Files = dict[str, str]


def vary(kind: str, **keys: list[Any]) -> list[Contract]:
    """A contract with one check for each combination of the values of its keys; None: without the key."""
    combined = [dict(zip(keys, values, strict=True)) for values in product(*keys.values())]
    given = [{key: value for key, value in each.items() if value is not None} for each in combined]
    return [{"validations": [{"type": kind, **each}]} for each in given]


def declare(*outputs: Contract) -> list[Contract]:
    """A contract with each of these outputs, and a check that another output of `any_of` may be examined by."""
    checks = [{"type": "contains_text", "target": "a.md", "pattern": "tea"}, {"type": "no_secrets"}]
    return [{"required_outputs": each, "validations": checks} for each in outputs]


def group(name: str, *names: str, **keys: Any) -> Contract:
    return {name: [{"path": each, **keys} for each in names]}


SECRET = "ghp_" + "0a" * 18
LONG, SHORT = '"one two three four five six seven"', '"five six"'
TARGET = ["a.md"]
FAMILIES: dict[str, tuple[list[Contract], list[Files]]] = {
    "frontmatter_status": (
        vary(
            "frontmatter_status",
            target=TARGET,
            checks=[
                {"f": each}
                for each in (
                    3, "3", True, "true", "PASS", {"not": "FAIL"}, {"not": 3}, {"min": 3}, {"min": 2, "not": 3},
                    {"one_of": [3, 4]}, {"one_of": ["PASS", "3"]}, {"has": "x"}, {"has": "x", "not": "3"},
                )
            ] + [{"f": 3, "g": 1}],
        ),
        [{"a.md": f"---\nf: {value}\n---\n"} for value in ("3", "3.0", "4", "2", "true", "TRUE", "PASS",
            "FAIL", "[x]", "[x, 3]")]
        + [{"a.md": "---\nf: 3\ng: 1\n---\n"}, {"a.md": "none"}],
    ),
    "min_sources": (
        vary(
            "min_sources", target=TARGET, heuristic=[None, "best_of"],
            thresholds=[{"default": 0}, {"default": 2}, {"standard": 1, "default": 2}, {"quick": 1, "deep": 1}],
            missing_ok=[None, True],
        ),
        [{}, {"a.md": "- 10.1000/182\n"}, {"a.md": "doi:10.1000/182 doi:10.1000/183"},
            {"a.md": "### Source 1\n\n### Tea\n"},
         {"a.md": "- a list item of words\n- another item of words\n"}],
    ),
    "min_sources_any_of": (
        [
            {**each, "required_outputs": {"any_of": [{"path": "b.md"}, {"path": "c.md"}]}}
            for each in vary(
                "min_sources_any_of", targets=[["a.md"], ["b.md"], ["a.md", "b.md"], ["b.md", "a.md"]],
                thresholds=[{"default": 1}, {"default": 2}],
            )
        ],
        [dict.fromkeys(paths, "https://a.example https://b.example") for paths in ("", ["a.md"], ["b.md"],
            ["c.md"], ["a.md", "c.md"])],
    ),
    "texts": (
        vary("contains_text", target=TARGET, patterns=["tea", "green tea", ["tea", "cup"], "{slug}", "slug"])
        + vary("not_contains", target=TARGET, pattern=["tea", "green tea", "cup", "{slug}", "slug"]),
        [{"a.md": text} for text in ("tea", "green tea", "green tea, a cup", "cup", "slug", "the-word-robot")],
    ),
    "quotes_resolve": (
        vary(
            "quotes_resolve", target=TARGET, sources=[["b.md"], ["b.md", "c.md"], ["c.md"]], min_words=[None, 2],
            min_count=[None, 0, 2],
        ),
        [{"a.md": text, **source} for text in (LONG, SHORT, f"{LONG} {SHORT}", "none")
         for source in ({"b.md": LONG}, {"c.md": LONG}, {"b.md": SHORT, "c.md": LONG})],
    ),
    "citations_resolve": (
        vary(
            "citations_resolve", target=TARGET, roots=[None, ["r"], ["r", "s"]], anchors=[None, True],
            paths=[None, True], min_count=[None, 0],
        ),
        [{"a.md": text, "r/b.md": "1\n", "s/b.md": "1\n2\n"}
         for text in ("# A\n\n[a](#a)", "[a](#none)", "`b.md:2`", "`b.md:1`", "`r/b.md`", "`x/b.md`",
             "see odd:2", "none")],
    ),
    "ids_covered": (
        vary("ids_covered", target=TARGET, regex=["R\\d"], missing_ok=[None, True], flags=[None, "i"],
            **{"in": [["b.md"], ["b.md", "c.md"], ["c.md"]]}),
        [{"a.md": "R1", **source} for source in ({}, {"b.md": "R1"}, {"c.md": "R1"}, {"b.md": "r1",
            "c.md": "R1"})] + [{"b.md": "R1"}],
    ),
    "regexes": (
        vary("regex_match", target=TARGET, regex=["x"], must_not_match=[None, True, False], flags=[None, "i"])
        + vary("min_regex_count", target=TARGET, regex=["x"], min_count=[None, 0, 2, {"standard": 3, "default": 1}])
        + vary("max_regex_count", target=TARGET, regex=["x"], max_count=[0, 2]),
        [{"a.md": text} for text in ("", "x", "X", "xx", "xxx")],
    ),
    "counts": (
        vary("word_count", target=TARGET, min=[1, 2, {"quick": 5, "default": 1}], max=[None, 3])
        + vary("contains_headings", target=TARGET, required_headings=[["# A"], ["# A", "# B"]],
            min_section_words=[None, 2]),
        [{"a.md": text} for text in ("one", "one two", "one two three four", "# A\n", "# A\n\none two\n\n# B\n")],
    ),
    "outputs": (
        declare(
            group("any_of", "a.md"), group("any_of", "a.md", "b.md"), group("any_of", "a.md", "b.md", "c.md"),
            group("any_of", "a.md", "c.md", "b.md"), group("any_of", "b.md"), group("all_of", "a.md"),
            group("all_of", "a.md", "b.md"), group("all_of", "a.md", "b.md", required=False),
            group("all_of", "a.md", allow_empty=True), group("all_of", "*.md"), group("all_of", "*.md", min_files=2),
            {**group("all_of", "a.md", required=False), **group("any_of", "a.md", "b.md")},
        ),
        [dict(zip(names, texts, strict=True)) for names in (["a.md"], ["b.md"], ["a.md", "b.md"], ["b.md", "c.md"])
         for texts in product(("tea", "cup", SECRET), repeat=len(names))],
    ),
}  # fmt: skip


def list_passing(repository: Repository, contract: Contract, works: list[Files]) -> set[tuple[int, str]]:
    """Which work passes at which depth."""
    return {
        (index, depth)
        for index, files in enumerate(works)
        for depth in ("quick", "standard")
        if passes(repository, contract, files, depth)
    }


def passes(repository: Repository, contract: Contract, files: Files, depth: str) -> bool:
    for old in repository.root.rglob("*.md"):
        old.unlink()
    for path, text in files.items():
        repository.write(path, text)
    try:
        return all(check.row["pass"] for check in evaluate_all(repository, depth=depth, **contract))
    except InvalidFile:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_tighter_lets_no_more_work_pass(family: str, repository: Repository) -> None:
    contracts, works = FAMILIES[family]
    passing = [list_passing(repository, each, works) for each in contracts]
    loaded = [write_and_load(repository, each) for each in contracts]
    tighter = [
        (before, after)
        for before, after in permutations(range(len(contracts)), 2)
        if is_tighter(compare_contracts(loaded[before], loaded[after]))
    ]
    assert any(passing[after] < passing[before] for before, after in tighter), "nothing was tried"
    for before, after in tighter:
        assert passing[after] <= passing[before], (contracts[before], contracts[after])
