from tests.support.checks import Tried, evaluate_all
from tests.support.repository import ARTIFACTS, Repository


def evaluate(repository: Repository) -> Tried:
    """One of three alternatives: a.md, b.md and one below the artifact path."""
    paths = ["{artifact_path}/a.md", "b.md", "c.md"]
    (tried,) = evaluate_all(repository, required_outputs={"any_of": [{"path": path} for path in paths]})
    return tried


def test_none_of_them_fails(repository: Repository) -> None:
    tried = evaluate(repository)
    assert not tried.holds
    wanted = "this file or b.md or c.md, not empty"
    assert tried.row["reason"] == f"{ARTIFACTS}/a.md: expected {wanted}, found no file"


def test_any_one_of_them_is_enough(repository: Repository) -> None:
    repository.write("c.md", "Tea.")
    repository.write("b.md", "\n")
    tried = evaluate(repository)
    assert tried.holds
    assert tried.outcome.found == "c.md"


def test_all_that_are_there_are_told(repository: Repository) -> None:
    repository.write(f"{ARTIFACTS}/a.md", "Tea.")
    repository.write("c.md", "More tea.")
    assert evaluate(repository).outcome.found == f"{ARTIFACTS}/a.md, c.md"


def test_what_was_looked_at_is_recorded_as_the_contract_writes_it(repository: Repository) -> None:
    repository.write("b.md", "")
    assert evaluate(repository).row["checked"] == [
        {"path": "{artifact_path}/a.md", "exists": False},
        {"path": "b.md", "exists": True},
        {"path": "c.md", "exists": False},
    ]


def test_empty_ones_are_not_enough_unless_they_may_be(repository: Repository) -> None:
    repository.write("b.md", "\n")
    empty = evaluate(repository)
    assert not empty.holds
    blank = "b.md: an empty file (1 byte of white space only)"
    assert empty.outcome.found == f"{ARTIFACTS}/a.md: file is missing; {blank}; c.md: file is missing"
    outputs = {"any_of": [{"path": "a.md"}, {"path": "b.md", "allow_empty": True}]}
    assert evaluate_all(repository, required_outputs=outputs)[0].holds


def test_its_path_and_label_are_those_of_the_first(repository: Repository) -> None:
    row = evaluate(repository).row
    assert (row["id"], row["path"]) == ("file_exists_any_of[a.md]", "{artifact_path}/a.md")
    assert row["resolved_path"] == f"{ARTIFACTS}/a.md"


def test_a_folder_is_none_of_them(repository: Repository) -> None:
    (repository.root / "b.md").mkdir()
    tried = evaluate(repository)
    assert not tried.holds
    assert tried.outcome.found == f"{ARTIFACTS}/a.md: file is missing; b.md: a directory; c.md: file is missing"
    assert not any(each["exists"] for each in tried.row["checked"])
