"""Where a message belongs."""

import pytest

from runner.ci.place import Placed, split_place

CONTRACT = "orchestration/gates/contracts/G1.contract.json"
MESSAGES = {
    f"{CONTRACT}:12: $.gate: is missing": Placed("$.gate: is missing", CONTRACT, 12),
    f"{CONTRACT}: is a broken symlink": Placed("is a broken symlink", CONTRACT),
    "the index lacks a.md": Placed("the index lacks a.md"),
    f"{CONTRACT}:1: one\n{CONTRACT}:2: two": Placed(f"one; {CONTRACT}:2: two", CONTRACT, 1),
    "deleted": Placed("deleted"),
}


@pytest.mark.parametrize(("text", "placed"), MESSAGES.items())
def test_the_place_at_the_beginning_of_a_message_is_told_apart(text: str, placed: Placed) -> None:
    assert split_place(text) == placed
