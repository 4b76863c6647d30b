"""SHA-256 of short contents, without `hashlib`: that loads OpenSSL, which takes 3 ms, the time to hash 700 KB here."""

import sys
from typing import Any, Final

SHORT_BYTES: Final = 1 << 17
"""OpenSSL is several times faster; from here on it is worth being loaded."""


def hash_content(content: bytes | memoryview) -> str:
    """The SHA-256 of `content`, in hexadecimal digits."""
    digest: str = choose_sha256(len(content))(content).hexdigest()
    return digest


def choose_sha256(size_bytes: int) -> Any:
    """The constructor of the SHA-256 of `size_bytes` bytes in total, as of `hashlib`."""
    if size_bytes <= SHORT_BYTES and "hashlib" not in sys.modules:
        try:
            if sys.version_info >= (3, 12):
                from _sha2 import sha256
            else:
                from _sha256 import sha256  # type: ignore[import-not-found]
            return sha256
        except ImportError:  # a Python that was built with OpenSSL's only
            pass
    from hashlib import sha256

    return sha256
