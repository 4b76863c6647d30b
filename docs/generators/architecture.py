"""The picture of the architecture in docs/architecture.md, made from what import-linter checks.

The layers are those of `[tool.importlinter]` in pyproject.toml; each room is described by the first line of its
docstring and by what it imports.
"""

import ast
import tomllib
from collections.abc import Iterable, Mapping
from itertools import chain
from textwrap import wrap

import grimp

from docs.generators.page_files import CHECKOUT, read_page, replace_part
from docs.markdown.text import build_table

PAGE = "docs/architecture.md"
_GAP = 4
_MAX_WIDTH = 44  # of a layer, so that both packages fit beside each other on a screen

Layers = list[list[str]]
"""The names of rooms, top layer first."""


def generate() -> dict[str, str]:
    """The page with the picture and the tables."""
    layers = read_layers()
    return {
        PAGE: replace_part(read_page(PAGE), "architecture", f"{draw(layers)}\n\n{describe(layers, read_imports())}")
    }


def read_layers() -> dict[str, Layers]:
    """The layers of each package, as import-linter is told."""
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in settings["contracts"]}
    return {
        package: [layer.split(" | ") for layer in contracts[package]["layers"]] for package in ("gate_tests", "runner")
    }


def read_imports() -> dict[str, set[str]]:
    """The rooms of its own package that each room imports, by the room's full name."""
    graph = grimp.build_graph("gate_tests", "runner", exclude_type_checking_imports=True, cache_dir=None)
    imports: dict[str, set[str]] = {}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            importer, room = _room(module), _room(imported)
            if importer != room and importer.partition(".")[0] == room.partition(".")[0]:
                imports.setdefault(importer, set()).add(room)
    return imports


def draw(layers: Mapping[str, Layers]) -> str:
    """The layers of both packages side by side, top to bottom: every import runs downwards or to the right."""
    columns = [_column(package, layers[package]) for package in ("runner", "gate_tests")]
    height, width = max(map(len, columns)), max(map(len, columns[0])) + _GAP
    left, right = (column + [""] * (height - len(column)) for column in columns)
    rows = [f"{one:{width}}{other}".rstrip() for one, other in zip(left, right, strict=True)]
    return "\n".join(["```text", *rows, "```"])


def describe(layers: Mapping[str, Layers], imports: Mapping[str, set[str]]) -> str:
    """A table of the rooms of each package."""
    return "\n\n".join(_describe_package(package, chain(*rooms), imports) for package, rooms in layers.items())


def _describe_package(package: str, rooms: Iterable[str], imports: Mapping[str, set[str]]) -> str:
    imported = {room: sorted(map(_name_room, imports.get(f"{package}.{room}", ()))) for room in rooms}
    rows = [(f"`{room}`", _summarize(package, room), ", ".join(names) or "-") for room, names in imported.items()]
    return build_table((f"`{package}/`", "what it is for", "imports"), rows)


def _name_room(full_name: str) -> str:
    return full_name.partition(".")[2]


def _summarize(package: str, room: str) -> str:
    """The first line of the room's docstring."""
    folder = CHECKOUT / package / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return str(ast.get_docstring(ast.parse(path.read_text("utf-8")))).partition("\n")[0]


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _column(package: str, layers: Iterable[list[str]]) -> list[str]:
    """A frame for each layer, an arrow between two of them."""
    frames = [wrap("   ".join(layer), _MAX_WIDTH, break_on_hyphens=False) for layer in layers]
    width = max(len(text) for texts in frames for text in texts)
    lines = [package, ""]
    for number, texts in enumerate(frames):
        lines += [f"{'':{width // 2 + 1}}▼"] if number else []
        lines += [f"┌{'─' * (width + 2)}┐", *(f"│ {text:^{width}} │" for text in texts), f"└{'─' * (width + 2)}┘"]
    return lines
