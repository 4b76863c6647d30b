import pytest

from gate_tests.js_regex.nodes import (
    MAX_CODE_POINT,
    Characters,
    Choice,
    Group,
    Ranges,
    Repeat,
    Sequence,
    complement,
    has_overlap,
    is_nullable,
    make_ranges,
    merge_ranges,
)

A = Characters(((97, 97),))


@pytest.mark.parametrize(
    ("ranges", "merged"),
    [
        pytest.param([], (), id="none"),
        pytest.param([(5, 9), (1, 3)], ((1, 3), (5, 9)), id="sorted"),
        pytest.param([(1, 5), (3, 9)], ((1, 9),), id="overlapping"),
        pytest.param([(1, 3), (4, 9)], ((1, 9),), id="adjacent"),
        pytest.param([(1, 9), (3, 4)], ((1, 9),), id="one in another"),
    ],
)
def test_ranges_are_merged(ranges: list[tuple[int, int]], merged: Ranges) -> None:
    assert merge_ranges(ranges) == merged


@pytest.mark.parametrize("ranges", [(), ((0, MAX_CODE_POINT),), ((0, 3),), ((5, 9), (11, 11)), ((7, MAX_CODE_POINT),)])
def test_a_complement_has_all_the_other_code_points(ranges: Ranges) -> None:
    assert complement(complement(ranges)) == ranges
    assert not has_overlap(ranges, complement(ranges))
    assert merge_ranges([*ranges, *complement(ranges)]) == ((0, MAX_CODE_POINT),)


def test_ranges_overlap_where_they_share_a_code_point() -> None:
    assert has_overlap(((1, 5),), ((5, 9),))
    assert not has_overlap(((1, 4),), ((5, 9),))
    assert make_ranges("cba") == ((97, 99),)


def test_a_node_is_nullable_if_it_may_match_the_empty_string() -> None:
    maybe = Repeat(A, 0, None, False, 0)
    assert not is_nullable(A)
    assert is_nullable(Sequence())
    assert is_nullable(Sequence((maybe, maybe)))
    assert not is_nullable(Sequence((maybe, A)))
    assert is_nullable(Choice((A, maybe)))
    assert not is_nullable(Group(Repeat(A, 1, 2, False, 0), None))


def test_exact_ranges_are_unknown_where_a_property_decides() -> None:
    assert A.exact_ranges == ((97, 97),)
    assert Characters(A.ranges, negated=True).exact_ranges == complement(A.ranges)
    assert Characters((), ("\\p{Lu}",)).exact_ranges is None
