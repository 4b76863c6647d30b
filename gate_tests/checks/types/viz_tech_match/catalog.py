"""The technologies that are known: how a claim names each, and how its use is recognized."""

import re
from typing import Final

from gate_tests.checks.types.viz_tech_match.technologies import Technology


def _define(
    name: str, named: str, modules: str, elements: str = "", calls: str = "", namespace: str = "", native: str = ""
) -> Technology:
    """One of which something special has to be rendered."""
    return Technology(name, named, modules, frozenset(elements.split()), calls, namespace, native=native)


def _of_any_use(
    name: str, named: str, modules: str, elements: str = "", calls: str = "", namespace: str = "", native: str = ""
) -> Technology:
    """One of which anything at all has to be used."""
    return Technology(name, named, modules, frozenset(elements.split()), calls, namespace, True, native)


def _word(name: str, kinds: str, modules: str, native: str = "") -> Technology:
    """One whose name means other things too: it must be all of the claim, end in `.js` or go with one of `kinds`."""
    word = re.escape(name.lower().removesuffix(".js"))
    named = rf"\b{word}[.\s]?js\b|^{word}$|^{word}(?:[\s-](?:[\w-]+\s)?)?(?:{kinds})s?\b"
    return Technology(name, named, modules, by_any_use=True, native=native)


_THREE: Final = r"three(?:/.+)?"
_R3F: Final = r"@react-three/(?:fiber|drei)"
_GL: Final = (
    rf"{_R3F}|{_THREE}|pixi\.js|@pixi/.+|regl|ogl|twgl\.js|deck\.gl|@deck\.gl/.+|@babylonjs/.+|mapbox-gl|maplibre-gl"
)
_SVG: Final = (
    r"d3(?:-.+)?|recharts|@visx/.+|@nivo/.+|victory(?:-.+)?|@observablehq/plot|highcharts(?:-.+)?|react-simple-maps"
    r"|@?xyflow/.+|reactflow|mermaid|apexcharts|react-apexcharts|roughjs|@svgdotjs/.+|snapsvg|.+\.svg(?:\?.+)?"
)
_FRAME: Final = r"<iframe\b"
_IMAGE: Final = r"<(?:img|Image|picture|object)\b"

TECHNOLOGIES: Final = (
    _define("React Three Fiber", r"three[\s-]fiber|\br3f\b|@react-three/", _R3F, "Canvas"),
    _define(
        "Three.js",
        r"\bthree[.\s]?js|^three$",
        rf"{_THREE}|{_R3F}",
        "Canvas",
        r"\bnew\s+(?:THREE\s*\.\s*\w|(?:Scene|WebGLRenderer|PerspectiveCamera|Mesh)\b)",
        "THREE",
    ),
    _define(
        "WebGL",
        r"webgl|\bglsl\b",
        _GL,
        "Canvas",
        r"\bnew\s+(?:THREE\s*\.\s*)?WebGLRenderer\b",
        "THREE",
        native=r"\bgetContext\((?:experimental-)?webgl",
    ),
    _of_any_use("D3", r"(?<![a-z0-9])d3", r"d3(?:-.+)?", "svg", r"\bd3\s*\.\s*\w+\s*\(|\bselect(?:All)?\s*[(<]", "d3"),
    _define(
        "Recharts",
        r"recharts",
        r"recharts(?:/.+)?",
        "ResponsiveContainer BarChart LineChart AreaChart PieChart RadarChart RadialBarChart ComposedChart ScatterChart"
        " FunnelChart Treemap Sankey SunburstChart",
    ),
    _of_any_use(
        "Mapbox",
        r"mapbox",
        r"mapbox-gl|react-map-gl(?:/.+)?",
        "Map ReactMapGL MapGL",
        r"\bnew\s+mapboxgl\s*\.\s*Map\b",
        "mapboxgl",
    ),
    _of_any_use("MapLibre", r"maplibre", r"maplibre-gl|react-map-gl(?:/.+)?|@vis\.gl/react-maplibre"),
    _of_any_use(
        "Leaflet",
        r"(?<!\ba )(?<!\bthe )(?<!printed )\bleaflet(?:\b|js)",
        r"(?:react-)?leaflet",
        "MapContainer",
        r"\bL\s*\.\s*map\s*\(|\bnew\s+L\s*\.\s*\w",
        "L",
    ),
    _of_any_use(
        "TopoJSON", r"topojson", r"topojson(?:-.+)?", "", r"\btopojson\s*\.\s*\w+\s*\(|\b(?:feature|mesh)\s*\("
    ),
    _of_any_use(
        "Chart.js", r"\bchart[.\s]?js|chartjs", r"chart\.js(?:/.+)?|react-chartjs-2|vue-chartjs|svelte-chartjs"
    ),
    _of_any_use("ECharts", r"\be-?charts", r"echarts(?:/.+)?|echarts-for-react(?:/.+)?|vue-echarts|@.+/.*echarts.*"),
    _of_any_use("Vega", r"\bvega[\s-]?lite|^vega\b", r"vega|vega-.+|react-vega"),
    _of_any_use("Plotly", r"plotly", r"plotly\.js(?:-.+)?(?:/.+)?|react-plotly\.js(?:/.+)?"),
    _of_any_use("Nivo", r"\bnivo\b", r"@nivo/.+"),
    _of_any_use("visx", r"\bvisx\b", r"@visx/.+"),
    _word("Victory", "chart|bar|pie|plot|axis", r"victory(?:-.+)?"),
    _of_any_use("Observable Plot", r"observable\s?plot|@observablehq", r"@observablehq/.+"),
    _of_any_use("Highcharts", r"highcharts?", r"highcharts(?:[-/].+)?|@highcharts/.+"),
    _of_any_use("ApexCharts", r"apex\s?charts?", r"apexcharts(?:/.+)?|react-apexcharts(?:/.+)?"),
    _of_any_use("amCharts", r"\bam\s?charts", r"@amcharts/.+"),
    _of_any_use("AG Charts", r"\bag[\s-]charts", r"ag-charts-.+"),
    _of_any_use("AntV", r"\bantv\b|ant design (?:charts|plots)", r"@antv/.+|@ant-design/.+"),
    _of_any_use("MUI X Charts", r"\bmui\b", r"@mui/x-charts(?:/.+)?"),
    _of_any_use("Google Charts", r"google\s?charts?", r"react-google-charts"),
    _of_any_use("Lightweight Charts", r"lightweight[\s-]charts|tradingview", r"lightweight-charts"),
    _of_any_use("uPlot", r"\buplot\b", r"uplot(?:-.+)?"),
    _of_any_use("Dygraphs", r"\bdygraphs?\b", r"dygraphs"),
    _of_any_use("NVD3", r"\bnvd3\b", r"nvd3|react-nvd3"),
    _of_any_use("C3.js", r"\bc3[.\s]?js", r"c3"),
    _of_any_use("Billboard.js", r"billboard[.\s]?js", r"billboard\.js(?:/.+)?|@billboard\.js/.+"),
    _of_any_use("Carbon Charts", r"carbon[\s-]charts", r"@carbon/charts.*"),
    _of_any_use("JSXGraph", r"\bjsxgraph", r"jsxgraph(?:/.+)?"),
    _of_any_use("react-vis", r"\breact-vis\b", r"react-vis(?:/.+)?"),
    _of_any_use("Toast UI", r"\btoast\sui\b|\btui[.\s-](?:chart|grid)", r"@?tui-.+|@toast-ui/.+"),
    _of_any_use("MetaGraphics", r"\bmetagraphics\b", r"metagraphics|@metagraphics/.+|metagraphics-react"),
    _of_any_use("AG Grid", r"\bag[\s-]grid\b", r"ag-grid-.+|@ag-grid-.+"),
    _of_any_use("Handsontable", r"\bhandsontable\b", r"handsontable(?:/.+)?|@handsontable/.+"),
    _of_any_use("TanStack", r"\btanstack\b", r"@tanstack/.+"),
    _of_any_use("Embla", r"\bembla\b", r"embla-carousel.*"),
    _of_any_use("Rough Notation", r"\brough[\s-]notation\b", r"(?:react-)?rough-notation"),
    _word("Chartist", "chart", r"chartist|react-chartist"),
    _word("Frappe", "chart|gantt", r"frappe-charts(?:/.+)?"),
    _word("Tremor", "chart|dashboard", r"@tremor/react"),
    _word("Semiotic", "chart|frame", r"semiotic(?:/.+)?"),
    _of_any_use("deck.gl", r"\bdeck[.\s]?gl", r"deck\.gl|@deck\.gl/.+"),
    _of_any_use("kepler.gl", r"\bkepler[.\s]?gl", r"@?kepler\.gl(?:/.+)?"),
    _of_any_use("OpenLayers", r"open\s?layers", r"ol(?:/.+)?|rlayers"),
    _word("Cesium", "globe|viewer|map|3d|ion", r"cesium(?:/.+)?|@cesium/.+|resium"),
    _of_any_use(
        "Google Maps",
        r"google\s?maps?",
        r"@react-google-maps/api|@vis\.gl/react-google-maps|@googlemaps/.+|google-map-react",
    ),
    _of_any_use("React Simple Maps", r"react[\s-]simple[\s-]maps", r"react-simple-maps"),
    _of_any_use("Globe.gl", r"\bglobe\.gl", r"(?:react-)?globe\.gl"),
    _of_any_use("Turf", r"\bturf[.\s]?js", r"@turf/.+"),
    _word(
        "Mermaid",
        "diagram|chart|flowchart|graph|timeline|syntax",
        r"mermaid(?:/.+)?|@mermaid-js/.+|react-mermaid.*|mdx-mermaid.*",
    ),
    _of_any_use(
        "Graphviz", r"graphviz|viz\.js", r"@viz-js/.+|viz\.js(?:/.+)?|d3-graphviz|graphviz-react|@hpcc-js/wasm.*"
    ),
    _of_any_use("Cytoscape", r"cytoscape", r"cytoscape(?:-.+)?|react-cytoscapejs"),
    _word("Sigma.js", "graph|network", r"sigma(?:/.+)?|@react-sigma/.+"),
    _of_any_use("React Flow", r"react\s?flow|xyflow", r"reactflow|react-flow-renderer|@xyflow/.+|@reactflow/.+"),
    _of_any_use("vis.js", r"\bvis[.\s]?js|\bvis-(?:network|timeline|graph3d)", r"vis-.+|react-vis-.+"),
    _of_any_use("react-force-graph", r"react[\s-]force[\s-]graph", r"(?:react-)?force-graph(?:-.+)?|3d-force-graph"),
    _of_any_use("Babylon.js", r"\bbabylon[.\s]?js|^babylon$", r"babylonjs(?:-.+)?|@babylonjs/.+|react-babylonjs"),
    _of_any_use("PlayCanvas", r"\bplaycanvas\b", r"playcanvas|@playcanvas/.+"),
    _word("Spline", "scene|design|tool|runtime", r"@splinetool/.+"),
    _of_any_use("model-viewer", r"\bmodel-viewer\b", r"@google/model-viewer.*", native=r"<model-viewer\b"),
    _of_any_use("PixiJS", r"\bpixi\b|\bpixi[.\s]?js", r"pixi\.js(?:/.+)?|@pixi/.+"),
    _of_any_use("A-Frame", r"\baframe\b|^a-frame$", r"aframe(?:-.+)?", "a-scene Scene"),
    _of_any_use("regl", r"\bregl\b", r"(?:react-)?regl"),
    _of_any_use("p5.js", r"\bp5\b|\bp5[.\s]?js", r"p5(?:/.+)?|react-p5(?:-wrapper)?|@p5-wrapper/.+"),
    _of_any_use("Konva", r"\bkonva", r"(?:react-)?konva(?:/.+)?"),
    _of_any_use("Fabric.js", r"\bfabric[.\s]?js", r"fabric(?:/.+)?"),
    _of_any_use("Paper.js", r"\bpaper[.\s]?js", r"paper(?:/.+)?"),
    _of_any_use("Two.js", r"\btwo[.\s]?js", r"two\.js(?:/.+)?"),
    _of_any_use("Rough.js", r"\brough[.\s]?js", r"roughjs(?:/.+)?"),
    _of_any_use("SVG.js", r"\bsvg\.js", r"@svgdotjs/.+"),
    _of_any_use("Snap.svg", r"\bsnap\.?svg", r"snapsvg(?:-.+)?"),
    _of_any_use("Matter.js", r"\bmatter[.\s]?js", r"matter-js"),
    _of_any_use("GSAP", r"\bgsap\b|greensock|scroll\s?trigger", r"gsap(?:/.+)?|@gsap/.+"),
    _of_any_use("Framer Motion", r"\bframer\b|\bmotion(?:/react|[\s-]one)\b", r"framer-motion(?:/.+)?|motion(?:/.+)?"),
    _of_any_use("React Spring", r"react[\s-]spring", r"react-spring(?:/.+)?|@react-spring/.+"),
    _of_any_use("Anime.js", r"\banime[.\s]?js", r"animejs(?:/.+)?"),
    _word("Lottie", "animation|player|json|web", r"lottie-.+|@lottiefiles/.+|react-lottie.*"),
    _word("Rive", "animation|runtime|file", r"@rive-app/.+|rive-react"),
    _of_any_use("Scrollama", r"scrollama", r"(?:react-)?scrollama"),
    _of_any_use("Datawrapper", r"datawrapper", r"@datawrapper/.+", native=_FRAME),
    _word("Flourish", "chart|map|embed|story|template", r"@flourish/.+", native=_FRAME),
    _word("Tableau", "chart|dashboard|embed|viz|public", r"@tableau/.+|tableau-.+", native=_FRAME),
    _of_any_use("Matplotlib", r"matplotlib|\bseaborn\b", r".+\.(?:png|svg|webp|jpe?g)", native=_IMAGE),
    _of_any_use("ggplot2", r"\bggplot2?\b", r".+\.(?:png|svg|webp|jpe?g)", native=_IMAGE),
    _of_any_use("WebGPU", r"webgpu", _THREE, native=r"\bnavigator\s*\.\s*gpu\b|\bWebGPURenderer\b"),
    _of_any_use(
        "Canvas",
        r"(?<!oil on )(?<!on a )\bcanvas\b(?! (?:painting|print|texture))",
        _R3F + r"|.*(?:canvas|konva|p5|pixi|paper|fabric|chart).*",
        "canvas Canvas",
        native=r"<\w*[cC]anvas\b|\bgetContext\s*\(",
    ),
    _of_any_use("SVG", r"\bsvg\b", _SVG, native=r"<[\w.]*[sS](?:vg|VG)\b|\bcreateElementNS\b|=\s*\{?\s*\.svg"),
)
"""The technologies that can be recognized. The last three are the browser's."""
