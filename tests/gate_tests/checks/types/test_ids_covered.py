import os
from time import process_time
from typing import Any

import pytest

from gate_tests.checks.types import ids_covered
from gate_tests.errors import InvalidFile
from gate_tests.lint.single_check import lint_check
from tests.support.checks import Tried, compiled, evaluate_all
from tests.support.repository import Repository

FR = r"FR-\d+"


def judge(repository: Repository, spec: str | bytes | None, files: dict[str, str | bytes], **keys: Any) -> Tried:
    """The check of the ids of spec.md in the other files, by default in all Markdown files."""
    if spec is not None:
        repository.write("spec.md", spec)
    for path, text in files.items():
        repository.write(path, text)
    limits = {"limits": keys.pop("limits")} if "limits" in keys else {}
    validation = {"type": "ids_covered", "target": "spec.md", "regex": FR, "in": ["*.md"], **keys}
    return evaluate_all(repository, validations=[validation], **limits)[-1]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("tasks", "missing"),
    [
        pytest.param("FR-1, FR-12", [], id="both"),
        pytest.param("FR-12", ["FR-1"], id="the longer one is not the shorter"),
        pytest.param("FR-1", ["FR-12"], id="the shorter one is not the longer"),
        pytest.param("FR-1x xFR-12", [], id="as the regex sees them"),
        pytest.param("fr-1, FR-12", ["FR-1"], id="in lower case"),
        pytest.param("<!-- FR-1 -->\n```\nFR-12\n```\n", [], id="in comments and code"),
        pytest.param("", ["FR-12", "FR-1"], id="none, in the order of the target"),
    ],
)
def test_each_match_must_be_a_whole_match_elsewhere(repository: Repository, tasks: str, missing: list[str]) -> None:
    tried = judge(repository, "FR-12\nFR-1 FR-12\n", {"tasks.md": tasks})
    assert (tried.row["count"], tried.row["missing"], tried.holds) == (2, missing, not missing)


def test_several_files_cover_together(repository: Repository) -> None:
    tried = judge(repository, "FR-1 FR-2", {"a.md": "FR-1", "plan/b.txt": "FR-2"}, **{"in": ["a.md", "plan/**"]})
    assert tried.holds
    assert [file["path"] for file in tried.row["read"]] == ["a.md", "plan/b.txt"]


def test_a_file_that_has_an_id_only_as_text_is_named(repository: Repository) -> None:
    reason = judge(repository, "**FR-1** **FR-2**", {"a.md": "FR-1", "b.md": ""}, regex=r"\*\*FR-\d\*\*").row["reason"]
    assert "a.md contains" not in reason
    reason = judge(repository, "**FR-1**", {"a.md": "see FR-1"}, regex=r"(?<=\*\*)FR-\d").row["reason"]
    assert reason.endswith("1 not covered: FR-1 (line 1); a.md contains FR-1, but not as a whole match")


def test_brackets_are_taken_as_they_stand_too(repository: Repository) -> None:
    assert judge(repository, "FR-1 FR-2", {"[ab]/x.md": "FR-1", "a/x.md": "FR-2"}, **{"in": ["[ab]/*.md"]}).holds


def test_case_does_not_matter_with_the_flag_i(repository: Repository) -> None:
    tried = judge(repository, "FR-1 fr-1 Fr-2", {"a.md": "fr-1 FR-2"}, flags="i")
    assert (tried.holds, tried.row["count"]) == (True, 2)


def test_a_variable_is_replaced_in_the_regex_and_in_the_paths(repository: Repository) -> None:
    slug = repository.context().slug
    tried = judge(repository, f"{slug}-1", {f"{slug}/a.md": f"{slug}-1"}, regex=r"{slug}-\d", **{"in": ["{slug}/*.md"]})
    assert tried.holds


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("spec", "files", "keys", "found"),
    [
        pytest.param("F-1", {"a.md": "F-1"}, {}, "no match", id="no id at all"),
        pytest.param("FR-1", {}, {}, "*.md matches only the target itself", id="only the target"),
        pytest.param("FR-1", {}, {"in": ["a.md"]}, "a.md matches no file", id="a missing file"),
        pytest.param(
            "FR-1", {"a.md": "FR-1"}, {"in": ["a.md", "b/*.md"]}, "b/*.md matches no file", id="one of two is missing"
        ),
        pytest.param(
            "FR-1", {"a.md": b"FR-1\xff"}, {}, "a.md was not searched (bytes that are not UTF-8", id="no text"
        ),
        pytest.param(None, {"a.md": "FR-1"}, {}, "file is missing", id="a missing target"),
        pytest.param(b"FR-1\0", {"a.md": "FR-1"}, {}, "a NUL byte", id="a target that is no text"),
        pytest.param(
            "\n\nFR-3 FR-1\nFR-2 ", {"a.md": "FR-1"}, {}, "not covered: FR-3 (line 3); FR-2 (line 4)", id="lines"
        ),
    ],
)
def test_why_it_fails_is_said(
    repository: Repository, spec: str | bytes | None, files: dict[str, str | bytes], keys: dict[str, Any], found: str
) -> None:
    tried = judge(repository, spec, files, **keys)
    assert not tried.holds
    assert found in tried.row["reason"]


def test_a_link_to_the_target_does_not_cover_it(repository: Repository) -> None:
    repository.write("spec.md", "FR-1")
    os.symlink("spec.md", repository.root / "link.md")
    os.link(repository.root / "spec.md", repository.root / "hard.md")
    tried = judge(repository, None, {})
    assert not tried.holds
    assert "hard.md is the target itself, under another name; link.md is" in tried.row["reason"]


def test_a_file_that_cannot_be_read_does_no_harm_where_others_have_all(repository: Repository) -> None:
    assert judge(repository, "FR-1", {"a.md": b"\xff", "b.md": "FR-1"}).holds


def test_a_missing_target_may_be_allowed(repository: Repository) -> None:
    assert judge(repository, None, {"a.md": ""}, missing_ok=True).holds


def test_only_so_many_ids_are_compared(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_covered, "MAX_IDS", 3)
    text = "FR-1 FR-2 FR-3"
    assert judge(repository, text, {"a.md": f"{text} x"}).holds
    tried = judge(repository, f"{text} FR-4", {"a.md": f"{text} FR-4 x"})
    assert not tried.holds
    assert "more than 3 different matches" in tried.row["reason"]


def test_of_many_missing_only_the_first_are_recorded(repository: Repository) -> None:
    tried = judge(repository, " ".join(f"FR-{number}" for number in range(60)), {"a.md": ""})
    assert (tried.row["count"], len(tried.row["missing"])) == (60, 50)
    assert tried.row["reason"].endswith("; and 50 more")


def test_what_is_recorded_of_an_id_is_short_and_of_one_line(repository: Repository) -> None:
    tried = judge(repository, "FR-" + "x\n" * 500, {"a.md": ""}, regex=r"FR-[x\n]+")
    (missing,) = tried.row["missing"]
    assert len(missing) <= 100
    assert "\n" not in missing


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "tasks", "seconds"),
    [
        pytest.param("FR-1 " * 400_000, "FR-2 " * 400_000, 4, id="the same ids again and again"),
        pytest.param("FR-1" + "\n" * 2_000_000 + "FR-2", "FR-" + "1" * 2_000_000, 4, id="many lines, and a long id"),
    ],
)
def test_hostile_texts_take_linear_time(repository: Repository, spec: str, tasks: str, seconds: float) -> None:
    started = process_time()
    assert not judge(repository, spec, {"a.md": tasks}).holds
    assert process_time() - started < seconds


def test_a_slow_regex_fails_and_names_its_limit(repository: Repository) -> None:
    limits = {"regex_s": 0.05}
    slow = "a" * 5_000 + "!"
    tried = judge(repository, slow, {"a.md": ""}, regex="(a+)+$", limits=limits)
    assert "the regex timed out after 0.05 s per file (limits.regex_s)" in tried.row["reason"]
    tried = judge(repository, "aa\n", {"a.md": slow}, regex="(a+)+$", limits=limits)
    assert "a.md: the regex timed out" in tried.row["reason"]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        pytest.param({"regex": "a*"}, "regex: matches the empty text, which is not an id", id="the empty text"),
        pytest.param({"regex": "("}, "regex: invalid regex", id="a bad regex"),
        pytest.param({"flags": "g"}, "flags: unknown flag 'g'", id="a flag"),
        pytest.param({"in": ["../a.md"]}, "in[0]: ", id="a symlink that of the root"),
        pytest.param({"in": ["a.md", "{nobody}"]}, "in[1]: unknown variable {nobody}", id="an unknown variable"),
        pytest.param({"in": "a.md"}, "in: must be a list", id="no list"),
        pytest.param({"in": ["a.md", "a.md"]}, "in: must not contain duplicates", id="the same twice"),
    ],
)
def test_what_cannot_be_meant_is_a_contract_error(repository: Repository, keys: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        judge(repository, "FR-1", {}, **keys)
    assert f"$.validations[0].{fault}" in refused.value.message


def test_lint_points_out_the_target_among_the_others_and_a_glob_that_finds_nothing(repository: Repository) -> None:
    validation = {"type": "ids_covered", "target": "a.md", "regex": "/FR-1/i", "in": ["a.md", "{b,c}.md"]}
    (check,) = compiled(repository, validations=[validation]).checks
    messages = [message for _, _, message in lint_check(check)]
    assert len(messages) == 3
    assert messages[1] == "is the target itself, which cannot cover its own ids"


def test_it_reads_what_it_names(repository: Repository) -> None:
    validation = {"type": "ids_covered", "target": "a.md", "regex": "x", "in": ["b.md", "c/*.md", "{slug}.md"]}
    (check,) = compiled(repository, validations=[validation]).checks
    assert check.reads == ("a.md", "b.md", f"{repository.context().slug}.md")


def test_a_mutation_has_an_id_that_no_other_file_has(repository: Repository) -> None:
    tried = judge(repository, "FR-1", {"a.md": "FR-1"})
    (mutation,) = tried.check.rule.generate_mutations("FR-1", "spec.md")
    assert mutation.text == "FR-1\nFR-7\n"
