"""The technologies of visualizations: how to recognize that their library is imported and something is rendered."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from unicodedata import category, normalize

from gate_tests.checks.types.viz_tech_match.tsx import Source


class Technology(NamedTuple):
    """A technology: how a claim names it, its modules, and the tags or calls by which it is rendered."""

    name: str
    named: re.Pattern[str]
    modules: re.Pattern[str]
    elements: frozenset[str] = frozenset()
    calls: re.Pattern[str] | None = None

    def find_missing(self, sources: Iterable[Source]) -> str | None:
        """What the sources together do not do; None if they import and render it."""
        sources = tuple(sources)
        if not any(self.modules.fullmatch(module) for source in sources for module in find_imports(source)):
            return f"{self.name} is not imported"
        if any(map(self._is_rendered, sources)):
            return None
        return f"{self.name} is imported, but nothing of it is rendered"

    def _is_rendered(self, source: Source) -> bool:
        if self.elements & source.elements:
            return True
        return self.calls is not None and self.calls.search(_inline_context_kinds(source)) is not None


def _define(name: str, named: str, modules: str, elements: str = "", calls: str = "") -> Technology:
    return Technology(
        name,
        re.compile(named, re.IGNORECASE),
        re.compile(modules),
        frozenset(elements.split()),
        re.compile(calls) if calls else None,
    )


TECHNOLOGIES: Final = (
    _define("React Three Fiber", r"react[\s-]three[\s-]fiber", r"@react-three/(?:fiber|drei)", "Canvas"),
    _define(
        "Three.js",
        r"three[.\s]?js",
        r"three(?:/.+)?",
        "Canvas",
        r"\bnew\s+(?:THREE\s*\.\s*\w|(?:Scene|WebGLRenderer|PerspectiveCamera|Mesh)\b)",
    ),
    _define(
        "WebGL",
        r"webgl",
        r"@react-three/(?:fiber|drei)|three(?:/.+)?",
        "Canvas",
        r"\bgetContext\((?:experimental-)?webgl|\bnew\s+(?:THREE\s*\.\s*)?WebGLRenderer\b",
    ),
    _define("D3", r"(?<![a-z0-9])d3", r"d3(?:-.+)?", "svg", r"\bd3\s*\.\s*\w+\s*\(|\bselect(?:All)?\s*[(<]"),
    _define(
        "Recharts",
        r"recharts",
        r"recharts",
        "ResponsiveContainer BarChart LineChart AreaChart PieChart RadarChart RadialBarChart ComposedChart ScatterChart"
        " FunnelChart Treemap Sankey SunburstChart",
    ),
    _define(
        "Mapbox", r"mapbox", r"mapbox-gl|react-map-gl(?:/.+)?", "Map ReactMapGL MapGL", r"\bnew\s+mapboxgl\s*\.\s*Map\b"
    ),
    _define("Leaflet", r"leaflet", r"(?:react-)?leaflet", "MapContainer", r"\bL\s*\.\s*map\s*\(|\bnew\s+L\s*\.\s*\w"),
    _define("TopoJSON", r"topojson", r"topojson(?:-.+)?", "", r"\btopojson\s*\.\s*\w+\s*\(|\b(?:feature|mesh)\s*\("),
)
"""The technologies that can be recognized. A claim that names none of them requires no library."""


def find_technologies(claim: str) -> list[Technology]:
    """Every technology that a claim such as `D3 + TopoJSON` names, in letters of any width (NFKC)."""
    normalized = "".join(each for each in normalize("NFKC", claim) if category(each) != "Cf")
    return [technology for technology in TECHNOLOGIES if technology.named.search(normalized)]


_IMPORT: Final = re.compile(
    r'\b(?P<keyword>import|export)\b(?P<type>\s+type\b(?!\s*(?:,|\bfrom\s*")))?'
    r'(?:\s*\(?\s*(?P<bare>"\d+"))?'
    r'|\bfrom\s*(?P<module>"\d+")'
    r'|\brequire\s*\(\s*(?P<required>"\d+")'
)


def find_imports(source: Source) -> Iterator[str]:
    """The modules that the file imports, by a statement or a call, without type-only imports."""
    is_import = False
    for match in _IMPORT.finditer(source.code):
        literal = match["bare"] or match["required"]
        if match["keyword"]:
            is_import = match["keyword"] == "import" and not match["type"]
            literal = literal if is_import else None
        elif match["module"]:
            literal, is_import = match["module"] if is_import else None, False
        if literal and (module := source.string(literal)) is not None:
            yield module


_CONTEXT: Final = re.compile(r'\bgetContext\s*\(\s*("\d+")')


def _inline_context_kinds(source: Source) -> str:
    """The code, with the string literals in `getContext("…")` replaced by their content."""
    return _CONTEXT.sub(lambda match: f"getContext({source.string(match[1])}", source.code)
