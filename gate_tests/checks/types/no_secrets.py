"""`no_secrets`: no file of the work has a credential in it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning, lint_glob
from gate_tests.checks.matching_files import MatchingFiles, bind_patterns, find_matching_files, patterns_schema
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Difference, Effect, names, replaced
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.parsers.secret_search import find_secrets
from gate_tests.plurals import format_count
from gate_tests.typing_compat import override

MAX_FOUND: Final = 1000
_SPECIMEN: Final = ("a GitHub token", "ghp_" + "0a" * 18)
"""Of nobody: made to have the shape."""


class _Found(NamedTuple):
    """A credential: where it is. Its text must not get into a record."""

    kind: str
    path: str
    line: int


class _TimeOver(Exception):
    """The files could not be searched in time."""


@dataclass(frozen=True)
class NoSecrets(Rule):
    """No file that `globs` find has in its bytes what looks like a credential.

    With `targets` the globs are those of the contract's key of that name, each of which must find a file unless
    `missing_ok`; without, those of the declared outputs, of which other checks say which must exist. `literal_paths`
    are the targets that are no globs.
    """

    reads_text: ClassVar[bool] = False

    gate: str
    globs: tuple[str, ...]
    literal_paths: tuple[str, ...]
    has_targets: bool
    missing_ok: bool
    check_s: float

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the targets. Refuses a contract with neither targets nor outputs."""
        if "targets" in validation.keys:
            globs, literal = bind_patterns(validation, scope, "targets")
            return cls(scope.gate, globs, literal, True, validation.missing_ok, scope.limits.check_s)
        if not scope.output_globs:
            message = "has no 'targets', and the contract declares no required_outputs: nothing to search"
            raise scope.make_error(validation, message)
        if validation.missing_ok:
            message = "not allowed without 'targets': make the output itself optional"
            raise scope.make_error(validation, message, "missing_ok")
        return cls(scope.gate, scope.output_globs, (), False, False, scope.limits.check_s)

    @property
    @override
    def subject(self) -> str:
        return self.gate

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return self.literal_paths

    @override
    def describe(self) -> str:
        return f"no credential in {', '.join(self.globs) if self.has_targets else 'the declared outputs'}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        for index, glob in enumerate(self.globs if self.has_targets else ()):
            if warning := lint_glob(glob, "targets", index):
                yield warning

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        files = self._find(artifacts)
        found: list[_Found] = []
        problems = [*files.errors, *(files.missing if self.has_targets and not self.missing_ok else ())]
        if files.unnameable:
            problems.append(f"{files.unnameable} not searched, with control characters in the name")
        deadline = time.monotonic() + self.check_s
        for file in files.paths:
            try:
                found += self._search(file, artifacts, MAX_FOUND - len(found), deadline)
            except NotText as error:
                problems.append(f"{file} was not searched ({error})")
            except _TimeOver:
                problems.append(f"the search timed out after {self.check_s:g} s (limits.check_s)")
                break
            if len(found) >= MAX_FOUND:
                break
        return _build_outcome(found, problems, len(files.paths))

    def _find(self, artifacts: Artifacts) -> MatchingFiles:
        """The files to search. A wildcard of `targets` also matches a leading dot: `.env` is where secrets are."""
        files = find_matching_files(self.globs, artifacts)
        if not self.has_targets:
            return files
        hidden = find_matching_files([name for glob in self.globs if (name := _name_hidden(glob))], artifacts)
        paths = dict.fromkeys([*files.paths, *hidden.paths])
        return files._replace(paths=tuple(paths), errors=(*files.errors, *hidden.errors))

    def _search(self, path: str, artifacts: Artifacts, most: int, deadline: float) -> list[_Found]:
        """The credentials in a file, the first of them. Raises NotText, _TimeOver."""
        found: list[_Found] = []
        for secret in find_secrets(_check_time(artifacts.blocks(path), deadline)):
            found.append(_Found(secret.kind, path, secret.line))
            if len(found) == most:
                break
        return found

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        kind, specimen = _SPECIMEN
        yield Mutation(f"with {kind} inserted", append_line(text, specimen))


def _name_hidden(glob: str) -> str:
    """The glob of the files whose names it matches but for a dot in front; empty if it ends with no wildcard."""
    directory, slash, name = glob.rpartition("/")
    if name == "**":
        return f"{glob}/.*"
    behind = name[1:] if name.startswith("?") else name
    return f"{directory}{slash}.{behind}" if name[:1] in ("*", "?") else ""


def _check_time(blocks: Iterable[bytes], deadline: float) -> Iterator[bytes]:
    for block in blocks:
        if time.monotonic() > deadline:
            raise _TimeOver
        yield block


def _build_outcome(found: list[_Found], problems: list[str], count: int) -> Outcome:
    rows: list[dict[str, Any]] = [each._asdict() for each in found[:MAX_RECORDED]]
    shown = join_truncated([f"{each.kind} in {each.path}, line {each.line}" for each in found])
    none = f"no credential in {format_count(count, 'file')}"
    words = [*([shown] if shown else []), *problems]
    return Outcome(not words, "; ".join(words) or none, {"found": rows})


def _compare_targets(before: list[str] | None, after: list[str] | None) -> Iterator[Difference]:
    """Without them the declared outputs are searched."""
    is_replaced = before is None or after is None
    yield from replaced(before, after) if is_replaced else names(Effect.TIGHTER)(before, after)


CHECK_TYPE: Final = CheckType(
    name="no_secrets",
    summary=(
        "no file of the declared outputs or of `targets`, text or binary, contains a known form of credential (private "
        "keys, tokens and keys of the large services). A placeholder of full length counts too, except with twelve `x` "
        "or `your-`, and the examples that AWS and Slack document, such as `AKIAIOSFODNN7EXAMPLE`. Archives are not "
        "unpacked"
    ),
    keys={
        "targets": patterns_schema(
            "Paths and globs of the files to search instead of the declared outputs. Each must match a file. A "
            "leading wildcard also matches a dot: `work/**` finds `.env`."
        ),
        "missing_ok": {
            "type": "boolean",
            "default": False,
            "description": "Allow a path or glob of `targets` to match no file.",
        },
    },
    required=(),
    measures={
        "found": "the credentials: `kind`, `path` and `line`, never the text; the first 50",
    },
    example={"type": "no_secrets", "targets": ["{artifact_path}/**"]},
    fix=(
        "Remove the credential, and revoke it where it was issued: others may have read it already. For a placeholder "
        "use something that does not look like a credential, such as `<token>`."
    ),
    bind=NoSecrets.bind,
    strictness={"targets": _compare_targets},
    target_key=None,
    evidence=Evidence.EXISTENCE,
)
