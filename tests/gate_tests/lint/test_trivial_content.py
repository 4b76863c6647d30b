"""A file that may as well be empty is pointed out, and no other."""

from typing import Any

import pytest

from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.whole_contract import find_warnings
from gate_tests.workspace.names import Depth
from tests.support.repository import Repository

Validation = dict[str, Any]
WHOLE = "$"
FIRST, SECOND = ("$.required_outputs.all_of[0].path", "$.required_outputs.all_of[1].path")
BOTH = {"all_of": [{"path": "a.md"}, {"path": "b.md"}]}
SOURCES = {"type": "min_sources_any_of", "thresholds": {"default": 1}}
COUNT = {"type": "word_count", "target": "a.md", "min": 10}


def found(repository: Repository, **contract: Any) -> set[tuple[str, str]]:
    """The topics of this module, and where they are given."""
    repository.write_contract(**contract)
    loaded = load_contract(repository.workspace, "GT")
    contexts = [repository.context(depth=depth) for depth in Depth]
    samples = [CompiledSample(each.depth, compile_gate(repository.workspace, loaded, each)) for each in contexts]
    given = {(str(each.topic), each.json_path) for each in find_warnings(loaded, samples)}
    return {each for each in given if each[0] in ("passes-empty", "unread-output")}


TRIVIAL = {
    "a text is forbidden": {"type": "not_contains", "pattern": "TODO"},
    "a regex must not match": {"type": "regex_match", "regex": "TODO", "must_not_match": True},
    "a regex matches everything": {"type": "regex_match", "regex": "^"},
    "a regex matches an empty line": {"type": "regex_match", "regex": "^$"},
    "at most": {"type": "max_regex_count", "regex": "very", "max_count": 3},
    "no match is enough": {"type": "min_regex_count", "regex": "Source", "min_count": 0},
    "no word is enough": {"type": "word_count", "min": 0, "max": 900},
    "one word is enough": {"type": "word_count", "min": 1},
    "no source is enough": {"type": "min_sources", "thresholds": {"default": 0}},
    "no citation is enough": {"type": "citations_resolve", "min_count": 0},
    "no quotation is enough": {"type": "quotes_resolve", "sources": ["c.md"], "min_count": 0},
    "a claim may be missing": {
        "type": "viz_tech_match", "metadata_source": "a.md", "implementation_target": "c.tsx",
    },
}  # fmt: skip
DEMANDING = {
    "a text": {"type": "contains_text", "pattern": "Summary"},
    "a heading": {"type": "contains_headings", "required_headings": ["# Summary"]},
    "a regex": {"type": "regex_match", "regex": "\\d"},
    "a match": {"type": "min_regex_count", "regex": "\\d"},
    "a source": {"type": "min_sources", "thresholds": {"quick": 0, "default": 1}},
    "two words": {"type": "word_count", "min": 2},
    "a field": {"type": "frontmatter_status", "checks": {"status": {"not": "draft"}}},
    "a citation": {"type": "citations_resolve"},
    "a quotation": {"type": "quotes_resolve", "sources": ["c.md"]},
    "JSON": {"type": "json_schema", "schema": "schema.json"},
    "a URL": {"type": "url_reachable", "max_failures": 9},
}


def at(check: Validation, path: str) -> Validation:
    return check if check["type"] == "viz_tech_match" else {**check, "target": path}


@pytest.mark.quick("*")
@pytest.mark.parametrize("check", TRIVIAL.values(), ids=TRIVIAL.keys())
def test_a_contract_that_a_file_of_one_word_passes_is_pointed_out(repository: Repository, check: Validation) -> None:
    assert found(repository, validations=[at(check, "a.md")]) == {("passes-empty", WHOLE)}


@pytest.mark.quick("*")
@pytest.mark.parametrize("check", DEMANDING.values(), ids=DEMANDING.keys())
def test_a_contract_that_asks_for_something_is_not(repository: Repository, check: Validation) -> None:
    forbids = {"type": "not_contains", "target": "a.md", "pattern": "TODO"}
    outputs = {"all_of": [{"path": "a.md"}]}
    assert found(repository, required_outputs=outputs, validations=[forbids, at(check, "a.md")]) == {
        ("passes-empty", WHOLE) for depth in check.get("thresholds", {}).values() if depth == 0
    }


def test_two_checks_that_no_trivial_text_passes_together_ask_for_something(repository: Repository) -> None:
    wordless = {"type": "max_regex_count", "target": "a.md", "regex": "\\w", "max_count": 0}
    assert found(repository, validations=[wordless, {**COUNT, "min": 1}]) == set()


def test_an_output_is_pointed_out_by_itself_beside_one_that_is_asked_for_something(repository: Repository) -> None:
    forbids = {"type": "not_contains", "target": "b.md", "pattern": "TODO"}
    assert found(repository, required_outputs=BOTH, validations=[COUNT]) == {("unread-output", SECOND)}
    assert found(repository, required_outputs=BOTH, validations=[COUNT, forbids]) == {("passes-empty", SECOND)}
    both = [COUNT, {**COUNT, "target": "b.md"}]
    assert found(repository, required_outputs=BOTH, validations=both) == set()


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param({"type": "quotes_resolve", "target": "a.md", "sources": ["*.md"]}, id="as a source"),
        pytest.param(
            {"type": "quotes_resolve", "target": "a.md", "sources": ["b.md"], "min_count": 0}, id="if quoted"
        ),
        pytest.param(
            {"type": "viz_tech_match", "metadata_source": "a.md", "implementation_target": "b.md"}, id="for a claim"
        ),
        pytest.param({**SOURCES, "targets": ["a.md", "b.md"]}, id="as one of two"),
        pytest.param({"type": "ids_covered", "target": "a.md", "regex": "FR-\\d+", "in": ["*.md"]}, id="for its ids"),
        pytest.param({**COUNT, "target": "*.md"}, id="with a glob"),
        pytest.param({"type": "command", "command": ["npm", "test"]}, id="a program may read it"),
    ],
)  # fmt: skip
def test_an_output_that_is_read_in_another_way_is_not(repository: Repository, reader: Validation) -> None:
    assert found(repository, required_outputs=BOTH, validations=[COUNT, reader]) == set()


def test_a_check_that_only_warns_reads_nothing(repository: Repository) -> None:
    warns = {**COUNT, "target": "b.md", "severity": "warning"}
    assert found(repository, required_outputs=BOTH, validations=[COUNT, warns]) == {("unread-output", SECOND)}


def test_where_a_script_may_fail_the_gate_nobody_knows_what_it_reads(repository: Repository) -> None:
    scripts = [{"path": "check.py"}]
    assert found(repository, required_outputs=BOTH, validations=[COUNT], pre_scripts=scripts) == set()
    lenient = [{"path": "check.py", "may_fail": True}]
    assert found(repository, required_outputs=BOTH, validations=[COUNT], pre_scripts=lenient) == {
        ("unread-output", SECOND)
    }


def test_a_change_alone_is_no_content(repository: Repository) -> None:
    changed = {"type": "changed_in_attempt"}
    unread = {("unread-output", SECOND)}
    assert found(repository, required_outputs=BOTH, validations=[COUNT, changed]) == unread


@pytest.mark.parametrize(
    ("target", "expected"),
    [("n/*.md", set()), ("n/1.md", set()), ("n/**", set()), ("m/*.md", {("unread-output", FIRST)})],
)
def test_an_output_of_several_files_is_read_where_one_of_them_is(
    repository: Repository, target: str, expected: set[tuple[str, str]]
) -> None:
    outputs = {"all_of": [{"path": "n/*.md"}]}
    assert found(repository, required_outputs=outputs, validations=[{**COUNT, "target": target}]) == expected


@pytest.mark.parametrize("source", ["n/1.md", "n/a*.md", "n/*"])
def test_an_output_of_several_files_is_read_where_one_of_them_is_a_source(repository: Repository, source: str) -> None:
    outputs = {"all_of": [{"path": "n/*.md"}]}
    quotes = {"type": "quotes_resolve", "target": "a.md", "sources": [source]}
    assert found(repository, required_outputs=outputs, validations=[COUNT, quotes]) == set()


def test_an_output_that_may_be_empty_need_not_be_read(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b.md", "allow_empty": True}]}
    assert found(repository, required_outputs=outputs, validations=[COUNT]) == set()


def test_an_output_that_may_be_missing_need_not_be_read(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b.md", "required": False}]}
    assert found(repository, required_outputs=outputs, validations=[COUNT]) == set()


def test_of_outputs_of_which_one_is_enough_a_check_of_one_reads_all(repository: Repository) -> None:
    outputs = {"any_of": [{"path": "a.md"}, {"path": "b.md"}]}
    assert found(repository, required_outputs=outputs, validations=[COUNT]) == set()


def test_what_is_asked_for_at_one_depth_is_not_pointed_out(repository: Repository) -> None:
    deep = {"type": "min_sources", "target": "b.md", "thresholds": {"default": 0, "deep": 9}}
    assert found(repository, required_outputs=BOTH, validations=[COUNT, deep]) == set()


def test_a_contract_that_looks_into_nothing_is_not_told_so_of_each_output(repository: Repository) -> None:
    assert found(repository, required_outputs=BOTH) == set()
