"""The screens of README: a contract, the attempt that fails by it, and the one that passes, from the tutorial."""

from typing import Final

from docs.generators.page_files import read_page, replace_part
from docs.generators.tutorial import PAGE as TUTORIAL
from docs.markdown.page import Block, parse

PAGE: Final = "README.md"
_CONTRACT: Final = "R1.contract.json"
_FINISH: Final = "$ orch gate finish --gate R1"
_NEXT: Final = ("$ ", "Next:")
_BETWEEN: Final = "$ # attempt 2, with the missing section:"


def generate() -> dict[str, str]:
    """README with its screens as the tutorial has them, which runs the commands."""
    blocks, page = parse(read_page(TUTORIAL)).blocks, read_page(PAGE)
    failed, passed = (screen for block in blocks if (screen := cut_screen(block)))
    screens = f"```console\n{failed}\n{_BETWEEN}\n{passed}\n```"
    return {PAGE: replace_part(page, "screens", f"```json\n{find_contract(blocks)}```\n\n{screens}")}


def find_contract(blocks: list[Block]) -> str:
    """The contract of the tutorial."""
    return next(block.text for block in blocks if (block.path or "").endswith(_CONTRACT))


def cut_screen(block: Block) -> str:
    """The command that finishes the gate and its output, without the next command; or nothing."""
    _, found, rest = block.text.partition(f"{_FINISH}\n")
    lines = rest.splitlines()
    end = next((number for number, line in enumerate(lines) if line.startswith(_NEXT)), len(lines))
    return "\n".join([_FINISH, *lines[:end]]) if found else ""
