"""Work that nobody has done does not pass the shipped visual-essay."""

import json
from collections.abc import Callable, Iterable

import pytest

from tests.support.checks import judge
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

Orch = Callable[..., Ended]
GATES = ("G1", "G2", "G3")
INTAKE = f"{ARTIFACTS}/research/INTAKE.md"
CITATIONS, SYNTHESIS, FIGURES, QUOTES, TIMELINE, VISUALS = RESEARCH = tuple(
    f"{ARTIFACTS}/research/{name}.md" for name in ("CITATIONS", "SYNTHESIS", "FIGURES", "QUOTES", "TIMELINE", "VISUALS")
)
SPEC = f"orchestration/skills/visual-essay-invocation/specs/{SLUG}.md"
FILES = (INTAKE, *RESEARCH, SPEC)
ONE_HEADING = "### Source\n" * 8
LAYERS = [f"## Layer {number}\n" for number in range(1, 7)]
WORDS = "word " * 30
BARE_LAYERS = "".join(LAYERS)
LOREM = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.\n"


def in_each(text: str, paths: Iterable[str] = FILES) -> dict[str, str]:
    return dict.fromkeys(paths, text)


WORTHLESS = {
    "nothing at all": in_each(""),
    "white space": in_each(" \n\t\n\u200b\n"),
    "one word": in_each("Done.\n"),
    "one sentence": in_each("The work of this gate is done and was checked by everybody.\n"),
    "one line again and again": in_each(LOREM * 100),
    "front matter alone": in_each(f"---\nstatus: done\nnote: {LOREM.strip()} {LOREM.strip()}\n---\n"),
    "one heading, nothing, and bare layers": {
        **in_each(""), CITATIONS: ONE_HEADING, SPEC: BARE_LAYERS,
    },
}  # fmt: skip
"""The contents of all files, for none of which a gate may pass."""


def failed(repository: Repository, files: dict[str, str]) -> dict[str, list[str]]:
    """The ids of the checks that fail, by gate, where these files replace good ones."""
    repository.add_example(*GATES)
    for path, text in files.items():
        repository.write(path, text)
    verdicts = judge(repository, *GATES)
    return {
        verdict.gate: [row["id"] for row in (each.to_json() for each in verdict.validations) if not row["pass"]]
        for verdict in verdicts
    }


def test_good_work_passes(shipped: Repository) -> None:
    assert failed(shipped, {}) == {"G1": [], "G2": [], "G3": []}


@pytest.mark.quick("one word", "one heading, nothing, and bare layers")
@pytest.mark.parametrize("files", WORTHLESS.values(), ids=WORTHLESS.keys())
def test_no_gate_passes_for_worthless_files(shipped: Repository, files: dict[str, str]) -> None:
    assert [gate for gate, ids in failed(shipped, files).items() if ids] == list(GATES)


@pytest.mark.parametrize("path", FILES, ids=[path.rpartition("/")[2] for path in FILES])
def test_no_file_may_be_worthless_beside_good_ones(shipped: Repository, path: str) -> None:
    for text in ("", "Done.\n", LOREM * 100):
        assert any(failed(shipped, {path: text}).values()), text


def headings_of(repository: Repository, gate: str, name: str) -> str:
    """The headings that the contract asks for in the file of this name."""
    contract = json.loads((repository.root / repository.workspace.contract_path(gate)).read_text("utf-8"))
    asked = [check for check in contract["validations"] if check["type"] == "contains_headings"]
    return "\n\n".join(heading for check in asked if name in check["target"] for heading in check["required_headings"])


@pytest.mark.parametrize("path", RESEARCH, ids=[path.rpartition("/")[2] for path in RESEARCH])
def test_the_headings_of_a_file_of_the_research_are_not_enough(shipped: Repository, path: str) -> None:
    name = path.rpartition("/")[2]
    sources = "".join(f"\n### Source {number}: book\n" for number in range(1, 9)) if path == CITATIONS else ""
    ids = failed(shipped, {path: f"{headings_of(shipped, 'G2', name)}\n{sources}"})["G2"]
    assert f"word_count[research/{name}]" in ids


SECTIONED = (INTAKE, SYNTHESIS, FIGURES, TIMELINE, VISUALS)


@pytest.mark.parametrize("path", SECTIONED, ids=[path.rpartition("/")[2] for path in SECTIONED])
def test_each_heading_has_text_of_its_own(shipped: Repository, path: str) -> None:
    gate, name = ("G1", "INTAKE") if path == INTAKE else ("G2", path.rpartition("/")[2])
    headings = headings_of(shipped, gate, name)
    for text in (f"{headings}\n\n{WORDS * 2}\n", f"{headings}\n\n<!-- {WORDS * 2} -->\n"):
        (failing,) = failed(shipped, {path: text})[gate]
        assert failing.startswith("contains_headings[")


BARE = {
    "bare": BARE_LAYERS,
    "all words before the first": f"{WORDS * 6}\n\n{BARE_LAYERS}",
    "all words in the first": f"{LAYERS[0]}\n{WORDS * 6}\n\n{''.join(LAYERS[1:])}",
    "all words in the last": f"{BARE_LAYERS}\n{WORDS * 6}\n",
    "words in comments": "".join(f"{layer}\n<!-- {WORDS} -->\n\n" for layer in LAYERS),
    "words in code": "".join(f"{layer}\n```\n{WORDS}\n```\n\n" for layer in LAYERS),
    "a word too few in one": "".join(f"{layer}\n{WORDS}\n\n" for layer in LAYERS[:5])
    + f"{LAYERS[5]}\n{'word ' * 19}\n",
}


@pytest.mark.parametrize("spec", BARE.values(), ids=BARE.keys())
def test_each_layer_of_the_spec_says_something(shipped: Repository, spec: str) -> None:
    (failing,) = failed(shipped, {SPEC: spec})["G3"]
    assert failing.startswith("contains_headings[")


def test_the_headings_of_intake_and_spec_are_not_enough(shipped: Repository) -> None:
    intake, spec = headings_of(shipped, "G1", "INTAKE"), headings_of(shipped, "G3", "{slug}")
    ids = failed(shipped, {INTAKE: f"{intake}\n", SPEC: f"{spec}\n"})
    assert (bool(ids["G1"]), ids["G2"], bool(ids["G3"])) == (True, [], True)


SAME = {
    "bare": ONE_HEADING,
    "numbered alike": "### Source 1: a book\n" * 8,
    "the same text below each": f"### Source\n\n{LOREM}\n" * 8,
}


@pytest.mark.parametrize("sources", SAME.values(), ids=SAME.keys())
def test_one_source_eight_times_is_one(shipped: Repository, sources: str) -> None:
    citations = f"# Citations\n\n{LOREM * 5}\n{sources}"
    assert failed(shipped, {CITATIONS: citations})["G2"] == ["min_sources[research/CITATIONS.md]"]


@pytest.mark.parametrize("path", FILES, ids=[path.rpartition("/")[2] for path in FILES])
def test_a_reference_that_leads_nowhere_fails(shipped: Repository, path: str) -> None:
    shipped.add_example(*GATES)
    good = (shipped.root / path).read_text("utf-8")
    ids = failed(shipped, {path: f"{good}\nSee [the notes](no-such-notes.md).\n"})
    assert [each.partition("[")[0] for of_gate in ids.values() for each in of_gate] == ["citations_resolve"]


@pytest.mark.slow
def test_a_quick_run_may_do_without_a_synthesis_and_not_with_an_empty_one(shipped: Repository) -> None:
    shipped.add_example(*GATES)
    (shipped.root / SYNTHESIS).unlink()
    assert judge(shipped, "G2", depth="quick")[0].passed
    for text in ("", "Done.\n"):
        shipped.write(SYNTHESIS, text)
        assert not judge(shipped, "G2", depth="quick")[0].passed


@pytest.mark.slow
def test_a_run_of_empty_files_and_bare_headings_passes_no_gate_and_is_never_passed(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    for path in FILES:
        shipped.write(path, {CITATIONS: ONE_HEADING, SPEC: BARE_LAYERS}.get(path, ""))
    for gate in GATES:
        at_gate = ("--run", run_id, "--gate", gate)
        assert orch("gate", "start", *at_gate, "--agent", "idler", "--force", "to be seen").code == 0
        assert orch("gate", "finish", *at_gate).code == 1
    assert shipped.record(run_id)["status"] == "FAILED"
    assert orch("run", "complete", "--run", run_id, "--json").json["status"] != "PASSED"
