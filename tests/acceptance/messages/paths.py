"""Messages about names, paths and the root."""

from gate_tests.errors import InvalidFile
from tests.acceptance.messages.case import (
    CONTRACT,
    START,
    Case,
    first,
    gate,
    link,
    output,
    refused,
    remove,
    typed,
    write,
)
from tests.support.messages import meant, message
from tests.support.repository import SLUG

DAMAGED = first(*(write(f"orchestration/runs/run_20200101T000000Z_{a}_{6 * a}/record/RUN.json", "") for a in "ab"))
TWO_DAMAGED = "run_20200101T000000Z_b_bbbbbb (DAMAGED), run_20200101T000000Z_a_aaaaaa (DAMAGED)"

CASES: dict[str, Case] = {
    # Names and paths
    "not-a-gate-id": refused(("contract", "new", "../x", "--name", "n"), "contract", "new", gate="../x"),
    "not-a-slug": refused((*START[:-1], "Tea"), "run", "start", slug="Tea", after=message("slug-meant", slug="tea")),
    "slug-meant": refused(
        (*START[:-1], "Tea & Cake"), "run", "start", before="invalid slug 'Tea & Cake': .*", slug="tea-cake"
    ),
    "slug-example": refused((*START[:-1], "?"), "run", "start", before="invalid slug '\\?': .*"),
    "not-a-run-id": output(
        ("run", "check"), write("orchestration/runs/run_x/record/RUN.json", ""), 2, "not checked: ", run="run_x"
    ),
    "no-run-matches": Case(("run", "show", "--run", "newest"), {"run": "newest"}, 2, "orch run list"),
    "ambiguous-run": Case(
        ("run", "show", "run_2020"), {"run": "run_2020", "count": 2, "runs": TWO_DAMAGED}, 2, "orch run list", DAMAGED
    ),
    "two-runs": refused(
        ("run", "show", SLUG, "--run", "tea"), "run", "show", prepare=typed(*START), argument=SLUG, option="tea"
    ),
    "run-required": Case(
        ("run", "repair"), {"count": 2, "condition": "damaged", "runs": TWO_DAMAGED}, 2, "orch run list", DAMAGED
    ),
    "unknown-depth": refused((*START, "--depth", "quik"), "run", "start", after=meant("quick"), depth="quik"),
    "unknown-status": refused(
        ("run", "complete", "--run", "{run}", "--status", "PASED"),
        "run",
        "complete",
        after=meant("PASSED"),
        status="PASED",
    ),
    "unknown-run": Case(
        ("run", "show", "--run", "run_20200101T000000Z_a_aaaaaa"),
        {"run": "run_20200101T000000Z_a_aaaaaa"},
        2,
        "orch run list",
        after=message("known", names="{run}"),
    ),
    "known": Case(
        ("run", "show", "--run", "run_20200101T000000Z_a_aaaaaa"), {"names": "{run}"}, 2, "orch run list", before=".*"
    ),
    "did-you-mean": Case(("run", "show", "--run", "lates"), {"name": "latest"}, 2, "orch run list", before=".*"),
    "unknown-gate": Case(
        gate("start", "G22"), {"gate": "G22", "run": "{run}"}, 2, "orch run show --run {run}", after=meant("G2")
    ),
    "unknown-workflow": Case(
        ("run", "start", "--workflow", "essay", "--slug", "tea"),
        {"workflow": "essay"},
        2,
        "orch run --help",
        after=message("known", names="data-report, visual-essay"),
    ),
    "unknown-shell": refused(("completion", "bsh"), "completion", after=meant("bash"), shell="bsh"),
    "unknown-command": Case(
        ("gate", "finsh"), {"what": "command", "name": "finsh"}, 2, "orch gate finish --help", after=meant("finish")
    ),
    "no-schema": refused(("schema", "contrat"), "schema", after=meant("contract"), kind="contrat"),
    "no-run-of-workflow": Case(
        ("run", "list", "--workflow", "visual-esay"),
        {"workflow": "visual-esay"},
        2,
        "orch run list",
        after=meant("visual-essay"),
    ),
    "not-a-time": refused(("run", "list", "--since", "soon"), "run", "list", text="soon"),
    "empty-text": refused(gate("fail", "G1", "--reason", " "), "gate", "fail", what="--reason"),
    "control-character": refused(gate("fail", "G1", "--reason", "a\nb"), "gate", "fail", what="--reason", text="a\nb"),
    "text-not-utf-8": refused(gate("fail", "G1", "--reason", "\udcff"), "gate", "fail", what="--reason", text="\udcff"),
    "absolute-path": refused((*START, "--artifact-path", "/a"), "run", "start", what="artifact path", path="/a"),
    "path-of-the-root": refused((*START, "--artifact-path", "."), "run", "start", what="artifact path", path="."),
    "path-leaves-root": refused((*START, "--artifact-path", "../a"), "run", "start", what="artifact path", path="../a"),
    "symlink-leaves-root": Case(
        (*START, "--artifact-path", "out/a"),
        {"what": "artifact path", "path": "out/a"},
        2,
        "ls -ld out",
        link("out", "/etc"),
    ),
    "file-leaves-root": Case(
        ("contract", "explain", "G2"), {"path": CONTRACT}, 2, InvalidFile.advice, link(CONTRACT, "/dev/null")
    ),
    "record-leaves-root": Case(
        gate("start"),
        {"path": "orchestration/runs"},
        2,
        "ls -ld orchestration/runs",
        first(remove("orchestration/runs"), link("orchestration/runs", "/etc")),
    ),
    # The root
    "no-root": Case(("run", "list"), {}, 2, "orch init", remove("orchestration")),
    "root-is-file": Case(
        ("-C", "file", "run", "list"), {"named_by": "-C", "root": "file"}, 2, "orch -C . status", write("file", "")
    ),
    "root-without-orchestration": Case(
        ("-C", "src", "run", "list"), {"named_by": "-C", "root": "src"}, 2, "orch -C . status", write("src/a", "")
    ),
    "root-is-missing": Case(
        ("-C", "nowhere", "run", "list"),
        {"named_by": "-C", "root": "nowhere"},
        2,
        "orch -C . status",
    ),
}
