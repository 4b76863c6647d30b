"""What a change of a check's key is called, for each type of check and each of its keys."""

from typing import Any, NamedTuple

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from tests.support.contract_changes import compare, described
from tests.support.repository import Repository


class Row(NamedTuple):
    """The keys of a check before and after, and what the change is called; nothing where it is none."""

    type: str
    before: dict[str, Any]
    after: dict[str, Any]
    changes: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.type}: {'; '.join(self.changes) or f'{self.before} to {self.after}'}"


def row(name: str, before: dict[str, Any], after: dict[str, Any], *changes: str) -> Row:
    return Row(name, before, after, changes)


Change = tuple[dict[str, Any], dict[str, Any], str]
"""Keys before and after, and what the change is called."""


def rows(name: str, common: dict[str, Any], *each: Change) -> list[Row]:
    return [Row(name, {**common, **old}, {**common, **new}, (change,) if change else ()) for old, new, change in each]


A, B = {"target": "a.md"}, {"target": "b.md"}
RX = {**A, "regex": "x+"}
SOME = {"thresholds": {"default": 3}}
THRESHOLDS: list[Change] = [
    ({}, {"thresholds": {"default": 1}}, "looser thresholds 3 → 1"),
    ({}, {"thresholds": {"default": 4}}, "tighter thresholds 3 → 4"),
    ({}, {"thresholds": {"quick": 1, "default": 3}}, "looser thresholds.quick 3 → 1"),
    ({}, {"thresholds": {"quick": 3, "standard": 3, "deep": 3}}, ""),
    ({"thresholds": {"quick": 3}}, {"thresholds": {"quick": 3, "deep": 9}}, "looser thresholds.deep 9 added"),
    ({"thresholds": {"quick": 3, "deep": 9}}, {"thresholds": {"quick": 3}}, "tighter thresholds.deep 9 removed"),
]
MIN_COUNT: list[Change] = [
    ({}, {"min_count": 1}, ""),
    ({}, {"min_count": 0}, "looser min_count 1 → 0"),
    ({}, {"min_count": {"deep": 2, "default": 1}}, "tighter min_count.deep 1 → 2"),
]
HEURISTIC: list[Change] = [
    ({}, {"heuristic": "count_source_headings_or_urls"}, ""),
    ({}, {"heuristic": "best_of"}, "looser heuristic count_source_headings_or_urls → best_of"),
    ({"heuristic": "best_of"}, {}, "unknown heuristic best_of → count_source_headings_or_urls"),
]
FLAGS: list[Change] = [
    ({}, {"flags": "i"}, 'unknown flags "" → i'),
    ({}, {"flags": ""}, ""),
    ({}, {"regex": "x"}, "unknown regex x+ → x"),
]


def checks(before: Any, after: Any, change: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    return {"checks": {"f": before}}, {"checks": {"f": after}}, change


TABLE = [
    *rows("file_exists", {}, (A, B, "looser target a.md → b.md")),
    *rows("dir_exists", {}, (A, B, "looser target a.md → b.md")),
    *rows(
        "min_file_count", {**A, **SOME}, *THRESHOLDS,
        ({}, B, "looser target a.md → b.md"),
        ({}, {"pattern": "*"}, ""),
        ({}, {"pattern": "*.md"}, "unknown pattern * → *.md"),
    ),
    *rows("min_sources", {**A, **SOME}, *THRESHOLDS, *HEURISTIC, ({}, B, "looser target a.md → b.md")),
    *rows(
        "min_sources_any_of", {"targets": ["a.md", "b.md"], **SOME}, *THRESHOLDS, *HEURISTIC,
        ({}, {"targets": ["a.md", "b.md", "c.md"]}, "looser targets c.md added"),
        ({}, {"targets": ["a.md"]}, "tighter targets b.md removed"),
        ({}, {"targets": ["b.md", "a.md"]}, "unknown targets.0 a.md → b.md"),
        ({"targets": ["a.md", "b.md", "c.md"]}, {"targets": ["a.md", "c.md", "b.md"]}, ""),
    ),
    row(
        "min_sources_any_of", {"targets": ["a.md", "b.md"], **SOME}, {"targets": ["b.md"], **SOME},
        "unknown targets.0 a.md → b.md", "unknown targets a.md removed",
    ),
    *rows(
        "contains_headings", {**A, "required_headings": ["# A"]},
        ({}, {"required_headings": ["# A", "## B"]}, 'tighter required_headings "## B" added'),
        ({"required_headings": ["# A", "# B"]}, {}, 'looser required_headings "# B" removed'),
        ({"required_headings": ["# A", "# B"]}, {"required_headings": ["# B", "# A"]}, ""),
        ({}, {"min_section_words": 20}, "tighter min_section_words 20 added"),
        ({"min_section_words": 20}, {"min_section_words": 5}, "looser min_section_words 20 → 5"),
        ({"min_section_words": 20}, {}, "looser min_section_words 20 removed"),
        ({}, B, "looser target a.md → b.md"),
    ),
    *rows(
        "contains_text", A,
        ({"pattern": "x"}, {"patterns": ["x"]}, ""),
        ({"pattern": "x"}, {"patterns": "x"}, ""),
        ({"pattern": "x"}, {"patterns": ["x", "y"]}, "tighter patterns y added"),
        ({"patterns": ["x", "y"]}, {"pattern": "y"}, "looser patterns x removed"),
        ({"pattern": "tea"}, {"pattern": "green tea"}, 'tighter patterns "green tea" added'),
    ),
    row(
        "contains_text", {**A, "pattern": "green tea"}, {**A, "pattern": "tea"},
        'looser patterns "green tea" removed', "tighter patterns tea added",
    ),
    row(
        "contains_text", {**A, "pattern": "slug"}, {**A, "pattern": "{slug}"},
        "looser patterns slug removed", "tighter patterns {slug} added",
    ),
    *rows(
        "not_contains", A,
        ({"pattern": "[TODO]"}, {"pattern": "TODO"}, 'tighter pattern "[TODO]" → TODO'),
        ({"pattern": "TODO"}, {"pattern": "[TODO]"}, 'looser pattern TODO → "[TODO]"'),
        ({"pattern": "TODO"}, {"pattern": "FIXME"}, "looser pattern TODO → FIXME"),
        ({"pattern": "{slug}"}, {"pattern": "slug"}, "looser pattern {slug} → slug"),
        ({"pattern": "x", "configurable": True}, {"pattern": "x"}, ""),
    ),
    *rows(
        "regex_match", RX, *FLAGS,
        ({}, {"must_not_match": False}, ""),
        ({}, {"must_not_match": True}, "looser must_not_match false → true"),
        ({"must_not_match": True}, {}, "looser must_not_match true → false"),
    ),
    *rows("min_regex_count", RX, *FLAGS, *MIN_COUNT),
    *rows(
        "max_regex_count", {**RX, "max_count": 3}, *FLAGS,
        ({}, {"max_count": 4}, "looser max_count 3 → 4"),
        ({}, {"max_count": 0}, "tighter max_count 3 → 0"),
    ),
    *rows(
        "word_count", {**A, "min": 600},
        ({}, {"min": 500}, "looser min 600 → 500"),
        ({}, {"min": {"quick": 300, "default": 600}}, "looser min.quick 600 → 300"),
        ({}, {"max": 900}, "tighter max 900 added"),
        ({"max": 900}, {}, "looser max 900 removed"),
        ({"max": 900}, {"max": 901}, "looser max 900 → 901"),
        ({"max": 900}, {"max": 899}, "tighter max 900 → 899"),
    ),
    *rows(
        "frontmatter_status", A,
        ({"checks": {"f": 1}}, {"checks": {"f": 1, "g": 2}}, "tighter checks.g 2 added"),
        ({"checks": {"f": 1, "g": 2}}, {"checks": {"f": 1}}, "looser checks.g 2 removed"),
        checks("PASS", "DRAFT", "looser checks.f PASS → DRAFT"),
        checks(1, True, "looser checks.f 1 → true"),
        checks(3, 3.0, ""),
        checks(3, "3", 'tighter checks.f 3 → "3"'),
        checks("3", 3, 'looser checks.f "3" → 3'),
        checks("PASS", {"one_of": ["PASS"]}, ""),
        checks("PASS", {"one_of": ["PASS", "OK"]}, 'looser checks.f PASS → {"one_of": ["PASS", "OK"]}'),
        checks({"one_of": ["PASS", "OK"]}, "OK", 'tighter checks.f {"one_of": ["PASS", "OK"]} → OK'),
        checks({"one_of": [1, 2]}, {"min": 1}, 'looser checks.f {"one_of": [1, 2]} → {"min": 1}'),
        checks({"min": 1}, {"one_of": [1, 2]}, 'tighter checks.f {"min": 1} → {"one_of": [1, 2]}'),
        checks({"min": 2}, {"one_of": [1, 2]}, 'looser checks.f {"min": 2} → {"one_of": [1, 2]}'),
        checks({"min": 8}, {"min": 7.5}, 'looser checks.f {"min": 8} → {"min": 7.5}'),
        checks({"min": 8}, {"min": 9}, 'tighter checks.f {"min": 8} → {"min": 9}'),
        checks({"min": 8, "not": 10}, {"min": 8}, 'looser checks.f {"min": 8, "not": 10} → {"min": 8}'),
        checks({"min": 8}, {"min": 8, "not": 10}, 'tighter checks.f {"min": 8} → {"min": 8, "not": 10}'),
        checks({"not": "FAIL"}, "PASS", 'tighter checks.f {"not": "FAIL"} → PASS'),
        checks({"not": "FAIL"}, {"not": "BAD"}, 'looser checks.f {"not": "FAIL"} → {"not": "BAD"}'),
        checks(
            {"not": "FAIL"}, {"one_of": ["OK", " FAIL "]},
            'looser checks.f {"not": "FAIL"} → {"one_of": ["OK", " FAIL "]}',
        ),
        checks(
            {"not": "FAIL"}, {"not": "FAIL", "has": 1},
            'looser checks.f {"not": "FAIL"} → {"not": "FAIL", "has": 1}',
        ),
        checks({"has": "x"}, {"has": "x", "not": "y"}, 'tighter checks.f {"has": "x"} → {"has": "x", "not": "y"}'),
        checks({"has": "x"}, {"has": "y"}, 'looser checks.f {"has": "x"} → {"has": "y"}'),
        checks({"has": "x"}, "x", 'looser checks.f {"has": "x"} → x'),
    ),
    *rows(
        "json_schema", {"target": "a.json", "schema": "s.json"},
        ({}, {"schema": "lax.json"}, "looser schema s.json → lax.json"),
        ({}, {"target": "b.json"}, "looser target a.json → b.json"),
    ),
    *rows(
        "ids_covered", {**RX, "in": ["b.md", "c.md"]}, *FLAGS,
        ({}, {"in": ["b.md", "c.md", "d/**"]}, "looser in d/** added"),
        ({}, {"in": ["b.md"]}, "unknown in c.md removed"),
        ({}, {"in": ["c.md", "b.md"]}, ""),
    ),
    *rows(
        "citations_resolve", A, *MIN_COUNT,
        ({}, {"roots": ["src"]}, "looser roots src added"),
        ({"roots": ["src"]}, {}, "unknown roots src removed"),
        ({}, {"anchors": True}, "unknown anchors false → true"),
        ({"anchors": True}, {"anchors": False}, "looser anchors true → false"),
        ({}, {"paths": True}, "unknown paths false → true"),
        ({"paths": True}, {}, "looser paths true → false"),
        ({"paths": False}, {}, ""),
    ),
    *rows(
        "quotes_resolve", {**A, "sources": ["b.md", "c.md"]}, *MIN_COUNT,
        ({}, {"sources": ["b.md", "c.md", "**"]}, "looser sources ** added"),
        ({}, {"sources": ["b.md"]}, "unknown sources c.md removed"),
        ({}, {"min_words": 6}, ""),
        ({}, {"min_words": 7}, "looser min_words 6 → 7"),
        ({}, {"min_words": 5}, "unknown min_words 6 → 5"),
    ),
    *rows("unchanged_since", {"gate": "G1"}, ({}, {"gate": "G2"}, "looser gate G1 → G2")),
    *rows("changed_in_attempt", {}, ({}, {"description": "New"}, "")),
    *rows(
        "viz_tech_match", {"metadata_source": "p.tsx", "implementation_target": "c.tsx"},
        ({}, {"implementation_target": "d.tsx"}, "looser implementation_target c.tsx → d.tsx"),
        ({}, {"metadata_source": "q.tsx"}, "looser target p.tsx → q.tsx"),
    ),
    *rows(
        "url_reachable", A,
        ({}, {"url_pattern": "https://.*"}, 'unknown url_pattern https://.* added'),
        ({}, {"max_failures": 0}, ""),
        ({}, {"max_failures": 2}, "looser max_failures 0 → 2"),
        ({"max_failures": 2}, {"max_failures": 1}, "tighter max_failures 2 → 1"),
        ({}, {"sample_size": 5}, "looser sample_size 5 added"),
        ({"sample_size": 5}, {"sample_size": 4}, "looser sample_size 5 → 4"),
        ({"sample_size": 5}, {"sample_size": 6}, "unknown sample_size 5 → 6"),
        ({"sample_size": 5}, {}, "unknown sample_size 5 removed"),
        ({}, {"allow_hosts": ["intranet"]}, "looser allow_hosts intranet added"),
        ({"allow_hosts": ["intranet"]}, {"allow_hosts": []}, "tighter allow_hosts intranet removed"),
    ),
    *rows(
        "command", {"command": ["npm", "test"]},
        ({}, {"command": ["true"]}, 'looser command ["npm", "test"] → ["true"]'),
        ({}, {"timeout_s": 600}, ""),
        ({}, {"timeout_s": 900}, "looser timeout_s 600 → 900"),
        ({}, {"timeout_s": 30}, "tighter timeout_s 600 → 30"),
        ({"timeout_s": 30}, {}, "looser timeout_s 30 → 600"),
    ),
    *rows(
        "no_secrets", {"targets": ["a", "b"]},
        ({}, {"targets": ["a"]}, "looser targets b removed"),
        ({}, {"targets": ["b", "a", "c"]}, "tighter targets c added"),
        ({}, {"missing_ok": True}, "looser missing_ok false → true"),
    ),
    row("no_secrets", {}, {"targets": ["**"]}, 'looser targets ["**"] added'),
    row("no_secrets", {"targets": ["**"]}, {}, 'looser targets ["**"] removed'),
]  # fmt: skip


@pytest.mark.parametrize("each", [pytest.param(each, id=each.id) for each in TABLE])
def test_each_type_says_what_a_change_of_its_keys_does(each: Row, repository: Repository) -> None:
    before, after = ({"validations": [{"type": each.type, **keys}]} for keys in (each.before, each.after))
    changes = compare(repository, before, after)
    assert [f"{change.effect} {change.change}" for change in changes] == list(each.changes)


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_each_key_of_a_type_has_a_comparison(name: str) -> None:
    checked = check_type(name)
    assert set(checked.keys) - {"missing_ok", checked.target_key} == set(checked.strictness) - {checked.target_key}


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_the_table_has_each_key_of_a_type(name: str) -> None:
    changed = {
        key
        for each in TABLE
        if each.type == name
        for key in {**each.before, **each.after}
        if each.before.get(key) != each.after.get(key)
    }
    assert changed >= set(check_type(name).keys) - {"target"}


@pytest.mark.parametrize("name", [name for name in BUILT_IN_TYPES if "target" in check_type(name).keys])
def test_a_check_of_another_target_is_looser(name: str, repository: Repository) -> None:
    check = next({"type": name, **each.before} for each in TABLE if each.type == name)
    other = {**check, "target": f"other/{check['target']}"}
    changes = described(compare(repository, {"validations": [check]}, {"validations": [other]}))
    assert changes == [f"looser {name} {check['target']}: target {check['target']} → other/{check['target']}"]
