"""Which report goes where."""

import pytest

from gate_tests.errors import Refused
from runner.cli.ci.destinations import assign_files, choose_formats

GITHUB = {"GITHUB_ACTIONS": "true"}
ASSIGNED: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, str | None]]] = {
    "one, printed": (("junit",), (), {"junit": None}),
    "one, written": (("junit",), ("a.xml",), {"junit": "a.xml"}),
    "text, written": (("text",), ("a.txt",), {"text": "a.txt"}),
    "printed and written": (("github", "junit"), ("a.xml",), {"github": None, "junit": "a.xml"}),
    "written and printed": (("junit", "github"), ("a.xml",), {"github": None, "junit": "a.xml"}),
    "in their order": (
        ("github", "junit", "ctrf"),
        ("a.xml", "b.json"),
        {"github": None, "junit": "a.xml", "ctrf": "b.json"},
    ),
    "one file for two": (("junit", "json"), ("a.xml",), {"junit": "a.xml", "json": None}),
    "no file for one": (("text", "junit"), (), {"text": None, "junit": "orch-junit.xml"}),
    "each in a file": (("text", "json"), ("a.txt", "b.json"), {"text": "a.txt", "json": "b.json"}),
    "standard output by name": (("junit", "json"), ("a.xml", "-"), {"junit": "a.xml", "json": None}),
    "standard output by its device": (("junit",), ("/dev/stdout",), {"junit": None}),
}


@pytest.mark.parametrize(("names", "files", "expected"), ASSIGNED.values(), ids=ASSIGNED.keys())
def test_files_belong_to_formats_in_their_order(
    names: tuple[str, ...], files: tuple[str, ...], expected: dict[str, str | None]
) -> None:
    destinations = assign_files(choose_formats(names, as_json=False, environ={}), files, are_named=True)
    assert {each.format.name: each.file for each in destinations} == expected


REFUSED = {
    "too many files": (("junit",), ("a", "b")),
    "two documents printed": (("junit", "json"), ("-", "-")),
    "two documents printed, by two names": (("junit", "json"), ("-", "/dev/stdout")),
    "two in one file": (("junit", "json"), ("a", "a")),
    "an empty name": (("junit",), ("",)),
    "a format twice": (("junit", "junit"), ()),
    "an unknown format": (("xml",), ()),
}


@pytest.mark.parametrize(("names", "files"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_meant_is_refused(names: tuple[str, ...], files: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        assign_files(choose_formats(names, as_json=False, environ={}), files, are_named=True)


def test_the_format_of_the_ci_system_is_the_default() -> None:
    def names(*named: str, as_json: bool = False, environ: dict[str, str] | None = None) -> list[str]:
        return [each.name for each in choose_formats(named, as_json=as_json, environ=environ or {})]

    assert names() == ["text"]
    assert names(environ=GITHUB) == ["github"]
    assert names("junit", environ=GITHUB) == ["junit"]
    assert names(as_json=True, environ=GITHUB) == ["json"]
    assert names("junit", as_json=True) == ["junit", "json"]
