"""Warnings about a single check or script: it can match nothing, accepts nearly everything, or is slow."""

from collections.abc import Iterable, Iterator

from gate_tests.checks.lint import BRACES
from gate_tests.compiler.check import Check
from gate_tests.compiler.pre_script import BoundScript
from gate_tests.compiler.templates import BUILT_IN_VARIABLES, VARIABLE
from gate_tests.errors import suggest
from gate_tests.lint.findings import WarningTopic
from gate_tests.programs.shell_words import find_shell_syntax
from gate_tests.strict_json.document import JsonPath

CheckWarning = tuple[WarningTopic, JsonPath, str]
"""WarningTopic, path of the value in the check, message."""


def lint_check(check: Check) -> Iterator[CheckWarning]:
    """All of them. A rule is asked for its bound parameters, so that variables have their values."""
    for name in _find_literal_braces(check.target.template):
        words = f"{name!r} is not a variable and is taken literally{suggest(name[1:-1].strip(), BUILT_IN_VARIABLES)}"
        yield WarningTopic.MATCHES_NOTHING, (), words
    yield from ((WarningTopic(topic), keys, message) for topic, keys, message in check.rule.lint(check.target.path))


def lint_scripts(scripts: Iterable[BoundScript]) -> Iterator[CheckWarning]:
    """A warning about each script whose arguments are written for a shell; paths begin at the contract."""
    for index, script in enumerate(scripts):
        words = (script.path, *script.given)
        problems = [each for each in find_shell_syntax(words) if each[0]]
        for number, problem in problems[:1]:
            yield WarningTopic.NO_SHELL, ("pre_scripts", index, "args", number - 1), f"{words[number]!r} {problem}"


def _find_literal_braces(template: str) -> list[str]:
    """What looks like a variable but is not one."""
    return [name for name in BRACES.findall(template) if not VARIABLE.fullmatch(name)]
