"""`ids_covered`: every id that a file has is in other files too, such as each requirement of a spec in its tasks."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning, lint_glob
from gate_tests.checks.matching_files import bind_patterns, find_matching_files, patterns_schema
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import FLAGS_SCHEMA, REGEX, bind_pattern, lint_regex
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Effect, incomparable, names, never_tighter
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifact, Artifacts, NotText
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import Pattern, TooSlow
from gate_tests.js_regex.samples import generate_matches
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override

MAX_IDS: Final = 10_000
_MAX_SHOWN_CHARS: Final = 100


class _Id(NamedTuple):
    """A text that the regex matches, and the line on which the target has it first."""

    text: str
    line: int

    @property
    def shown(self) -> str:
        return sanitize_line(self.text, _MAX_SHOWN_CHARS)


@dataclass(frozen=True)
class IdsCovered(Rule):
    """Each distinct match in the target is also a match in one of the files that `globs` find, the target excluded.

    `regex_s` limits the search of one file, `check_s` the whole, in seconds. `literal_paths` are the globs that are
    paths.
    """

    pattern: Pattern
    globs: tuple[str, ...]
    literal_paths: tuple[str, ...]
    regex_s: float
    check_s: float

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex, its variables replaced. Refuses one that matches the empty text."""
        pattern = bind_pattern(validation, scope)
        if pattern.matches_empty:
            raise scope.make_error(validation, "matches the empty text, which is not an id", "regex")
        globs, literal = bind_patterns(validation, scope, "in")
        return cls(pattern, globs, literal, scope.limits.regex_s, scope.limits.check_s)

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return self.literal_paths

    @property
    @override
    def other_globs(self) -> tuple[str, ...]:
        return self.globs

    @override
    def describe(self) -> str:
        return f"at least 1 match of {self.pattern}, each also in {', '.join(self.globs)}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        yield from lint_regex(self.pattern, "regex")
        for index, glob in enumerate(self.globs):
            if warning := lint_glob(glob, "in", index):
                yield warning
            elif glob == path:
                message = "is the target itself, which cannot cover its own ids"
                yield LintWarning("matches-nothing", ("in", index), message)

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        deadline = time.monotonic() + self.check_s
        try:
            ids = artifacts.judge_text(path, partial(self._collect_ids, deadline=deadline))
        except NotText as error:
            return _fail(str(error))
        except TooSlow:
            return _fail(self._describe_limit())
        except BadRegex as error:
            return _fail(f"an invalid regex: {error}")
        if not ids:
            return _fail("no match")
        if len(ids) > MAX_IDS:
            return Outcome(False, f"more than {MAX_IDS} different matches", {"count": len(ids), "missing": []})
        files = find_matching_files(self.globs, artifacts, path)
        missing, unread = self._find_missing(ids, files.paths, artifacts.read(path), artifacts, deadline)
        return _build_outcome(ids, missing, [*files.missing, *files.errors, *(unread if missing else ())])

    def _collect_ids(self, text: str, deadline: float) -> dict[str, _Id]:
        """The distinct matches by what they are compared by, in the order of the target; one more than MAX_IDS."""
        ids: dict[str, _Id] = {}
        encoded = self.pattern.encode(text)
        line, counted = 1, 0
        for start, match in self.pattern.matches_in(encoded, self._time_left(deadline)):
            key = self._key(match)
            if match and key not in ids:
                line, counted = line + encoded.count("\n", counted, start), start
                ids[key] = _Id(match, line)
                if len(ids) > MAX_IDS:
                    break
        return ids

    def _find_missing(
        self, ids: dict[str, _Id], files: tuple[str, ...], target: Artifact, artifacts: Artifacts, deadline: float
    ) -> tuple[dict[str, _Id], list[str]]:
        """The ids that are in no file, and an error for each file not searched, and for one that has only the text."""
        missing, unread, only_text = dict(ids), list[str](), dict[str, str]()
        for path in files:
            if not missing:
                break
            if artifacts.read(path).state == target.state:
                unread.append(f"{path} is the target itself, under another name")
                continue
            try:
                key = artifacts.judge_text(path, partial(self._remove_found, missing=missing, deadline=deadline))
                only_text |= {key: path} if key else {}
            except NotText as error:
                unread.append(f"{path} was not searched ({error})")
            except TooSlow:
                unread.append(f"{path}: {self._describe_limit()}")
        hints = (
            f"{path} contains {missing[key].shown}, but not as a whole match"
            for key, path in only_text.items()
            if key in missing
        )
        return missing, [*unread, *islice(hints, 1)]

    def _remove_found(self, text: str, missing: dict[str, _Id], deadline: float) -> str | None:
        """Remove what the file has. The key of one that it has as text, though the regex does not match it so."""
        for _, match in self.pattern.matches_in(self.pattern.encode(text), self._time_left(deadline)):
            if missing.pop(self._key(match), None) and not missing:
                return None
        return next((key for key, each in islice(missing.items(), MAX_RECORDED) if each.text in text), None)

    def _key(self, match: str) -> str:
        return match.casefold() if "i" in self.pattern.flags else match

    def _time_left(self, deadline: float) -> float:
        return min(self.regex_s, deadline - time.monotonic())

    def _describe_limit(self) -> str:
        limit = f"{self.regex_s:g} s per file (limits.regex_s) or {self.check_s:g} s in all (limits.check_s)"
        return f"the regex timed out after {limit}"

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for specimen in islice(generate_matches(self.pattern, self.regex_s), 1):
            new = specimen.replace("1", "7")
            if new != specimen and new not in text and [new] == list(self.pattern.matches(new, self.regex_s)):
                yield Mutation(f"with {new!r} added, which no other file has", append_line(text, new))


def _fail(found: str) -> Outcome:
    return Outcome(False, found, {"count": 0, "missing": []})


def _build_outcome(ids: dict[str, _Id], missing: dict[str, _Id], errors: list[str]) -> Outcome:
    found = [f"{len(ids)} different match{'' if len(ids) == 1 else 'es'}"]
    if missing:
        shown = join_truncated([f"{each.shown} (line {each.line})" for each in missing.values()])
        found.append(f"{len(missing)} not covered: {shown}")
    measured = {"count": len(ids), "missing": [each.shown for each in islice(missing.values(), MAX_RECORDED)]}
    return Outcome(not missing and not errors, "; ".join([*found, *errors]), measured)


CHECK_TYPE: Final = CheckType(
    name="ids_covered",
    summary=(
        "the regex matches at least once in the target, and each distinct match is also a whole match in one of the "
        "files of `in`, such as each requirement of a spec in its tasks. `FR-12` does not cover `FR-1`; with the flag "
        "`i`, `fr-1` covers `FR-1`"
    ),
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The file whose ids must also occur elsewhere."},
        "regex": REGEX,
        "flags": FLAGS_SCHEMA,
        "in": patterns_schema(
            "Paths and globs of the files that together must contain all ids. Each must match a file; the target "
            "itself does not count."
        ),
    },
    required=("target", "regex", "in"),
    measures={
        "count": "number of different ids in the target",
        "missing": "ids that no file of `in` has, in the order of the target; the first 50",
    },
    example={
        "type": "ids_covered",
        "target": "{artifact_path}/spec.md",
        "regex": "\\bFR-\\d+\\b",
        "in": ["{artifact_path}/tasks.md", "{artifact_path}/plan/**/*.md"],
    },
    fix="Cover each missing id where it belongs, or remove it from the target if it is obsolete.",
    bind=IdsCovered.bind,
    strictness={
        "regex": incomparable(),
        "flags": incomparable(""),
        "in": never_tighter(names(Effect.LOOSER)),  # each must find a file
    },
)
