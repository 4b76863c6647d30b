"""How large a regex may be: it is refused before it is compiled, for compiling takes memory for each of its parts."""

import json
import random
import subprocess
import sys
import time

import pytest

from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import compile_pattern, compile_schema_pattern
from tests.support.limited_memory import LINUX_ONLY
from tests.support.messages import message


@pytest.mark.parametrize(
    ("regex", "parts"),
    [
        pytest.param("(?:(?:a{1000}){1000}){1000}", 10**9, id="repeats in repeats"),
        pytest.param("a{1000001}", 1_000_001, id="one repeat"),
        pytest.param("(?:a{1000}?){1001}?", 1_001_000, id="lazy"),
        pytest.param("(?:a{1000,}){1000,}", 1_006_009, id="without an upper limit"),
        pytest.param("(?:" * 18 + "a" + "){1,2}" * 18, 5 * 2**18 - 4, id="twice at most, in each other"),
        pytest.param("(?:" * 18 + "a" + ")+" * 18, 5 * 2**18 - 4, id="pluses in each other"),
        pytest.param("(?:a{1000}){500}" * 3, 1_500_000, id="one after the other"),
        pytest.param("(?:a{1000}){500}|(?:b{1000}){500}", 1_000_020, id="alternatives"),
        pytest.param("(?=(?:a{1000}){1000})", 1_000_004, id="in a lookahead"),
        pytest.param("(?<!(?:a{1000}){1000})", 1_000_004, id="in a lookbehind"),
        pytest.param("(?:(a){1000}){1000}", 5_000_000, id="groups that capture"),
        pytest.param(r"(?:[ace]{1000}){1000}", 3_000_000, id="classes"),
        pytest.param(r"\u{41}(?:[\p{L}\p{N}]{1000}){1000}", 2_000_001, id="properties"),
        pytest.param(r"(?:\ba\Bb){50000}", 2_100_000, id="word edges"),
        pytest.param(r"(a)(?:\1b){50000}", 1_050_005, id="back references"),
        pytest.param("(?:ab|cd){50000}", 1_200_000, id="choices"),
    ],
)
@pytest.mark.quick("*")
def test_a_regex_of_too_many_parts_is_refused_before_it_is_compiled(regex: str, parts: int) -> None:
    started = time.monotonic()
    with pytest.raises(BadRegex) as refused:
        compile_pattern(regex)
    assert str(refused.value) == message("regex-too-large", parts=parts)
    assert time.monotonic() - started < 1


def test_a_regex_of_a_json_schema_is_refused_too() -> None:
    with pytest.raises(BadRegex, match="repetitions written out"):
        compile_schema_pattern("^(?:(?:a{1000}){1000}){1000}$")


def test_a_regex_of_too_many_characters_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(BadRegex) as refused:
        compile_pattern("(" * 100_001)
    assert str(refused.value) == message("regex-too-long", characters=100_001)


@pytest.mark.slow
@pytest.mark.parametrize(
    "regex",
    [
        pytest.param("(?:a{1000}){1000}", id="just as many parts as are allowed"),
        pytest.param("(?:(?:a{0,1000}){0,1000}){0,1000}", id="repeats that may all be left out"),
        pytest.param("(?:" * 30 + "a" + "){0,2}" * 30, id="repeats in each other that may all be left out"),
        pytest.param("(?:" * 8 + "a" + ")+" * 8, id="some pluses in each other"),
        pytest.param(r"^[\s\S]{200000,}$", id="a text of a least length"),
        pytest.param("a{3}" * 20_000, id="long, and no part of it large"),
    ],
)
def test_a_large_regex_is_compiled(regex: str) -> None:
    assert next(compile_pattern(regex).starts("a" * 1_000_000, 20), None) is not None or "^" in regex


@pytest.mark.slow
def test_a_group_that_is_referred_to_again_and_again_is_looked_through_once() -> None:
    started = time.monotonic()
    compile_pattern("(?:(" + "a" * 20_000 + ")){2}" + r"\1" * 20_000)
    assert time.monotonic() - started < 5


_ATOMS = ("a", "ab", "[ab]", ".", r"\d", r"\b", r"\B", "^", "$", "\U0001f600", r"\1", "[^]", "[]", r"[\d\s]")
_QUANTIFIERS = ("*", "+", "?", "{3}", "{2,}", "{0,4}", "*?", "??", "{2}?", "{0}", "{10}", "{100}", "{1000}", "{7,1000}")


def _generate(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if depth <= 0 or kind < 0.3:
        return chance.choice(_ATOMS)
    if kind < 0.5:
        return "".join(_generate(chance, depth - 1) for _ in range(chance.randint(1, 4)))
    if kind < 0.6:
        return f"(?:{_generate(chance, depth - 1)}|{_generate(chance, depth - 1)})"
    if kind < 0.85:
        return f"(?:{_generate(chance, depth - 1)}){chance.choice(_QUANTIFIERS)}"
    return chance.choice(("(", "(?=", "(?!", "(?<=", "(?<!")) + _generate(chance, depth - 1) + ")"


def _accepted(seeds: range) -> list[str]:
    """Generated regexes that are not refused."""
    regexes = []
    for seed in seeds:
        chance = random.Random(seed)
        regex = _generate(chance, chance.randint(1, 7))
        try:
            compile_pattern(regex)
        except BadRegex:
            continue
        regexes.append(regex)
    return regexes


@pytest.mark.slow
def test_whether_a_regex_matches_the_empty_text_is_known_without_matching_it() -> None:
    patterns = [compile_pattern(regex) for regex in _accepted(range(1500))]
    small = [pattern for pattern in patterns if pattern.parts < 2000]
    assert len(small) > 800
    assert len({pattern.matches_empty for pattern in small}) == 2
    wrong = [each.source for each in small if each.matches_empty is not (each.compiled.search("") is not None)]
    assert wrong == []


_COMPILE_ALL = """
import json, sys
from gate_tests.files.memory import MemoryLimit
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import compile_pattern

MemoryLimit().set()
failed = []
for regex in json.load(sys.stdin):
    try:
        compile_pattern(regex).compiled
    except BadRegex as error:
        failed.append((regex, str(error)))
print(failed)
"""


@LINUX_ONLY
@pytest.mark.slow
def test_every_regex_that_is_accepted_is_compiled_within_the_memory_of_a_judging_process() -> None:
    regexes = [*_accepted(range(1500)), "a{1000000}", "(?:(a)){200000}", r"(?:\ba){47000}", r"(a)(?:\1a){47000}"]
    ended = subprocess.run(
        (sys.executable, "-c", _COMPILE_ALL), input=json.dumps(regexes), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "[]", "")
