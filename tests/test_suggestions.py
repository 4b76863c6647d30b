"""Every command that a message names is spelled once, in one table."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import CHECKOUT


def find_spelled_commands(source: str) -> Iterator[int]:
    """The lines in which a text is given as the next command."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.keyword(arg="next_command", value=ast.Constant(value=str()) | ast.JoinedStr()):
                yield node.value.lineno
            case ast.Assign(
                targets=[ast.Attribute(attr="next_command")], value=ast.Constant(value=str()) | ast.JoinedStr()
            ):
                yield node.lineno


def list_modules() -> Iterator[Path]:
    for package in ("gate_tests", "runner"):
        yield from (path for path in (CHECKOUT / package).rglob("*.py") if path.name != "suggestions.py")


@pytest.mark.slow
def test_no_module_but_the_table_spells_a_next_command() -> None:
    spelled = {path: [*find_spelled_commands(path.read_text("utf-8"))] for path in list_modules()}
    assert {str(path.relative_to(CHECKOUT)): lines for path, lines in spelled.items() if lines} == {}


def test_a_spelled_command_is_found() -> None:
    assert [*find_spelled_commands('f(next_command="orch demo")\nf(next_command=f"{x}")\nf(next_command=g())')] == [
        1,
        2,
    ]
    assert [*find_spelled_commands('error.next_command = "orch demo"')] == [1]
