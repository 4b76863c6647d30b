"""CHANGELOG, CONTRIBUTING and SECURITY are in step with the program."""

import re
from typing import Final

from runner.version import VERSION
from tests.support import CHECKOUT

GROUPS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def read(name: str) -> str:
    return (CHECKOUT / name).read_text("utf-8")


def test_the_newest_section_of_the_changelog_is_that_of_the_version() -> None:
    sections = re.findall(r"^## \[([^]]+)\] - (unreleased|\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    assert sections[0][0] == VERSION
    numbers = [tuple(map(int, version.split("."))) for version, _ in sections]
    assert numbers == sorted(numbers, reverse=True)


def test_only_the_newest_version_of_the_changelog_may_be_unreleased() -> None:
    assert "unreleased" not in read("CHANGELOG.md").split("\n## ", 2)[2]


def test_the_changelog_has_the_groups_of_keep_a_changelog() -> None:
    assert set(re.findall(r"^### (.+)$", read("CHANGELOG.md"), re.MULTILINE)) <= set(GROUPS)


def test_nothing_has_an_invented_address() -> None:
    for name in ("SECURITY.md", "CONTRIBUTING.md", "README.md"):
        assert not re.search(r"\w@\w+\.\w+", read(name).replace("git+https://<this repository>@<commit>", "")), name
