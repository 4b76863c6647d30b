"""The hash of a content is the same, whichever module computes it; OpenSSL is loaded only for what is large."""

import subprocess
import sys
from hashlib import sha256

import pytest

from gate_tests.files.short_hash import SHORT_BYTES, hash_content

_LOADED = (
    "import sys; from gate_tests.files.short_hash import hash_content;"
    "print(hash_content(b'x' * int(sys.argv[1]), int(sys.argv[2])), 'hashlib' in sys.modules)"
)


@pytest.mark.parametrize(
    ("size", "before", "is_loaded"),
    [(0, 0, False), (SHORT_BYTES, 0, False), (SHORT_BYTES + 1, 0, True), (1, SHORT_BYTES, True)],
)
def test_openssl_is_loaded_only_where_much_is_hashed(size: int, before: int, is_loaded: bool) -> None:
    command = [sys.executable, "-c", _LOADED, str(size), str(before)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.split() == [sha256(b"x" * size).hexdigest(), str(is_loaded)]


def test_where_it_is_loaded_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_sha256", None)
    monkeypatch.setitem(sys.modules, "_sha2", None)
    assert hash_content(memoryview(b"abc")) == sha256(b"abc").hexdigest()


def test_a_python_that_has_openssls_hashes_only_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_sha256", "_sha2"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "hashlib")
    assert hash_content(b"abc") == sha256(b"abc").hexdigest()
