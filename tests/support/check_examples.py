"""The example files of the check types, and what their checks make of them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gate_tests.compiler.options import EvaluationOptions
from gate_tests.programs.program import KnownProgramResults, ProgramResult
from gate_tests.workspace.run_context import OpenBaseline
from tests.support import CHECKOUT
from tests.support.checks import Tried, evaluate_all
from tests.support.repository import Repository
from tests.support.web_site import serving

EXAMPLES = CHECKOUT / "tests/gate_tests/checks/types/examples"


TEA = {"slug": "tea", "artifact_path": "src/app/essays/tea"}


def example(name: str, kind: str) -> Any:
    return json.loads((EXAMPLES / name / f"{kind}.json").read_text("utf-8"))


@contextmanager
def served(case: Any) -> Iterator[Any]:
    """The case while the server that it asks for answers: `{"/path": status}`; `{server}` becomes its host and port."""
    if "server" not in case:
        yield case
        return
    with serving(case["server"]) as site:
        yield json.loads(json.dumps(case).replace("{server}", site.host))


def lay_out(repository: Repository, files: dict[str, Any]) -> None:
    """Puts the files where they belong: a text, `{"base64": …}` or `{"folder": true}`."""
    for path, content in files.items():
        if isinstance(content, str):
            repository.write(path, content)
        elif "base64" in content:
            repository.write(path, base64.b64decode(content["base64"]))
        else:
            (repository.root / path).mkdir(parents=True)


def tried(repository: Repository, case: dict[str, Any]) -> Tried:
    lay_out(repository, case["files"])
    run = {**TEA, **case.get("run", {})}
    run["baselines"] = {gate: OpenBaseline(*each) for gate, each in run.get("baselines", {}).items()}
    depth = case.get("depth", "standard")
    ran = KnownProgramResults(
        {("GT", index): ProgramResult(*each) for index, each in enumerate(case.get("programs", ()))}
    )
    options = EvaluationOptions(programs=ran)
    contract = {**case.get("contract", {}), "validations": [case["validation"]]}
    return evaluate_all(repository, depth=depth, run=run, options=options, **contract)[-1]
