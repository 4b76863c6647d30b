"""The ways to install orch: what is typed, and what `orch` and `pytest` are then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.packaging.tools import Tools


@dataclass(frozen=True)
class Installed:
    """The commands that start `orch` and `pytest`, and the variables that they need."""

    orch: tuple[str, ...]
    pytest: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


class Place(NamedTuple):
    """A new directory to install in, the tools to do it, and the wheel."""

    directory: Path
    tools: Tools
    wheel: Path

    @property
    def file(self) -> str:
        """The wheel as an argument."""
        return str(self.wheel)

    @property
    def own_home(self) -> Mapping[str, str]:
        """A home directory of its own, for tools that install there."""
        return {"HOME": str(self.directory)}

    def new(self, name: str) -> str:
        """A path in the directory."""
        return str(self.directory / name)

    def environment(self) -> Path:
        """The `bin` of a new virtual environment that uv has installed the wheel into."""
        self.tools.tool("uv", "venv", "--quiet", self.new("venv"))
        self.tools.tool("uv", "pip", "install", "--quiet", "--python", self.new("venv"), self.file)
        return self.directory / "venv/bin"


def _pip(place: Place) -> Installed:
    place.tools.run(place.tools.python, "-m", "venv", place.new("venv"))
    bin_ = place.directory / "venv/bin"
    place.tools.run(str(bin_ / "pip"), "install", "--quiet", place.file)
    return _programs(bin_)


def _uv_pip(place: Place) -> Installed:
    return _programs(place.environment())


def _programs(bin_: Path, environment: Mapping[str, str] | None = None) -> Installed:
    path = {"PATH": f"{bin_}:/usr/bin:/bin"}
    return Installed((str(bin_ / "orch"),), (str(bin_ / "pytest"),), {**path, **(environment or {})})


def _uv_tool(place: Place) -> Installed:
    install = ("tool", "install", "--quiet", "--with-executables-from", "pytest")
    place.tools.run(str(place.tools.bin / "uv"), *install, place.file, env=place.own_home)
    return _programs(place.directory / ".local/bin", place.own_home)


def _uvx(place: Place) -> Installed:
    uvx = (str(place.tools.bin / "uvx"), "--quiet", "--from", place.file)
    return Installed((*uvx, "orch"), (*uvx, "pytest"))


def _uv_run(place: Place) -> Installed:
    run = (str(place.tools.bin / "uv"), "run", "--quiet", "--no-project", "--with", place.file)
    return Installed((*run, "orch"), (*run, "pytest"))


def _pipx(place: Place) -> Installed:
    install = ("install", "--quiet", "--python", place.tools.python, "--include-deps", place.file)
    place.tools.run(str(place.tools.bin / "pipx"), *install, env=place.own_home)
    return _programs(place.directory / ".local/bin", place.own_home)


def _pipx_run(place: Place) -> Installed:
    run = (str(place.tools.bin / "pipx"), "run", "--quiet", "--python", place.tools.python, "--spec", place.file)
    return Installed((*run, "orch"), (*run, "pytest"), place.own_home)


def _pip_user(place: Place) -> Installed:
    install = ("-m", "pip", "install", "--quiet", "--user", "--break-system-packages", "--no-warn-script-location")
    place.tools.run(place.tools.python, *install, place.file, env=place.own_home)
    orch = place.new(".local/bin/orch")  # pytest may have been installed there before, for all users
    return Installed((orch,), (place.tools.python, "-m", "pytest"), place.own_home)


def _target(place: Place) -> Installed:
    target = place.new("packages")
    place.tools.run(place.tools.python, "-m", "pip", "install", "--quiet", "--target", target, place.file)
    start = {name: (place.tools.python, "-m", name) for name in ("runner", "pytest")}
    return Installed(start["runner"], start["pytest"], {"PYTHONPATH": target})


def _target_program(place: Place) -> Installed:
    return Installed((place.new("packages/bin/orch"),), (place.new("packages/bin/pytest"),), _target(place).environment)


def _shiv(place: Place) -> Installed:
    archive = place.new("orch.pyz")
    shiv = (str(place.tools.bin / "shiv"), "--quiet", "--python", place.tools.python)
    place.tools.run(*shiv, "--entry-point", "runner.__main__:main", "--output-file", archive, place.file)
    return Installed((archive,), ("env", "SHIV_ENTRY_POINT=pytest:console_main", archive), place.own_home)


def _pex(*options: str, start: str = "") -> Callable[[Place], Installed]:
    def install(place: Place) -> Installed:
        """Made of the environment, not of the wheel, which takes pex several times as long."""
        place.environment()
        pex = (str(place.tools.bin / "pex"), "orch-runner", "--venv-repository", place.new("venv"), *options)
        place.tools.run(*pex, "--console-script", "orch", "--output-file", place.new("orch.pex"), env=place.own_home)
        program = (place.tools.python, place.new(f"orch.pex{start}"))
        return Installed(program, ("env", "PEX_SCRIPT=pytest", *program), place.own_home)

    return install


WAYS: Mapping[str, Callable[[Place], Installed]] = {
    "pex": _pex(),
    "pip": _pip,
    "pip --user": _pip_user,
    "pip --target": _target,
    "pip --target, its program": _target_program,
    "uv pip": _uv_pip,
    "uv tool": _uv_tool,
    "uvx": _uvx,
    "uv run --with": _uv_run,
    "pipx": _pipx,
    "pipx run": _pipx_run,
    "shiv": _shiv,
    "pex --layout loose": _pex("--layout", "loose", start="/__main__.py"),
    "pex --inherit-path": _pex("--inherit-path=fallback"),
    "pex --venv": _pex("--venv=prepend"),
}
