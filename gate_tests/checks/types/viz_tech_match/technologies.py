"""A technology of visualizations, and whether sources import and render it."""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Final, NamedTuple
from unicodedata import category, normalize

from gate_tests.checks.types.viz_tech_match.imports import WHOLE_MODULE, Import, find_aliases, find_imports
from gate_tests.checks.types.viz_tech_match.tsx import Source

_IDENTIFIER: Final = re.compile(r"(?<![\w$.])[\w$]+")
_USE: Final = re.compile(
    r"(?<![\w$.])(?P<new>new\s+)?(?P<name>[\w$]+)(?P<members>(?:\s*\??\.\s*[\w$]+)*+)(?:<[^<>;]{0,200}>)?\s*(?P<call>\()?"
)
_CREATED: Final = re.compile(
    r"\b(?:createElement|cloneElement|jsxs?|h)\s*\(\s*([\w$.]+)|\b\w+=\{\s*([A-Z][\w$.]*)\s*\}"
)
"""A tag that is written as a call, or given to another as in `as={LineChart}`."""
_PREPARES: Final = re.compile(r"\.\s*(?:register\w*|use|defaults|config\w*|setOptions|mergeOptions)\s*\Z")
"""A call that only makes something of a library ready, such as `Chart.register(…)`."""


class Technology(NamedTuple):
    """A technology: regexes for how a claim, in lower case, names it, for its modules and for what renders it.

    That is a tag of `elements`, what `calls` finds in the code or, with `by_any_use`, a call, a construction or a tag
    of anything that is imported from one of its modules. In `calls`, `namespace` stands for the whole module. What
    `native` finds renders it too, without an import: it is part of the browser. One that is not `is_known` was made of
    a claim.
    """

    name: str
    named: str
    modules: str
    elements: frozenset[str] = frozenset()
    calls: str = ""
    namespace: str = ""
    by_any_use: bool = False
    native: str = ""
    is_known: bool = True

    def find_missing(self, files: Sequence["SourceFile"]) -> str | None:
        """What the files together do not do; None if they import and render it."""
        if self.native and any(re.search(self.native, file.code) for file in files):
            return None
        imports = [self._find_imports(file) for file in files]
        if not any(imports):
            return f"{self.name} is not rendered" if self.native else f"{self.name} is not imported"
        if any(map(self._is_rendered, files, imports)):
            return None
        return f"{self.name} is imported but not rendered"

    def _find_imports(self, file: "SourceFile") -> list[Import]:
        modules = re.compile(self.modules)
        return [each for each in file.imports if modules.fullmatch(each.module)]

    def _is_rendered(self, file: "SourceFile", imports: list[Import]) -> bool:
        names = {local: exported for each in imports for local, exported in each.names.items()}
        if names:
            names |= find_aliases(file.code, names)
        if not self.elements.isdisjoint(_resolve_elements(file, names, self.elements)):
            return True
        if self.by_any_use and names and _is_used(file, names):
            return True
        return bool(self.calls) and re.search(self.calls, self._rewrite(file.code, names)) is not None

    def _rewrite(self, code: str, names: dict[str, str]) -> str:
        """The code, with the names that the library itself has in place of local ones."""
        known = {local: self.namespace if name == WHOLE_MODULE else name for local, name in names.items()}
        changed = {local: name for local, name in known.items() if name and name != local}
        return _IDENTIFIER.sub(lambda match: changed.get(match[0], match[0]), code) if changed else code


class SourceFile(NamedTuple):
    """What is looked for in a source file: its code, with some strings in it, tags and imports."""

    code: str
    elements: frozenset[str]
    imports: tuple[Import, ...]

    @classmethod
    def of(cls, source: Source) -> "SourceFile":
        """From the scanned file."""
        imports = tuple(find_imports(source))
        code = _inline_strings(source, {name for each in imports if _is_svg(each.module) for name in each.names})
        created = {called or given for called, given in _CREATED.findall(code)}
        return cls(code, source.elements | created, imports)


def _resolve_elements(file: SourceFile, names: dict[str, str], known: frozenset[str]) -> Iterator[str]:
    """The tags as the library calls them: `<LC>` and `<R.LineChart>` are `LineChart`, but not one of another origin."""
    for element in file.elements:
        first, _, rest = element.partition(".")
        if rest and names.get(first) == WHOLE_MODULE:
            yield rest
        elif element in names:
            yield names[element]
        elif element in known and not _is_of_another_origin(element, file):
            yield element


def _is_of_another_origin(name: str, file: SourceFile) -> bool:
    if any(name in each.names for each in file.imports):
        return True
    return re.search(rf"\b(?:const|let|var|function|class)\s+{re.escape(name)}\b", file.code) is not None


def _is_used(file: SourceFile, names: dict[str, str]) -> bool:
    """Whether something of these names is a tag, or is called or constructed."""
    if any(element.partition(".")[0] in names for element in file.elements):
        return True
    return any(
        match["name"] in names and (match["new"] or match["call"]) and not _PREPARES.search(match["members"])
        for match in _USE.finditer(file.code)
    )


_CONTEXT: Final = re.compile(r'\bgetContext\s*\(\s*("\d+")')
_IMAGE: Final = re.compile(r'(\b(?:src|data)\s*=\s*\{?\s*)("\d+"|[\w$]+)')


def _inline_strings(source: Source, drawings: Set[str]) -> str:
    """The code, with the literals in `getContext("…")` replaced by their content, and in `src="….svg"` by `.svg`.

    So are the names of `drawings`: what is imported from an SVG file.
    """
    code = _CONTEXT.sub(lambda match: f"getContext({source.string(match[1])}", source.code)
    return _IMAGE.sub(
        lambda match: f"{match[1]}.svg" if match[2] in drawings or _is_svg(source.string(match[2])) else match[0], code
    )


def _is_svg(url: str | None) -> bool:
    return url is not None and re.search(r"\.svg(?:[?#]|\Z)", url, re.IGNORECASE) is not None


def normalize_claim(claim: str) -> str:
    """The claim in characters of ordinary width (NFKC), without hidden ones."""
    return "".join(each for each in normalize("NFKC", claim) if category(each) != "Cf")
