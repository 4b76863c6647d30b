import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.min_sources_any_of import Candidate, MinSourcesAnyOf
from gate_tests.files.artifacts import Artifacts
from gate_tests.parsers.sources import Heuristic
from gate_tests.workspace.names import Depth
from tests.support.repository import Repository

A, B = Candidate("{artifact_path}/A.md", "x/A.md"), Candidate("{artifact_path}/B.md", "x/B.md")


def sources(number: int) -> str:
    return "".join(f"### Source {index}\n" for index in range(number))


def count(
    repository: Repository,
    first: str | bytes | None,
    second: str | bytes | None,
    *,
    threshold: float = 3,
    heuristic: Heuristic = Heuristic.HEADINGS_OR_URLS,
) -> Outcome:
    """The rule on two files with these contents; None: it is missing."""
    for candidate, content in ((A, first), (B, second)):
        if content is not None:
            repository.write(candidate.path, content)
    rule = MinSourcesAnyOf((A, B), threshold, Depth.STANDARD, heuristic)
    return rule.evaluate(A.path, Artifacts(repository.root, (A.path, B.path), 1 << 20))


@pytest.mark.parametrize(
    ("first", "second", "matched"),
    [
        pytest.param(3, 0, A, id="the first"),
        pytest.param(0, 3, B, id="the second"),
        pytest.param(3, 5, B, id="the better of two"),
        pytest.param(4, 4, A, id="of equals the first"),
        pytest.param(3, None, A, id="the first, the other missing"),
        pytest.param(None, 3, B, id="the second, the other missing"),
    ],
)
def test_one_file_with_enough_sources_passes(
    repository: Repository, first: int | None, second: int | None, matched: Candidate
) -> None:
    texts = [None if number is None else sources(number) for number in (first, second)]
    outcome = count(repository, *texts)
    assert outcome.holds
    assert outcome.measured == {
        "checked": [A.template, B.template],
        "matched": matched.template,
        "count": max(first or 0, second or 0),
        "threshold": 3,
        "depth": "standard",
    }


def test_sources_of_several_files_are_not_added_up(repository: Repository) -> None:
    outcome = count(repository, sources(2), sources(1))
    assert (outcome.holds, outcome.measured["count"]) == (False, 2)
    assert outcome.found == (
        "x/A.md: 2 of 3 (2 distinct headings `### Source …`); x/B.md: 1 of 3 (1 distinct heading `### Source …`)"
    )


@pytest.mark.parametrize("threshold", [0, 3])
def test_if_none_is_there_it_fails_even_if_no_source_is_wanted(repository: Repository, threshold: int) -> None:
    outcome = count(repository, None, None, threshold=threshold)
    assert not outcome.holds
    assert outcome.found == "x/A.md: file is missing; x/B.md: file is missing"
    assert (outcome.measured["count"], outcome.measured["matched"]) == (0, None)


def test_a_file_without_sources_is_enough_if_none_is_wanted(repository: Repository) -> None:
    outcome = count(repository, "text", None, threshold=0)
    assert (outcome.holds, outcome.measured["matched"]) == (True, None)


def test_a_file_that_is_no_text_counts_for_nothing_and_is_told(repository: Repository) -> None:
    outcome = count(repository, sources(9).encode("utf-16"), sources(1))
    assert not outcome.holds
    assert outcome.found.startswith("x/A.md: bytes that are not UTF-8")
    assert "; x/B.md: 1 of 3 (" in outcome.found


def test_sources_are_counted_as_the_contract_says(repository: Repository) -> None:
    text = "- a list item that says nothing\n" * 3
    assert not count(repository, text, None).holds
    assert count(repository, text, None, heuristic=Heuristic.BEST_OF).holds


def test_the_other_files_are_named_beforehand() -> None:
    rule = MinSourcesAnyOf((A, B), 8, Depth.DEEP, Heuristic.BEST_OF)
    assert rule.other_paths == (B.path,)
    assert rule.describe() == "at least 8 sources (depth deep) in this file or x/B.md"
