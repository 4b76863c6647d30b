"""Which technologies a claim names, known or not."""

import re
from typing import Final

from gate_tests.checks.types.viz_tech_match.catalog import TECHNOLOGIES
from gate_tests.checks.types.viz_tech_match.technologies import Technology, normalize_claim

_MAX_CHARACTERS: Final = 1_000
"""Of a claim; the rest is ignored."""
_MAX_LISTED: Final = 12
"""Known technologies that a message names."""
_ALL_KNOWN: Final = "orch schema contract"
_SEPARATOR: Final = re.compile(r"[+,;&/|]|\band\b|\bwith\b")
_LIBRARY: Final = re.compile(
    r"@[\w-]+/[\w.-]+|\b[\w-]+\.(?:js|ts|gl)\b|\b[A-Za-z]\w*(?:JS|GL)\b"
    r"|\b[A-Z]?[a-z0-9]+(?:[A-Z][a-z0-9]*)*(?:[A-Z](?:harts?|raphs?|lots?|aps?|iz|is|raw|low|ngine|it))\b"
)
"""A word that looks like the name of a library: `Foo.js`, `@foo/bar`, `FooGL`, `FooCharts`."""
_NO_LIBRARIES: Final = (
    r"angular|blender|css|ecmascript|es|figma|geojs|html|illustrator|intersectionobserver|midjourney|"
    r"mutationobserver|next|node|nuxt|openstreetmap|photoshop|pinterest|preact|python|react|"
    r"requestanimationframe|resizeobserver|solid|svelte|tailwind|useeffect|useref|usestate|vanilla|vimeo|"
    r"vue|webassembly|webaudio|youtube"
)
_BINDING: Final = re.compile(
    r"(?<![\w@/.-])(?:react|vue|svelte)-(?!(?:app|based|built|components?|controlled|driven|first|friendly|generated"
    r"|hooks?|icons?|like|managed|markup|native|only|powered|ready|rendered|state|style|svg|tree|wrapped)\b)"
    r"[a-z][\w-]*(?:\.(?:js|ts|gl)\b)?",
    re.IGNORECASE,
)
"""A library for one of these, such as `react-table`."""
_DENIED: Final = re.compile(
    r"(?<![\w@/.-])(?:(?:no|not|non|without|instead\s+of|rather\s+than)[\s-]+(?:an?\s+|any\s+)?|(?:un)?like\s+)[\w.]+"
    r"|[\w.]+-(?:like|style|styled|inspired|esque|free)\b",
    re.IGNORECASE,
)
"""What something is not made with: `no D3`, `D3-like`."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_HUMP: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+[A-Za-z]")
_FORMS: Final = (
    r"abstract|after|area|ascii|audio|avatar|badge|banknote|banner|base|before|bespoke|bit|blank|"
    r"blueprint|body|braille|broadside|bullet|bump|button|calligraphic|callout|candlestick|chart|circle|"
    r"coin|compare|composed|concept|confetti|contour|cover|crest|css3|cube|curve|custom|data|decorative|"
    r"default|details|dial|diorama|divider|document|donut|doughnut|drawer|drawn|embed|emblem|emoji|"
    r"engraved|es6|exhibit|facsimile|figure|filter|flag|flipbook|folio|font|footer|frame|fullscreen|"
    r"generative|geo|gif|globe|gltf|gradient|grouped|hand|header|hero|html5|hybrid|ink|inline|"
    r"interactive|jpeg|jpg|js|jsx|knowledge|ledger|legend|letter|logo|lollipop|loop|manifest|manuscript|"
    r"map|markdown|masonry|media|mind|mini|modal|module|motif|native|newspaper|none|org|other|overlay|"
    r"pamphlet|parallel|particle|passport|path|pattern|phylogeny|pin|pixel|playbill|png|podcast|polar|"
    r"portal|print|progress|quilt|radial|raster|responsive|ridge|river|road|row|screenshot|shader|"
    r"silhouette|simple|site|sound|spark|sphere|spider|stacked|stamp|star|static|step|stepper|stopwatch|"
    r"storyboard|street|style|styled|sunburst|tab|tag|tailwind|template|ticker|time|toggle|tracker|"
    r"triptych|ts|tsx|unicode|vanilla|vector|waffle|wave|web|webp|widget|wind|woodcut|word|world"
)
"""Words that say what is seen, not by what it is drawn."""
_FORM_ENDINGS: Final = (
    r"2d|3d|accordion|anatomy|animated|animation|archy|bar|beat|book|box|braid|bubble|burst|calendar|"
    r"canvas|card|carousel|cartoon|chord|choropleth|clock|cloud|collage|column|comic|comparison|compass|"
    r"constellation|count|counter|css|dashboard|deck|display|dot|essay|flow|formula|fresco|funnel|"
    r"gallery|game|gantt|gauge|glossary|graph|graphy|grid|heat|helix|hexbin|hotspot|html|icon|iframe|"
    r"image|javascript|json|ladder|layer|lens|light|line|lineage|list|marquee|matrix|meter|mockup|model|"
    r"morph|mural|narrative|network|orbit|page|painting|palette|panel|parallax|particles|photo|picture|"
    r"pie|plot|popup|portrait|poster|puzzle|pyramid|quiz|quote|radar|react|reveal|ribbon|ring|sankey|"
    r"scatter|scene|score|scroll|scrollytelling|sequence|sketch|slide|slider|slideshow|specimen|spectrum|"
    r"spiral|split|stack|sticky|story|strip|svg|swarm|table|taxonomy|terrain|text|tile|tooltip|tour|"
    r"tree|typescript|typography|venn|video|view|viewer|vignette|voronoi|walkthrough|wall|waves|wheel|"
    r"writer|zoom"
)
"""The same, and in longer words too: `heatmap`, `sparkline`."""
_FORM: Final = re.compile(rf"(?:{_FORMS}|{_FORM_ENDINGS})s?", re.IGNORECASE)
_DESCRIPTION: Final = re.compile(
    r"(?:area|bar|bit|bubble|column|donut|flow|gantt|heat|line|mind|org|pie|radar|road|spider|star|time|tree|world)?"
    r"(?:chart|map)s?|(?:clip|concept|line|pixel|word)?arts?"
    rf"|(?:{_FORMS})s?|.*(?:(?:{_FORM_ENDINGS})s?|age|al|ations?|grams?|ics?|ing|logy|ment|nomy|ures?)",
    re.IGNORECASE,
)


def find_technologies(claim: str) -> list[Technology]:
    """Every technology that a claim such as `D3 + TopoJSON` names; for a name that is not known, one made of it.

    A description, such as `Interactive timeline`, names none.
    """
    normalized = _DENIED.sub(" ", normalize_claim(claim[:_MAX_CHARACTERS]))
    parts = [normalized.lower(), *(part.strip() for part in _SEPARATOR.split(normalized.lower()))]
    found = [each for each in TECHNOLOGIES if any(re.search(each.named, part) for part in parts)]
    return found + [_make_unknown(name) for name in _find_unknown(normalized, found)]


def list_known() -> str:
    """The names of all of them."""
    return ", ".join(technology.name for technology in TECHNOLOGIES)


def suggest_known(name: str) -> str:
    """What may be meant by an unknown name, to continue a message; and where all known ones are listed."""
    from difflib import get_close_matches

    known = {each.name.lower(): each.name for each in TECHNOLOGIES}
    near = [known[each] for each in get_close_matches(name.lower(), known, n=3)]
    if near:
        return f", did you mean {' or '.join(map(repr, near))}? (all known: {_ALL_KNOWN})"
    listed = ", ".join(each.name for each in TECHNOLOGIES[:_MAX_LISTED])
    return f" (known: {listed}, …; all: {_ALL_KNOWN})"


def _find_unknown(claim: str, known: list[Technology]) -> list[str]:
    """The names in it that look like those of libraries and are not known."""
    alone = claim.strip()
    if not known and _WORD.fullmatch(alone) and not _DESCRIPTION.fullmatch(alone):
        found = [alone]
    else:
        found = [name for pattern in (_LIBRARY, _BINDING) for name in pattern.findall(claim)]
    names = [
        name for name in dict.fromkeys(found) if not re.fullmatch(_NO_LIBRARIES, _stem(name)) and not _describes(name)
    ]
    return [name for name in names if not any(re.search(each.named, name.lower()) for each in known)]


def _describes(name: str) -> bool:
    """Whether each part of a name such as `LineChart` says what is seen."""
    parts = _HUMP.findall(name)
    return "".join(parts) == name and parts[-1:] != ["JS"] and all(map(_FORM.fullmatch, parts))


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
