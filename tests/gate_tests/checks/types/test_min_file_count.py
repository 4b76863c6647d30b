import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.min_file_count import MinFileCount
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from gate_tests.workspace.names import Depth
from tests.support.checks import evaluate_all
from tests.support.repository import Repository

FOLDER = "work/[tea]"


def count(repository: Repository, pattern: str, wanted: float = 1, folder: str = FOLDER) -> Outcome:
    artifacts = Artifacts(repository.root, (), 1 << 24)
    return MinFileCount(pattern, wanted, Depth.STANDARD).evaluate(folder, artifacts)


@pytest.fixture
def folder(repository: Repository) -> Repository:
    """A folder of files that no other pattern than its own name would find."""
    for name in ("A.md", "B.MD", "c.md", ".hidden.md", "FIG1.md", "empty.txt", "x.md/y.md", "deep/er/z.md"):
        repository.write(f"{FOLDER}/{name}", "")
    repository.write("work/t/beside.md", "")
    return repository


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("*", 5, id="every file, empty ones too, but none that is hidden, and no folder"),
        pytest.param("*.md", 3, id="letter case counts"),
        pytest.param(".*", 1, id="hidden ones by their dot"),
        pytest.param("FIG*.md", 1, id="a real glob"),
        pytest.param("**/*.md", 5, id="deeper"),
        pytest.param("*/*.md", 1, id="one folder deeper"),
        pytest.param("*.png", 0, id="none"),
    ],
)
def test_files_that_match_are_counted(folder: Repository, pattern: str, found: int) -> None:
    outcome = count(folder, pattern, found)
    measured = {"pattern": pattern, "count": found, "threshold": found, "depth": "standard"}
    assert outcome == Outcome(True, f"{found} of {found}", measured)


def test_too_few_fail_and_what_was_counted_is_recorded(folder: Repository) -> None:
    measured = {"pattern": "*.md", "count": 3, "threshold": 5, "depth": "standard"}
    assert count(folder, "*.md", 5) == Outcome(False, "3 of 5, and 1 hidden, which does not count", measured)


def test_a_file_that_only_keeps_the_folder_in_git_is_no_work(repository: Repository) -> None:
    repository.write(f"{FOLDER}/.gitkeep", "")
    for pattern in ("*", "**/*", "?gitkeep"):
        assert count(repository, pattern)[:2] == (False, "0 of 1, and 1 hidden, which does not count")
    assert count(repository, ".gitkeep").holds
    assert count(repository, ".*", 2).found == "1 of 2"


@pytest.mark.parametrize(
    ("links", "note"),
    [
        pytest.param(1, " (1 more name is a link to the same file)", id="one"),
        pytest.param(2, " (2 more names are links to the same files)", id="several"),
    ],
)
def test_several_links_to_one_file_count_once_and_the_reason_says_so(
    repository: Repository, links: int, note: str
) -> None:
    for name in ("a.md", "b.md", "c.md"):
        repository.write(f"{FOLDER}/{name}", "equal")
    folder = repository.root / FOLDER
    (folder / "d.md").hardlink_to(folder / "a.md")
    if links > 1:
        (folder / "e.md").symlink_to("b.md")
    outcome = count(repository, "*.md", 4)
    assert (outcome.holds, outcome.found, outcome.measured["count"]) == (False, f"3 of 4{note}", 3)


def test_a_link_to_a_file_elsewhere_counts(repository: Repository) -> None:
    repository.write("elsewhere/a.md", "")
    repository.write(f"{FOLDER}/b.md", "")
    (repository.root / FOLDER / "a.md").symlink_to("../../elsewhere/a.md")
    assert count(repository, "*.md", 2)[:2] == (True, "2 of 2")


def test_a_threshold_of_nothing_wants_the_folder_all_the_same(folder: Repository) -> None:
    assert count(folder, "*.png", 0).holds
    outcome = count(folder, "*", 0, "work/none")
    assert outcome == Outcome(False, "directory is missing", {**outcome.measured, "count": 0})


def test_a_file_is_no_folder(folder: Repository) -> None:
    outcome = count(folder, "*", 0, f"{FOLDER}/A.md")
    assert (outcome.holds, outcome.found, outcome.measured["count"]) == (False, "a file", 0)


def test_a_folder_out_of_the_root_is_not_looked_into(folder: Repository) -> None:
    (folder.root / "out").symlink_to("..")
    assert count(folder, "*", 0, "out").found == "a symlink that leads outside the root"


def test_a_tree_with_too_much_in_it_fails_and_is_not_half_counted(folder: Repository) -> None:
    folder.root.joinpath(FOLDER, *["d"] * 102).mkdir(parents=True)
    outcome = count(folder, "**/*.md", 1)
    assert (outcome.holds, outcome.found, outcome.measured["count"]) == (
        False,
        "directories nested more than 100 deep",
        0,
    )


def test_a_value_in_a_pattern_is_literal_and_a_missing_folder_may_be_allowed(repository: Repository) -> None:
    repository.write("out/[x]/[x]-1.md", "")
    repository.write("out/[x]/x-1.md", "")
    run = {"artifact_path": "out/[x]", "variables": {"stem": "[x]"}}
    asked = {"type": "min_file_count", "target": "{artifact_path}", "thresholds": {"default": 1}}
    literal, absent, allowed = evaluate_all(
        repository,
        run=run,
        validations=[
            {**asked, "pattern": "{stem}-*"},
            {**asked, "target": "{artifact_path}/none"},
            {**asked, "target": "{artifact_path}/none", "missing_ok": True},
        ],
    )
    assert (literal.outcome.measured["count"], literal.holds) == (1, True)
    assert (absent.holds, allowed.holds) == (False, True)


@pytest.mark.parametrize("pattern", ["/etc/*", "../*", "{nothing}*", ""])
def test_a_pattern_that_means_nothing_is_a_contract_error(repository: Repository, pattern: str) -> None:
    asked = {"type": "min_file_count", "target": "a", "pattern": pattern, "thresholds": {"default": 1}}
    with pytest.raises(InvalidFile, match=r"pattern"):
        evaluate_all(repository, validations=[asked])
