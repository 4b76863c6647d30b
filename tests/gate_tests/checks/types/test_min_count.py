"""The key `min_count` means the same in each check type that has it."""

from typing import Any, Final

import pytest

from gate_tests.errors import InvalidFile
from tests.support.checks import Tried, compiled, evaluate_all
from tests.support.repository import Repository

CHECKS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "min_regex_count": ({"target": "a.md", "regex": "^See"}, "See [b](b.md).\n\nSee [c](c.md).\n"),
    "citations_resolve": ({"target": "a.md"}, "See [b](b.md).\n\nSee [c](c.md).\n"),
    "quotes_resolve": (
        {"target": "a.md", "sources": ["b.md"], "min_words": 3},
        '"tea is a leaf of a bush" and "leaf of a bush here"\n',
    ),
}
"""Each with its other keys, and a target that has two of what it counts."""


def judge(repository: Repository, name: str, min_count: Any, depth: str = "standard") -> Tried:
    keys, text = CHECKS[name]
    repository.write("a.md", text)
    repository.write("b.md", "tea is a leaf of a bush here\n")
    repository.write("c.md", "more\n")
    return evaluate_all(repository, depth=depth, validations=[{"type": name, **keys, "min_count": min_count}])[-1]


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    ("min_count", "depth", "holds"),
    [
        pytest.param(2, "quick", True, id="a number that is met"),
        pytest.param(3, "quick", False, id="a number that is not"),
        pytest.param({"quick": 2, "standard": 3, "deep": 4}, "quick", True, id="that of the depth is met"),
        pytest.param({"quick": 2, "standard": 3, "deep": 4}, "deep", False, id="that of the depth is not"),
        pytest.param({"deep": 3, "default": 2}, "standard", True, id="the default is met"),
        pytest.param({"deep": 1, "default": 3}, "standard", False, id="the default is not"),
        pytest.param({"deep": 0}, "deep", True, id="none"),
    ],
)
def test_it_is_a_number_or_one_for_each_depth(
    repository: Repository, name: str, min_count: Any, depth: str, holds: bool
) -> None:
    assert judge(repository, name, min_count, depth).holds is holds


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    ("min_count", "fault"),
    [
        pytest.param(
            {"quick": 2}, "has neither a value for depth 'standard' nor 'default'", id="no value for the depth"
        ),
        pytest.param({}, "must not be empty", id="no value at all"),
        pytest.param({"default": 1.5}, "must be an integer", id="a fraction for a depth"),
        pytest.param(1.5, "must be an integer or an object", id="a fraction"),
        pytest.param({"default": -1}, "must be at least 0", id="below zero for a depth"),
        pytest.param(-1, "must be at least 0", id="below zero"),
        pytest.param({"fast": 1}, "unknown key 'fast'", id="an unknown depth"),
        pytest.param("2", "must be an integer or an object", id="a text"),
    ],
)
def test_what_is_no_number_for_the_depth_is_a_contract_error(
    repository: Repository, name: str, min_count: Any, fault: str
) -> None:
    keys, _ = CHECKS[name]
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[{"type": name, **keys, "min_count": min_count}])
    assert fault in refused.value.message
    assert "GT.contract.json:" in refused.value.message
    assert "validations[0].min_count" in refused.value.message
