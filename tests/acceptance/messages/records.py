"""Messages about records that are inconsistent, locked or to be repaired."""

import os
import shutil
from dataclasses import replace

from gate_tests.errors import DamagedRecord
from tests.acceptance.messages.case import (
    ATTEMPT,
    FAIL_G1,
    RECORD,
    RUN,
    START_G1,
    WORKFLOW,
    Case,
    cut,
    edit,
    first,
    first_attempt,
    gate,
    hold_lock,
    in_record,
    link,
    output,
    remove,
    write,
)
from tests.support.messages import message
from tests.support.sample_run import AT

CASES: dict[str, Case] = {
    # Records
    "other-run-id": in_record(
        "$.run_id",
        edit(RECORD, lambda r: r.update(run_id="run_20200101T000000Z_a_aaaaaa")),
        run="run_20200101T000000Z_a_aaaaaa",
        folder="{run}",
    ),
    "no-timestamp": in_record("$.started_at", edit(RECORD, lambda r: r.update(started_at="then")), text="then"),
    "newer-version": replace(
        in_record("$.schema_version", edit(RECORD, lambda r: r.update(schema_version=3)), version=3, known="1, 2"),
        next_step="upgrade orch, then repeat the command",
    ),
    "ended-while-open": in_record(
        "$.finished_at",
        first(START_G1, edit(RECORD, lambda r: r.update(finished_at="2030-01-01T00:00:00.000Z"))),
        time="2030-01-01T00:00:00.000Z",
        attempt=1,
        gate="G1",
    ),
    "other-progress": in_record(
        "$.progress", edit(RECORD, lambda r: r["progress"].update(passed=2)), passed=0, total=3
    ),
    "not-ended": in_record("$.status", edit(RECORD, lambda r: r.update(status="PASSED")), status="PASSED"),
    "gate-status": in_record(
        "$.gates[0].status",
        edit(RECORD, lambda r: r["gates"][0].update(status="PASS")),
        status="PASS",
        last="NOT_STARTED",
    ),
    "attempt-number": in_record(
        "$.gates[0].attempts[0].attempt", START_G1, edit(RECORD, lambda r: first_attempt(r).update(attempt=3)), number=3
    ),
    "open-before-another": in_record(
        "$.gates[0].attempts[0].status",
        START_G1,
        edit(RECORD, lambda r: r["gates"][0]["attempts"].append({**first_attempt(r), "attempt": 2})),
    ),
    "attempt-not-started": in_record(
        "$.gates[0].attempts[0].status",
        START_G1,
        edit(RECORD, lambda r: first_attempt(r).update(status="NOT_STARTED")),
    ),
    "no-baseline": in_record(
        "$.gates[0].attempts[0].baseline", START_G1, edit(RECORD, lambda r: first_attempt(r).update(baseline=None))
    ),
    "attempt-file-missing": in_record("$.gates[0].attempts[0]", FAIL_G1, remove(ATTEMPT), status="FAIL", path=ATTEMPT),
    "attempt-of-other-file": in_record(
        "$.attempt", FAIL_G1, edit(ATTEMPT, lambda a: a.update(attempt=7)), file=ATTEMPT, attempt=7, number=1
    ),
    "open-in-file": in_record("$.status", FAIL_G1, edit(ATTEMPT, lambda a: a.update(status="RUNNING")), file=ATTEMPT),
    "other-than-embedded": in_record(
        "$.failure_reason",
        FAIL_G1,
        edit(ATTEMPT, lambda a: a.update(failure_reason="worse")),
        file=ATTEMPT,
        path="$.gates[0].attempts[0].failure_reason",
    ),
    "planted-gate": in_record(
        "$",
        FAIL_G1,
        lambda repository, run_id: shutil.copytree(
            repository.root / f"orchestration/runs/{run_id}/record/gates/G1",
            repository.root / f"orchestration/runs/{run_id}/record/gates/G9",
        ),
        file=ATTEMPT.replace("G1", "G9"),
        gate="G9",
    ),
    "planted-attempt": in_record(
        "$.attempt",
        FAIL_G1,
        edit(RECORD, lambda r: r["gates"][0].update(attempts=[], status="NOT_STARTED")),
        edit(ATTEMPT, lambda a: a.update(agent="maker")),
        file=ATTEMPT,
        attempt=1,
        gate="G1",
    ),
    "other-than-open": in_record(
        "$.started_at",
        START_G1,
        lambda repository, run_id: shutil.copy(
            repository.root / f"orchestration/runs/{run_id}/record/RUN.json", repository.root / "kept.json"
        ),
        FAIL_G1,
        lambda repository, run_id: shutil.copy(
            repository.root / "kept.json", repository.root / f"orchestration/runs/{run_id}/record/RUN.json"
        ),
        edit(ATTEMPT, lambda a: a.update(started_at=AT)),
        file=ATTEMPT,
        attempt=1,
    ),
    "lock-held": Case(
        ("run", "complete", "--run", "{run}", "--lock-timeout", "0"),
        {"holder": f"process {os.getpid()}", "what": "writing the record of run {run}", "seconds": 0},
        3,
        "repeat the command, with a longer --lock-timeout if necessary",
        hold_lock,
    ),
    "is-symlink": Case(
        gate("start"),
        {"path": f"{RUN}/record/gates"},
        2,
        f"ls -ld {RUN}/record/gates",
        link(f"{RUN}/record/gates", "../logs"),
    ),
    "lost-head": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": RECORD, "lost": "workflow and depth"},
        4,
        DamagedRecord.advice,
        write(RECORD, "{"),
    ),
    "lost-gates": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": RECORD, "fault": message("unknown-workflow", workflow="visual-essay")},
        4,
        DamagedRecord.advice,
        first(remove(WORKFLOW), edit(RECORD, lambda r: r.pop("gates"))),
        after=message("known", names="data-report"),
    ),
    "lost-attempt": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT},
        4,
        DamagedRecord.advice,
        first(
            FAIL_G1,
            write(ATTEMPT, "{"),
            lambda repository, run_id: cut(repository.root / f"orchestration/runs/{run_id}/record/RUN.json"),
        ),
    ),
    "unknown-attempt": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT},
        4,
        f"mv {ATTEMPT} {ATTEMPT}.unknown",
        write(ATTEMPT, "{"),
    ),
    "attempt-after-unfinished": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT.replace("-1", "-2"), "attempt": 1},
        4,
        f"mv {ATTEMPT.replace('-1', '-2')} {ATTEMPT.replace('-1', '-2')}.unknown",
        write(ATTEMPT.replace("-1", "-2"), "{"),
    ),
    "two-attempts": Case(
        ("run", "repair", "--run", "{run}"),
        {"path": ATTEMPT, "ours": "(cannot be read)", "theirs": "(cannot be read)"},
        4,
        DamagedRecord.advice,
        write(ATTEMPT, '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> x\n}\n'),
    ),
    "nothing-to-repair": output(("run", "repair", "--run", "{run}"), None, 0, run="{run}"),
    "records-checked": output(("run", "check"), None, 0, records="1 record", result="no errors"),
    "nothing-recorded": output(gate("check"), None, 1, "FAIL  G1 .*, "),
}
