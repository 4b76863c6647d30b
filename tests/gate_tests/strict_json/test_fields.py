import json
from enum import StrEnum
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def fields(value: Any) -> Fields:
    return Fields.of(Document.parse("a.json", json.dumps(value, indent=1).encode()))


GOOD = fields({"text": "a", "number": 3, "object": {"inner": "b"}, "list": ["x", "y"], "null": None, "colour": "red"})


def reject(text: str) -> str:
    raise Refused(f"{text!r} will not do")


def test_members_of_the_expected_type_are_returned_as_they_are() -> None:
    assert (GOOD.text("text"), GOOD.number("number"), GOOD.choice("colour", Colour)) == ("a", 3, Colour.RED)
    assert GOOD.object("object").text("inner") == "b"
    assert GOOD.texts("list") == GOOD.items("list") == ("x", "y")
    assert GOOD.validate("text", str.upper) == "A"
    assert ("text" in GOOD, "nothing" in GOOD) == (True, False)


@pytest.mark.parametrize("key", ["null", "nothing"])
def test_an_optional_member_is_none_where_it_is_null_or_missing(key: str) -> None:
    assert [GOOD.optional_text(key), GOOD.optional_number(key), GOOD.optional_object(key)] == [None] * 3


def test_the_rest_is_what_is_not_known() -> None:
    assert fields({"a": 1, "b": [2]}).rest({"a"}) == {"b": [2]}


@pytest.mark.parametrize("key", ["text", "number", "object", "items"])
def test_a_required_member_that_is_missing_or_null_is_damage(key: str) -> None:
    with pytest.raises(DamagedRecord, match=r"a\.json:1: \$\.x: is missing"):
        getattr(fields({}), key)("x")
    with pytest.raises(DamagedRecord, match=r"a\.json:2: \$\.x: "):
        getattr(fields({"x": None}), key)("x")


@pytest.mark.parametrize(
    ("accessor", "value"),
    [
        pytest.param("text", 1, id="a number for a string"),
        pytest.param("number", "1", id="a string for a number"),
        pytest.param("number", 1.5, id="a fraction"),
        pytest.param("number", True, id="a boolean is no number"),
        pytest.param("optional_number", False, id="nor where it is optional"),
        pytest.param("object", [], id="a list for an object"),
        pytest.param("texts", ["a", 1], id="not only strings"),
    ],
)
def test_a_member_of_another_type_is_damage_at_its_line(accessor: str, value: Any) -> None:
    with pytest.raises(DamagedRecord) as caught:
        getattr(fields({"before": 0, "x": value}), accessor)("x")
    assert caught.value.message.startswith("a.json:3: $.x: must be ")


def test_an_unknown_word_is_damage_that_names_the_known_one() -> None:
    with pytest.raises(DamagedRecord, match=r"\$\.colour: unknown value 'gren', did you mean 'green'\?"):
        fields({"colour": "gren"}).choice("colour", Colour)


def test_what_a_check_refuses_is_damage_at_its_line() -> None:
    with pytest.raises(DamagedRecord, match=r"a\.json:2: \$\.x: 'a' will not do"):
        fields({"x": "a"}).validate("x", reject)


def test_an_error_names_the_whole_path_to_a_member_of_a_list() -> None:
    listed = fields({"list": [{"a": 1}, {"a": "x"}]})
    with pytest.raises(DamagedRecord, match=r"a\.json:7: \$\.list\[1\]\.a: "):
        listed.objects("list", lambda each: each.number("a"))
    assert listed.objects("list", lambda each: each.value["a"]) == (1, "x")
    with pytest.raises(DamagedRecord, match=r"\$\.list\[0\]: must be an object"):
        fields({"list": [1]}).objects("list", lambda each: each)


@pytest.mark.parametrize("root", [[], "text", None, 3])
def test_a_root_that_is_no_object_is_damage(root: Any) -> None:
    with pytest.raises(DamagedRecord, match=r"a\.json:1: \$: must be an object"):
        fields(root)
