import pytest

from gate_tests.checks.types.contains_text import ContainsText


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param("beta alpha", [], id="both, in any order"),
        pytest.param("xalphaxbetax", [], id="inside words"),
        pytest.param("alpha", ["beta"], id="one"),
        pytest.param("Alpha BETA", ["alpha", "beta"], id="another letter case"),
        pytest.param("al\npha be\nta", ["alpha", "beta"], id="over line ends"),
        pytest.param("", ["alpha", "beta"], id="empty file"),
    ],
)
def test_every_string_must_be_there(text: str, missing: list[str]) -> None:
    outcome = ContainsText(("alpha", "beta")).evaluate_text(text, "a.md")
    assert outcome.holds is (not missing)
    assert outcome.measured == {"patterns": ["alpha", "beta"], "missing": missing}


def test_a_failure_names_what_is_missing() -> None:
    rule = ContainsText(("a.*", "SOURCES", "x"))
    assert rule.describe() == "all 3 of 'a.*', 'SOURCES', 'x'"
    assert rule.evaluate_text("abc SOURCES", "a.md").found == "1 of 3, missing: 'a.*'; 'x'"
    assert ContainsText(("[x]",)).describe() == "'[x]'"
