"""README is short, answers a newcomer's questions, and what it says to type works."""

import re
import shlex
from typing import Final

import pytest

from docs.markdown.page import read
from gate_tests.compiler.loader import load_contract
from tests.support import CHECKOUT
from tests.support.repository import Repository

PAGE: Final = read(CHECKOUT / "README.md")
README: Final = PAGE.text
WORDS: Final = ("gate", "workflow", "contract", "check", "run", "attempt", "artifact", "prompt packet", "record")
QUESTIONS: Final = {
    "why not pytest alone": "docs/explanation/why-pytest.md#why-not-pytest-alone",
    "how into my repository": "docs/tutorial.md",
    "license": "#license",
    "systems": "#supported-systems",
    "own workflow": "docs/how-to/own-workflow.md",
    "a contract": "docs/explanation/concepts.md#contract",
    "a packet": "docs/explanation/concepts.md#prompt-packet",
    "what to commit and when": "docs/how-to/merging.md#what-to-commit-and-when",
    "the run of a pull request": "docs/how-to/ci.md#which-runs-it-is-about",
    "wiring agents": "docs/how-to/agents.md",
    "cancel or delete a run": "docs/how-to/cancel-or-delete.md",
    "an agent that cheats": "docs/explanation/threat-model.md#an-agent-that-cheats",
    "two people and one run": "docs/how-to/merging.md",
    "records and the next version": "docs/formats.md#versions",
    "report a bug": "CONTRIBUTING.md#report-a-bug",
}
"""What a newcomer asks, and where the answer is: in a section of README or one step from it."""


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_its_two_sh_blocks_are_the_demo_and_the_tests() -> None:
    demo, tests = PAGE.find_blocks("sh")
    assert demo.splitlines()[-1] == "orch demo"
    assert tests.splitlines()[-1] == "pytest -q -n 2"


def test_it_defines_its_words_before_it_uses_them() -> None:
    definitions = README.partition("\n- ")[2].partition("<picture>")[0]
    first_uses = {word: re.search(rf"(\**)\b{word}", definitions) for word in WORDS}
    assert [word for word, use in first_uses.items() if use is None or use[1] != "**"] == []


def test_the_first_page_of_the_site_begins_as_it_does() -> None:
    index = read(CHECKOUT / "docs/index.md").text
    assert index.split("\n\n")[:2] == README.split("\n\n")[:2]


@pytest.mark.quick("*")
@pytest.mark.parametrize("target", [pytest.param(target, id=question) for question, target in QUESTIONS.items()])
def test_the_answer_to_a_newcomers_question_is_one_step_away(target: str) -> None:
    assert f"]({target})" in README.partition("## Where to find")[2], "no link"
    path, _, anchor = target.partition("#")
    page = CHECKOUT / path if path else CHECKOUT / "README.md"
    assert page.is_file(), "no such page"
    assert not anchor or anchor in read(page).anchors


def test_the_text_in_place_of_its_picture_is_that_of_the_picture() -> None:
    (alt,) = re.findall(r'<img src="docs/images/run-light.svg"[^>]* alt="([^"]+)"', README)
    assert f">{alt}</title>" in (CHECKOUT / "docs/images/run-light.svg").read_text("utf-8")
    assert f">{alt}</title>" in (CHECKOUT / "docs/images/run-dark.svg").read_text("utf-8")
    assert '<source media="(prefers-color-scheme: dark)" srcset="docs/images/run-dark.svg">' in README


def test_its_commands_for_a_first_workflow_lead_to_a_run(repository: Repository) -> None:
    block = PAGE.find_block("console", "workflow new")
    lines = [shlex.split(line.removeprefix("$ orch "), comments=True) for line in block.splitlines()]
    assert [repository.orch(*line).code for line in lines] == [0, 0, 0, 5]


def test_its_contract_is_a_valid_contract(repository: Repository) -> None:
    repository.write("orchestration/gates/contracts/R1.contract.json", PAGE.find_block("json"))
    contract = load_contract(repository.workspace, "R1")
    assert [validation.type for validation in contract.validations] == ["contains_headings"]
