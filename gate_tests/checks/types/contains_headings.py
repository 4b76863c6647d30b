"""`contains_headings`: a file has every required heading, and its section as many words as are required."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, Self
from unicodedata import category

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import Effect, lower_bound, names
from gate_tests.contract import Limits, Validation
from gate_tests.parsers.markdown import MARKDOWN_SUFFIXES, is_markdown
from gate_tests.parsers.markdown.headings import Heading, find_headings, find_sections, normalize_title
from gate_tests.typing_compat import override

_MAX_LEVEL: Final = 6
_MAX_COMPARED: Final = 1000
"""How many headings are compared with a missing one, to name the nearest."""
_MAX_SIMILAR: Final = 200
"""How many of them are compared by similarity: to compare two takes up to a millisecond."""
_MAX_REMARKS: Final = 10
"""Missing headings that the nearest one is named of."""
_MAX_COMPARED_LENGTH: Final = 80  # characters
_NUMBERING: Final = re.compile(r"(?:\d+(?:\.\d+)*|[A-Za-z])[.):]?\s+")
_MARKUP: Final = re.compile(r"[*_`~\[\]<>&\\]")
_MARKS: Final = ("Mn", "Mc")
"""Categories of characters that belong to the letter before them."""
_JOINERS: Final = ("\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}")
_WRITTEN_HEADING: Final = re.compile(r"^[ \t>*+-]*+(#{1,6})[ \t]++([^\n]*+)$", re.MULTILINE)
"""A line that is a heading, or would be one elsewhere."""
_LOOKALIKE: Final = re.compile(r"^(?:#{1,6}(?=[^#\s])|\*\*|__|<h[1-6]\b)[^\n]{1,200}$", re.MULTILINE)
_TAG_OR_MARK: Final = re.compile(r"<[^<>]*+>|[#*_:]")
_CLOSING_MARKS: Final = re.compile(r"(?<=[^\s])\s++#++\Z")
_UNDERLINE: Final = re.compile(r"[ \t>]*(?:=+|-+)[ \t]*")


class _Missing(NamedTuple):
    """What a file lacks: headings, and words in the sections of those that it has."""

    missing: tuple[str, ...]
    short: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ContainsHeadings(TextRule):
    """The file has all `required_headings`: in Markdown as headings, in other files as substrings.

    One of the headings that meet a required one has a section of at least `min_section_words` words.
    """

    required_headings: tuple[str, ...]
    min_section_words: int = 0
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the headings."""
        templates = enumerate(validation.keys["required_headings"])
        headings = tuple(scope.text(each, validation, "required_headings", index) for index, each in templates)
        words = validation.keys.get("min_section_words", 0)
        if words and not is_markdown(validation.keys["target"]):
            known = ", ".join(MARKDOWN_SUFFIXES)
            raise scope.make_error(validation, f"requires a Markdown target ({known})", "min_section_words")
        return cls(headings, words, scope.limits.markdown_bytes)

    @override
    def describe(self) -> str:
        headings, count = ", ".join(self.required_headings), len(self.required_headings)
        unit = "word" if self.min_section_words == 1 else "words"
        words = f" with at least {self.min_section_words} {unit} under" if self.min_section_words else ""
        if count == 1:
            return f"the heading {headings}{words and f'{words} it'}"
        quantity = "both" if count == 2 else f"all {count}"
        return f"{quantity} headings{words and f'{words} each'}: {headings}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        if not is_markdown(path):
            return
        for index, heading in enumerate(self.required_headings):
            if "\n" in heading or len(heading) - len(heading.lstrip("#")) > _MAX_LEVEL:
                message = f"{heading!r} is not a Markdown heading: one line, at most {_MAX_LEVEL} '#'"
                yield LintWarning("matches-nothing", ("required_headings", index), message)

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        if self.min_section_words and not is_markdown(path):  # another output replaces the target
            measured = _measure(self.required_headings, ())
            return Outcome(False, "a file that is not Markdown and has no sections", measured)
        missing, short = self._find_missing(text, path)
        count = len(self.required_headings)
        found = [f"{count - len(missing)} of {count}"]
        if missing:
            remarks = self._explain_missing(missing, text, path)
            found.append("missing: " + ", ".join(each + remarks.get(each, "") for each in missing))
        if short:
            found.append("too short: " + ", ".join(f"{heading} ({words} words)" for heading, words in short))
        return Outcome(not (missing or short), ", ".join(found), _measure(missing, short))

    def _find_missing(self, text: str, path: str) -> _Missing:
        if not is_markdown(path):
            return _Missing(tuple(each for each in self.required_headings if each not in text), ())
        if not self.min_section_words:
            missing = list(self.required_headings)
            for present in find_headings(text, path, self.markdown_bytes):
                missing = [heading for heading in missing if not _is_met_by(heading, present)]
            return _Missing(tuple(missing), ())
        most_words = dict.fromkeys(self.required_headings, -1)
        for section in find_sections(text, path, self.markdown_bytes):
            for heading in self.required_headings:
                if section.word_count > most_words[heading] and _is_met_by(heading, section.heading):
                    most_words[heading] = section.word_count
        missing = [heading for heading, words in most_words.items() if words < 0]
        short = [(heading, words) for heading, words in most_words.items() if 0 <= words < self.min_section_words]
        return _Missing(tuple(missing), tuple(short))

    def _explain_missing(self, missing: Iterable[str], text: str, path: str) -> Mapping[str, str]:
        """For each missing heading where it does not count, else the most similar one, in brackets."""
        if not is_markdown(path):
            return {}
        present = list(islice(find_headings(text, path, self.markdown_bytes), _MAX_COMPARED))
        remarks = {each: _explain_one(each, text, present) for each in islice(missing, _MAX_REMARKS)}
        return {heading: f" ({remark})" for heading, remark in remarks.items() if remark}

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for required in self.required_headings:
            if not is_markdown(path):
                yield Mutation(f"without {required!r}", text.replace(required, ""))
                continue
            lines = text.split("\n")
            met = [each for each in find_headings(text, path, self.markdown_bytes) if _is_met_by(required, each)]
            ranges = [_find_source_lines(lines, each) for each in met]
            yield Mutation(f"without {required!r}", "\n".join(_replace_ranges(lines, ranges, "", "")))
            fenced = "\n".join(_replace_ranges(lines, ranges, "~~~~~~~~", "~~~~~~~~"))
            yield Mutation(f"with {required!r} in a code fence", fenced)
        if self.min_section_words:
            titles = (each if each.startswith("#") else f"# {each}" for each in self.required_headings)
            yield Mutation("with only its headings", "".join(f"{title}\n\n" for title in titles))


def _measure(missing: tuple[str, ...], short: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    return {
        "missing": list(missing),
        "short": [{"heading": heading, "words": words} for heading, words in short],
    }


def _find_source_lines(lines: list[str], heading: Heading) -> range:
    """The indexes of the lines that make up a heading: one, or several that are underlined."""
    first = heading.line - 1
    if lines[first].lstrip().startswith("#"):
        return range(first, first + 1)
    last = next((index for index in range(first, len(lines)) if _UNDERLINE.fullmatch(lines[index])), first)
    return range(first, last + 1)


def _replace_ranges(lines: list[str], ranges: list[range], before: str, after: str) -> Iterator[str]:
    """The lines with those in `ranges` between two others; without them if these are empty."""
    starts, inside = {each.start: each for each in ranges}, range(0)
    for index, line in enumerate(lines):
        inside = starts.get(index, inside)
        if index not in inside:
            yield line
        elif before:
            yield from (before,) if index == inside.start else ()
            yield line
            yield from (after,) if index == inside.stop - 1 else ()


def _is_met_by(required: str, heading: Heading) -> bool:
    level, title = _split_required(required)
    return level in (0, heading.level) and any(_is_or_continues(heading.text, each) for each in _renderings(title))


def _split_required(required: str) -> tuple[int, str]:
    """The level, 0 for any, and the title."""
    required = required.strip()
    title = required.lstrip("#")
    return len(required) - len(title), _CLOSING_MARKS.sub("", title)


@cache
def _renderings(title: str) -> tuple[str, ...]:
    """A required title as it is written and, if it has markup, as a reader sees it."""
    written = normalize_title(title)
    if not _MARKUP.search(written):
        return (written,)
    from gate_tests.parsers.markdown.parse import parse_blocks

    rendered = " ".join(block.text for block in parse_blocks(f"# {written}", "", len(written) * 8))
    return tuple(filter(None, dict.fromkeys((written, normalize_title(rendered)))))


def _is_or_continues(text: str, title: str) -> bool:
    """Whether `text` is `title`, or continues it with no letter or digit, nor, as a number, with `.2`, `,2` or `-2`."""
    if not text.startswith(title):
        return False
    following = text[len(title) : len(title) + 2]
    is_number = title[-1:].isdigit() and following[:1] in tuple(".,-") and following[1:].isdigit()
    return not (_continues_word(following[:1]) or is_number)


def _continues_word(character: str) -> bool:
    """Whether it is a letter or digit, or belongs to the letter before it, as the vowels of Devanagari do."""
    return character.isalnum() or (not character.isascii() and category(character) in _MARKS) or character in _JOINERS


def _explain_one(required: str, text: str, present: Iterable[Heading]) -> str | None:
    for written in islice(_WRITTEN_HEADING.finditer(text), _MAX_COMPARED):
        if _is_met_by(required, Heading(len(written[1]), normalize_title(written[2]), 0)):
            line = text.count("\n", 0, written.start()) + 1
            return f"on line {line} inside code, a comment, HTML, front matter, a list or a quotation"
    near = _find_nearest_heading(required, present)
    return f"nearest: {near}" if near else _explain_lookalike(_split_required(required)[1], text)


def _explain_lookalike(title: str, text: str) -> str | None:
    """A line that is the title, but is only bold, in HTML or without a blank after its `#`."""
    for written in islice(_LOOKALIKE.finditer(text), _MAX_COMPARED):
        if normalize_title(_TAG_OR_MARK.sub("", written[0])) == normalize_title(title):
            line = text.count("\n", 0, written.start()) + 1
            return f"line {line}, {written[0]!r}, is not a heading"
    return None


def _find_nearest_heading(required: str, present: Iterable[Heading]) -> str | None:
    from difflib import get_close_matches

    by_title = {_simplify(each.text): each for each in present}
    title = _simplify(_split_required(required)[1])
    nearest = [title] if title in by_title else get_close_matches(title, islice(by_title, _MAX_SIMILAR), n=1)
    if not nearest:
        return None
    heading = by_title[nearest[0]]
    return f"{'#' * heading.level} {heading.text[:_MAX_COMPARED_LENGTH]!r} on line {heading.line}"


def _simplify(title: str) -> str:
    """A title to compare: without numbering, in lower case."""
    return _NUMBERING.sub("", normalize_title(title), count=1).casefold()[:_MAX_COMPARED_LENGTH]


CHECK_TYPE: Final = CheckType(
    name="contains_headings",
    summary=(
        "the file has every required heading. In Markdown: a heading (`#` or underlined) of the same level, outside "
        "code and comments, whose text equals the required one or continues it with a character that is neither a "
        "letter nor a digit; emphasis and other markup are ignored. In other files: a substring"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "required_headings": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "pattern": r"[^#\s]"},
            "description": "Headings with their `#`. `## Layer 1` matches `## Layer 1: Base`, but not `## Layer 1.5`. "
            "Without `#` a heading of any level matches.",
        },
        "min_section_words": {
            "type": "integer",
            "minimum": 1,
            "description": "Minimum number of words in the section of each required heading, up to the next heading "
            "of the same or a higher level; code and comments do not count. Markdown only.",
        },
    },
    required=("target", "required_headings"),
    measures={
        "missing": "the required headings that are missing",
        "short": "those with fewer words than `min_section_words`, as `{heading, words}`",
    },
    example={
        "type": "contains_headings",
        "target": "{artifact_path}/spec.md",
        "required_headings": ["## Layer 1", "## Layer 2"],
        "min_section_words": 20,
    },
    fix="Add each missing heading, spelled as required and at the required level, with its section under it.",
    bind=ContainsHeadings.bind,
    strictness={"required_headings": names(Effect.TIGHTER), "min_section_words": lower_bound()},
    evidence=Evidence.WORDING,
)
