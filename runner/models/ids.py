"""Makes the ids of new runs and invocations."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_run_id(slug: str, timestamp: str) -> str:
    """`run_<YYYYMMDD>T<HHMMSS>Z_<slug>_<6 of a-z, 0-9>`."""
    compact = timestamp[:19].replace("-", "").replace(":", "")
    return f"run_{compact}Z_{slug}_{_token(6)}"


def new_invocation_id(timestamp: str) -> str:
    """`inv_<milliseconds since 1970>_<4 of a-z, 0-9>`."""
    since_1970 = datetime.fromisoformat(timestamp) - datetime.fromtimestamp(0, UTC)
    return f"inv_{since_1970 // timedelta(milliseconds=1)}_{_token(4)}"


def _token(length: int) -> str:
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in os.urandom(length))
