import time

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
        pytest.param("Recharts", "import { LineChart as LC } from 'recharts'\n<LC/>", id="under another name"),
        pytest.param("Recharts", "import * as R from 'recharts'\n<R.LineChart/>", id="in a namespace"),
        pytest.param("Recharts", "import R from 'recharts'\n<R.PieChart>", id="of a default import"),
        pytest.param("Recharts", "const { LineChart: LC } = require('recharts')\n<LC/>", id="required"),
        pytest.param(
            "Recharts", "const LC = dynamic(() => import('recharts').then(m => m.LineChart))\n<LC/>", id="next/dynamic"
        ),
        pytest.param(
            "Recharts",
            "const LC = lazy(() => import('recharts').then(m => ({ default: m.BarChart })))\n<LC/>",
            id="React.lazy",
        ),
        pytest.param(
            "Recharts",
            "import * as R from 'recharts'\nconst { LineChart: LC, Line } = R\n<LC/>",
            id="taken out of a namespace",
        ),
        pytest.param("Recharts", "import * as R from 'recharts'\nconst LC = R.LineChart;\n<LC/>", id="a constant"),
        pytest.param("Recharts", "import { LineChart } from 'recharts'\nconst LC = memo(LineChart)\n<LC/>", id="memo"),
        pytest.param("Recharts", "import { LineChart as L } from 'recharts'\nh = createElement(L, {})", id="no JSX"),
        pytest.param("D3", "import * as D from 'd3'\nD.select('#x')", id="D3 under another name"),
        pytest.param("D3", "import { geoPath as path } from 'd3-geo'\npath(canvas)", id="a function of D3"),
        pytest.param("Three.js", "import * as T from 'three'\nnew T.WebGLRenderer()", id="Three.js, another name"),
        pytest.param("Three.js", "import { Scene as S } from 'three'\nnew S()", id="a class under another name"),
        pytest.param("Leaflet", "import leaflet from 'leaflet'\nleaflet.map('x')", id="Leaflet under another name"),
        pytest.param("WebGL", "canvas.getContext('webgl2')", id="WebGL without a library"),
        pytest.param("Chart.js", "import { Line } from 'react-chartjs-2'\n<Line data={d}/>", id="Chart.js, a tag"),
        pytest.param("chart js", "import Chart from 'chart.js/auto'\nnew Chart(ctx, {})", id="Chart.js, constructed"),
        pytest.param(
            "Chart.js", "const { Chart: C } = await import('chart.js')\nnew C(c)", id="Chart.js, imported late"
        ),
        pytest.param("Chart.js", "import('chart.js').then(({ Chart }) => { new Chart(c) })", id="Chart.js, in then"),
        pytest.param("Plotly", "const Plot = dynamic(() => import('react-plotly.js'))\n<Plot/>", id="Plotly"),
        pytest.param("ECharts", "import * as echarts from 'echarts'\necharts.init(el)", id="ECharts"),
        pytest.param("Vega-Lite", "import embed from 'vega-embed'\nembed(el, spec)", id="Vega-Lite"),
        pytest.param("Nivo bar", "import { ResponsiveBar } from '@nivo/bar'\n<ResponsiveBar />", id="Nivo"),
        pytest.param("visx", "import { Bar } from '@visx/shape'\nReact.createElement(Bar, {})", id="visx"),
        pytest.param("Observable Plot", "import * as Plot from '@observablehq/plot'\nPlot.dot(d).plot()", id="Plot"),
        pytest.param("deck.gl", "import DeckGL from '@deck.gl/react'\n<DeckGL/>", id="deck.gl"),
        pytest.param("Mermaid diagram", "import mermaid from 'mermaid'\nmermaid.run()", id="Mermaid"),
        pytest.param("Framer Motion", "import { motion } from 'framer-motion'\n<motion.div/>", id="Framer Motion"),
        pytest.param("p5.js sketch", "import p5 from 'p5'\nnew p5(draw)", id="p5.js"),
        pytest.param(
            "Recharts",
            "const L = lazy(async () => { const m = await import('recharts'); return { default: m.PieChart } })\n<L/>",
            id="lazy with await",
        ),
        pytest.param("Recharts", "import { LineChart } from 'recharts'\n<Card as={LineChart}/>", id="given to another"),
        pytest.param(
            "Recharts LineChart", "import { LineChart } from 'recharts'\n<LineChart/>", id="with its component"
        ),
        pytest.param("Three.js", "import { Canvas } from '@react-three/fiber'\n<Canvas/>", id="Three.js by R3F"),
        pytest.param("Leaflet", "import { map as draw } from 'leaflet'\ndraw('x')", id="Leaflet, a function"),
        pytest.param("SVG", "<img src='/tree.svg?v=1'/>", id="SVG, an image"),
        pytest.param("VictoryPie", "import { VictoryPie } from 'victory'\n<VictoryPie/>", id="Victory's component"),
        pytest.param(
            "model-viewer", "import '@google/model-viewer'\n<model-viewer src='a.glb'/>", id="a custom element"
        ),
        pytest.param("AG Grid", "import { AgGridReact } from 'ag-grid-react'\n<AgGridReact/>", id="AG Grid"),
        pytest.param("SVG", "import tree from './tree.svg'\n<Image src={tree} />", id="SVG, an imported image"),
        pytest.param(
            "Recharts",
            "const C = lazy(() => import('recharts').then(({ PieChart: P }) => ({ default: P })))\n<C/>",
            id="lazy with a pattern",
        ),
        pytest.param("SVG, not D3", "<svg/>", id="another one denied"),
        pytest.param("react-chrono", "import { Chrono } from 'react-chrono'\n<Chrono/>", id="a React library"),
        pytest.param("Victory", "import { VictoryBar as B } from 'victory'\n<B/>", id="Victory"),
        pytest.param("FooViz", "import { Foo } from '@foo-viz/react'\n<Foo/>", id="a name nobody knows"),
        pytest.param("Foo.js + D3", f"import foo from 'foojs'\nfoo(x)\n{D3}", id="beside one that is known"),
        pytest.param("@acme/charts", "import { Pie } from '@acme/charts'\n<Pie/>", id="a package nobody knows"),
        pytest.param("Annotated SVG", "return <svg viewBox='0 0 1 1' />", id="SVG"),
        pytest.param("Animated SVG", "import { BarChart } from 'recharts'\n<BarChart/>", id="SVG by a library"),
        pytest.param("Canvas simulation", "return <canvas ref={r} />", id="canvas"),
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
        pytest.param("D3", "import 'd3'\n// <svg>", "D3 is imported but not rendered", id="rendered in a comment"),
        pytest.param("D3", "import 'd3'\nx = '<svg>'", "D3 is imported but not rendered", id="rendered in a string"),
        pytest.param("Leaflet", "import 'leaflet/dist/leaflet.css'\nL.map()", "Leaflet is not", id="only the style"),
        pytest.param(
            "Mapbox", "import 'mapbox-gl'\nuseRef<Map>(null)", "Mapbox is imported but not rendered", id="only the type"
        ),
        pytest.param(
            "WebGL", "import 'three'\nc.getContext('2d')", "WebGL is imported but not rendered", id="another canvas"
        ),
        pytest.param("D3 + TopoJSON", D3, "TopoJSON is not imported", id="only the first of two"),
        pytest.param(
            "Recharts", "import { Tooltip as LineChart2 } from 'recharts'\n<LineChart2/>", "Recharts is", id="a tooltip"
        ),
        pytest.param("Recharts", "import { LineChart as LC } from 'recharts'\n<LD/>", "Recharts is", id="another tag"),
        pytest.param("Recharts", "import * as R from './charts'\n<R.LineChart/>", "Recharts is not", id="another file"),
        pytest.param(
            "Recharts",
            "import { Legend } from 'recharts'\nimport { LineChart } from './own'\n<LineChart/>",
            "Recharts is imported but not rendered",
            id="a tag of another module",
        ),
        pytest.param(
            "Recharts",
            "import { Legend } from 'recharts'\nfunction PieChart() {}\n<PieChart/>",
            "Recharts is imported but not rendered",
            id="a tag of its own",
        ),
        pytest.param("SVG", "<img src='/tree.png'/>", "SVG is not rendered", id="another image"),
        pytest.param("Chart.js", "return <div/>", "Chart.js is not imported", id="Chart.js"),
        pytest.param(
            "Chart.js",
            "import { Chart } from 'chart.js'\nChart.register(x)",
            "Chart.js is imported but not rendered",
            id="prepared",
        ),
        pytest.param(
            "Chart.js",
            "import { Chart } from 'chart.js'\nuseRef<Chart>(null)",
            "Chart.js is imported but not rendered",
            id="a type",
        ),
        pytest.param(
            "Plotly",
            "const Plot = dynamic(() => import('react-plotly.js'))",
            "Plotly is imported but not rendered",
            id="not drawn",
        ),
        pytest.param("MapLibre", "import 'maplibre-gl/dist/m.css'", "MapLibre is not imported", id="only its style"),
        pytest.param("Vega-Lite", "x", "Vega is not imported", id="Vega-Lite"),
        pytest.param("Annotated SVG", "return <div>svg</div>", "SVG is not rendered", id="no SVG"),
        pytest.param("Canvas animation", "return <div/>", "Canvas is not rendered", id="no canvas"),
        pytest.param("TanStack Table", "x", "TanStack is not imported", id="TanStack"),
        pytest.param("Datawrapper", "return <div/>", "Datawrapper is not rendered", id="no frame"),
    ],
)
def test_what_is_not_imported_or_not_rendered_does_not(technology: str, source: str, lack: str) -> None:
    outcome = claim(technology, source)
    assert not outcome.holds
    (reason,) = outcome.measured["unmatched"]
    assert reason.startswith(f"'A' claims '{technology}': {lack}")
    assert outcome.found == f"1 unmatched: {reason}"


@pytest.mark.parametrize(
    "technology",
    [
        "FooViz",
        "Foo.js",
        "CanvasGL",
        "@acme/graph",
        "Frobnicator",
        "BizCharts + D3",
        "Britecharts",
        "react-chrono",
        "TimelineJS",
        "LightningChart",
    ],
)
def test_a_technology_that_is_unknown_fails_and_names_similar_or_a_few_known_ones(technology: str) -> None:
    outcome = claim(technology, f"import foo from 'bar'\nfoo()\n{D3}")
    assert not outcome.holds
    hint = outcome.found.partition("is not imported; unknown technology")[2]
    assert hint.startswith((", did you mean '", " (known: React Three Fiber, Three.js,"))
    assert hint.endswith("orch schema contract)")
    assert hint.count(",") <= 13


def test_a_misspelled_technology_is_suggested_in_its_own_spelling() -> None:
    outcome = claim("Rechartz.js", "x")
    assert "unknown technology, did you mean 'Recharts'" in outcome.found


@pytest.mark.parametrize(
    "description",
    [
        "Interactive Timeline", "Timeline", "Cladogram", "7-Stage Transformation", "Victory Timeline", "Leaf Map",
        "Path to Victory", "Cesium Decay", "Split-screen", "Stacking Letters T-O-Y-S", "3D Model", "React State",
        "JavaScript", "Next.js page", "Heatmap", "Choropleth", "\u5730\u56f3", "Woodcut", "BarChart", "StoryMap",
        "Donut", "Custom", "Markdown", "PNG", "Victory map", "Oil on canvas", "A leaflet of 1921",
        "IntersectionObserver", "React-based timeline", "D3-like tree", "Timeline (no D3)", "HTML5", "Figma",
    ],
)  # fmt: skip
def test_a_description_names_no_library_and_that_is_said(description: str) -> None:
    outcome = claim(description, "return <div/>")
    assert (outcome.holds, outcome.found) == (True, f"all 1 claimed; 1 without a library: {description!r}")


@pytest.mark.parametrize("around", ["visualizations: []", "title: 'Robots'"])
def test_an_object_outside_the_list_claims_only_what_is_known(around: str) -> None:
    author = f"export const ESSAY_META = {{ {around}, author: {{ name: 'Karel', type: 'Person' }} }}"
    assert match(author, "x").holds
    assert not match(author.replace("Person", "Recharts"), "x").holds


def test_objects_of_which_the_list_is_made_elsewhere_claim_what_nobody_knows() -> None:
    assert not match("const ALL = [{ name: 'A', type: 'FooViz' }]; const m = { visualizations: ALL }", "x").holds


@pytest.mark.slow
def test_a_hostile_source_is_bounded_in_time() -> None:
    names = ["D3", "Chart.js", "Three.js", "Recharts", "SVG", "x" * 100_000, "a-" * 50_000, "A" * 50_000 + "b"]
    metadata = f"[{','.join(f'{{ name: 1, type: {name!r} }}'.replace('1', repr('n')) for name in names)}]"
    imports = "import * as a from 'd3'; import * as b from 'chart.js'; import * as c from 'three';"
    began = time.process_time()
    match(metadata, imports + "a.b.c.d ( <A.B " * 20_000, "new new new " * 20_000, "a . . . " * 30_000)
    assert time.process_time() - began < 10


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
    assert outcome.found == "1 unmatched: line 2: a visualization whose name and type are not plain strings"


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


def test_of_many_unmatched_claims_ten_are_shown_and_fifty_recorded() -> None:
    outcome = match("[" + "{ name: 'A', type: 'D3' }," * 100 + "]", "x")
    assert outcome.found.endswith("; and 90 more")
    assert len(outcome.measured["unmatched"]) == 50
    assert outcome.measured["claims_count"] == 100


def test_a_list_to_which_another_is_joined_cannot_be_read() -> None:
    outcome = match("meta = { visualizations: [].concat(more) }", D3)
    assert (outcome.holds, outcome.found) == (
        False,
        "1 unmatched: line 1: a list `visualizations` that is joined with another",
    )


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


def test_a_claim_that_nothing_renders_fails(repository: Repository) -> None:
    metadata = "export const META = { visualizations: [{ name: 'A', type: 'D3' }] }"
    repository.write("art/meta.ts", metadata)
    repository.write("art/Client.tsx", D3)
    rule = VizTechMatch("art/Client.tsx")
    assert rule.evaluate("art/meta.ts", Artifacts(repository.root, (), 1 << 20)).holds
    (mutation,) = rule.generate_mutations(metadata, "art/meta.ts")
    repository.write("art/meta.ts", mutation.text)
    assert not rule.evaluate("art/meta.ts", Artifacts(repository.root, (), 1 << 20)).holds
