import re

import pytest

from gate_tests.errors import Exit, Refused
from gate_tests.workspace.names import (
    Depth,
    check_depth,
    check_gate_id,
    check_run_id,
    check_slug,
    check_text,
    check_value,
    match_name,
    normal_path,
    split_names,
)
from tests.support.ci_systems import ORDINARY, is_harmless
from tests.support.messages import meant, message, pattern


@pytest.mark.parametrize("gate", ["G1", "G4.5", "g", "Intake_2-b", "G" * 64])
def test_a_gate_id_is_a_letter_then_letters_digits_dots_lines_and_hyphens(gate: str) -> None:
    assert check_gate_id(gate) == gate


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param("", id="empty"),
        pytest.param("1G", id="digit first"),
        pytest.param(".G", id="dot first"),
        pytest.param("G..1", id="two dots"),
        pytest.param("G/1", id="slash"),
        pytest.param("G 1", id="space"),
        pytest.param("G1\n", id="line end"),
        pytest.param("G\u0661", id="Arabic digit"),
        pytest.param("\u0413", id="Cyrillic letter"),
        pytest.param("G" * 65, id="65 characters"),
    ],
)
def test_anything_else_is_no_gate_id(gate: str) -> None:
    with pytest.raises(Refused) as refused:
        check_gate_id(gate)
    assert refused.value.message == message("not-a-gate-id", gate=gate)


@pytest.mark.parametrize("slug", ["a", "the-word-robot", "2026", "a-1-b", "a" * 100])
def test_a_slug_is_words_joined_by_single_hyphens(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("", id="empty"),
        pytest.param("-a", id="hyphen first"),
        pytest.param("a-", id="hyphen last"),
        pytest.param("a--b", id="two hyphens"),
        pytest.param("A", id="capital"),
        pytest.param("a_b", id="underscore"),
        pytest.param("a/b", id="slash"),
        pytest.param("..", id="dots"),
        pytest.param("{slug}", id="variable"),
        pytest.param("\u00e9", id="accent"),
        pytest.param("\u0662", id="Arabic digit"),
        pytest.param("a\n", id="line end"),
        pytest.param("a" * 101, id="101 characters"),
    ],
)
def test_anything_else_is_no_slug(slug: str) -> None:
    with pytest.raises(Refused, match=pattern("not-a-slug", slug=slug)):
        check_slug(slug)


@pytest.mark.parametrize(
    "run_id",
    [
        pytest.param("run_20261122T093000Z_the-word-robot_abc123", id="ours"),
        pytest.param("run_20260120T093000123Z_the-word-robot_abc123", id="the original's, with milliseconds"),
        pytest.param("run_20260120T093000Z_the-word-robot--second-try_abc123", id="the original's, with a variant"),
    ],
)
def test_run_ids_are_read_as_we_and_the_original_write_them(run_id: str) -> None:
    assert check_run_id(run_id) == run_id


@pytest.mark.parametrize(
    "run_id",
    [
        pytest.param("", id="empty"),
        pytest.param("latest", id="word"),
        pytest.param("run_20261122T093000Z_a_abc12", id="five at the end"),
        pytest.param("run_20261122T093000Z_a_ABC123", id="capitals at the end"),
        pytest.param("run_20261122T093000Z__abc123", id="no slug"),
        pytest.param("run_20261122T093000Z_a/../b_abc123", id="way out"),
        pytest.param("../run_20261122T093000Z_a_abc123", id="way out in front"),
        pytest.param("run_2026112T093000Z_a_abc123", id="seven digits of a date"),
        pytest.param("run_20261122T093000Z_a_abc123\n", id="line end"),
        pytest.param("run_2026112\u0662T093000Z_a_abc123", id="Arabic digit"),
    ],
)
def test_anything_else_is_no_run_id(run_id: str) -> None:
    with pytest.raises(Refused, match=pattern("not-a-run-id", run=run_id)) as refused:
        check_run_id(run_id)
    assert refused.value.next_command == "orch run list"


@pytest.mark.parametrize("depth", ["quick", "standard", "deep", "DEEP", "Quick"])
def test_there_are_three_depths_in_any_letter_case(depth: str) -> None:
    assert check_depth(depth) is Depth(depth.lower())


@pytest.mark.parametrize(
    ("slug", "suggested"),
    [
        pytest.param("The Word Robot", "the-word-robot", id="words"),
        pytest.param("the_word--robot-", "the-word-robot", id="other hyphens"),
        pytest.param("Cr\u00e8me br\u00fbl\u00e9e!", "creme-brulee", id="accents"),
        pytest.param("what's new?", "whats-new", id="an apostrophe"),
        pytest.param("a" * 101, "a" * 100, id="too long"),
    ],
)
def test_for_a_slug_that_is_none_a_valid_one_is_suggested(slug: str, suggested: str) -> None:
    with pytest.raises(Refused) as refused:
        check_slug(slug)
    assert refused.value.message == message("not-a-slug", slug=slug) + meant(suggested)
    assert check_slug(suggested) == suggested


@pytest.mark.parametrize(
    ("depth", "hint"),
    [
        pytest.param("quik", meant("quick"), id="slip"),
        pytest.param("x", message("known", names="quick, standard, deep"), id="far off"),
        pytest.param("QUIK", meant("quick"), id="capitals"),
    ],
)
def test_an_unknown_depth_is_refused_with_what_was_probably_meant(depth: str, hint: str) -> None:
    with pytest.raises(Refused) as refused:
        check_depth(depth)
    assert refused.value.message == message("unknown-depth", depth=depth) + hint
    assert refused.value.exit_code == Exit.REFUSED


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        pytest.param("a/b.md", "a/b.md", id="as it is"),
        pytest.param("./a//b.md", "a/b.md", id="dot and two slashes"),
        pytest.param("a/../b.md", "b.md", id="up and down again"),
        pytest.param("a/", "a", id="slash at the end"),
        pytest.param("..a/b...md", "..a/b...md", id="dots in names"),
        pytest.param("[slug]/\u00e9 \u4f60.md", "[slug]/\u00e9 \u4f60.md", id="brackets, space, other scripts"),
    ],
)
def test_a_path_below_the_root_is_made_normal(path: str, normal: str) -> None:
    assert normal_path(path, "path") == normal


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("/a", "absolute-path", id="absolute"),
        pytest.param("//a", "absolute-path", id="two slashes"),
        pytest.param("..", "path-leaves-root", id="up"),
        pytest.param("../a", "path-leaves-root", id="up and beside"),
        pytest.param("a/../../b", "path-leaves-root", id="down and up twice"),
        pytest.param("", "path-of-the-root", id="empty"),
        pytest.param("  ", "path-of-the-root", id="blank"),
        pytest.param(".", "path-of-the-root", id="the root"),
        pytest.param("a/..", "path-of-the-root", id="the root by a detour"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        normal_path(path, "target")
    assert refused.value.message == message(rule, what="target", path=path, text=path)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\t", "\n", "\x1b", "\x7f", "\x85", "\x9b", "\u061c", "\u200e", "\u200f", "\u2028", "\u2029"),
        *("\u202a", "\u202e", "\u2066", "\u2069"),
    ],
    ids=ascii,
)
def test_a_character_that_a_terminal_obeys_is_refused_in_paths_names_and_values(character: str) -> None:
    text = f"a{character}b"
    told = message("control-character", what="target", text=text)
    for check in (normal_path, check_text, lambda text, _: check_value(text)):
        with pytest.raises(Refused) as refused:
            check(text, "target")
        assert refused.value.message in (told, told.replace("target", "the value"))
        assert is_harmless(refused.value.message)


@pytest.mark.quick("*")
@pytest.mark.parametrize("name", ORDINARY.values(), ids=ORDINARY.keys())
def test_letters_of_every_language_and_emoji_may_be_in_paths_names_and_values(name: str) -> None:
    name = name.replace("\n", " ")
    assert check_text(name, "name") == check_value(name) == name
    assert normal_path(f"a/{name.replace('/', '-')}.md", "path") == f"a/{name.replace('/', '-')}.md"


def test_a_path_that_no_file_system_can_hold_is_refused() -> None:
    with pytest.raises(Refused):
        normal_path("half-\ud800.md", "path")


@pytest.mark.parametrize("depth", ["quick", "QUICK", " Quick "])
def test_a_depth_may_be_given_in_any_letter_case(depth: str) -> None:
    assert check_depth(depth) is Depth.QUICK


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Tea & Cake", "tea-cake"),
        ("grün", "grun"),
        ("Straße 7", "strasse-7"),
        ("a/b", "a-b"),
        ("tea\n", "tea"),
        ("--x__y--", "x-y"),
        (f"{'a' * 99} b", "a" * 99),
        ("茶", ""),
        ("?", ""),
    ],
)
def test_the_slug_that_was_probably_meant_is_suggested(text: str, slug: str) -> None:
    hint = message("slug-meant", slug=slug) if slug else message("slug-example")
    with pytest.raises(Refused, match=f"{pattern('not-a-slug', slug=text)}{re.escape(hint)}$"):
        check_slug(text)
    assert not slug or check_slug(slug) == slug


@pytest.mark.parametrize(
    ("named", "known", "found"),
    [
        ("g2", ["G1", "G2"], "G2"),
        ("G2", ["g2", "G2"], "G2"),
        ("g2", ["Ga", "G2a"], None),
        ("GA", ["Ga", "gA"], None),
        ("ga", [], None),
    ],
)
def test_a_name_is_found_in_any_letter_case_if_that_is_unambiguous(
    named: str, known: list[str], found: str | None
) -> None:
    assert match_name(named, known) == found


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["G1"], ("G1",)),
        (["G1,G2", "G1"], ("G1", "G2")),
        ([" G1 , G2,"], ("G1", "G2")),
        ([], ()),
        ([""], ("",)),
        ([","], ("",)),
    ],
)
def test_several_names_may_be_given_with_commas(values: list[str], names: tuple[str, ...]) -> None:
    assert split_names(values) == names
