import pytest

from gate_tests.strict_json.written_float import WrittenFloat, parse_written_float

TINY = "0.1000000000000000055511151231257827"
"""The float 0.1, with more of its digits than anybody writes."""


@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        (0.1, WrittenFloat(TINY)),
        (WrittenFloat("0.30000000000000000001"), WrittenFloat("0.30000000000000000002")),
        (WrittenFloat("0.99999999999999999999"), 1),
        (9007199254740992, WrittenFloat("9007199254740992.5")),
        (0, WrittenFloat("1e-400")),
        (WrittenFloat("1e-999999999"), WrittenFloat("1e-400")),
    ],
)
def test_two_numbers_that_a_float_cannot_tell_apart_are_compared_as_they_are_written(
    smaller: float, greater: float
) -> None:
    assert smaller < greater
    assert smaller <= greater
    assert greater > smaller
    assert greater >= smaller
    assert smaller != greater
    assert not greater == smaller  # noqa: SIM201  # each operator is its own method


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.1", "0.10000000000000000000"),
        ("1", "1.00000000000000000000"),
        ("1e300", "1" + "0" * 300),
        ("9007199254740993.0", "9007199254740993"),
        ("0.0", "0"),
        ("0.0", "0e-99999999999999999999999"),
    ],
)
def test_numbers_that_are_written_otherwise_are_equal_and_have_one_hash(one: str, other: str) -> None:
    first, second = (int(each) if each.isdigit() else parse_written_float(each) for each in (one, other))
    assert first == second
    assert not first != second  # noqa: SIM202
    assert hash(first) == hash(second)


@pytest.mark.parametrize(
    ("written", "is_integer"),
    [
        ("1.00000000000000000000", True),
        ("1.00000000000000000001", False),
        ("9007199254740993.5", False),
        ("1e300", True),
    ],
)
def test_an_integer_is_one_to_the_last_digit(written: str, is_integer: bool) -> None:
    assert parse_written_float(written).is_integer() is is_integer
