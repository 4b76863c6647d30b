"""How setuptools is configured in a directory: whether it builds a package there, and by which rules it finds modules.

pyproject.toml, setup.cfg and setup.py are read, not executed; what a setup.py computes counts as named there.
"""

import configparser
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

_NAMES_MODULES: Final = re.compile(r"\b(?:packages|py_modules|ext_modules|package_dir|pbr)\b")


class FindRules(NamedTuple):
    """A `find` directive that takes directories without `__init__.py` for packages, and the file that has it."""

    file: str
    where: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def finds(self, name: str) -> bool:
        """Whether it finds a directory of this name beside the file."""
        is_included = any(fnmatchcase(name, pattern) for pattern in self.include)
        return "." in self.where and is_included and not any(fnmatchcase(name, pattern) for pattern in self.exclude)


class SetuptoolsSettings(NamedTuple):
    """`discovers`: nothing names the modules, so setuptools searches for them. `has_table`: `[tool.setuptools]`."""

    discovers: bool
    find: FindRules | None
    has_pyproject: bool
    has_table: bool


def read_setuptools_settings(directory: Path) -> SetuptoolsSettings | None:
    """The settings; None where setuptools builds nothing, or the files cannot be read."""
    pyproject, setup_cfg = _read_toml(directory / "pyproject.toml"), _read_ini(directory / "setup.cfg")
    setup_py = _read_text(directory / "setup.py")
    is_setup_cfg = setup_cfg.has_section("metadata") or setup_cfg.has_section("options")
    if not _is_backend(pyproject, directory, has_setup_file=is_setup_cfg or bool(setup_py)):
        return None
    table = _table(pyproject, "tool", "setuptools")
    options = dict(setup_cfg["options"]) if setup_cfg.has_section("options") else {}
    is_named = bool({"packages", "py-modules", "ext-modules", "package-dir"} & {*table})
    is_named = is_named or bool({"packages", "py_modules", "package_dir"} & {*options})
    is_named = is_named or bool(_NAMES_MODULES.search(setup_py))
    find = _parse_find(_table(table, "packages").get("find")) or _parse_ini_find(options, setup_cfg)
    return SetuptoolsSettings(not is_named, find, bool(pyproject), bool(table))


def _is_backend(pyproject: Mapping[str, Any], directory: Path, *, has_setup_file: bool) -> bool:
    """Without a table `build-system` pip uses setuptools; uv then builds nothing."""
    build = pyproject.get("build-system")
    if isinstance(build, dict):
        return str(build.get("build-backend", "setuptools")).startswith("setuptools")
    is_of_uv = "uv" in _table(pyproject, "tool") or (directory / "uv.lock").exists()
    return has_setup_file or ("project" in pyproject and not is_of_uv)


def _parse_find(find: Any) -> FindRules | None:
    if not isinstance(find, dict) or find.get("namespaces") is False:
        return None
    where, include, exclude = (tuple(map(str, find.get(key) or ())) for key in ("where", "include", "exclude"))
    return FindRules("pyproject.toml", where or (".",), include or ("*",), exclude)


def _parse_ini_find(options: Mapping[str, str], setup_cfg: configparser.RawConfigParser) -> FindRules | None:
    if options.get("packages", "").strip() != "find_namespace:":
        return None
    section = "options.packages.find"
    find = dict(setup_cfg[section]) if setup_cfg.has_section(section) else {}
    values = (find.get(key, "").strip() for key in ("where", "include", "exclude"))
    where, include, exclude = (tuple(re.split(r"[\s,]+", value)) if value else () for value in values)
    return FindRules("setup.cfg", where or (".",), include or ("*",), exclude)


def _table(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = data.get(key)
        data = value if isinstance(value, dict) else {}
    return data


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode())
    except (OSError, ValueError):
        return {}


def _read_ini(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_read_text(path))
    except configparser.Error:
        return configparser.RawConfigParser()
    return parser


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""
