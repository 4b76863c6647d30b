"""Reads the attributes that `.gitattributes` files give to paths."""

from collections.abc import Callable, Iterable


def read_attribute(run: Callable[..., bytes], name: str, paths: Iterable[bytes]) -> dict[bytes, bytes]:
    """The value of the attribute, by path, as git prints it: `unspecified` where no file gives one.

    `run` is the `run` or `run_at_top` of an IsolatedGit, by which paths are relative to the root or to the top. Raises
    GitUnavailable, OSError.
    """
    fields = run("check-attr", "-z", "--stdin", name, stdin=b"\0".join(paths)).split(b"\0")
    return dict(zip(fields[0::3], fields[2::3], strict=False))
