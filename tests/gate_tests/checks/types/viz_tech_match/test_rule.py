import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.viz_tech_match.claims import parse_claims
from gate_tests.checks.types.viz_tech_match.rule import VizTechMatch, compare_claims
from gate_tests.checks.types.viz_tech_match.tsx import scan_source
from gate_tests.files.artifacts import Artifacts
from tests.support.repository import Repository


def match(metadata: str, *sources: str) -> Outcome:
    return compare_claims(parse_claims(scan_source(metadata)), [scan_source(source) for source in sources])


def claim(technology: str, *sources: str) -> Outcome:
    return match(f"export const META = {{ visualizations: [{{ name: 'A', type: '{technology}' }}] }}", *sources)


D3 = "import * as d3 from 'd3'\nd3.select('#x')\n"


@pytest.mark.parametrize(
    ("technology", "source"),
    [
        pytest.param("D3", D3, id="D3"),
        pytest.param("d3-geo map", "import { geoPath } from 'd3-geo'\nreturn <svg />", id="a part of D3"),
        pytest.param("REACT THREE FIBER", "import { Canvas } from '@react-three/fiber'\n<Canvas >", id="R3F"),
        pytest.param("Three.js 3D", "import * as THREE from 'three'\nnew THREE.Scene()", id="Three.js"),
        pytest.param("WebGL", "import 'three'\nc.getContext('webgl2')", id="WebGL"),
        pytest.param("Recharts Bar", "import { BarChart } from 'recharts'\nreturn <BarChart data={d}/>", id="Recharts"),
        pytest.param("Mapbox", "const m = await import('mapbox-gl')\nnew mapboxgl.Map({})", id="Mapbox, imported late"),
        pytest.param("Leaflet", "import { MapContainer } from 'react-leaflet'\nreturn <MapContainer />", id="Leaflet"),
        pytest.param("TopoJSON", "const topojson = require('topojson-client')\ntopojson.feature(a)", id="TopoJSON"),
        pytest.param("Annotated SVG", "", id="no technology that is known"),
    ],
)
def test_what_is_imported_and_rendered_matches_its_claim(technology: str, source: str) -> None:
    outcome = claim(technology, source)
    assert (outcome.holds, outcome.found) == (True, "all 1 claimed")
    assert outcome.measured == {"claims_count": 1, "unmatched": []}


@pytest.mark.parametrize(
    ("technology", "source", "lack"),
    [
        pytest.param("D3", "x", "D3 is not imported", id="neither"),
        pytest.param("D3", "// from 'd3'\n<svg >", "D3 is not imported", id="import in a comment"),
        pytest.param("D3", "x = \"import 'd3'\"\n<svg />", "D3 is not imported", id="import in a string"),
        pytest.param("D3", "export * from 'd3'\n<svg />", "D3 is not imported", id="an export"),
        pytest.param("D3", "import type { A } from 'd3'\n<svg />", "D3 is not imported", id="import of types"),
        pytest.param("D3", "import x from './d3'\n<svg />", "D3 is not imported", id="import of a file of that name"),
        pytest.param("D3", "import 'd3'\n// <svg>", "D3 is imported, but nothing", id="rendered in a comment"),
        pytest.param("D3", "import 'd3'\nx = '<svg>'", "D3 is imported, but nothing", id="rendered in a string"),
        pytest.param("Leaflet", "import 'leaflet/dist/leaflet.css'\nL.map()", "Leaflet is not", id="only the style"),
        pytest.param("Mapbox", "import 'mapbox-gl'\nuseRef<Map>(null)", "Mapbox is imported, but", id="only the type"),
        pytest.param("WebGL", "import 'three'\nc.getContext('2d')", "WebGL is imported, but", id="another canvas"),
        pytest.param("D3 + TopoJSON", D3, "TopoJSON is not imported", id="only the first of two"),
    ],
)
def test_what_is_not_imported_or_not_rendered_does_not(technology: str, source: str, lack: str) -> None:
    outcome = claim(technology, source)
    assert not outcome.holds
    assert outcome.found.startswith(f"'A' claims '{technology}': {lack}")
    assert outcome.measured == {"claims_count": 1, "unmatched": [outcome.found]}


def test_the_sources_count_together() -> None:
    assert claim("D3", "export const x = 1", "import { scaleLinear } from 'd3'", "return <svg />").holds


@pytest.mark.parametrize(
    ("metadata", "count"),
    [
        pytest.param("[{ type: 'D3', name: 'A' }]", 1, id="in another order"),
        pytest.param('[{ name: "Darwin\'s tree", type: "D3" }]', 1, id="an apostrophe"),
        pytest.param("[{\n  name: 'A',\n  type: 'D3',\n}]", 1, id="several lines"),
        pytest.param("[{ 'name': 'A', \"type\": 'D3', note: f({ a: [1, 2] }), }]", 1, id="quoted keys, other keys"),
        pytest.param("const visualizations: V[] = [{ name: `A`, type: 'D3' } as const]", 1, id="a constant"),
        pytest.param("[{ name: 'A', type: 'D3' }, { name: 'B', type: 'D3' }]", 2, id="two"),
    ],
)
def test_claims_are_found_however_they_are_written(metadata: str, count: int) -> None:
    assert match(metadata, "x").measured["claims_count"] == count
    assert not match(metadata, "x").holds
    assert match(metadata, D3).holds


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param("visualizations: VIZ", id="from elsewhere"),
        pytest.param("import { ESSAY_META } from './meta'", id="all of it from elsewhere"),
        pytest.param("visualizations: [...BASE]", id="spread"),
        pytest.param("visualizations: [viz('A', 'D3')]", id="a call"),
        pytest.param("visualizations: [{ name: 'A', type: TYPES.d3 }]", id="a type that is no string"),
        pytest.param("visualizations: [{ name: 'A', type: `D3 ${x}` }]", id="a type with a value in it"),
        pytest.param("visualizations: [{ name: 'A', type: 'D' + '3' }]", id="a type that is put together"),
        pytest.param("visualizations: [{ name: 'A' }]", id="no type"),
        pytest.param("visualizations: [{ name: 'A', type: 'SVG' }, ...MORE]", id="some of them"),
        pytest.param("// visualizations: []\nx = ESSAY_META", id="a list in a comment"),
        pytest.param("a = { visualizations: [] }; b = { visualizations: VIZ }", id="beside an empty one"),
        pytest.param(
            "a = { visualizations: [{ name: 'A', type: 'SVG' }] }; b = { visualizations: VIZ }", id="or another"
        ),
        pytest.param("visualizations: VIZ[lang]", id="one of several"),
        pytest.param("visualizations: [] || VIZ", id="or else another"),
        pytest.param("visualizations: []['concat'](VIZ)", id="joined in another way"),
        pytest.param("visualizations: empty ? [] : VIZ", id="one or the other"),
        pytest.param("const visualizations = [];\nvisualizations.push(...VIZ)", id="more put in later"),
        pytest.param(
            "import { ESSAY_META } from './m'; const x = { visualizations: [] }", id="metadata from elsewhere"
        ),
    ],
)
def test_a_claim_that_cannot_be_read_fails(metadata: str) -> None:
    outcome = match(metadata, D3)
    assert not outcome.holds
    assert outcome.measured["unmatched"]


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    outcome = match("visualizations: [\n  { name: 'A', type: x },\n]", D3)
    assert outcome.found == "line 2: a visualization whose name and type are no plain strings"


@pytest.mark.parametrize(
    "metadata",
    [
        "visualizations: []",
        "interface M { visualizations: Viz[]; }\nconst ESSAY_META: M = { visualizations: [] }",
        "type M = { visualizations: readonly V.Z[] }; x = { visualizations: [] as Viz[], }",
        "type M = { visualizations: Array<{ name: string }> }; type N = { visualizations: { a: 1 }[] };"
        "x = { visualizations: [] }",
        "const ESSAY_META = { visualizations: [] }; return <A visualizations={ESSAY_META.visualizations} />",
        "const ESSAY_META = { visualizations: [] }; f({ visualizations: ESSAY_META.visualizations })",
        "export default function Page() { return <p>it's</p> }",
    ],
)
def test_a_page_that_claims_nothing_passes(metadata: str) -> None:
    outcome = match(metadata, "x")
    assert (outcome.holds, outcome.found) == (True, "none claimed")
    assert outcome.measured == {"claims_count": 0, "unmatched": []}


def test_of_many_unmatched_claims_three_are_told_and_fifty_recorded() -> None:
    outcome = match("[" + "{ name: 'A', type: 'D3' }," * 100 + "]", "x")
    assert outcome.found.endswith("; 97 more")
    assert len(outcome.measured["unmatched"]) == 50
    assert outcome.measured["claims_count"] == 100


def test_a_list_to_which_another_is_joined_cannot_be_read() -> None:
    outcome = match("meta = { visualizations: [].concat(more) }", D3)
    assert (outcome.holds, outcome.found) == (False, "line 1: a list `visualizations` to which another is joined")


@pytest.mark.parametrize("written", ["D\u200b3", "\uff24\uff13", r"\x44\x33", r"\u0044\u0033", r"\u{44}\u{33}", r"\D3"])
def test_a_claim_means_the_same_however_its_characters_are_written(written: str) -> None:
    assert match(f"[{{ name: 'A', type: '{written}' }}]", "x").found.endswith("D3 is not imported")


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("name", "holds"), [("größe.tsx", True), ("a\u202e.tsx", False), ("a\x9b.tsx", False)], ids=ascii
)
def test_a_source_with_a_control_character_in_its_name_proves_nothing(
    repository: Repository, name: str, holds: bool
) -> None:
    repository.write("art/meta.ts", "export const META = { visualizations: [{ name: 'A', type: 'D3' }] }")
    repository.write("art/Client.tsx", "export const Page = () => <p />")
    repository.write(f"art/{name}", D3)
    outcome = VizTechMatch("art/Client.tsx").evaluate("art/meta.ts", Artifacts(repository.root, (), 1 << 20))
    assert outcome.holds is holds, outcome.found
