"""Hostile surroundings: what an agent, a host repository or a machine may put around the work that is judged.

A table of them, each with a name and a function that plants it. None of it may change a verdict, in either direction.
What runs where nothing of it should run leaves a file, the canary, beside the root.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.support import CHECKOUT
from tests.support.repository import ARTIFACTS, BIN, Repository

ORCH = (str(BIN / "orch"),)
MODULE = (sys.executable, "-m", "runner")
ISOLATED = (sys.executable, "-I", "-m", "runner")
CONTRACTS = "orchestration/gates/contracts"


@dataclass(frozen=True)
class Start:
    """How `orch` is started: in which folder (of the root, or the root where it was moved to), with what around it."""

    repository: Repository
    command: tuple[str, ...] = ORCH
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "."


Plant = Callable[[Repository], Start]


@dataclass(frozen=True)
class Surrounding:
    """What plants it in a repository that has all but the verdict. Those of a family are alike."""

    family: str
    name: str
    plant: Plant

    @property
    def is_abuse(self) -> bool:
        """Whether somebody means to change a verdict by it; else it is only unusual."""
        return self.family not in ("place", "stream")

    def __str__(self) -> str:
        return f"{self.family}: {self.name}"


def canary(repository: Repository) -> Path:
    """The file that is there once something planted has run."""
    return repository.root.parent / "it-ran"


def trap(repository: Repository, then: str = "os._exit(0)") -> str:
    """Python that leaves the canary, then does its mischief."""
    return f"import os\nopen({str(canary(repository))!r}, 'w').close()\n{then}\n"


def script(repository: Repository, path: str) -> Path:
    """A program that leaves the canary."""
    program = repository.write(path, f"#!/bin/sh\ntouch '{canary(repository)}'\ncat\n")
    program.chmod(0o755)
    return program


# The environment

_SET: dict[str, dict[str, str]] = {
    "PYTEST_ADDOPTS --co": {"PYTEST_ADDOPTS": "--co"},
    "PYTEST_ADDOPTS -k": {"PYTEST_ADDOPTS": "-k nothing"},
    "PYTEST_ADDOPTS with an unknown option": {"PYTEST_ADDOPTS": "--no-such-option"},
    "PYTEST_PLUGINS with a missing module": {"PYTEST_PLUGINS": "missing_module"},
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    "PYTHONOPTIMIZE": {"PYTHONOPTIMIZE": "2"},
    "PYTHONWARNINGS": {"PYTHONWARNINGS": "error"},
    "PYTHONHASHSEED": {"PYTHONHASHSEED": "0"},
    "PYTHONDEVMODE": {"PYTHONDEVMODE": "1"},
    "PYTHONINSPECT": {"PYTHONINSPECT": "1"},
    "PYTHONVERBOSE": {"PYTHONVERBOSE": "1", "PYTHONPROFILEIMPORTTIME": "1", "PYTHONUNBUFFERED": "1"},
    "PYTHONIOENCODING utf-16": {"PYTHONIOENCODING": "utf-16"},
    "PYTHONIOENCODING idna": {"PYTHONIOENCODING": "idna:strict"},
    "completion of a shell": {"_ORCH_COMPLETE": "bash_complete", "COMP_WORDS": "orch ", "COMP_CWORD": "1"},
    "completion for a shell": {"_ORCH_COMPLETE": "bash_source"},
    "an endless line": {"COLUMNS": "4000000000"},
    "a line of so many columns that no number tells": {"COLUMNS": "9" * 5000},
    "ORCH_DEBUG, CI": {"ORCH_DEBUG": "1", "CI": "true"},
    "a narrow terminal without letters": {
        "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "COLUMNS": "1", "TERM": "dumb",
    },
    "NO_COLOR": {"NO_COLOR": "1"},
    "FORCE_COLOR": {"FORCE_COLOR": "1", "PY_COLORS": "1", "TERM": "xterm-256color"},
    "GIT_DIR": {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "/nowhere", "GIT_CONFIG": "/nowhere"},
}  # fmt: skip


def _variables(variables: Mapping[str, str], repository: Repository) -> Start:
    return Start(repository, environment=variables)


# What is imported

_NAMES = ("json", "hashlib", "pytest", "_pytest/__init__", "click", "markdown_it/__init__", "gate_tests/__init__")
_EARLY = ("sitecustomize", "usercustomize", "runner/__init__", "re")
"""What Python or the `orch` script imports before our first line."""


def _plant_modules(repository: Repository, folder: str, names: tuple[str, ...]) -> None:
    for name in names:
        repository.write(f"{folder}/{name}.py", trap(repository))


def _modules_here(command: tuple[str, ...], names: tuple[str, ...], repository: Repository) -> Start:
    _plant_modules(repository, ".", (*names, "conftest"))
    return Start(repository, command)


def _pythonpath(path: str, command: tuple[str, ...], names: tuple[str, ...], repository: Repository) -> Start:
    _plant_modules(repository, path, names)
    return Start(repository, command, {"PYTHONPATH": path})


def _planted_plugin(name: str, value: str, repository: Repository) -> Start:
    repository.write("tools/evil.py", trap(repository))
    return Start(repository, environment={"PYTHONPATH": str(repository.root / "tools"), name: value})


def _python_startup(repository: Repository) -> Start:
    mine = repository.write("tools/startup.py", trap(repository))
    return Start(repository, environment={"PYTHONSTARTUP": str(mine)})


def _user_base(repository: Repository) -> Start:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _plant_modules(repository, f"user/lib/{version}/site-packages", ("usercustomize", *_NAMES))
    return Start(repository, environment={"PYTHONUSERBASE": str(repository.root / "user")})


def _inside(name: str, path: str, repository: Repository) -> Start:
    repository.write(f"{path}/.gitconfig", f"[core]\nfsmonitor = {script(repository, 'tools/program')}\n")
    return Start(repository, environment={name: str(repository.root / path)})


def _pycache_prefix(repository: Repository) -> Start:
    return Start(repository, ISOLATED, {"PYTHONPYCACHEPREFIX": str(repository.root / "cache")})


# The host's pytest configuration

_ADDOPTS = (
    "-k CITATIONS", "-k nothing", f"--deselect {CONTRACTS}/G2.contract.json::min_sources[research/CITATIONS.md]",
    "--co", "-x", "--maxfail=1", "-m 'not gate'", "--lf", "--sw", "-n 2", "--ignore=orchestration",
    "-p no:gate_tests.plugin", "-p no:pytest_jsonreport", "-p no:terminal", "--json-report --json-report-file=r.json",
    "--reruns 3", "--gate G1", "--no-such-option",
)  # fmt: skip
_SETTINGS = {
    "filterwarnings = error": "filterwarnings = error",
    "python_files": "python_files = *.json *.md",
    "xfail_strict": "xfail_strict = true",
    "pythonpath": "pythonpath = .",
    "required_plugins": "required_plugins = pytest-that-nobody-has",
    "minversion": "minversion = 99",
}
_FILES = {
    "pytest.ini": "[pytest]\naddopts = --co\n",
    ".pytest.ini": "[pytest]\naddopts = --co\n",
    "pytest.toml": '[pytest]\naddopts = ["--co"]\n',
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--co"\n',
    "tox.ini": "[pytest]\naddopts = --co\n",
    "setup.cfg": "[tool:pytest]\naddopts = --co\n",
    "orchestration/pytest.ini": "[pytest]\naddopts = --co\n",
    f"{CONTRACTS}/pytest.ini": "[pytest]\naddopts = --co\n",
    f"{ARTIFACTS}/pytest.ini": "[pytest]\naddopts = --co\n",
}


def _ini(lines: str, repository: Repository) -> Start:
    repository.write("pytest.ini", f"[pytest]\n{lines}\n")
    if lines.startswith("pythonpath"):
        _plant_modules(repository, ".", ("json", "pytest_jsonreport/__init__", "gate_tests/__init__"))
    return Start(repository)


def _file(path: str, repository: Repository) -> Start:
    repository.write(path, _FILES[path])
    return Start(repository)


def _last_failed(repository: Repository) -> Start:
    repository.write(".pytest_cache/v/cache/lastfailed", '{"test_mine.py::test_one": true}')
    repository.write(".pytest_cache/v/cache/stepwise", f'"{CONTRACTS}/G2.contract.json::nothing"')
    return _ini("addopts = --lf --sw", repository)


# Code that pytest would import

_HOOKS = {
    "drops items": """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "min_sources" not in item.name]
""",
    "drops all items": """
def pytest_collection_modifyitems(items):
    items.clear()
""",
    "shuffles items": """
def pytest_collection_modifyitems(items):
    items.reverse()
""",
    "marks items skip": """
import pytest
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.skip)
""",
    "marks items xfail": """
import pytest
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xfail)
""",
    "rewrites outcomes": """
import pytest
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome, report.longrepr = "passed", None
    return report
""",
    "runs items again": """
def pytest_runtest_protocol(item, nextitem):
    from _pytest.runner import runtestprotocol
    for _ in range(2):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        report.outcome = "passed"
        item.ihook.pytest_runtest_logreport(report=report)
    return True
""",
    "patches open": """
import builtins, io
builtins.open = lambda *_, **__: io.StringIO("### Source\\n" * 8)
os.read = lambda descriptor, size, done=[]: b"" if done else done.append(1) or b"### Source 1\\n" * 8
os.readv = lambda descriptor, into: 0
""",
    "patches hashlib": """
import hashlib
real = hashlib.sha256
hashlib.sha256 = lambda *_, **__: real(b"")
""",
    "patches our checks": """
import gate_tests.checks.outcome
gate_tests.checks.outcome.Outcome.holds = property(lambda self: True, lambda self, value: None)
""",
    "raises when it is imported": """
raise RuntimeError("no")
""",
    "ends the process when it is imported": """
os._exit(0)
""",
    "ends the process when it is configured": """
def pytest_configure(config):
    os._exit(0)
""",
}


def _conftest(hooks: str, repository: Repository) -> Start:
    for folder in (".", "orchestration", CONTRACTS, ARTIFACTS):
        repository.write(f"{folder}/conftest.py", trap(repository, hooks))
    return Start(repository)


def _package(repository: Repository) -> Start:
    for folder in ("orchestration", "orchestration/gates", CONTRACTS, ARTIFACTS):
        repository.write(f"{folder}/__init__.py", trap(repository))
    return Start(repository)


def _installed_plugin(hooks: str, repository: Repository) -> Start:
    """An environment with all of this one, the checkout, and a plugin that pytest loads by itself."""
    environment = repository.root.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    information = packages / "evil-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n", "utf-8")
    (information / "entry_points.txt").write_text("[pytest11]\nevil = evil_plugin\n", "utf-8")
    (packages / "evil_plugin.py").write_text(trap(repository, hooks), "utf-8")
    (packages / "all.pth").write_text(f"{sysconfig.get_path('purelib')}\n{CHECKOUT}\n", "utf-8")
    return Start(repository, (str(environment / "bin/python"), "-I", "-m", "runner"))


# Programs that somebody looks for


def _programs(entry: str, repository: Repository) -> Start:
    for name in ("uname", "git", "ld", "gcc", "cc", "objdump"):
        script(repository, f"tools/bin/{name}")
    return Start(repository, environment={"PATH": f"{entry.format(root=repository.root)}:{_path(repository)}"})


# git


def _git_of_the_folder(repository: Repository) -> Start:
    script(repository, "git")
    return Start(repository, environment={"PATH": f".:{_path(repository)}"})


def _git_configuration(repository: Repository) -> Start:
    program = script(repository, "tools/program")
    repository.run("git", "init", "--quiet")
    repository.write(".gitattributes", "* filter=a=b\n")
    repository.run("git", "add", "tools")
    for hook in ("post-index-change", "pre-commit"):
        (repository.root / ".git/hooks").mkdir(exist_ok=True)
        (repository.root / ".git/hooks" / hook).symlink_to(program)
    with (repository.root / ".git/config").open("a") as config:
        config.write(f'[core]\nfsmonitor = {program}\n[filter "a=b"]\nclean = {program}\nprocess = {program}\n')
    repository.write("tools/program", program.read_bytes() + b"\n")  # git looks at its content now
    canary(repository).unlink(missing_ok=True)
    return Start(repository)


def _path(repository: Repository) -> str:
    return repository.run("sh", "-c", 'printf %s "$PATH"').out


# No attack: places and streams

_ROOT_NAMES = {
    "brackets": "[x]",
    "spaces": " a  b ",
    "a newline": "a\nb",
    "letters of others": "größe-日本",
    "shell characters": "$HOME;'`a`",
}
_STREAMS = {
    "stdin closed": 'exec "$@" <&-',
    "stdout closed": 'exec "$@" >&-',
    "stdout full": 'exec "$@" >/dev/full',
    "stdout to a reader that has gone": '"$@" | true; exit "${PIPESTATUS[0]}"',
    "stderr closed": 'exec "$@" 2>&-',
    "stderr full": 'exec "$@" 2>/dev/full',
    "children not waited for": "trap '' CHLD; exec \"$@\"",
    "all closed": 'exec "$@" <&- >&- 2>&-',
}


def _root_called(name: str, repository: Repository) -> Start:
    return Start(Repository(repository.root.rename(repository.root.with_name(name))))


def _streams(shell: str, repository: Repository) -> Start:
    return Start(repository, ("bash", "-c", shell, "bash", *ORCH))


def _nothing(repository: Repository) -> Start:
    return Start(repository)


def _below(repository: Repository) -> Start:
    return Start(repository, folder=f"{ARTIFACTS}/research")


def _named_by_c(repository: Repository) -> Start:
    return Start(repository, (*ORCH, "-C", str(repository.root)), folder="..")


def _named_by_variable(repository: Repository) -> Start:
    return Start(repository, environment={"ORCH_ROOT": str(repository.root)}, folder="..")


def _removed(repository: Repository) -> Start:
    shell = 'mkdir ../gone; cd ../gone; rmdir ../gone; exec "$@"'
    return Start(repository, ("bash", "-c", shell, "bash", *ORCH, "-C", str(repository.root)))


def _through_a_link(repository: Repository) -> Start:
    repository.root.with_name("link").symlink_to(repository.root.name)
    return Start(repository, folder="../link")


_FAMILIES: dict[str, dict[str, Plant]] = {
    "environment": {
        **{name: partial(_variables, variables) for name, variables in _SET.items()},
        "PYTEST_ADDOPTS with a planted plugin": partial(_planted_plugin, "PYTEST_ADDOPTS", "-p evil"),
        "PYTEST_PLUGINS with a planted plugin": partial(_planted_plugin, "PYTEST_PLUGINS", "evil"),
        "PYTHONSTARTUP": _python_startup,
        "PYTHONUSERBASE": _user_base,
        "PYTHONPYCACHEPREFIX (-I)": _pycache_prefix,
        "HOME in the root": partial(_inside, "HOME", "home"),
        "TMPDIR in the root": partial(_inside, "TMPDIR", "tmp"),
    },
    "modules": {
        "on PYTHONPATH": partial(_pythonpath, "tools", ORCH, _NAMES),
        "on PYTHONPATH, early ones too (-I)": partial(_pythonpath, "tools", ISOLATED, _NAMES + _EARLY),
        "in the folder on PYTHONPATH": partial(_pythonpath, ".", ORCH, _NAMES),
        "in the folder on PYTHONPATH, early ones too (-I)": partial(_pythonpath, ".", ISOLATED, _NAMES + _EARLY),
        "in the folder": partial(_modules_here, ORCH, _NAMES + _EARLY),
        "in the folder (-m)": partial(_modules_here, MODULE, _NAMES),
        "in the folder (-I)": partial(_modules_here, ISOLATED, _NAMES + _EARLY),
    },
    "pytest.ini": {
        **{f"addopts {options[:24]}": partial(_ini, f"addopts = {options}") for options in _ADDOPTS},
        **{name: partial(_ini, lines) for name, lines in _SETTINGS.items()},
        "with a planted .pytest_cache": _last_failed,
    },
    "addopts": {f"in {path}": partial(_file, path) for path in _FILES},
    "conftest.py": {
        **{name: partial(_conftest, hooks) for name, hooks in _HOOKS.items()},
        "and __init__.py beside the contracts": _package,
    },
    "plugin": {name: partial(_installed_plugin, hooks) for name, hooks in _HOOKS.items()},
    "programs": {
        "in a folder of the root": partial(_programs, "{root}/tools/bin"),
        "in a relative folder": partial(_programs, "tools/bin"),
    },
    "git": {"in the folder": _git_of_the_folder, "filters, hooks and monitor": _git_configuration},
    "place": {
        "an ordinary one": _nothing,
        **{f"a root with {kind}": partial(_root_called, name) for kind, name in _ROOT_NAMES.items()},
        "a folder below": _below,
        "-C": _named_by_c,
        "ORCH_ROOT": _named_by_variable,
        "a link to the root": _through_a_link,
        "a folder that was removed": _removed,
    },
    "stream": {name: partial(_streams, shell) for name, shell in _STREAMS.items()},
}

SURROUNDINGS = tuple(
    Surrounding(family, name, plant) for family, members in _FAMILIES.items() for name, plant in members.items()
)
