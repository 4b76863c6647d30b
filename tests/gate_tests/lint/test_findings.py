import json

from gate_tests.lint.findings import ContractWarning, LintReport, WarningTopic
from gate_tests.strict_json.document import Document

DOCUMENT = Document.parse("G1.contract.json", b'{\n "gate": "G1",\n "validations": [\n  {"type": "x"}\n ]\n}\n')


def about(topic: WarningTopic = WarningTopic.SLOW_REGEX, message: str = "is slow") -> ContractWarning:
    return ContractWarning.at(topic, DOCUMENT, ("validations", 0, "regex"), message)


def test_a_warning_knows_the_line_of_the_nearest_value_and_its_json_path() -> None:
    assert about() == (WarningTopic.SLOW_REGEX, "G1.contract.json", 4, "$.validations[0].regex", "is slow")
    assert str(about()) == "G1.contract.json:4: $.validations[0].regex: warning: is slow [slow-regex]"


def test_a_warning_is_an_object_with_its_topic_as_text() -> None:
    assert json.loads(json.dumps(about().to_json())) == {
        "topic": "slow-regex",
        "path": "G1.contract.json",
        "line": 4,
        "json_path": "$.validations[0].regex",
        "message": "is slow",
    }


def test_two_results_are_joined_in_order_and_without_duplicates() -> None:
    first = LintReport(("a", "b"), ("error 1",), (about(),))
    second = LintReport(("b", "c"), ("error 2", "error 1"), (about(message="again"), about()))
    assert first.merge(second) == LintReport(("a", "b", "c"), ("error 1", "error 2"), (about(), about(message="again")))
    assert LintReport().merge(first) == first.merge(LintReport()) == first


def test_a_result_is_an_object_of_three_lists() -> None:
    assert LintReport().to_json() == {"files": [], "errors": [], "warnings": []}
    assert LintReport(("a",), ("b",), (about(),)).to_json() == {
        "files": ["a"],
        "errors": ["b"],
        "warnings": [about().to_json()],
    }
