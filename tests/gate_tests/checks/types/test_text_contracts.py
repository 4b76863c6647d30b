"""What a contract may say to the types about text and data, and what it may not."""

from typing import Any

import pytest

from gate_tests.errors import InvalidFile
from tests.support.checks import compiled, evaluate_all, try_check
from tests.support.messages import message
from tests.support.repository import Repository

TEXT = {"type": "contains_text", "target": "a.md"}
HEADER = {"type": "frontmatter_status", "target": "a.md"}
WORDS = {"type": "word_count", "target": "a.md"}
BEST = {"type": "min_sources_any_of", "targets": ["a.md", "b.md"], "thresholds": {"default": 2}}


@pytest.mark.parametrize(
    ("validation", "fault"),
    [
        pytest.param(TEXT, "has neither 'patterns' nor 'pattern'", id="no string"),
        pytest.param({**TEXT, "patterns": []}, "must not be empty", id="an empty list"),
        pytest.param({**TEXT, "patterns": [""]}, "must not be empty", id="an empty string in a list"),
        pytest.param({**TEXT, "patterns": ""}, "must not be empty", id="an empty string"),
        pytest.param({**TEXT, "patterns": 7}, "must be a list or a string", id="a number"),
        pytest.param({**TEXT, "patterns": ["a"], "pattern": "a"}, "has both", id="both keys"),
        pytest.param({**TEXT, "patterns": ["{nobody}"]}, "unknown variable {nobody}", id="unknown variable"),
        pytest.param(
            {"type": "contains_text", "patterns": ["a"]}, message("missing-key", key="target"), id="no target"
        ),
        pytest.param(HEADER, message("missing-key", key="checks"), id="no demand"),
        pytest.param({**HEADER, "checks": {}}, "must not be empty", id="demands of nothing"),
        pytest.param({**HEADER, "checks": {"a": {}}}, "must not be empty", id="a demand of nothing"),
        pytest.param({**HEADER, "checks": {"a": None}}, "must be a string or a number", id="null"),
        pytest.param({**HEADER, "checks": {"a": ["b"]}}, "must be a string or a number", id="a list"),
        pytest.param({**HEADER, "checks": {"a": {"max": 3}}}, "unknown key 'max'", id="unknown operator"),
        pytest.param({**HEADER, "checks": {"a": {"not": None}}}, "must be a string", id="not null"),
        pytest.param({**HEADER, "checks": {"a": {"min": "3"}}}, "must be a number", id="at least a text"),
        pytest.param(WORDS, "has neither 'min' nor 'max'", id="no bound"),
        pytest.param({**WORDS, "min": -1}, "must be at least 0", id="a negative bound"),
        pytest.param({**WORDS, "min": "3"}, "must be a number or an object", id="a bound that is a text"),
        pytest.param(
            {**WORDS, "min": {"deep": 3}},
            "neither a value for depth 'standard' nor 'default'",
            id="no bound for the depth",
        ),
        pytest.param({**WORDS, "min": {"depp": 3}}, "unknown key 'depp'", id="an unknown depth"),
        pytest.param({**WORDS, "min": 3, "max": 2}, "3 is more than 'max'", id="bounds that exclude all"),
        pytest.param({**BEST, "targets": []}, "must not be empty", id="no file"),
        pytest.param({**BEST, "targets": ["a.md", "a.md"]}, "must not contain duplicates", id="a file twice"),
        pytest.param({**BEST, "targets": ["a.md", "../b.md"]}, "$.validations[0].targets[1]", id="a file outside"),
        pytest.param({**BEST, "missing_ok": True}, "not allowed here", id="several files that may be missing"),
        pytest.param(
            {"type": "json_schema", "target": "a.json", "schema": "/s.json"}, "$.validations[0].schema", id="absolute"
        ),
    ],
)
def test_what_means_nothing_is_refused(repository: Repository, validation: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[validation])
    assert fault in refused.value.message


def test_a_string_alone_is_a_list_of_one(repository: Repository) -> None:
    for key in ("pattern", "patterns"):
        tried = try_check(repository, {**TEXT, key: "x{slug}x"}, "xthe-word-robotx")
        assert tried.outcome.measured == {"patterns": ["xthe-word-robotx"], "missing": []}


@pytest.mark.parametrize(
    ("validation", "measured"),
    [
        pytest.param({**TEXT, "patterns": ["a"]}, {"patterns": ["a"], "missing": ["a"]}, id="contains_text"),
        pytest.param({**HEADER, "checks": {"a": 1}}, {"checks": {"a": 1}, "fields": {}, "failures": []}, id="header"),
        pytest.param({**WORDS, "max": 5}, {"count": 0, "min": None, "max": 5}, id="word_count"),
        pytest.param({"type": "json_schema", "target": "a.md", "schema": "s"}, {"errors": []}, id="json_schema"),
        pytest.param({"type": "dir_exists", "target": "a.md"}, {}, id="dir_exists"),
        pytest.param(
            {"type": "viz_tech_match", "metadata_source": "a.md", "implementation_target": "b.tsx"},
            {"claims_count": 0, "unmatched": []},
            id="viz_tech_match",
        ),
    ],
)
def test_a_missing_target_fails_unless_it_may_be_missing(
    repository: Repository, validation: dict[str, Any], measured: dict[str, Any]
) -> None:
    (tried,) = evaluate_all(repository, validations=[validation])
    assert (tried.holds, tried.outcome.measured) == (False, measured)
    assert tried.outcome.found == ("directory" if validation["type"] == "dir_exists" else "file") + " is missing"
    (tried,) = evaluate_all(repository, validations=[{**validation, "missing_ok": True}])
    assert (tried.holds, tried.outcome.measured) == (True, measured)


def test_an_implementation_that_is_missing_or_too_large_fails(repository: Repository) -> None:
    validation = {"type": "viz_tech_match", "metadata_source": "page.tsx", "implementation_target": "b.tsx"}
    repository.write("page.tsx", "visualizations: [{ name: 'A', type: 'SVG' }]")
    (tried,) = evaluate_all(repository, validations=[validation])
    assert (tried.holds, tried.outcome.found) == (False, "b.tsx: file is missing")
    assert tried.outcome.measured == {"claims_count": 1, "unmatched": []}
    repository.write("b.tsx", "x" * 1_048_577)
    (tried,) = evaluate_all(repository, validations=[validation])
    assert tried.outcome.found.startswith("b.tsx: 1048577 characters (at most")


def test_the_first_of_several_files_may_be_stood_in_for_as_any_target(repository: Repository) -> None:
    repository.write("c.md", "### Source 1\n### Source 2\n")
    outputs = {"any_of": [{"path": "a.md"}, {"path": "c.md"}]}
    tried = evaluate_all(repository, validations=[BEST], required_outputs=outputs)[-1]
    assert (tried.holds, tried.row["resolved_path"], tried.row["matched"]) == (True, "c.md", "a.md")


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        pytest.param("x/Viewer.tsx", True, id="beside it"),
        pytest.param("x/components/deep/Viewer.jsx", True, id="below it"),
        pytest.param("Viewer.tsx", False, id="above it"),
        pytest.param("x/Viewer.test.tsx", False, id="a test"),
        pytest.param("x/__tests__/Viewer.tsx", False, id="in a folder of tests"),
        pytest.param("x/node_modules/d3/index.js", False, id="what others wrote"),
        pytest.param("x/Viewer.md", False, id="no source"),
    ],
)
def test_what_the_implementation_is_split_into_counts(repository: Repository, path: str, holds: bool) -> None:
    repository.write("x/page.tsx", "visualizations: [{ name: 'A', type: 'D3' }] // import 'd3'")
    repository.write("x/DemoClient.tsx", "x")
    repository.write("x/Odd.ts", b"\xff")
    repository.write(path, "import * as d3 from 'd3'\nd3.select('#x')\n")
    validation = {
        "type": "viz_tech_match",
        "metadata_source": "x/page.tsx",
        "implementation_target": "x/DemoClient.tsx",
    }
    (tried,) = evaluate_all(repository, validations=[validation])
    assert tried.holds is holds


@pytest.mark.parametrize("page", ["", "\n", "// visualizations: []\n/* nothing */\n"])
def test_metadata_without_any_code_fails(repository: Repository, page: str) -> None:
    repository.write("page.tsx", page)
    repository.write("b.tsx", "x")
    validation = {"type": "viz_tech_match", "metadata_source": "page.tsx", "implementation_target": "b.tsx"}
    (tried,) = evaluate_all(repository, validations=[validation])
    assert (tried.holds, tried.outcome.found) == (False, "a file without code")
    assert tried.outcome.measured == {"claims_count": 0, "unmatched": []}


def test_the_metadata_itself_is_no_implementation_unless_it_is_named_as_one(repository: Repository) -> None:
    repository.write("x/page.tsx", "import 'd3'\nvisualizations: [{ name: 'A', type: 'D3', at: d3.select('b') }]")
    repository.write("x/DemoClient.tsx", "x")
    validation = {"type": "viz_tech_match", "metadata_source": "x/page.tsx"}
    for target, holds in (("x/DemoClient.tsx", False), ("x/page.tsx", True)):
        (tried,) = evaluate_all(repository, validations=[{**validation, "implementation_target": target}])
        assert tried.holds is holds


@pytest.mark.slow
def test_beside_the_implementation_only_so_much_is_read(repository: Repository) -> None:
    repository.write("page.tsx", "visualizations: [{ name: 'A', type: 'D3' }]")
    repository.write("DemoClient.tsx", "x")
    for number in range(5):
        repository.write(f"a{number}.ts", " " * 1_000_000)
    repository.write("z.ts", "import * as d3 from 'd3'\nd3.select('#x')\n")
    validation = {"type": "viz_tech_match", "metadata_source": "page.tsx", "implementation_target": "DemoClient.tsx"}
    (tried,) = evaluate_all(repository, validations=[validation])
    assert not tried.holds


@pytest.mark.parametrize(
    ("validation", "fault"),
    [
        pytest.param({**TEXT, "patterns": ["a", "{nothing}"]}, "has an empty string in this run", id="in a list"),
        pytest.param({**TEXT, "pattern": "{nothing}"}, "has an empty string in this run", id="alone"),
        pytest.param(
            {"type": "regex_match", "target": "a.md", "regex": "{nothing}"}, "is empty in this run", id="regex"
        ),
    ],
)
def test_a_variable_that_is_empty_leaves_nothing_that_every_file_would_meet(
    repository: Repository, validation: dict[str, Any], fault: str
) -> None:
    with pytest.raises(InvalidFile, match=fault):
        evaluate_all(repository, run={"variables": {"nothing": ""}}, validations=[validation])
