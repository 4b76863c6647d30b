"""`viz_tech_match`: each visualization that the metadata of a page claims is imported and rendered.

The metadata claims a visualization with an object that has a `name` and a `type`, as in
`visualizations: [{ name: 'Family tree', type: 'D3 + TopoJSON' }]`. For each technology in `catalog.py` that the type
names, in any letter case, the sources must import its library and render something of it: a tag such as `<Canvas>` or a
call such as `d3.select(…)`, under whatever name it was imported. The sources are the implementation target and the
`.tsx`, `.jsx`, `.ts` and `.js` files in its directory and below, without tests. Comments, strings and the text between
two tags are ignored. SVG, canvas and WebGL are the browser's and need no import.

An unknown name, such as "Foo.js", requires a module of that name, in the list of visualizations only: another
object with a name and a type may be anything. A description, such as "Interactive
timeline", requires no library. A page that claims nothing passes,
whether its list is empty or absent; a file without code fails. If the list, or one of its elements, is mentioned but
cannot be parsed, the check fails: it must not pass because the parser is too simple.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import replaced
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.checks.types.viz_tech_match.claimed_technologies import find_technologies, list_known, suggest_known
from gate_tests.checks.types.viz_tech_match.claims import Claims, parse_claims
from gate_tests.checks.types.viz_tech_match.technologies import SourceFile, Technology
from gate_tests.checks.types.viz_tech_match.tsx import Source, scan_source
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.files.glob import TooManyFiles, escape_glob
from gate_tests.sanitize import has_control
from gate_tests.typing_compat import override

_MAX_SOURCE_CHARS: Final = 1 << 20
"""Of one source file; a longer one was not written by hand."""
_MAX_NEARBY_CHARS: Final = 4 << 20
"""Of all source files near the implementation together; the rest is ignored."""
_SUFFIXES: Final = (".tsx", ".jsx", ".ts", ".js")
_EXCLUDED: Final = re.compile(r"\.(?:test|spec|stories|d)\.\w+$|/(?:__tests__|__mocks__|node_modules)/")


class _UnreadableSource(Exception):
    """A file that cannot be read as source code, and why."""


@dataclass(frozen=True)
class VizTechMatch(Rule):
    """The implementation has what the metadata, the target, claims."""

    implementation: str

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Resolves the path of the implementation."""
        return cls(scope.path(validation.keys["implementation_target"], validation, "implementation_target"))

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return (self.implementation,)

    @override
    def describe(self) -> str:
        return f"each claimed visualization imported and rendered in {self.implementation}"

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        source = _parse(path, text)
        claims = parse_claims(source)
        return bool(source.code.strip()) and not claims.claims and not claims.unreadable

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            claims = parse_claims(_read_page(path, artifacts))
        except _UnreadableSource as error:
            return Outcome(False, str(error), {"claims_count": 0, "unmatched": []})
        try:
            sources = [_read_source(self.implementation, artifacts), *self._iter_nearby(path, artifacts)]
        except _UnreadableSource as error:
            measured = {"claims_count": len(claims.claims), "unmatched": []}
            return Outcome(False, f"{self.implementation}: {error}", measured)
        return compare_claims(claims, sources)

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        claim = "export const claimed = { visualizations: [{ name: 'Nothing', type: '@no-such/library' }] }"
        yield Mutation("with a claim that nothing renders", append_line(text, claim))

    def _iter_nearby(self, metadata: str, artifacts: Artifacts) -> Iterator[Source]:
        """The other source files in the implementation's directory and below, unreadable ones left out."""
        left = _MAX_NEARBY_CHARS
        for path in _find_source_paths(self.implementation, artifacts):
            if path in (metadata, self.implementation):
                continue
            with suppress(_UnreadableSource):
                text = _read_text(path, artifacts)
                left -= len(text)
                if left < 0:
                    return
                yield _parse(path, text)


def compare_claims(claims: Claims, sources: list[Source]) -> Outcome:
    """Whether the sources together have the technologies that each claim names."""
    files = [SourceFile.of(source) for source in sources]
    missing: dict[str, str | None] = {}
    unmatched, descriptions = list(claims.unreadable), list[str]()
    for claim in claims.claims:
        technologies = [each for each in find_technologies(claim.type) if each.is_known or claim.is_certain]
        if not technologies:
            descriptions.append(claim.type)
        for technology in technologies:
            if technology.name not in missing:
                missing[technology.name] = _find_missing(technology, files)
            if reason := missing[technology.name]:
                unmatched.append(f"{claim.name[:60]!r} claims {claim.type[:60]!r}: {reason}")
    count = len(claims.claims)
    measured = {"claims_count": count, "unmatched": unmatched[:MAX_RECORDED]}
    if not unmatched:
        return Outcome(True, _describe_match(count, descriptions), measured)
    return Outcome.listing(False, f"{len(unmatched)} unmatched", unmatched, measured)


def _find_missing(technology: Technology, files: list[SourceFile]) -> str | None:
    reason = technology.find_missing(files)
    if reason is None or technology.is_known:
        return reason
    return f"{reason}; unknown technology{suggest_known(technology.name)}"


def _describe_match(count: int, descriptions: list[str]) -> str:
    if not descriptions:
        return f"all {count} claimed" if count else "none claimed"
    return f"all {count} claimed; {len(descriptions)} without a library: {descriptions[0][:60]!r}" + (
        " and others" if len(descriptions) > 1 else ""
    )


def _find_source_paths(implementation: str, artifacts: Artifacts) -> list[str]:
    """The source files in the directory of the implementation and below, without tests."""
    directory = implementation.rpartition("/")[0]
    try:
        found = artifacts.find(f"{escape_glob(directory)}/**" if directory else "**")
    except TooManyFiles as error:
        raise _UnreadableSource(f"its directory cannot be searched: {error}") from None
    sources = [path for path in found if path.endswith(_SUFFIXES) and not has_control(path)]
    return [path for path in sources if not _EXCLUDED.search(path, len(directory))]


def _read_page(path: str, artifacts: Artifacts) -> Source:
    source = _read_source(path, artifacts)
    if not source.code.strip():
        raise _UnreadableSource("a file without code")
    return source


def _read_source(path: str, artifacts: Artifacts) -> Source:
    return _parse(path, _read_text(path, artifacts))


def _read_text(path: str, artifacts: Artifacts) -> str:
    try:
        return artifacts.judge_text(path, _check_length)
    except NotText as error:
        raise _UnreadableSource(str(error)) from None


def _check_length(text: str) -> str:
    if len(text) > _MAX_SOURCE_CHARS:
        raise _UnreadableSource(f"{len(text)} characters (at most {_MAX_SOURCE_CHARS} are read as source code)")
    return text


def _parse(path: str, text: str) -> Source:
    return scan_source(text, with_jsx=not path.endswith(".ts"))


CHECK_TYPE: Final = CheckType(
    name="viz_tech_match",
    summary=(
        "the library of each visualization that the metadata claims is imported and rendered in the implementation "
        "target, or in a source file in its directory or below"
    ),
    keys={
        "metadata_source": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the page whose metadata lists `{ name, type }` for each visualization. A type "
            "names its technologies, as in `D3 + TopoJSON`; a description, such as `Interactive timeline`, requires no "
            f"library. Known technologies: {list_known()}. For any other name, such as `Foo.js`, a module of that name "
            "must be imported and used.",
        },
        "implementation_target": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the component that renders them.",
        },
    },
    required=("metadata_source", "implementation_target"),
    measures={
        "claims_count": "number of visualizations that the metadata claims",
        "unmatched": f"the claims that fail or cannot be parsed, and why; the first {MAX_RECORDED}",
    },
    example={
        "type": "viz_tech_match",
        "metadata_source": "{artifact_path}/page.tsx",
        "implementation_target": "{client_component}",
    },
    fix=(
        "Import and render the library of each visualization that the metadata claims, or correct the claim. It may be "
        "imported under any name, by `import`, `import()`, `next/dynamic`, `React.lazy` or `require`."
    ),
    bind=VizTechMatch.bind,
    strictness={"implementation_target": replaced},
    target_key="metadata_source",
)
