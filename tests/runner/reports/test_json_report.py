"""The JSON document: it has all of a report, in the shape that its docstring shows."""

import json
import re
from typing import Any

from runner.reports import json_report
from tests.support.sample_report import FAILED, SAMPLE, make_check, make_gate, make_report

DOCUMENT: dict[str, Any] = json.loads(json_report.render(SAMPLE))


def test_the_docstring_names_every_key() -> None:
    shown = set(re.findall(r'"(\w+)"', str(json_report.__doc__)))
    rows = [DOCUMENT, *DOCUMENT["findings"], *DOCUMENT["gates"]]
    rows += [each for gate in DOCUMENT["gates"] for each in (*gate["attempts"], *gate["checks"])]
    assert shown >= {key for row in rows for key in row}


def test_a_check_has_its_whole_result() -> None:
    check = DOCUMENT["gates"][0]["checks"][1]
    assert check["result"] == FAILED.result.to_json()
    assert (check["status"], check["artifact_line"], check["expected"]) == ("failed", 7, "at least 8 sources")


def test_every_finding_is_there_with_what_is_not_known_as_null() -> None:
    assert [finding["rule"] for finding in DOCUMENT["findings"]] == [each.rule for each in SAMPLE.findings]
    assert DOCUMENT["findings"][0]["run_id"] is None


def test_half_of_a_surrogate_pair_is_shown_as_an_escape() -> None:
    document = json_report.render(make_report(make_gate(make_check(resolved_path="a\udcff.md"))))
    document.encode("ascii")
    assert json.loads(document)["gates"][0]["checks"][0]["result"]["resolved_path"] == r"a\udcff.md"
