import time

import pytest

from gate_tests.checks.types.viz_tech_match.imports import find_imports
from gate_tests.checks.types.viz_tech_match.tsx import scan_source


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("code", "names"),
    [
        pytest.param("import 'm'", {}, id="nothing"),
        pytest.param("import R from 'm'", {"R": "*"}, id="default"),
        pytest.param("import * as R from 'm'", {"R": "*"}, id="namespace"),
        pytest.param("import { A, B as C } from 'm'", {"A": "A", "C": "B"}, id="names"),
        pytest.param(
            "import R, {\n  A,\n  type T,\n  default as D,\n} from 'm'", {"R": "*", "A": "A", "D": "*"}, id="all"
        ),
        pytest.param("import R, * as S from 'm'", {"R": "*", "S": "*"}, id="default and namespace"),
        pytest.param("import { type as A } from 'm'", {"A": "type"}, id="an export called type"),
        pytest.param("const R = require('m')", {"R": "*"}, id="require"),
        pytest.param("const { A, B: C } = require('m')", {"A": "A", "C": "B"}, id="require of names"),
        pytest.param("const L = require('m').A", {"L": "A"}, id="require of a member"),
        pytest.param("const R = await import('m')", {"R": "*"}, id="import when needed"),
        pytest.param("const { A } = await import('m')", {"A": "A"}, id="import of names when needed"),
        pytest.param("const R = (await import('m')).default", {"R": "*"}, id="default when needed"),
        pytest.param("const L = (await import('m')).A", {"L": "A"}, id="a member when needed"),
        pytest.param("const R: Plot = dynamic(() => import('m'), { ssr: false })", {"R": "*"}, id="next/dynamic"),
        pytest.param("const R = React.lazy(() => import('m'))", {"R": "*"}, id="React.lazy"),
        pytest.param("const L = lazy(async () => await import('m'))", {"L": "*"}, id="lazy and await"),
        pytest.param(
            "const L = dynamic(() => import('m').then((mod) => mod.A), {})", {"L": "A", "mod": "*"}, id="then a member"
        ),
        pytest.param(
            "const L = lazy(() => import('m').then(m => ({ default: m.A })))",
            {"L": "A", "m": "*"},
            id="then as default",
        ),
        pytest.param("import('m').then(({ A }) => new A())", {"A": "A"}, id="then names"),
        pytest.param("useEffect(() => { import('m').then((m) => m.draw()) })", {"m": "*"}, id="then with a module"),
        pytest.param("const x = 1; import('m')", {}, id="another constant"),
        pytest.param("f(() => { return import('m') })", {}, id="in a function"),
    ],
)
def test_every_way_to_name_what_is_imported_is_known(code: str, names: dict[str, str]) -> None:
    (found,) = find_imports(scan_source(code))
    assert (found.module, found.names) == ("m", names)


@pytest.mark.parametrize(
    "code",
    ["import type { A } from 'm'", "export * from 'm'", "import './m.css'", "// import 'm'", "x = \"import 'm'\""],
)
def test_types_exports_and_styles_are_no_imports(code: str) -> None:
    assert list(find_imports(scan_source(code))) == []


@pytest.mark.parametrize(
    "part",
    ["import ", "import {a,", "import('m')", "const x = ", "require('m')(", "import('m').then((a,", "{{{", "from 'm' "],
)
def test_a_hostile_text_takes_little_time(part: str) -> None:
    source = scan_source(part * (200_000 // len(part)))
    began = time.process_time()
    for _ in find_imports(source):
        pass
    assert time.process_time() - began < 5
