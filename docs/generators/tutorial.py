"""The output of the commands in docs/tutorial.md, which are run one after the other in a new directory."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from docs.generators.console import play_page
from docs.generators.page_files import read_page

PAGE: Final = "docs/tutorial.md"
_INSTALLS: Final = re.compile(r"python3 -m venv |\. \.venv/|pip install ")


def play() -> dict[str, str]:
    """The page with what its commands print, in a few seconds; `orch` is this one, so nothing is installed."""
    with TemporaryDirectory() as directory:
        return {PAGE: play_page(read_page(PAGE), Path(directory), lambda line: bool(_INSTALLS.match(line)))}
