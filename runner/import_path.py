"""Where an isolated Python finds the packages that this process imports."""

import os
import sys

_DEPENDENCY = "click"
"""Imported by every command: the others lie where it lies."""


def list_locations() -> list[str]:
    """The directory of our own packages; after it all others, if our dependencies lie neither there nor in an
    environment (`site-packages`), which the isolated Python finds by itself. So it is in a pex, which has a directory
    for each package.

    Never what the caller's PYTHONPATH, the user's `site-packages` or the current directory add.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    others = _without_additions(sys.path)
    holder = next((path for path in (own, *others) if os.path.isdir(os.path.join(path, _DEPENDENCY))), own)
    return [own] if holder == own or is_environment(holder) else [own, *(path for path in others if path != own)]


def is_environment(path: str) -> bool:
    """Whether installers put packages of an environment there."""
    return os.path.basename(path) in ("site-packages", "dist-packages")


def _without_additions(paths: list[str]) -> list[str]:
    additions = [os.path.abspath(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    additions.append(getattr(sys.modules.get("site"), "USER_SITE", None) or "")
    first = 0 if sys.flags.safe_path else 1  # the directory of the script, or the current one
    return [path for path in paths[first:] if os.path.isabs(path) and path not in additions]
