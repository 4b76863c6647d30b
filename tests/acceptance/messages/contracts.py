"""Messages about contracts and workflows."""

import os
import re

from gate_tests.errors import InvalidFile
from tests.acceptance.messages.case import (
    CONTRACT,
    G1_CONTRACT,
    OUTPUTS,
    RECORD,
    RESUME,
    START_G1,
    TESTS,
    WORKFLOW,
    Case,
    contract_of,
    edit,
    first,
    gate,
    in_check,
    in_contract,
    in_workflow,
    link,
    output,
    refused,
    remove,
    step,
    workflow_of,
    write,
)
from tests.support.messages import meant, message, pattern

PROMPT = "orchestration/prompts/visual-essay/G1.md"
AT_PROMPT = rf"{re.escape(WORKFLOW)}:\d+: \$\.gates\[0\]\.prompt_template: warning: "
WORDS = {"type": "word_count", "target": "a.md", "min": 50}


CASES: dict[str, Case] = {
    # Contracts and workflows
    "no-contract": Case(
        ("contract", "explain", "G7"),
        {"gate": "G7", "path": "orchestration/gates/contracts/G7.contract.json"},
        2,
        "orch contract new G7 --name NAME",
        after=message("known", names="D1, D2, D3, D4, G1, G2, G3"),
    ),
    "contract-is-dangling-link": Case(
        ("contract", "explain", "G2"), {"path": CONTRACT}, 2, InvalidFile.advice, link(CONTRACT, "nowhere")
    ),
    "other-than-file-name": in_contract("$.gate", {"gate": "G3"}, {"name": "G3", "stem": "G2"}),
    "reserved-workflow": Case(
        ("run", "start", "--workflow", "show", "--slug", "tea"),
        {"workflow": "show"},
        2,
        InvalidFile.advice,
        workflow_of(step("G1"), name="show"),
        r"orchestration/workflows/show\.json:2: \$\.workflow: ",
    ),
    "no-checks": in_contract("$", {}, {"depth": "standard"}),
    "unknown-variable": in_check({"target": "{slugg}"}, ".target", {"variable": "slugg"}, meant("slug")),
    "no-value-for-depth": in_contract(
        "$.validations[0].thresholds",
        {"validations": [{"type": "min_sources", "target": "a", "thresholds": {"quick": 1}}]},
        {"depth": "standard"},
    ),
    "contract-changed": Case(
        gate("finish"),
        {"path": G1_CONTRACT, "attempt": 1, "gate": "G1"},
        2,
        f"cat {G1_CONTRACT}",
        first(START_G1, edit(G1_CONTRACT, lambda c: c.update(name="Other"))),
    ),
    "contract-changed-after-run": Case(
        gate("start"),
        {"path": G1_CONTRACT, "run": "{run}"},
        2,
        f"cat {G1_CONTRACT}",
        edit(G1_CONTRACT, lambda c: c.update(name="Other")),
    ),
    "decision": Case(
        gate("start"), {}, 2, f"cat {G1_CONTRACT}", edit(G1_CONTRACT, lambda c: c.update(name="Other")), ".*"
    ),
    "contract-changed-note": output(
        gate("check"),
        first(START_G1, edit(G1_CONTRACT, lambda c: c.update(name="Other"))),
        1,
        "  warned  ",
        path=G1_CONTRACT,
        attempt=1,
    ),
    "no-default-artifact-path": Case(
        ("run", "start", "--workflow", "tests", "--slug", "tea"),
        {"workflow": "tests"},
        2,
        "orch run start --help",
        first(workflow_of(step("G1")), edit(TESTS, lambda w: w.pop("artifact_path"))),
    ),
    "not-a-workflow-name": Case(
        ("workflow", "new", "My Notes", "--gate", "G1"),
        {"name": "My Notes"},
        2,
        "orch workflow new my-notes --gate G1",
    ),
    "command-name": Case(
        ("workflow", "new", "list", "--gate", "G1"),
        {"name": "list"},
        2,
        "orch workflow new list-workflow --gate G1",
    ),
    "workflow-exists": Case(
        ("workflow", "new", "visual-essay", "--gate", "G1"), {"path": WORKFLOW}, 2, "orch run visual-essay --help"
    ),
    "no-gates-given": refused(("workflow", "new", "notes"), "workflow", "new"),
    "gates-and-run": refused(("workflow", "new", "notes", "--gate", "G1", "--from-run", "{run}"), "workflow", "new"),
    "no-name-given": Case(("workflow", "new", "--gate", "G1"), {}, 2, "orch workflow new my-workflow --gate G1"),
    "workflow-not-valid": Case(
        ("workflow", "new", "notes", "--from-run", "{run}"),
        {},
        2,
        "orch workflow new --help",
        edit(RECORD, lambda record: record["workflow"].update(version="a\x07b")),
    ),
    "contract-exists": Case(
        ("contract", "new", "G2", "--name", "n"), {"path": CONTRACT}, 2, "orch contract explain G2"
    ),
    "no-contract-by-name": Case(("contract", "lint", WORKFLOW), {"path": WORKFLOW}, 2, "orch contract lint"),
    "no-contract-in-directory": Case(
        ("contract", "lint", "orchestration/workflows"), {"path": "orchestration/workflows"}, 2, "orch contract lint"
    ),
    "lint-path-missing": Case(("contract", "lint", "no/where"), {"path": "no/where"}, 2, "orch contract lint"),
    "no-good-artifacts": Case(
        ("contract", "test", "GT"),
        {"path": "orchestration/gates/examples/GT", "gate": "GT"},
        2,
        "mkdir -p orchestration/gates/examples/GT",
        lambda repository, run_id: repository.write_contract("GT", required_outputs=OUTPUTS),
    ),
    "not-writable": Case(
        ("contract", "new", "G7", "--name", "n"),
        {"path": "orchestration/gates/contracts/G7.contract.json"},
        2,
        "ls -ld orchestration/gates",
        first(remove("orchestration/gates"), write("orchestration/gates", "")),
    ),
    "bad-regex": in_contract(
        "$.validations[0].regex", {"validations": [{"type": "regex_match", "target": "a.md", "regex": "("}]}
    ),
    "regex-too-large": in_contract(
        "$.validations[0].regex",
        {"validations": [{"type": "regex_match", "target": "a.md", "regex": "(?:(?:a{1000}){1000}){1000}"}]},
        {"parts": 1_000_000_000},
        before=message("bad-regex", reason=""),
    ),
    "regex-too-long": in_contract(
        "$.validations[0].url_pattern",
        {"validations": [{"type": "url_reachable", "target": "a.md", "url_pattern": "a" * 100_001}]},
        {"characters": 100_001},
        before=message("bad-regex", reason=""),
    ),
    "no-such-outputs": in_contract(
        "$.validations[0].target",
        {"validations": [{"type": "file_exists", "target": "any_of"}]},
        {"outputs": "any_of", "group": "any_of"},
    ),
    "outputs-twice": in_contract(
        "$.validations[1].target",
        {"required_outputs": OUTPUTS, "validations": 2 * [{"type": "file_exists", "target": "any_of"}]},
        {"outputs": "any_of"},
    ),
    "required-and-missing-ok": in_contract(
        "$.validations[0].target",
        {
            "required_outputs": OUTPUTS,
            "validations": [{"type": "file_exists", "target": "any_of", "missing_ok": True}],
        },
        {"outputs": "any_of"},
    ),
    "only-file-exists": in_contract(
        "$.validations[0].target",
        {"required_outputs": OUTPUTS, "validations": [{"type": "not_contains", "target": "any_of", "pattern": "x"}]},
        {"outputs": "any_of"},
    ),
    "gate-without-contract": output(
        ("contract", "lint"), workflow_of(step("GX")), 0, rf"{re.escape(TESTS)}:\d+: \S+ warning: ", gate="GX"
    ),
    "contract-without-workflow": output(
        ("contract", "lint"),
        contract_of(CONTRACT.replace("G2", "G9"), "G9", validations=[WORDS]),
        0,
        rf"{re.escape(CONTRACT.replace('G2', 'G9'))}:\d+: \$\.gate: warning: ",
        gate="G9",
    ),
    "missing-rule-file": output(
        ("contract", "lint"),
        contract_of(validations=[WORDS], pre_scripts=[{"path": "tools/x.py"}]),
        0,
        rf"{re.escape(CONTRACT)}:\d+: \$\.pre_scripts\[0\]\.path: warning: ",
        what="script",
        path="tools/x.py",
    ),
    "missing-prompt": output(
        ("contract", "lint"), remove(PROMPT), 0, AT_PROMPT, path=PROMPT, workflow="visual-essay", gate="G1"
    ),
    "empty-prompt": output(("contract", "lint"), write(PROMPT, "\n"), 0, AT_PROMPT, path=PROMPT),
    "unusable-prompt": output(
        ("contract", "lint"),
        write(PROMPT, "About {slugg}.\n"),
        0,
        AT_PROMPT,
        path=PROMPT,
        reason=message("unknown-variable", variable="slugg") + meant("slug"),
    ),
    "unknown-gate-in-workflow": in_workflow(
        "$.gates[1].requires[0]",
        workflow_of(step("G1"), step("G2", requires=["GX"])),
        {"gate": "GX"},
        message("known", names="G1"),
    ),
    "own-gate": in_workflow("$.gates[0].requires[0]", workflow_of(step("G1", requires=["G1"])), {"gate": "G1"}),
    "later-gate": in_workflow(
        "$.gates[0].requires[0]", workflow_of(step("G1", requires=["G2"]), step("G2")), {"gate": "G2"}
    ),
    "same-agent": in_workflow(
        "$.gates[1].independent_of[0]",
        workflow_of(step("G1", agent="a"), step("G2", agent="a", independent_of=["G1"])),
        {"gate": "G1", "agent": "a"},
    ),
    "gate-twice": in_workflow("$.gates[1].gate", workflow_of(step("G1"), step("G1")), {"gate": "G1"}),
    "contract-elsewhere": in_workflow(
        "$.gates[0].contract",
        workflow_of(step("G1", contract="a.json")),
        {"path": "a.json", "place": G1_CONTRACT},
    ),
    "built-in-variable": in_workflow(
        "$.variables.slug", workflow_of(step("G1"), variables={"slug": "x"}), {"variable": "slug"}
    ),
    "no-variable": output(
        ("contract", "lint", CONTRACT),
        contract_of(required_outputs={"all_of": [{"path": "{artifactPath}/a.md"}]}),
        0,
        ".*warning: ",
        name="{artifactPath}",
    ),
    "demands-nothing": output(
        ("contract", "lint", CONTRACT),
        contract_of(validations=[{"type": "word_count", "target": "a.md", "min": 0}]),
        0,
        r".*\$\.validations\[0\]: warning: ",
    ),
    "in-a-run-of": output(
        ("contract", "lint", CONTRACT),
        first(
            contract_of(required_outputs={"all_of": [{"path": "{chapter}"}]}),
            workflow_of(step("G2")),
            edit(WORKFLOW, lambda w: w.update(variables={"chapter": "x"})),
        ),
        2,
        ".*",
        workflow="tests",
    ),
    "lint-summary": output(("contract", "lint"), None, 0, contracts="7 contracts", result="no errors"),
    "no-skill": Case(
        RESUME,
        {"path": "no.md", "reason": os.strerror(2)},
        2,
        InvalidFile.advice,
        edit(
            G1_CONTRACT,
            lambda c: c.update(required_skills=[{"path": "no.md", "inject": True}]),
        ),
        r"orchestration/gates/contracts/G1\.contract\.json:\d+: \$\.required_skills\[0\]\.path: ",
    ),
    "skill-is-directory": Case(
        RESUME,
        {},
        2,
        InvalidFile.advice,
        edit(
            G1_CONTRACT,
            lambda c: c.update(required_skills=[{"path": "orchestration", "inject": True}]),
        ),
        ".* " + pattern("no-skill", path="orchestration", reason=""),
    ),
    "gate-left-workflow": Case(
        RESUME,
        {"path": WORKFLOW, "gate": "G1", "run": "{run}"},
        2,
        f"cat {WORKFLOW}",
        edit(WORKFLOW, lambda w: w["gates"].pop(0)),
        after=message("known", names="G2, G3") + message("decision"),
    ),
}
