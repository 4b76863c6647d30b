"""What `orch verify` is asked."""

from typing import NamedTuple


class VerificationRequest(NamedTuple):
    """The options of `orch verify`. `names` are runs as a person named them, with `touched` files."""

    names: tuple[str, ...] = ()
    revision: str | None = None
    staged: bool = False
    touched: bool = False
    replay: bool = False
    network: bool = False
    no_programs: bool = False
    strict: bool = False
    base: str | None = None
    allow: tuple[str, ...] = ()
