import errno
import os
from pathlib import Path

import pytest

from gate_tests.files.glob import MAX_DEPTH, TooManyFiles, escape_glob, find_files, matches_glob
from tests.support.repository import Repository

FILES = (
    ".git/config.md",
    ".hidden.md",
    "a.md",
    "a.txt",
    "B.MD",
    "sub/.dot/x.md",
    "sub/b.md",
    "sub/deep/c.md",
    "sub/[slug]/page.md",
    "[slug].md",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A root with FILES, and one file beside it."""
    root = Repository(tmp_path / "root")
    for path in FILES:
        root.write(path, "")
    (tmp_path / "beside.md").write_text("")
    return root.root


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("a.md", ["a.md"], id="a path is a pattern"),
        pytest.param("*.md", ["[slug].md", "a.md"], id="one name, none that is hidden, letter case counts"),
        pytest.param(".*.md", [".hidden.md"], id="a hidden name where the pattern has the dot"),
        pytest.param(".h?dden.md", [".hidden.md"], id="the dot and a wildcard"),
        pytest.param("?hidden.md", [], id="no character for the dot"),
        pytest.param("[.]hidden.md", [], id="no class for the dot"),
        pytest.param("[!a]hidden.md", [], id="no negated class for the dot"),
        pytest.param("**/.hidden.md", [".hidden.md"], id="a hidden name in any folder"),
        pytest.param("*/x.md", [], id="no hidden folder by a star"),
        pytest.param("sub/.dot/*", ["sub/.dot/x.md"], id="a hidden folder by its name"),
        pytest.param("**/.dot/**", ["sub/.dot/x.md"], id="a hidden folder anywhere"),
        pytest.param("a.*", ["a.md", "a.txt"], id="any ending"),
        pytest.param("?.md", ["a.md"], id="one character"),
        pytest.param("[ab].md", ["a.md"], id="one of these"),
        pytest.param("[!b].txt", ["a.txt"], id="one of the others"),
        pytest.param("[A-Z].MD", ["B.MD"], id="a range"),
        pytest.param("[[]slug].md", ["[slug].md"], id="a bracket made literal"),
        pytest.param("[slug].md", [], id="a bracket that is not"),
        pytest.param("[slug.md", [], id="a bracket that nothing closes is itself"),
        pytest.param("sub/*", ["sub/b.md"], id="of folders only the files in them"),
        pytest.param("*/b.md", ["sub/b.md"], id="any folder"),
        pytest.param("sub/**/b.md", ["sub/b.md"], id="no folder at all"),
        pytest.param("**/c.md", ["sub/deep/c.md"], id="any number of folders"),
        pytest.param("**/deep/**/c.md", ["sub/deep/c.md"], id="twice"),
        pytest.param("**/**/c.md", ["sub/deep/c.md"], id="twice in a row"),
        pytest.param("sub/de**", [], id="no whole name: as one star"),
        pytest.param("sub/**", ["sub/[slug]/page.md", "sub/b.md", "sub/deep/c.md"], id="everything below, but hidden"),
        pytest.param("./sub//b.md", ["sub/b.md"], id="needless slashes and dots"),
        pytest.param(".git/*", [".git/config.md"], id="git's own folder where it is named"),
        pytest.param("**/config.md", [], id="and else not"),
        pytest.param("sub", [], id="a folder is no file"),
        pytest.param("a.md/*", [], id="below a file is nothing"),
        pytest.param("no/such/*", [], id="file is missing"),
        pytest.param("x" * 300, [], id="a name that no file can have"),
        pytest.param("", [], id="empty"),
    ],
)
def test_files_match_a_pattern(tree: Path, pattern: str, found: list[str]) -> None:
    assert find_files(tree, pattern).paths == found


@pytest.mark.parametrize("pattern", ["../*.md", "sub/../../*.md", "..", "**/../*", "../**"])
def test_no_pattern_leads_out_of_the_root(tree: Path, pattern: str) -> None:
    assert find_files(tree, pattern).paths == []


def test_a_link_to_a_file_below_the_root_counts_and_one_that_leads_out_does_not(tree: Path) -> None:
    (tree / "in.lnk").symlink_to("sub/b.md")
    (tree / "absolute.lnk").symlink_to(tree / "a.md")
    (tree / "out.lnk").symlink_to("../beside.md")
    (tree / "nowhere.lnk").symlink_to("nothing")
    (tree / "round.lnk").symlink_to("round.lnk")
    assert find_files(tree, "*.lnk").paths == ["absolute.lnk", "in.lnk"]


def test_a_folder_that_is_a_link_is_entered_where_it_is_named_and_never_left_the_root_by(tree: Path) -> None:
    (tree / "alias").symlink_to("sub")
    (tree / "way_out").symlink_to("..")
    assert find_files(tree, "alias/*.md").paths == ["alias/b.md"]
    assert find_files(tree, "ali*/*.md").paths == ["alias/b.md"]
    assert find_files(tree, "way_out/*.md").paths == []
    assert find_files(tree, "**/b.md").paths == ["sub/b.md"]


def test_a_link_to_its_own_folder_ends(tree: Path) -> None:
    (tree / "sub/again").symlink_to(".")
    assert find_files(tree, "sub/**/b.md").paths == ["sub/b.md"]
    assert find_files(tree, "sub/again/again/b.md").paths == ["sub/again/again/b.md"]


def test_special_files_are_none(tree: Path) -> None:
    os.mkfifo(tree / "sub/fifo")
    assert find_files(tree, "sub/f*").paths == []


@pytest.mark.parametrize("name", [b"a\xff.log", b"a\nb.log", b"\x1b[2J.log"])
def test_a_name_that_no_record_can_hold_is_found_as_the_system_has_it(tree: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tree) + b"/" + name)).write_text("")
    assert [os.fsencode(path) for path in find_files(tree, "*.log").paths] == [name]


@pytest.mark.parametrize("text", ["[slug]", "a*b?", "[!x]", "[", "]", "plain", "**"])
def test_what_is_escaped_means_itself(tmp_path: Path, text: str) -> None:
    for name in (text, "s", "axb!", "x"):
        (tmp_path / name).write_text("")
    assert find_files(tmp_path, escape_glob(text)).paths == [text]


def test_a_tree_with_more_in_it_than_is_looked_at_is_refused_and_not_half_seen(tree: Path) -> None:
    assert len(find_files(tree, "**/*", max_entries=20).paths) == len(FILES) - 3
    with pytest.raises(TooManyFiles, match="more than 5 files and directories"):
        find_files(tree, "**/*", max_entries=5)
    assert find_files(tree, "sub/deep/c.md", max_entries=0).paths == ["sub/deep/c.md"], (
        "what is named need not be looked for"
    )


def test_a_tree_too_deep_to_go_through_is_refused(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH + 1))
    deep.mkdir(parents=True)
    with pytest.raises(TooManyFiles, match="directories nested more than 100 deep"):
        find_files(tmp_path, "**/*.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_not_there(tree: Path) -> None:
    (tree / "sub/deep").chmod(0)
    try:
        assert find_files(tree, "**/c.md").paths == []
    finally:
        (tree / "sub/deep").chmod(0o700)


def test_a_machine_without_means_says_nothing_of_the_tree(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **keywords: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(OSError, match="Too many open files"):
        find_files(tree, "**/*.md")


def test_several_links_to_one_file_are_one_file(tmp_path: Path) -> None:
    for name in ("a.md", "sub/b.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("equal")
    (tmp_path / "hard.md").hardlink_to(tmp_path / "a.md")
    (tmp_path / "soft.md").symlink_to("sub/b.md")
    (tmp_path / "linked").symlink_to("sub")
    (tmp_path / "dangling.md").symlink_to("nothing.md")
    assert find_files(tmp_path, "*.md") == (["a.md", "hard.md", "soft.md"], 2)
    assert find_files(tmp_path, "*/*.md") == (["linked/b.md", "sub/b.md"], 1)


def test_files_of_equal_content_are_several(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text("equal")
    assert find_files(tmp_path, "*.md") == (["a.md", "b.md", "c.md"], 3)


def test_a_link_to_a_file_that_does_not_match_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("")
    (tmp_path / "a.md").symlink_to("elsewhere.txt")
    assert find_files(tmp_path, "*.md") == (["a.md"], 1)


RECORD = "orchestration/runs/run_1/record/RUN.json"


@pytest.mark.parametrize("pattern", ["**/*.json", "**", "orchestration/**", "*/*/*/record/*.json", "?rchestration/**"])
def test_the_records_of_runs_are_found_by_no_wildcard(tmp_path: Path, pattern: str) -> None:
    repository = Repository(tmp_path)
    for path in (RECORD, "orchestration/skills/runs/a/record/b.json"):
        repository.write(path, "{}")
    assert RECORD not in find_files(tmp_path, pattern).paths
    assert not matches_glob(pattern, RECORD)
    assert find_files(tmp_path, "orchestration/*/runs/**").file_count == 1


def test_they_are_found_where_the_pattern_begins_with_their_directory(tmp_path: Path) -> None:
    Repository(tmp_path).write(RECORD, "{}")
    for pattern in (RECORD, "orchestration/runs/*/record/RUN.json", "orchestration/runs/**"):
        assert find_files(tmp_path, pattern).paths == [RECORD]
        assert matches_glob(pattern, RECORD)
