from time import process_time
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types import quotes_resolve
from gate_tests.checks.types.quotes_resolve import QuotesResolve
from gate_tests.files.artifacts import Artifacts
from tests.support.checks import evaluate_all
from tests.support.repository import Repository

REPORT = "docs/report.md"
SOURCE = "The word “robot” was first used\nin *R.U.R.*, a play of 1920.   It isn’t Latin: it's Czech.\n"


def make_rule(*sources: str, **keys: int) -> QuotesResolve:
    limit = {"markdown_bytes": keys["markdown_bytes"]} if "markdown_bytes" in keys else {}
    return QuotesResolve(sources or ("src/*.md",), keys.get("min_words", 6), keys.get("min_count", 1), **limit)


def judge(repository: Repository, report: str | bytes | None, *sources: str, **keys: int) -> Outcome:
    """The outcome for a report about the source src/play.md."""
    repository.write("src/play.md", SOURCE)
    if report is not None:
        repository.write(REPORT, report)
    rule = make_rule(*sources, **keys)
    return rule.evaluate(REPORT, Artifacts(repository.root, (), 1 << 24))


def unresolved(outcome: Outcome) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = outcome.measured["unresolved"]
    return rows


@pytest.mark.parametrize(
    "quotation",
    [
        pytest.param('"word “robot” was first used in R.U.R."', id="over a line end and without emphasis"),
        pytest.param("“The word ‘robot’ was” and “was first used in *R.U.R.*, a play”", id="typographic marks"),
        pytest.param("„a play of 1920. It isn't Latin“", id="another apostrophe and fewer spaces"),
        pytest.param("«was first used in R.U.R., a play,» it says", id="the report's own comma"),
        pytest.param("> was first used in\n> R.U.R., a play of 1920.\n> — A dictionary", id="a block quote"),
        pytest.param('"The word … was first used [...] It isn’t Latin: it\'s Czech."', id="with ellipses"),
        pytest.param("»was first used in R.U.R., a play«", id="German marks"),
        pytest.param("『was first used in R.U.R., a play』", id="corner brackets"),
        pytest.param('"was first used in R.U.R., a play" and "two words"', id="a short one besides"),
    ],
)
def test_a_quotation_that_stands_in_a_source_holds(repository: Repository, quotation: str) -> None:
    outcome = judge(repository, f"It says {quotation}\n" if quotation[0] != ">" else quotation)
    assert outcome == Outcome(True, "1 quotation", {"count": 1, "unresolved": []})


@pytest.mark.parametrize(
    "quotation",
    [
        pytest.param("the word “robot” was first used in", id="another letter case"),
        pytest.param("was first used in R.U.R. a play", id="a comma less"),
        pytest.param("was first used in R.U.R., a film", id="another word"),
        pytest.param("a play of 1920 … The word robot", id="parts in another order"),
    ],
)
def test_a_quotation_that_stands_in_none_fails_with_its_line_and_first_words(
    repository: Repository, quotation: str
) -> None:
    outcome = judge(repository, f"A report.\n\nIt says «{quotation}».\n")
    assert not outcome.holds
    assert [(row["line"], row["quotation"][:8]) for row in unresolved(outcome)] == [(3, quotation[:8])]
    assert outcome.found.startswith("1 quotation; 1 not in any source: line 3: ")


def test_single_words_of_a_source_put_together_by_ellipses_are_no_quotation(repository: Repository) -> None:
    (row,) = unresolved(judge(repository, '"The … robot … was … Latin: … it\'s … Czech"'))
    assert row["quotation"].startswith("The … robot")
    outcome = judge(repository, '"The … robot … was … Latin: … it\'s … Czech"')
    assert outcome.found.endswith("(parts of fewer than 3 words on average)")


def test_the_ellipses_of_a_source_are_part_of_a_quotation(repository: Repository) -> None:
    repository.write("src/dialogue.md", "She said: “I... I don't... I really cannot tell.”")
    assert judge(repository, "“I… I don’t … I really cannot tell”").holds
    assert not judge(repository, "“I… I don’t … really cannot… tell”").holds


@pytest.mark.parametrize(
    "report",
    [
        pytest.param("- > all of this has been made up", id="a block quote behind a list marker"),
        pytest.param("1. a\n   * > all of this has been made up", id="nested"),
        pytest.param("»all of this has been made up«", id="German marks"),
        pytest.param("『all of this has been made up』", id="corner brackets"),
        pytest.param("「この文はすべて作り話だ」", id="without spaces"),
        pytest.param("“all—of—this…has...been—made—up”", id="joined by dashes and ellipses"),
        pytest.param('("a “all of this has been made up”', id="behind a mark without a partner"),
    ],
)
def test_what_is_made_up_fails_however_it_is_quoted(repository: Repository, report: str) -> None:
    real = '\n\n"was first used in R.U.R., a play"\n'
    assert len(unresolved(judge(repository, report + real))) == 1


def test_tags_that_a_quotation_shows_are_in_the_source(repository: Repository) -> None:
    repository.write("src/code.md", 'Put `<T a="b">` or a <b>bold</b> &lt;U&gt; and then \\<V> before all others')
    assert judge(
        repository, '“Put `<T a="b">` or a bold `<U>` and then” “\\<U\\> and then `<V>` before all others”'
    ).holds
    report = '“Put `<T a="c">` or a bold `<U>` and then” “and then `<V>` before `<not>` all others”'
    assert len(unresolved(judge(repository, report, min_words=5))) == 2


def test_parts_of_two_sources_are_no_quotation(repository: Repository) -> None:
    repository.write("src/other.md", "Somebody else wrote this.")
    report = '"The word robot was … Somebody else wrote this" "Somebody else wrote … The word was first"'
    assert len(unresolved(judge(repository, report))) == 2


@pytest.mark.parametrize("report", [None, b'"\xff"'])
def test_a_report_that_is_missing_or_no_text_fails(repository: Repository, report: bytes | None) -> None:
    outcome = judge(repository, report, min_count=0)
    assert (outcome.holds, outcome.measured) == (False, {"count": 0, "unresolved": []})


def test_too_few_quotations_fail_and_the_same_one_twice_is_one(repository: Repository) -> None:
    report = '"was first used in R.U.R., a play" «was first used\nin R.U.R., a play»'
    assert judge(repository, report).holds
    outcome = judge(repository, report, min_count=2)
    assert (outcome.holds, outcome.measured["count"]) == (False, 1)
    assert outcome.found.startswith("1 quotation; counted: 6 words or more between quotation marks")
    assert not judge(repository, "Nothing is quoted.").holds
    assert judge(repository, "Nothing is quoted.", min_count=0).holds


def test_how_long_a_quotation_must_be_is_asked_of_the_contract(repository: Repository) -> None:
    assert not judge(repository, '"made up"', min_words=2).holds
    assert judge(repository, '"made up"', min_words=3, min_count=0).holds


def test_what_counts_and_what_was_set_aside_is_told_where_quotations_are_missing(repository: Repository) -> None:
    report = (
        '"two words"\n\n> [!NOTE]\n> was first used in R.U.R., a play\n\n> **Goal:** was first used in R.U.R., a play\n'
    )
    assert judge(repository, report).found == (
        "0 quotations; counted: 6 words or more between quotation marks (not `'`) or in a block quote;"
        " not counted: 2 callouts (alerts, notes with a bold label), 1 shorter"
    )
    outcome = judge(repository, report + '\n"was first used in R.U.R., a play"\n')
    assert (outcome.holds, outcome.found) == (
        True,
        "1 quotation; not counted: 2 callouts (alerts, notes with a bold label)",
    )


def test_a_report_that_is_too_large_to_be_parsed_fails_and_a_source_is_not_parsed(repository: Repository) -> None:
    report = '"was first used in R.U.R., a play"\n'
    repository.write("src/large.md", "x\n" * 500 + SOURCE)
    assert judge(repository, report, "src/large.md", markdown_bytes=100).holds
    outcome = judge(repository, report * 10, markdown_bytes=100)
    assert (outcome.holds, outcome.measured) == (False, {"count": 0, "unresolved": []})
    assert outcome.found == "350 bytes of Markdown, more than the 100 that are parsed (limits.markdown_bytes)"


def test_quotations_that_are_made_up_or_have_a_word_changed_are_mutations_that_fail(repository: Repository) -> None:
    report = "A play:\n\n> was first used\n> in R.U.R., a play of 1920\n\nIt says “isn’t Latin: it's Czech” of a play\n"
    mutations = list(make_rule(min_words=4).generate_mutations(report, REPORT))
    assert [each.how for each in mutations] == [
        "with an invented quotation",
        "with a word of a quotation changed",
    ]
    assert judge(repository, report, min_words=4).holds
    for each in mutations:
        assert len(unresolved(judge(repository, each.text, min_words=4))) == 1, each.text


def test_a_report_is_no_source_of_itself_under_no_name(repository: Repository) -> None:
    report = "“all of these words were made up”, it says: all of these words were made up"
    repository.write("docs/copy.md", report)
    (repository.root / "docs/alias.md").symlink_to("report.md")
    outcome = judge(repository, report, "docs/*.md")
    assert len(unresolved(outcome)) == 1


def test_a_source_that_is_not_there_fails_though_all_is_found_in_another(repository: Repository) -> None:
    outcome = judge(repository, '"was first used in R.U.R., a play"', "src/play.md", "src/*.txt", "docs/**")
    assert (outcome.holds, unresolved(outcome)) == (False, [])
    assert outcome.found == "1 quotation; src/*.txt matches no file; docs/** matches only the report"


@pytest.mark.parametrize("name", ["bad\nname.md", "bad\u202ename.md", "bad\x9bname.md"], ids=ascii)
def test_a_source_with_a_control_character_in_its_name_proves_nothing(repository: Repository, name: str) -> None:
    repository.write(f"notes/{name}", "these words are in a bad file, all of them")
    outcome = judge(repository, '"these words are in a bad file"', "notes/*.md")
    assert not outcome.holds
    assert "notes/*.md matches only names with control characters" in outcome.found
    repository.write("notes/größe.md", "these words are in a bad file, all of them")
    assert judge(repository, '"these words are in a bad file"', "notes/*.md").holds


def test_a_source_that_cannot_be_read_is_told_where_something_is_missing(repository: Repository) -> None:
    repository.write("src/image.png", b"\xff")
    repository.write("src/bad\nname", "these words are in a bad file")
    assert judge(repository, '"was first used in R.U.R., a play"', "src/*").holds
    outcome = judge(repository, '"these words are in a bad file"', "src/*")
    assert outcome.found == (
        "1 quotation; 1 not in any source: line 1: 'these words are in a bad file';"
        " not read: src/image.png (bytes that are not UTF-8 (0xff at offset 0))"
    )


def test_a_tree_with_too_much_in_it_fails(repository: Repository) -> None:
    repository.root.joinpath(*["d"] * 102).mkdir(parents=True)
    outcome = judge(repository, '"was first used in R.U.R., a play"', "src/play.md", "**/*.txt")
    assert (outcome.holds, outcome.found) == (False, "1 quotation; **/*.txt: directories nested more than 100 deep")


def test_of_many_only_the_first_are_recorded_and_fewer_told(repository: Repository) -> None:
    quoted = [f"“These {number} words\x1b[2J were made up by somebody, all of them”\n" for number in range(60)]
    outcome = judge(repository, "".join(quoted))
    assert (outcome.measured["count"], len(unresolved(outcome))) == (60, 50)
    assert unresolved(outcome)[0] == {"line": 1, "quotation": "These 0 words were made up by somebody, …"}
    assert outcome.found.endswith("; and 50 more")


def test_more_quotations_than_are_looked_for_fail(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes_resolve, "MAX_QUOTATIONS", 1)
    outcome = judge(repository, '"was first used in R.U.R., a play" "used in R.U.R., a play of 1920" “x y z a b c d”')
    assert (outcome.holds, outcome.found) == (False, "2 quotations; more than 1, the limit")


@pytest.mark.slow
def test_hundreds_of_quotations_in_a_large_source_are_quick(repository: Repository) -> None:
    repository.write("src/large.md", SOURCE * 20_000 + "The end of all of this text\n")
    quoted = [f"“word number {number} of these was made up”\n" for number in range(300)]
    began = process_time()
    outcome = judge(repository, "".join(["> The end of all of this text\n\n", *quoted]))
    assert len(unresolved(outcome)) == 50
    assert process_time() - began < 10


def test_a_contract_names_its_sources_by_patterns_in_which_values_are_literal(repository: Repository) -> None:
    repository.write("out/[x]/report.md", '"was first used in R.U.R., a play"')
    repository.write("out/[x]/notes/play.md", SOURCE)
    asked = {"type": "quotes_resolve", "target": "{artifact_path}/report.md", "sources": ["{artifact_path}/**/*.md"]}
    (tried,) = evaluate_all(repository, run={"artifact_path": "out/[x]"}, validations=[asked])
    assert tried.holds, tried.outcome.found
