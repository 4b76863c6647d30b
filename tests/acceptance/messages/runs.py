"""Messages about runs, gates, attempts and agents."""

from gate_tests.errors import InvalidFile
from tests.acceptance.messages.case import (
    FAIL_G1,
    RESUME,
    RUN,
    START,
    START_G1,
    WORKFLOW,
    Case,
    edit_workflow,
    first,
    gate,
    output,
    refused,
    remove,
    step,
    typed,
    write,
)
from tests.support.messages import meant, message
from tests.support.repository import ARTIFACTS, Repository


def pass_all(repository: Repository, run_id: str) -> None:
    """All gates of the run pass."""
    repository.add_example("G1", "G2", "G3")
    for each in ("G1", "G2", "G3"):
        typed(*gate("start", each))(repository, run_id)
    typed("gate", "finish", "--gate", "g1,G2,g3")(repository, run_id)


def pass_g1(repository: Repository, run_id: str) -> None:
    """The first gate of the run passes."""
    repository.add_example("G1")
    START_G1(repository, run_id)
    typed("gate", "finish", "--gate", "G1")(repository, run_id)


def pass_g2(repository: Repository, run_id: str) -> None:
    """The second gate of the run passes."""
    repository.add_example("G2")
    typed(*gate("start", "G2"))(repository, run_id)
    typed("gate", "finish", "--gate", "G2")(repository, run_id)


def record_usage(repository: Repository, run_id: str) -> None:
    """The usage in usage.json is that of an invocation at the first gate."""
    file = str(repository.root / "usage.json")
    typed("invocation", "record", "--gate", "G1", "--agent", "maker", "--usage", file)(repository, run_id)


INTAKE = f"{ARTIFACTS}/research/INTAKE.md"
CASES: dict[str, Case] = {
    # Runs, gates, attempts
    "no-run-yet": Case(("run", "show", "--run", "latest"), {}, 2, "orch run start --help", remove(RUN)),
    "no-open-attempt": Case(
        ("gate", "finish"),
        {"run": "{run}"},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
    ),
    "one-gate": Case(
        ("gate", "start", "--agent", "maker", "--gate", "G1,G2"),
        {"count": 2, "gates": "G1, G2"},
        2,
        "orch gate start --help",
    ),
    "gate-required": Case(
        ("gate", "fail", "--reason", "bad"),
        {"count": 2, "gates": "G1, G2"},
        2,
        "orch status --run {run}",
        first(START_G1, typed(*gate("start", "G2"))),
    ),
    "all-gates-passed": Case(
        ("gate", "start", "--agent", "maker"),
        {"run": "{run}"},
        2,
        "orch run complete --run {run}",
        pass_all,
    ),
    "all-runs-completed": Case(
        ("gate", "start", "--agent", "maker"), {}, 2, "orch run resume --run {run}", typed("run", "complete")
    ),
    "no-runs": output(("status",), remove(RUN), 0),
    "no-such-run": output(("run", "list", "--status", "FAILED"), None, 0),
    "passed-over": Case(
        ("status",),
        {"run": "run_29991231T235959Z_a_aaaaaa", "status": "DAMAGED"},
        0,
        None,
        write("orchestration/runs/run_29991231T235959Z_a_aaaaaa/record/RUN.json", "{"),
    ),
    "paused": Case(RESUME, {"gate": "G1", "attempt": 1}, 5, "orch run resume --run {run}"),
    "other-topic": Case(
        (*RESUME, "--prompt-file", "a.txt"),
        {"file": "a.txt", "run": "{run}", "expected": "no prompt file"},
        2,
        "orch run show --run {run}",
        write("a.txt", "tea"),
    ),
    "prompt-file-unnamed": refused((*RESUME, "--prompt-file", ""), "run", "resume"),
    "prompt-file-empty": Case(
        (*RESUME, "--prompt-file", "a.txt"), {"path": "a.txt"}, 2, "orch run resume --help", write("a.txt", " \n")
    ),
    "home-not-expanded": refused((*START, "--artifact-path", "~/tea"), "run", "start", path="~/tea"),
    "no-instructions": output(
        RESUME,
        write("orchestration/prompts/visual-essay/G1.md", "\n"),
        5,
        "  warned  ",
        why="orchestration/prompts/visual-essay/G1.md is empty",
    ),
    "no-program": refused(
        (*RESUME, "--agent-command", "no-such"), "run", "resume", program="no-such", where="on the PATH"
    ),
    "shell-operator": Case(
        (*RESUME, "--agent-command", "cat | tee log"),
        {"operator": "|"},
        2,
        "give --agent-command \"sh -c 'cat | tee log'\"",
    ),
    "placeholder": Case(
        (*RESUME, "--agent-command", "cat {packet}"),
        {},
        2,
        """give --agent-command 'sh -c '"'"'cat "$ORCH_PACKET"'"'"''""",
    ),
    "shell-assignment": Case(
        (*RESUME, "--agent-command", "MODEL=big cat"),
        {"assignment": "MODEL=big"},
        2,
        "give --agent-command 'env MODEL=big cat'",
    ),
    "unknown-agent": Case(
        (*RESUME, "--agent-command", "research-orchestratr=cat"),
        {"agent": "research-orchestratr"},
        2,
        "orch run resume --help",
        after=meant("research-orchestrator"),
    ),
    "agent-given-twice": Case(
        (*RESUME, "--agent-command", "research-orchestrator=cat", "--agent-command", "research-orchestrator=true"),
        {"agent": "research-orchestrator"},
        2,
        "orch run resume --help",
    ),
    "default-given-twice": refused((*RESUME, "--agent-command", "cat", "--agent-command", "true"), "run", "resume"),
    "option-without-agent": refused((*RESUME, "--agent-timeout", "5"), "run", "resume", option="--agent-timeout"),
    "no-command-for-agent": output(
        (*RESUME, "--agent-command", "research-orchestrator=cat"),
        None,
        5,
        "  agent   ",
        agent="visual-essay-orchestrator",
    ),
    "cannot-be-split": refused(
        (*RESUME, "--agent-command", "'a"), "run", "resume", text="'a", reason="No closing quotation"
    ),
    "names-no-program": refused((*RESUME, "--agent-command", " "), "run", "resume"),
    "all-needs-waiting": Case(("status", "--all"), {}, 2, "orch status --waiting --all"),
    "no-notify-program": refused(
        (*RESUME, "--notify", "no-such"), "run", "resume", program="no-such", where="on the PATH"
    ),
    "notify-shell-operator": Case(
        (*RESUME, "--notify", "cat | tee log"),
        {"operator": "|"},
        2,
        "give --notify \"sh -c 'cat | tee log'\"",
    ),
    "notify-empty": refused((*RESUME, "--notify", ""), "run", "resume"),
    "notify-file-program": Case(
        RESUME,
        {"program": "no-such", "where": "on the PATH"},
        2,
        InvalidFile.advice,
        write("orchestration/agents.local.json", '{"notify": "no-such --quick"}'),
    ),
    "agent-failed-itself": Case(
        (*RESUME, "--agent-command", "false", "--retry-wait", "0"),
        {"attempt": 1, "gate": "G1", "failure": "exit code 1, no output changed"},
        5,
        "orch run resume --run {run} --agent-command false --retry-wait 0",
    ),
    "budget-used-up": Case(
        (*RESUME, "--agent-command", "true", "--budget-tokens", "10"),
        {"attempt": 1, "gate": "G1", "option": "--budget-tokens", "limit": 10, "used": "12 tokens"},
        5,
        "raise the budget in orch run resume --run {run} --agent-command true --budget-tokens 10",
        first(
            write("usage.json", '{"input_tokens": 10, "output_tokens": 2}'),
            START_G1,
            record_usage,
        ),
    ),
    "not-a-number": refused(
        (*RESUME, "--agent-command", "true", "--agent-timeout", "nan"),
        "run",
        "resume",
        option="--agent-timeout",
        value="nan",
        unit="seconds",
    ),
    "gate-not-started": Case(
        gate("finish"), {"gate": "G1"}, 2, "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator"
    ),
    "attempt-finished": Case(
        gate("finish"),
        {"attempt": 1, "gate": "G1", "status": "FAIL"},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        FAIL_G1,
    ),
    "attempt-open-at-end": Case(
        ("run", "complete", "--run", "{run}"),
        {"attempt": 1, "gate": "G1", "agent": "maker"},
        2,
        "orch gate finish --run {run} --gate G1",
        START_G1,
    ),
    "attempt-running": Case(
        gate("start"),
        {"attempt": 1, "gate": "G1", "agent": "maker"},
        2,
        "orch gate finish --run {run} --gate G1",
        START_G1,
    ),
    "run-completed": Case(
        gate("start"),
        {"run": "{run}", "status": "CANCELED"},
        2,
        "orch run resume --run {run}",
        typed("run", "complete", "--run", "{run}"),
    ),
    "nothing-unfinished": Case(
        ("run", "resume"), {}, 2, "orch run resume --run {run}", typed("run", "complete", "--run", "{run}")
    ),
    "not-passed": Case(
        ("run", "complete", "--run", "{run}", "--status", "PASSED"),
        {"run": "{run}", "gates": "G1 (NOT_STARTED), G2 (NOT_STARTED), G3 (NOT_STARTED)"},
        2,
        "orch status --run {run}",
    ),
    "gates-required": Case(
        gate("start", "G2"),
        {"gate": "G2", "gates": "G1 (NOT_STARTED)"},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        edit_workflow(lambda w: w["gates"][1].update(requires=["G1"])),
        after=message("force"),
    ),
    "gates-stale": Case(
        gate("start", "G2"),
        {"gate": "G2", "gates": f"G1 ({message('output-changed', path=INTAKE)})"},
        2,
        "orch gate start --run {run} --gate G1 --agent maker",
        first(edit_workflow(lambda w: w["gates"][1].update(requires=["G1"])), pass_g1, write(INTAKE, "tea")),
        after=message("force"),
    ),
    "requires-stale": output(
        ("status", "--run", "{run}"),
        first(
            edit_workflow(lambda w: w["gates"][1].update(requires=["G1"])),
            pass_g1,
            pass_g2,
            write(INTAKE, "tea"),
        ),
        0,
        " *",
        gate="G1",
    ),
    "run-stale": Case(
        ("run", "complete", "--run", "{run}"),
        {"run": "{run}", "gates": f"G1 ({message('output-changed', path=INTAKE)})"},
        2,
        "orch gate start --run {run} --gate G1 --agent maker",
        first(pass_all, write(INTAKE, "tea")),
    ),
    "force": Case(
        gate("start", "G2"),
        {},
        2,
        "orch gate start --run {run} --gate G1 --agent visual-essay-orchestrator",
        edit_workflow(lambda w: w["gates"][1].update(requires=["G1"])),
        ".*",
    ),
    "gate-not-in-run": Case(
        gate("start", "G2"),
        {},
        2,
        f"cat {WORKFLOW}",
        edit_workflow(lambda w: (w["gates"].insert(0, step("G4")), w["gates"][2].update(requires=["G4"]))),
        r".* G4 \(",
        ")" + message("force"),
    ),
    "not-independent": Case(
        gate("start", "G2"),
        {"gate": "G2", "other": "G1", "attempt": 1, "passed": "G1", "agent": "maker"},
        2,
        "orch gate start --run {run} --gate G2 --agent research-orchestrator",
        first(START_G1, edit_workflow(lambda w: w["gates"][1].update(independent_of=["G1"]))),
        after=message("force"),
    ),
    "workflow-unknown": Case(
        gate("start"),
        {"fault": message("missing", path=WORKFLOW)},
        2,
        "ls -ld orchestration/workflows",
        remove(WORKFLOW),
        after=message("force"),
    ),
    "nothing-forced": output(gate("start", "G1", "--force", "to be sure"), None, 0, "  "),
    "attempt-resumed": output(RESUME, START_G1, 1, "Gate G1 .*, ", attempt=1, agent="maker"),
    # Judging
    "not-a-worker": refused(gate("check", "G1", "--tx", "ssh=a"), "gate", "check", spec="ssh=a"),
}
