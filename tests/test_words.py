"""What people read is in the words of the field: no message, help, schema, prompt or page has a word of the table."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent

OLD_WORDS: Final = {
    r"mend(?:s|ed|ing)?": "fix",
    r"folders?": "directory",
    r"(?<!there )(?:is|are|was|were) none": "does not exist",
    r"(?<!there )(?:is|are|was|were) no (?!longer|more|exception|faster)\S+": "is not",
    r"(?:is|are|was|were|lies?|stands?) there|stands?": "exists",
    r"told|tells": "reports, shows, says",
    r"want(?:s|ed)?": "expected, needs",
    r"holds?|held": "passes, contains",
    r"faults?|suspicions?|refusals?|advice": "error, warning",
    r"sound": "valid",
    r"damaged?": "corrupted, inconsistent",
    r"sabotaged?|kill ?test": "mutated, mutation test",
    r"witness(?:es)?|testimony|hearing|judge?ments?|circumstances": "event, message, evaluation, options",
    r"demand(?:s|ed)?": "requires",
    r"what it (?:comes|came) to": "result",
    r"takes? down": "records",
    r"begins (?:none|the ids)": "matches",
    r"(?:is|are) (?:running|open) since": "has been running since",
    r"byte-code|time-outs?|white-space|file-name": "bytecode, timeout, white space, file name",
    r"beneath|anew|all the same|of another size": "below, again, anyway, changed",
    r"as long as (?:it|they) wants?|so many": "no limit, a number",
}
"""Regexes of the old words, and what to write instead."""

OLD: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(OLD_WORDS)})(?![\w-])", re.IGNORECASE)

ALLOWED: Final = {
    "DAMAGED": "the status that `orch run list` shows for a record that is one or the other",
    "holds the run's lock": "what a process does with a lock",
    "hold its lock": "what a process does with a lock",
    "Outcome(holds,": "a field of the public API for custom checks",
    "`advice`": "a key of the JSON document of an error",
    '"advice":': "the same",
    "stand in for": "replace, in a contract that has several outputs",
}
"""Phrases that contain such a word, and why they stay."""


LITERAL: Final = re.compile(r"""#[^\n]*|(?P<quote>"{3}|'{3}|["'])(?P<text>(?:\\.|.)*?)(?P=quote)""", re.DOTALL)
"""A comment, or a string literal."""


class Text(NamedTuple):
    """A text that people read, with the file and line it is in."""

    place: str
    text: str


def literals(path: Path) -> Iterator[Text]:
    """The string literals of a module, adjacent ones joined; of docstrings only the help of commands.

    Found by a regex: to parse all modules takes more than a second.
    """
    source = path.read_text("utf-8")
    parts, end = list[str](), 0
    for match in LITERAL.finditer(source):
        if match["quote"] and not _is_docstring(match, source):
            if not re.fullmatch(r"(?:\s|#[^\n]*+)*+[rbf]{0,2}", source[end : match.start()]):
                yield Text(_place(path, source, end), "".join(parts))
                parts.clear()
            parts.append(re.sub(r"\\n|\{[^{}]*\}", " ", match["text"]))
            end = match.end()
    yield Text(_place(path, source, end), "".join(parts))


def _is_docstring(match: re.Match[str], source: str) -> bool:
    """Whether it is a statement of its own, and not the help of a command, which has an example."""
    is_statement = not source[source.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
    return is_statement and len(match["quote"]) == 3 and "Example:" not in match["text"]


def _place(path: Path, source: str, offset: int) -> str:
    return f"{os.path.relpath(path, ROOT)}:{source[:offset].count(chr(10)) + 1}"


def strings(value: Any) -> Iterator[str]:
    """All strings that are values of a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def files(*patterns: str) -> Iterator[Path]:
    """The files of the repository that match, without example artifacts, which are not about orch."""
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        if "examples" not in path.parts and "runs" not in path.parts:
            yield path


def written() -> Iterator[Text]:
    """Everything that people read."""
    for path in files("gate_tests/**/*.py", "runner/**/*.py"):
        yield from literals(path)
    for path in files("gate_tests/**/*.json", "runner/**/*.json", "orchestration/**/*.json"):
        for text in strings(json.loads(path.read_text("utf-8"))):
            yield Text(str(path.relative_to(ROOT)), text)
    for path in files("*.md", "docs/**/*.md", "orchestration/**/*.md", ".*.yaml", "orchestration/.git*"):
        for number, paragraph in enumerate(path.read_text("utf-8").split("\n\n"), 1):
            yield Text(f"{path.relative_to(ROOT)}, paragraph {number}", paragraph)
    yield Text("pyproject.toml", tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["description"])


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return [Text(place, " ".join(text.split())) for place, text in written()]


def old_words(text: str) -> list[str]:
    for phrase in ALLOWED:
        text = text.replace(phrase, "")
    return OLD.findall(text)


def test_nothing_that_people_read_has_an_old_word(texts: list[Text]) -> None:
    found = [f"{place}: {words}: {text}" for place, text in texts if " " in text and (words := old_words(text))]
    assert not found, "\n".join([*found, f"write instead: {OLD_WORDS}"])


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("raise Refused(f'{x!r} is no run id')", ["is no run"], id="a message"),
        pytest.param(
            'x = ("wanted a file, found "\n    f"none, as it is "  # a comment\n    f"none")',
            ["wanted", "is none"],
            id="divided",
        ),
        pytest.param(
            'def a():\n    """Say what mends it.\n\n    Example:\n      orch a\n    """', ["mends"], id="help"
        ),
        pytest.param('def a():\n    """What is wanted."""\n    return "a word"  # told', [], id="not read by people"),
        pytest.param("x = f\"{', '.join(held)} {wanted!r} wanted-and-held\"", [], id="names"),
    ],
)
def test_an_old_word_is_found_in_what_people_read(tmp_path: Path, source: str, found: list[str]) -> None:
    module = tmp_path / "module.py"
    module.write_text(source)
    assert [word for _, text in literals(module) for word in old_words(" ".join(text.split()))] == found


@pytest.mark.parametrize("phrase", [pytest.param(phrase, id=phrase) for phrase in ALLOWED])
def test_every_exception_is_needed(phrase: str, texts: list[Text]) -> None:
    assert OLD.search(phrase), "contains no old word"
    assert any(phrase in text for _, text in texts), "occurs nowhere"


OLD_NAMES: Final = re.compile(
    r"mend(ed)?|tells|told|wanted|folders?|faults?|sabotaged?|witness|testimony|hearing|judgement|circumstances|sound"
    r"|suspicions?|sightings?|bench|demand"
)
NAMED: Final = re.compile(r"^ *(?:class|def) (\w+)|^(\w+)(?:: Final)? = ", re.MULTILINE)


def test_no_class_function_constant_or_module_is_named_with_an_old_word() -> None:
    for path in files("gate_tests/**/*.py", "runner/**/*.py"):
        named = NAMED.findall(path.read_text("utf-8"))
        for name in (path.stem, *(definition or constant for definition, constant in named)):
            words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
            assert not any(map(OLD_NAMES.fullmatch, words)), f"{path.relative_to(ROOT)}: {name}"
