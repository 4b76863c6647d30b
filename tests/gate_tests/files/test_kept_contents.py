from gate_tests.files.kept_contents import KeptContents

MIB = 1 << 20


def test_the_contents_that_were_used_last_are_kept() -> None:
    contents = KeptContents()
    for number in range(4):
        contents.keep((number,), bytes(10 * MIB))
        contents.take((0,))
    assert [contents.has((number,)) for number in range(4)] == [True, False, True, True]


def test_a_content_over_the_limit_is_kept_until_it_is_taken() -> None:
    contents = KeptContents()
    contents.keep((1,), b"small")
    contents.keep((2,), bytes(33 * MIB))
    assert not contents.has((1,))
    assert len(contents.take((2,)) or b"") == 33 * MIB
    assert contents.take((2,)) is None


def test_a_content_that_is_kept_again_counts_once() -> None:
    contents = KeptContents()
    contents.keep((1,), b"small")
    for _ in range(9):
        contents.keep((2,), bytes(10 * MIB))
    assert contents.take((1,)) == b"small"


def test_what_was_never_kept_is_not_there() -> None:
    assert KeptContents().take((1,)) is None
    assert KeptContents().take(None) is None
