"""`viz_tech_match`: each visualization that the metadata of a page claims is imported and rendered.

The metadata claims a visualization with an object that has a `name` and a `type`, as in
`visualizations: [{ name: 'Family tree', type: 'D3 + TopoJSON' }]`. Of every technology in the table of
`technologies.py` that the type names, in any letter case, two things must be found: that its library is imported,
and that something of it is rendered, a tag such as `<Canvas>` or a call such as `d3.select(…)`. They are looked for
in the implementation target and in the `.tsx`, `.jsx`, `.ts` and `.js` files of its folder and below, tests aside:
components are split off. What stands in a comment, in a string or in the text between two tags is neither.

A type that names none of them, "Annotated SVG", asks for no library. A page that claims nothing passes, whether its
list is empty or it never speaks of one; a file without any code is no page and fails. Where the list is spoken of and
cannot be read, or one of its elements cannot, the check fails: it must not pass because we did not understand.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.checks.types.viz_tech_match.claims import Claims, read_claims
from gate_tests.checks.types.viz_tech_match.technologies import named_in
from gate_tests.checks.types.viz_tech_match.tsx import Source, read_source
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.files.glob import TooMany, escaped
from gate_tests.override import override

_LONGEST = 1 << 20
"""Characters of a source file. What is longer, nobody wrote by hand."""
_MOST_BESIDE = 4 << 20
"""Characters that are read in all of the files beside the implementation; those after that are left aside."""
_SUFFIXES = (".tsx", ".jsx", ".ts", ".js")
_NO_SOURCE = re.compile(r"\.(?:test|spec|stories|d)\.\w+$|/(?:__tests__|__mocks__|node_modules)/")


class _Unread(Exception):
    """A file that cannot be looked at, and why."""


@dataclass(frozen=True)
class VizTechMatch(Rule):
    """What the metadata, which is the target, claims is in the implementation."""

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
        return f"each visualization claimed here to be imported and rendered in {self.implementation}"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            claims = read_claims(_page(path, artifacts))
        except _Unread as problem:
            return Outcome(False, str(problem), {"claims_count": 0, "unmatched": []})
        try:
            sources = [_source(self.implementation, artifacts), *self._beside(path, artifacts)]
        except _Unread as problem:
            return Outcome(
                False, f"{self.implementation}: {problem}", {"claims_count": len(claims.claims), "unmatched": []}
            )
        return compared(claims, sources)

    def _beside(self, metadata: str, artifacts: Artifacts) -> Iterator[Source]:
        """The other source files of the implementation's folder and below. What cannot be read as one is none."""
        left = _MOST_BESIDE
        for path in _source_paths(self.implementation, artifacts):
            if path in (metadata, self.implementation):
                continue
            with suppress(_Unread):
                text = _text(path, artifacts)
                left -= len(text)
                if left < 0:
                    return
                yield _read(path, text)


def compared(claims: Claims, sources: list[Source]) -> Outcome:
    """Whether the sources, taken together, have what each claim names."""
    lacks: dict[str, str] = {}
    unmatched = list(claims.unreadable)
    for claim in claims.claims:
        for technology in named_in(claim.type):
            if technology.name not in lacks:
                lacks[technology.name] = technology.lack(sources)
            if lack := lacks[technology.name]:
                unmatched.append(f"{claim.name[:60]!r} claims {claim.type[:60]!r}: {lack}")
    count = len(claims.claims)
    measured = {"claims_count": count, "unmatched": unmatched[:MAX_RECORDED]}
    if not unmatched:
        return Outcome(True, f"all {count} claimed" if count else "none claimed", measured)
    more = f"; {len(unmatched) - 3} more" if len(unmatched) > 3 else ""
    return Outcome(False, "; ".join(unmatched[:3]) + more, measured)


def _source_paths(implementation: str, artifacts: Artifacts) -> list[str]:
    """The files in the folder of the implementation and below that are source code and no tests."""
    folder = implementation.rpartition("/")[0]
    try:
        found = artifacts.find(f"{escaped(folder)}/**" if folder else "**")
    except TooMany as problem:
        raise _Unread(f"its folder cannot be searched: {problem}") from None
    return [path for path in found if path.endswith(_SUFFIXES) and not _NO_SOURCE.search(path, len(folder))]


def _page(path: str, artifacts: Artifacts) -> Source:
    source = _source(path, artifacts)
    if not source.code.strip():
        raise _Unread("no code in it")
    return source


def _source(path: str, artifacts: Artifacts) -> Source:
    return _read(path, _text(path, artifacts))


def _text(path: str, artifacts: Artifacts) -> str:
    try:
        text = artifacts.text(path)
    except NotText as problem:
        raise _Unread(str(problem)) from None
    if len(text) > _LONGEST:
        raise _Unread(f"{len(text)} characters, more than the {_LONGEST} that are read as source code")
    return text


def _read(path: str, text: str) -> Source:
    return read_source(text, with_jsx=not path.endswith(".ts"))


CHECK_TYPE = CheckType(
    name="viz_tech_match",
    summary=(
        "the library of each visualization that the metadata claims is imported and something of it "
        "rendered, in the implementation target or in a source file beside or below it"
    ),
    keys={
        "metadata_source": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the page whose metadata lists `{ name, type }` for each visualization.",
        },
        "implementation_target": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the component that renders them.",
        },
    },
    required=("metadata_source", "implementation_target"),
    measures={
        "claims_count": "how many visualizations the metadata claims",
        "unmatched": f"the claims that do not hold or cannot be read, and why, at most {MAX_RECORDED}",
    },
    example={
        "type": "viz_tech_match",
        "metadata_source": "{artifact_path}/page.tsx",
        "implementation_target": "{client_component}",
    },
    mend=("Import and render the library of each visualization that the metadata claims, or correct the claim."),
    bind=VizTechMatch.bind,
    target_key="metadata_source",
)
