import time

import pytest

from gate_tests.checks.types.json_schema.multiple_of import is_multiple
from gate_tests.checks.types.json_schema.schema_check import UnusableValue
from gate_tests.strict_json.written_float import WrittenFloat, parse_written_float


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("value", "divisor", "expected"),
    [
        pytest.param("19.99", "0.01", True, id="a price"),
        pytest.param("19.995", "0.01", False, id="half a cent"),
        pytest.param("0.3", "0.1", True, id="what no two floats are"),
        pytest.param("-4.35", "0.01", True, id="negative"),
        pytest.param("0.0", "7", True, id="nothing"),
        pytest.param("1e2", "25", True, id="an exponent"),
        pytest.param("1.0", "1", True, id="whole"),
        pytest.param("7.5", "2", False, id="no whole number"),
        pytest.param("1e308", "1e-300", True, id="far apart"),
        pytest.param("1e-300", "1e300", False, id="far apart the other way"),
        pytest.param("1.5e308", "7", False, id="large"),
        pytest.param("0.1", "1e-7", True, id="small"),
        pytest.param("12345678901234567890.12", "0.01", True, id="more digits than a float has"),
        pytest.param("12345678901234567890.123", "0.01", False, id="more digits, no multiple"),
        pytest.param("0.30000000000000000001", "0.1", False, id="a float that would be one"),
        pytest.param("1e-999999999999", "0.1", False, id="an exponent that no float has"),
    ],
)
def test_a_multiple_is_one_of_the_numbers_as_they_are_written(value: str, divisor: str, expected: bool) -> None:
    assert is_multiple(parse_written_float(value), parse_written_float(divisor)) is expected


def test_whole_numbers_are_compared_whatever_their_size() -> None:
    assert is_multiple(10**4000, 10)
    assert is_multiple(10**4000, 0.1)
    assert not is_multiple(10**4000 + 1, 0.7)


@pytest.mark.parametrize("value", ["1e-9999999999999999", "0." + "1" * 3000, "1e308"])
@pytest.mark.parametrize("divisor", ["1e-9999999999999999", "0." + "1" * 3000, "1e308", "3"])
def test_hostile_numbers_take_little_time(value: str, divisor: str) -> None:
    began = time.process_time()
    is_multiple(WrittenFloat(value), WrittenFloat(divisor))
    assert time.process_time() - began < 1


def test_a_number_with_more_digits_than_python_reads_is_refused() -> None:
    with pytest.raises(UnusableValue, match="has more than 4000 characters"):
        is_multiple(WrittenFloat("0." + "1" * 5000), 0.1)


def test_a_number_that_a_float_holds_is_one() -> None:
    assert type(parse_written_float("19.99")) is float
    assert float(parse_written_float("0.30000000000000000001")).hex() == (0.3).hex()
