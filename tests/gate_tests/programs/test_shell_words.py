"""What only a shell understands is told from what any program may be given."""

import time

import pytest

from gate_tests.programs.shell_words import find_shell_syntax

FOR_A_SHELL = {
    "and": (["npm", "run", "build", "&&", "npm", "test"], 3),
    "or": (["npm", "test", "||", "true"], 2),
    "a pipe": (["npm", "test", "|", "tee", "log"], 2),
    "a file for output": (["npm", "test", ">", "log"], 2),
    "a file for output, in one word": (["npm", "test", ">log.txt"], 2),
    "a file for input": (["sort", "<in.txt"], 1),
    "both outputs": (["npm", "test", "2>&1"], 2),
    "nowhere": (["npm", "test", "2>/dev/null"], 2),
    "in the background": (["npm", "start", "&"], 2),
    "a semicolon": (["npm", "test", ";", "npm", "run", "lint"], 2),
    "a semicolon at a word": (["npm", "ci;", "npm", "test"], 1),
    "a variable": (["cat", "$HOME/x"], 1),
    "a variable of an option": (["build", "--out=$OUT"], 1),
    "a variable in braces": (["build", "${OUT:-out}"], 1),
    "a variable after an option": (["build", "--out", "$OUT"], 2),
    "backticks": (["echo", "`date`"], 1),
    "what a command prints": (["build", "--rev=$(git rev-parse HEAD)"], 1),
    "the home": (["cat", "~/x"], 1),
    "a whole line": (["npm run build && npm test"], 0),
    "a program and its arguments": (["npm run build"], 0),
    "a line for an argument": (["npm", "run build && npm test"], 1),
    "a variable that is set": (["CI=1", "npm", "test"], 0),
    "a command of shells": (["cd", "app"], 0),
    "a word of shells": (["!", "grep", "-q", "TODO", "report.md"], 0),
    "an operator beside a shell's line": (["sh", "-c", "npm test", "&&", "echo"], 3),
    "quotation marks": (["grep", "-q", "'two words'", "a.md"], 2),
    "an escaped semicolon": (["find", ".", "-exec", "cat", "{}", "\\;"], 5),
}
FOR_A_PROGRAM = {
    "a shell's line": ["sh", "-c", "npm test > log 2>&1 && cat log | tail; echo $HOME"],
    "a login shell's line": ["bash", "-lc", "cd app && npm test"],
    "Python": ["python3", "-c", "import sys; print(1 > 2)"],
    "JavaScript": ["node", "-e", "console.log(`a`)"],
    "find": ["find", ".", "-exec", "cat", "{}", ";"],
    "jq": ["jq", "-e", ".a | length > 0", "a.json"],
    "awk": ["awk", "$1 > 0 && $NF", "a.csv"],
    "a regex": ["grep", "-E", "^(a|b)$", "a.md"],
    "a version": ["pip", "check", "x>=1.0"],
    "a tag": ["grep", "<div>", "a.html"],
    "a query": ["curl", "http://127.0.0.1/?a=1&b=2"],
    "a glob": ["npx", "markdownlint", "docs/**/*.md"],
    "a path with spaces": ["wc", "my notes/a.md"],
    "an apostrophe": ["echo", "it's"],
    "a price": ["echo", "5$", "$5"],
    "env": ["env", "CI=1", "npm", "test"],
    "PowerShell": ["pwsh", "-Command", "a | b && c"],
}


@pytest.mark.quick("*")
@pytest.mark.parametrize(("command", "index"), FOR_A_SHELL.values(), ids=FOR_A_SHELL.keys())
def test_a_word_that_only_a_shell_understands_is_found(command: list[str], index: int) -> None:
    assert next(number for number, _ in find_shell_syntax(command)) == index


@pytest.mark.quick("*")
@pytest.mark.parametrize("command", FOR_A_PROGRAM.values(), ids=FOR_A_PROGRAM.keys())
def test_a_word_that_is_meant_for_a_program_is_not(command: list[str]) -> None:
    assert list(find_shell_syntax(command)) == []


def test_a_huge_word_is_looked_at_in_no_time() -> None:
    before = time.perf_counter()
    for piece in ("a", "$(", "`", "${A", "a=", "1", "$A", "'", " ", ">", "&", ";", "~/"):
        list(find_shell_syntax(["x", piece * 100_000]))
        list(find_shell_syntax([piece * 100_000]))
    assert time.perf_counter() - before < 2
