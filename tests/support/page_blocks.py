"""The blocks of a page of docs/, as a reader pastes them."""

import re
from pathlib import Path

from tests.support import CHECKOUT


class Page:
    """A page, with its fenced blocks by language."""

    def __init__(self, path: str) -> None:
        self.text = (CHECKOUT / path).read_text("utf-8")

    def find_blocks(self, language: str) -> list[str]:
        """All blocks of this language, in order."""
        return re.findall(rf"^```{language}\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)

    def find_block(self, language: str, containing: str = "") -> str:
        """The one block of this language that contains a text."""
        (block,) = [each for each in self.find_blocks(language) if containing in each]
        return block


def fill_in(block: str, repository: Path, commit: str) -> str:
    """The block with the address of a repository on this machine, where it says that of orch and a commit of it."""
    address = f"git+file://{repository}@{commit}"
    block = block.replace("git+https://<this repository>@<a commit>", address)
    block = block.replace("https://<this repository>", f"file://{repository}").replace("<a commit>", commit)
    assert "<" not in re.sub(r"[<>]=|->|> \S+\.json", "", block), block
    return block
