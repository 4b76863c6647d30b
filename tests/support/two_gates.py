"""A run whose two gates have passed, one by a check that reads another file: what `orch verify` says of it."""

from tests.support.prepared import fill
from tests.support.repository import Ended, Repository

OUT = "out/tea"
ONE, TWO, SOURCE = f"{OUT}/one.md", f"{OUT}/two.md", "sources/leaves.md"
G1, G2 = (f"orchestration/gates/contracts/{gate}.contract.json" for gate in ("G1", "G2"))
WORKFLOW = "orchestration/workflows/tests.json"
QUOTATION = "green tea is the leaf of one plant and no other\n"

CONTRACTS = {
    "G1": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/one.md"}]},
        "validations": [{"type": "word_count", "target": "{artifact_path}/one.md", "min": 3}],
    },
    "G2": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/two.md"}]},
        "validations": [
            {"type": "quotes_resolve", "target": "{artifact_path}/two.md", "sources": ["sources/*.md"], "min_count": 1}
        ],
    },
}


def pass_gate(repository: Repository, run_id: str, gate: str, agent: str) -> None:
    """Start the gate, write its output and finish it."""
    assert repository.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", agent).code == 0
    if gate == "G1":
        repository.write(ONE, "one two three four\n")
    else:
        repository.write(TWO, f"> {QUOTATION}")
    ended = repository.orch("gate", "finish", "--run", run_id, "--gate", gate)
    assert ended.code == 0, ended.out


def pass_two_gates(repository: Repository) -> str:
    """Fill an empty repository with a run that has passed both gates, not committed. Returns its id."""
    return fill(repository, _make)


def _make(repository: Repository) -> str:
    for gate, keys in CONTRACTS.items():
        repository.write_contract(gate, **keys)
    repository.write_workflow("G1", "G2")
    repository.write(SOURCE, QUOTATION)
    run_id = repository.start_run(workflow="tests", slug="tea")
    pass_gate(repository, run_id, "G1", "maker")
    pass_gate(repository, run_id, "G2", "writer")
    return run_id


def edit(repository: Repository, path: str, old: str, new: str) -> None:
    """Replace the first `old` in a file, which has it."""
    file = repository.root / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def statuses(ended: Ended) -> dict[str, str]:
    """The status of each file that is not ok."""
    files = [file for run in ended.json["runs"] for file in run["files"]]
    return {file["path"]: file["status"] for file in files if file["status"] != "ok"}


def quietly(ended: Ended) -> list[str]:
    """The lines about what differs, without the run's id, the summary, and that a test is quick."""
    lines = [line.strip() for line in ended.out.splitlines() if line.startswith("  ")]
    return [line for line in lines if "within a second" not in line]
