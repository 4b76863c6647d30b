"""Which technologies a claim names, those too that nobody knows."""

import re
from typing import Final

from gate_tests.checks.types.viz_tech_match.catalog import TECHNOLOGIES
from gate_tests.checks.types.viz_tech_match.technologies import Technology, normalize_claim

_MAX_CHARACTERS: Final = 1_000
"""Of a claim; the rest is ignored."""
_SEPARATOR: Final = re.compile(r"[+,;&/|]|\band\b|\bwith\b")
_LIBRARY: Final = re.compile(
    r"@[\w-]+/[\w.-]+|\b[\w-]+\.(?:js|ts|gl)\b|\b[A-Za-z]\w*(?:JS|GL)\b"
    r"|\b[A-Z]?[a-z0-9]+(?:[A-Z][a-z0-9]*)*(?:[A-Z](?:harts?|raphs?|lots?|aps?|iz|is|raw|low|ngine|it))\b"
)
"""A word that looks like the name of a library: `Foo.js`, `@foo/bar`, `FooGL`, `FooCharts`."""
_NO_LIBRARIES: Final = frozenset(
    ("angular", "geojs", "next", "node", "nuxt", "openstreetmap", "preact", "react", "solid", "svelte", "vue")
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_DESCRIPTION: Final = re.compile(
    r".*(?:"
    r"2d|3d|accordion|age|al|anatomy|animated|animation|animations|archy|art|arts|ation|ations|"
    r"bar|bars|beat|book|box|braid|bubble|bubbles|burst|calendar|canvas|card|cards|carousel|"
    r"cartoon|chart|charts|chord|choropleth|clock|cloud|collage|column|columns|comic|comics|"
    r"comparison|compass|constellation|count|counter|css|dashboard|dashboards|deck|decks|display|"
    r"dot|dots|essay|flow|formula|fresco|funnel|gallery|game|gantt|gauge|globe|glossary|gram|"
    r"grams|graph|graphs|graphy|grid|heat|helix|hexbin|hotspot|hotspots|html|ic|icon|icons|ics|"
    r"iframe|image|images|ing|interactive|javascript|json|ladder|layer|layers|lens|light|line|"
    r"lineage|lines|list|logy|map|maps|marquee|matrix|ment|meter|mockup|model|models|morph|mural|"
    r"narrative|network|networks|nomy|orbit|page|painting|paintings|palette|panel|parallax|"
    r"particles|photo|photos|picture|pictures|pie|plot|plots|popup|portrait|portraits|poster|"
    r"posters|puzzle|pyramid|quiz|quote|quotes|radar|react|reveal|reveals|ribbon|ring|rings|"
    r"sankey|scatter|scene|scenes|score|scroll|scrollytelling|sequence|sketch|slide|slider|slides|"
    r"slideshow|specimen|spectrum|spiral|split|stack|sticky|story|strip|svg|swarm|table|tables|"
    r"taxonomy|terrain|text|tile|tiles|tooltip|tooltips|tour|tree|trees|typescript|typography|ure|"
    r"ures|venn|video|view|viewer|views|vignette|voronoi|walkthrough|wall|waves|wheel|wheels|"
    r"writer|zoom"
    r")",
    re.IGNORECASE,
)
"""A word that says what is seen, not by what it is drawn."""


def find_technologies(claim: str) -> list[Technology]:
    """Every technology that a claim such as `D3 + TopoJSON` names; for a name that is not known, one made of it.

    A description, such as `Interactive timeline`, names none.
    """
    normalized = normalize_claim(claim[:_MAX_CHARACTERS])
    parts = [normalized.lower(), *(part.strip() for part in _SEPARATOR.split(normalized.lower()))]
    found = [each for each in TECHNOLOGIES if any(re.search(each.named, part) for part in parts)]
    return found + [_make_unknown(name) for name in _find_unknown(normalized, found)]


def list_known() -> str:
    """The names of all of them."""
    return ", ".join(technology.name for technology in TECHNOLOGIES)


def _find_unknown(claim: str, known: list[Technology]) -> list[str]:
    """The names in it that look like those of libraries and are not known."""
    alone = claim.strip()
    if not known and _WORD.fullmatch(alone) and not _DESCRIPTION.fullmatch(alone):
        return [alone]
    names = (name[0] for name in _LIBRARY.finditer(claim) if _stem(name[0]) not in _NO_LIBRARIES)
    return [name for name in dict.fromkeys(names) if not any(re.search(each.named, name.lower()) for each in known)]


def _stem(name: str) -> str:
    return re.sub(r"(?i)\.?(?:js|ts|gl)$", "", name).lower()


def _make_unknown(name: str) -> Technology:
    """It is met by a module of that name of which anything is used."""
    if name.startswith("@"):
        return Technology(name, "", re.escape(name.lower()) + r"(?:/.+)?", by_any_use=True, is_known=False)
    humps = re.split(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", re.sub(r"(?i)\.?(?:js|ts|gl)$", "", name))
    word = r"[-.]?".join(re.escape(hump.lower()) for hump in humps if hump)
    suffix = r"(?:[-.]?(?:js|ts|gl))?"
    modules = (
        rf"(?:@[\w.-]+/)?(?:react-|vue-|svelte-)?{word}{suffix}(?:-(?:react|vue|svelte))?(?:/.+)?|@{word}{suffix}/.+"
    )
    return Technology(name, "", modules, by_any_use=True, is_known=False)
