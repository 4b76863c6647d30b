"""The hash of a content is the same, whichever module computes it; OpenSSL is loaded only for what is large."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.files.short_hash import SHORT_BYTES, hash_content

_LOADED = (
    "import sys; from gate_tests.files.short_hash import hash_content;"
    "print(hash_content(b'x' * int(sys.argv[1])), 'hashlib' in sys.modules)"
)


_HASHED_FILES = (
    "import os, sys; from gate_tests.files.hashing import FileHasher; hasher = FileHasher()\n"
    "for _ in range(int(sys.argv[2])):\n"
    "    descriptor = os.open(sys.argv[1], os.O_RDONLY)\n"
    "    print(hasher.hash_file(descriptor, 1 << 16, None).sha256, 'hashlib' in sys.modules)\n"
)


def run_python(*arguments: str) -> list[str]:
    printed = subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, check=True).stdout
    return printed.split()


@pytest.mark.parametrize(("size", "is_loaded"), [(0, False), (SHORT_BYTES, False), (SHORT_BYTES + 1, True)])
def test_openssl_is_loaded_only_for_a_long_content(size: int, is_loaded: bool) -> None:
    assert run_python(_LOADED, str(size)) == [sha256(b"x" * size).hexdigest(), str(is_loaded)]


def test_openssl_is_loaded_only_for_many_files(tmp_path: Path) -> None:
    content = b"x" * (1 << 16)
    (tmp_path / "a").write_bytes(content)
    digest, count = sha256(content).hexdigest(), SHORT_BYTES // len(content)
    printed = run_python(_HASHED_FILES, str(tmp_path / "a"), str(count + 1))
    assert printed == [digest, "False"] * count + [digest, "True"]


def test_where_it_is_loaded_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_sha256", None)
    monkeypatch.setitem(sys.modules, "_sha2", None)
    assert hash_content(memoryview(b"abc")) == sha256(b"abc").hexdigest()


def test_a_python_that_has_openssls_hashes_only_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_sha256", "_sha2"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "hashlib")
    assert hash_content(b"abc") == sha256(b"abc").hexdigest()
