"""Which `orch` this is."""

from functools import cache


@cache
def own_version() -> str:
    """The version of the installed distribution; `0+checkout` where `orch` runs from a bare checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("orch-runner")
    except PackageNotFoundError:
        return "0+checkout"
