"""Warnings about a single check: it can match nothing, accepts nearly everything, or is slow."""

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import translate
from functools import cache
from typing import Any, Final

from gate_tests.compiler.check import Check
from gate_tests.compiler.templates import BUILT_IN_VARIABLES, VARIABLE
from gate_tests.errors import suggest
from gate_tests.lint.findings import Topic
from gate_tests.strict_json.document import JsonPath

CheckWarning = tuple[Topic, JsonPath, str]
"""Topic, path of the value in the check, message."""

_EMPTY_CLASS: Final = "(?!)"
"""What Python makes of a `[…]` that holds no character."""
_CHOICE: Final = re.compile(r"\{[^{}/]*,[^{}/]*\}")
"""A shell's `{a,b}`. A directory may have such a name; nobody has one."""
_BRACES: Final = re.compile(r"(?<!\{)\{[^{}/]*\}(?!\})")
"""What looks like a variable. Doubled braces belong to another template language."""
_MAX_HEADING_LEVEL: Final = 6


def lint_check(check: Check) -> Iterator[CheckWarning]:
    """All of them. A rule is asked for its bound parameters, so that variables have their values."""
    if any(mark in check.target.template for mark in "*?"):
        words = f"{check.target.template!r} is a path, in which * and ? stand for themselves: no such file is there"
        yield Topic.MATCHES_NOTHING, (), words
    for name in _find_literal_braces(check.target.template):
        words = f"{name!r} is no variable and stands for itself{suggest(name[1:-1].strip(), BUILT_IN_VARIABLES)}"
        yield Topic.MATCHES_NOTHING, (), words
    yield from _ABOUT.get(check.rule.type, _nothing)(check)


def demands_nothing(check: Check) -> str | None:
    """Why the check holds whatever stands in its file, at this depth; None: something is demanded, or nobody knows."""
    rule: Any = check.rule
    match check.rule.type:
        case "min_sources" | "min_sources_any_of" | "min_file_count" if rule.threshold == 0:
            return "0 are wanted"
        case "min_regex_count" if rule.min_count == 0:
            return "0 matches are wanted"
        case "word_count" if not rule.at_least and rule.at_most is None:
            return "0 words are wanted"
        case "regex_match" if not rule.must_not_match and _matches_everywhere(rule.pattern.source):
            return "the regex matches the empty text, which is in every text"
    return None


@cache
def _matches_everywhere(regex: str) -> bool:
    from gate_tests.js_regex.lint import matches_everywhere

    return matches_everywhere(regex)


def _find_literal_braces(template: str) -> list[str]:
    """What looks like a variable and is none."""
    return [name for name in _BRACES.findall(template) if not VARIABLE.fullmatch(name)]


def _nothing(_: Check) -> Iterator[CheckWarning]:
    return iter(())


def _about_regex(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    yield from ((topic, ("regex",), words) for topic, words in _regex_suspicions(rule.pattern.source))


def _about_url_pattern(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    if rule.url_pattern is not None:
        yield from ((topic, ("url_pattern",), words) for topic, words in _regex_suspicions(rule.url_pattern.source))


@cache
def _regex_suspicions(regex: str) -> tuple[tuple[Topic, str], ...]:
    """The one place that asks for what is known of a regex by looking at it, and by trying it."""
    from gate_tests.js_regex.lint import explain_half_characters, explain_no_match, explain_slowness

    if never := explain_no_match(regex):
        return ((Topic.MATCHES_NOTHING, f"the regex can match in no text: {never}"),)
    found = ((Topic.HALF_CHARACTERS, explain_half_characters(regex)), (Topic.SLOW_REGEX, explain_slowness(regex)))
    return tuple((topic, f"the regex: {words}") for topic, words in found if words)


def _about_text(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    for text in (rule.pattern,) if check.rule.type == "not_contains" else rule.patterns:
        if "\r" in text or "\0" in text:
            yield Topic.MATCHES_NOTHING, (), f"{text!r} is in no text: line ends are read as \\n, and \\0 is none"


def _about_fields(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    for field, demand in rule.demands.items():
        if isinstance(demand.differs, str) and demand.at_least is None:
            words = (
                f"whatever is not exactly {demand.differs!r} will do, in another spelling too; name the value that is"
                f' wanted, as in "{field}": "PASS"'
            )
            yield Topic.ALL_BUT_ONE, ("checks", field, "not"), words


def _about_headings(check: Check) -> Iterator[CheckWarning]:
    from gate_tests.parsers.markdown import MARKDOWN_SUFFIXES

    rule: Any = check.rule
    if not check.target.path.lower().endswith(MARKDOWN_SUFFIXES):
        return
    for index, heading in enumerate(rule.required_headings):
        if "\n" in heading or len(heading) - len(heading.lstrip("#")) > _MAX_HEADING_LEVEL:
            words = f"{heading!r} is no heading of Markdown: one line, after at most {_MAX_HEADING_LEVEL} '#'"
            yield Topic.MATCHES_NOTHING, ("required_headings", index), words


def _about_folder(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    if why := _why_no_file(rule.pattern):
        yield Topic.MATCHES_NOTHING, ("pattern",), why
    elif rule.threshold > 1 and not any(mark in rule.pattern for mark in "*?["):
        words = f"{rule.pattern!r} is the name of one file, and {rule.threshold:g} are wanted"
        yield Topic.MATCHES_NOTHING, ("pattern",), words


def _about_sources(check: Check) -> Iterator[CheckWarning]:
    rule: Any = check.rule
    for index, pattern in enumerate(rule.sources):
        itself = "is the report itself, which is no source of its own" if pattern == check.target.path else None
        if why := _why_no_file(pattern) or itself:
            yield Topic.MATCHES_NOTHING, ("sources", index), why


def _why_no_file(glob: str) -> str | None:
    if _CHOICE.search(glob):
        return f"{glob!r} finds no file: {{a,b}} is no choice here, its braces stand for themselves"
    for name in glob.split("/"):
        if _EMPTY_CLASS in translate(name):
            return f"{name!r} can be the name of no file: its [...] holds no character"
    for name in _find_literal_braces(glob):
        return f"{name!r} stands for itself: what a pattern knows is *, ?, [...] and **"
    return None


_ABOUT: Final[Mapping[str, Callable[[Check], Iterator[CheckWarning]]]] = {
    "regex_match": _about_regex,
    "min_regex_count": _about_regex,
    "max_regex_count": _about_regex,
    "url_reachable": _about_url_pattern,
    "contains_text": _about_text,
    "not_contains": _about_text,
    "frontmatter_status": _about_fields,
    "contains_headings": _about_headings,
    "min_file_count": _about_folder,
    "quotes_resolve": _about_sources,
}
