"""A package with a team's own checks, as pip would have installed it."""

import sys
import venv
from pathlib import Path

import click

import gate_tests

WEASELS = """
from gate_tests.own import Outcome, OwnCheck

print("imported, and says so")


def judge(text, words, most=0):
    print("something that nobody asked for")
    found = [word for word in words if word in text]
    return Outcome(len(found) <= most, f"{len(found)} of them", {"words": found})


weasels = OwnCheck(
    judge,
    summary="few of the words occur",
    keys={
        "words": {"type": "array", "items": {"type": "string"}, "description": "The words."},
        "most": {"$ref": "#/definitions/thresholds", "description": "How many may."},
    },
    required=("words",),
    measures={"words": "those that occur"},
)
"""


def install(
    folder: Path, module: str, source: str, *names: str, package: str = "acme-checks", version: str = "1.2"
) -> Path:
    """Puts a package into the `site-packages` below `folder`, whose module brings these check types; gives that."""
    site_packages = next(folder.rglob("site-packages"), folder / "site-packages")
    site_packages.mkdir(exist_ok=True)
    (site_packages / f"{module}.py").write_text(source, "utf-8")
    described = site_packages / f"{package.replace('-', '_')}-{version}.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", "utf-8")
    entries = "".join(f"{name} = {module}:{name}\n" for name in names)
    (described / "entry_points.txt").write_text(f"[orch.checks]\n{entries}", "utf-8")
    return site_packages


def environment(folder: Path) -> Path:
    """The Python of a new virtual environment, which has what this one has, orch too, and can be given more."""
    venv.create(folder, symlinks=True)
    ours = (Path(gate_tests.__file__).parents[1], Path(click.__file__).parents[1])
    (site_packages,) = folder.rglob("site-packages")
    (site_packages / "ours.pth").write_text("".join(f"{path}\n" for path in ours), "utf-8")
    return folder / "bin" / Path(sys.executable).name
