"""Where the program is measured: as a user installs it, from a wheel.

An editable install puts a finder of its own into every start of Python, which no user pays.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import distributions
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
_NEEDED = ("gate_tests", "orchestration", "runner")


def is_installed() -> bool:
    """Whether this Python has the program from a wheel: neither from a bare checkout nor by an editable install."""
    # The folder is named: a checkout may hold the metadata of a build, which would be found first.
    for found in distributions(name="orch-runner", path=[sysconfig.get_path("purelib")]):
        origin = found.read_text("direct_url.json")
        return not (origin and json.loads(origin).get("dir_info", {}).get("editable"))
    return False


def run_installed(module: str, *arguments: str) -> int:
    """Runs a module of the checkout in a new environment that has the program from a wheel; gives its exit code."""
    with tempfile.TemporaryDirectory(prefix="orch-bench-") as name:
        print("installing the checkout into an environment of its own …", file=sys.stderr, flush=True)
        python = install(Path(name))
        return subprocess.run([python, "-m", module, *arguments], cwd=CHECKOUT, check=False).returncode


def install(folder: Path) -> str:
    """The Python of a new environment. A copy is built: setuptools leaves what it built in the folder it builds."""
    for needed in _NEEDED:
        ignored = shutil.ignore_patterns("__pycache__", "run_2*")
        shutil.copytree(CHECKOUT / needed, folder / "source" / needed, ignore=ignored)
    for needed in ("pyproject.toml", "README.md", "orch_runner_pytest.py"):
        shutil.copy(CHECKOUT / needed, folder / "source")
    python = str(folder / "venv/bin/python")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--compile")
    subprocess.run([*pip, f"{folder / 'source'}[xdist]"], check=True)
    return python
