import pytest

from gate_tests.parsers.markdown.parse import parse_blocks


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("https://a.example/b/__init__.py", "https://a.example/b/__init__.py", id="strong"),
        pytest.param("https://a.example/b*c*d", "https://a.example/b*c*d", id="emphasis"),
        pytest.param("https://a.example/~b/~~c~~d", "https://a.example/~b/~~c~~d", id="strikethrough"),
        pytest.param("https://a.example/W._C._H_(b_c)", "https://a.example/W._C._H_(b_c)", id="with a full stop"),
        pytest.param("**https://a.example/b** **c**", "https://a.example/b c", id="around it"),
        pytest.param("_https://a.example/b_.", "https://a.example/b.", id="around it, with a full stop"),
        pytest.param("**https://a.example**,**https://b.example**", "https://a.example,https://b.example", id="two"),
        pytest.param("[a](https://a.example)**b**", "ab", id="behind the target of a link"),
        pytest.param("a*b*c __init__.py", "abc init.py", id="elsewhere"),
    ],
)  # fmt: skip
def test_marks_inside_a_url_are_part_of_it(text: str, shown: str) -> None:
    assert [block.text for block in parse_blocks(text, "a.md", 1000)] == [shown]
