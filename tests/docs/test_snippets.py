"""Code blocks of the documentation are valid, and the commands that it names exist."""

import pytest

from tests.support import CHECKOUT
from tests.support.snippets import MENTION, Snippet, find_problem, find_snippets, list_commands

PAGE = "docs/page.md"


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its workflows are commands."""
    monkeypatch.chdir(CHECKOUT)


def list_problems(snippets: list[Snippet]) -> list[str]:
    found = ((snippet, find_problem(snippet)) for snippet in snippets)
    return [f"{each.page}:{each.line} ({each.language}): {problem}" for each, problem in found if problem]


def test_every_code_block_is_valid() -> None:
    blocks = [each for each in find_snippets(CHECKOUT) if each.language != MENTION]
    problems = list_problems(blocks)
    assert len(blocks) > 100
    assert not problems, "\n".join(problems)


def test_every_command_in_a_sentence_exists_with_its_options() -> None:
    mentions = [each for each in find_snippets(CHECKOUT) if each.language == MENTION]
    problems = list_problems(mentions)
    assert len(mentions) > 100
    assert not problems, "\n".join(problems)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("language", "text", "problem"),
    [
        ("", "orch demo", "names no language; `text` is one"),
        ("console", "$ orch gate finsh", "no command 'finsh', did you mean 'finish'?"),
        ("console", "$ orch gate finish --rn ID", "No such option '--rn'"),
        ("console", "$ orch run start --slug tea", "Missing parameter: workflow_name"),
        ("console", "$ orch run tea-essay --slug tea \\\n    --dept deep", "No such option '--dept'"),
        ("text", "$ cat topic.txt | orch demo --x\nPASS", "No such option '--x'"),
        ("sh", "if ! FORCE_COLOR=1 orch verify --x 2>&1 | cat; then exit 1; fi", "No such option '--x'"),
        ("bash", "code=0; python -I -m runner -C . verify --x > out.json || code=$?", "No such option '--x'"),
        ("yaml", "steps:\n  - run: |\n      orch verify --x ${{ inputs.x }}", "No such option '--x'"),
        ("yaml", "a: b: c", "mapping values are not allowed here"),
        ("toml", "a = ", "Invalid value (at end of document)"),
        ("python", "def f(:", "invalid syntax (snippet, line 1)"),
        ("json", "{'a': 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("jsonl", "{}\n{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("json", '{"gate": "G1", "name": "A", "checks": []}', "'checks' does not match any of the regexes: '^x-'"),
        ("json", '{"type": "word_count", "target": "a.md", "atleast": {}}', "('atleast' was unexpected)"),
        ("json", '{"workflow": "w", "gates": []}', "'version' is a required property"),
        (MENTION, "orch gate finsh", "orch gate has no command finsh"),
        (MENTION, "orch gate finish --rn", "orch gate finish has no option --rn"),
        (MENTION, "orch -C svc verify --al", "orch verify has no option --al"),
    ],
)
def test_what_is_stale_is_found(language: str, text: str, problem: str) -> None:
    found = find_problem(Snippet(PAGE, 1, language, text))
    assert found is not None
    assert problem in found


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("console", "$ orch demo  # three gates\nPASS  G1\n$ ls"),
        ("console", "$ orch run --help\n$ orch --version"),
        ("text", "orch gate finish [OPTIONS]"),
        ("sh", "orch ()\n{\n  echo\n}\n"),
        ("yaml", "name: orch verifies"),
        ("mermaid", "graph TD"),
        (MENTION, "orch run <workflow>"),
        (MENTION, "orch run release-notes --slug"),
        (MENTION, "orch gate start --force REASON"),
        (MENTION, "orch …"),
    ],
)
def test_what_is_not_stale_is_not_found(language: str, text: str) -> None:
    assert find_problem(Snippet(PAGE, 1, language, text)) is None


def test_commands_are_found_between_other_programs() -> None:
    line = "cd x && orch run list --limit 2 > runs.txt 2>&1; orch verify | cat"
    assert list_commands(line) == [["run", "list", "--limit", "2"], ["verify"]]
