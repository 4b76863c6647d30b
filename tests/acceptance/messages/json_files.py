"""Messages about files that are no strict JSON, or break a schema."""

import os
import re

from gate_tests.errors import DamagedRecord, InvalidFile
from tests.acceptance.messages.case import (
    CONTRACT,
    RECORD,
    Case,
    contract_of,
    edit,
    first,
    in_check,
    in_contract,
    in_json,
    in_record,
    in_workflow,
    link,
    remove,
    step,
    workflow_of,
    write,
)
from tests.support.messages import meant

CASES: dict[str, Case] = {
    # JSON files
    "missing": Case(("run", "show", "--run", "{run}"), {"path": RECORD}, 4, DamagedRecord.advice, remove(RECORD)),
    "empty-file": in_json(" \n", None),
    "not-json": in_json("{\n]", 2, 1, reason="expected '}' for the '{' of line 1, found ']'"),
    "constant": in_json('{\n"a": NaN}', 2, 6, constant="NaN"),
    "number-too-large": in_json('{\n"a": 1e999}', 2, 6, number="1e999"),
    "half-surrogate-pair": in_json('{\n"a": "\\ud800"}', 2),
    "duplicate-key": in_json('{"a": 1,\n"a": 2}', 2, key="a", line=1),
    "utf-16": in_json("{}".encode("utf-16"), 1),
    "not-utf-8": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        write(CONTRACT, b"\n\xff"),
        f"{re.escape(CONTRACT)}:2: ",
        " (byte 0xff)",
    ),
    "nested-too-deeply": in_json("[" * 100_000, None),
    "is-directory": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        first(remove(CONTRACT), write(f"{CONTRACT}/a", "")),
        f"{re.escape(CONTRACT)}: ",
    ),
    "is-special": Case(
        ("contract", "explain", "G2"),
        {},
        2,
        InvalidFile.advice,
        first(remove(CONTRACT), lambda repository, run_id: os.mkfifo(repository.root / CONTRACT)),
        f"{re.escape(CONTRACT)}: ",
    ),
    "larger-than": Case(
        ("contract", "explain", "G2"),
        {"limit": "256 MiB"},
        2,
        InvalidFile.advice,
        lambda repository, run_id: os.truncate(repository.root / CONTRACT, 1 << 43),
        f"{re.escape(CONTRACT)}: ",
    ),
    "more-errors": Case(
        ("contract", "explain", "G2"),
        {"limit": 100},
        2,
        InvalidFile.advice,
        contract_of(validations=[5] * 1000),
        rf"(?:{re.escape(CONTRACT)}:\d+: .*\n){{100}}{re.escape(CONTRACT)}: ",
    ),
    "conflict-markers": in_json("{\n<<<<<<< HEAD\n", 2),
    "cannot-be-read": Case(
        ("contract", "explain", "G2"),
        {"path": CONTRACT, "reason": os.strerror(40)},
        2,
        InvalidFile.advice,
        link(CONTRACT, "G2.contract.json"),
    ),
    "unknown-key": in_check({"sevrity": 1}, ".sevrity", {"key": "sevrity"}, meant("severity")),
    "missing-key": in_contract("$.validations[0]", {"validations": [{"type": "file_exists"}]}, {"key": "target"}),
    "unknown-value": in_check({"severity": "warn"}, ".severity", {"value": "warn"}, meant("warning")),
    "wrong-type": in_check({"pattern": 5}, ".pattern", {"kind": "a string"}, " (found 5)"),
    "too-large": in_contract("$.limits.check_s", {"limits": {"check_s": 86401}}, {"limit": 86400}, " (found 86401)"),
    "too-small": in_contract("$.limits.text_bytes", {"limits": {"text_bytes": 0}}, {"limit": 1}, " (found 0)"),
    "not-more": in_contract("$.limits.regex_s", {"limits": {"regex_s": 0}}, {"limit": 0}, " (found 0)"),
    "one-of": in_contract("$.validations[0].type", {"validations": [{"type": 5}]}, {}, " (found 5)"),
    "empty-value": in_check({"pattern": ""}, ".pattern", {}, ' (found "")'),
    "missing-member": in_record("$.status", edit(RECORD, lambda r: r.pop("status"))),
    "no-match": in_workflow("$.gates[0].gate", workflow_of(step("../G1")), {}, ' (found "../G1")'),
    "twice-in-list": in_workflow(
        "$.gates[1].requires", workflow_of(step("G1"), step("G2", requires=["G1", "G1"])), {}, ' (found ["G1", "G1"])'
    ),
}
