from pathlib import Path

import pytest

from gate_tests.files import path_or_glob
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles, escape_brackets, find_files, has_wildcards, matches_glob
from gate_tests.files.path_or_glob import PathOrGlob
from tests.support.repository import Repository

PATHS = ("a.md", ".b.md", "sub/a.md", "sub/deep/a.md", "sub/.dot/a.md", "[x]/a.md", "x/a.md", "a.txt")


def glob(path: str) -> PathOrGlob:
    return PathOrGlob(path, escape_brackets(path))


@pytest.mark.parametrize("template", ["*.md", "a?.md", "**", "{slug}/*", "[x]/*.md"])
def test_a_star_or_a_question_mark_makes_a_glob(template: str) -> None:
    assert has_wildcards(template)


@pytest.mark.parametrize("template", ["a.md", "[slug]/page.tsx", "[...all].md", "{slug}.md"])
def test_brackets_and_braces_make_none(template: str) -> None:
    assert not has_wildcards(template)


@pytest.mark.parametrize(
    "pattern", ["*.md", "**/*.md", "sub/**", "*/a.md", "[[]x]/*", "[x]/*", ".*", "sub/*/a.md", "?.md"]
)
@pytest.mark.quick("*")
def test_a_path_matches_where_its_file_would_be_found(tmp_path: Path, pattern: str) -> None:
    repository = Repository(tmp_path)
    for path in PATHS:
        repository.write(path, "")
    assert [path for path in sorted(PATHS) if matches_glob(pattern, path)] == find_files(tmp_path, pattern).paths


@pytest.mark.parametrize("path", ["..", "../a.md", "x", "a.md/b", ""])
def test_what_is_no_such_path_does_not_match(path: str) -> None:
    assert not matches_glob("*.md", path)
    assert not matches_glob("../*.md", path)


def test_brackets_are_literal_and_of_a_path_all_is(repository: Repository) -> None:
    for path in ("[x]/a.md", "x/a.md"):
        repository.write(path, "")
    artifacts = Artifacts(repository.root, (), 0)
    assert glob("[x]/*.md").find(artifacts) == ["[x]/a.md"]
    assert PathOrGlob("[x]/b.md").find(artifacts) == ["[x]/b.md"]


@pytest.mark.parametrize(
    ("path", "directory"),
    [("out/tea/*.md", "out/tea"), ("out/**/a.md", "out"), ("*.md", ""), ("a?/b/c.md", ""), ("[x]/y/*", "[x]/y")],
)
def test_the_folder_of_a_glob_is_what_stands_before_its_wildcards(path: str, directory: str) -> None:
    assert glob(path).directory == directory


def test_more_files_than_a_record_should_hold_are_refused(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path_or_glob, "MAX_MATCHES", 2)
    artifacts = Artifacts(repository.root, (), 0)
    for name in ("a.md", "b.md"):
        repository.write(name, "")
    assert len(glob("?.md").find(artifacts)) == 2
    repository.write("c.md", "")
    with pytest.raises(TooManyFiles, match="more than 2 matching files, the limit"):
        glob("*.md").find(artifacts)
    assert (glob("*.md").is_missing(artifacts), glob("*.md").has_file(artifacts)) == (False, True)
