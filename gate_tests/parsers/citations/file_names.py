"""Tells the name of a file from that of a host, an image of a container, a time or a key, by how it ends."""

import re
from enum import Enum
from typing import Final

from gate_tests.parsers.citations.endings import (
    BINARY,
    COPIES,
    DATA,
    DOMAINS,
    DOMAINS_OR_ENDINGS,
    LANGUAGES,
    NAMES,
    NAMES_IN_CAPITALS,
    PROSE,
    SHELLS,
    TEMPLATES,
)

MAX_PATH_CHARACTERS: Final = 1000

_ENDINGS: Final = frozenset(f"{LANGUAGES} {TEMPLATES} {DATA} {PROSE} {SHELLS} {BINARY}".split())
_COPIES: Final = frozenset(COPIES.split())
_NAMES: Final = frozenset(NAMES.split())
_NAME_ENDINGS: Final = tuple(_NAMES)
_NAMES_IN_CAPITALS: Final = frozenset(NAMES_IN_CAPITALS.split())
_HIDDEN: Final = re.compile(
    r"\.(?:[a-z][\w-]*(?:rc|ignore|version|versions|profile|config|rules)|env|git[a-z]+|mailmap|bash_\w+|zsh\w+|htaccess"
    r"|htpasswd|flake8|netrc|vimrc|tmux\.conf|luacheckrc|clang-(?:format|tidy)|rspec|browserslistrc|keep|env\..+)"
)
_DOMAINS: Final = frozenset(DOMAINS.split())
_DOMAINS_OR_ENDINGS: Final = frozenset(DOMAINS_OR_ENDINGS.split())
_PORTS: Final = frozenset((
    22, 25, 53, 80, 389, 443, 465, 587, 993, 1433, 1521, 2181, 2375, 2376, 2379, 3000, 3001, 3306, 4200, 4222, 4317,
    5000, 5001, 5173, 5432, 5672, 6379, 6443, 7474, 7687, 8000, 8001, 8080, 8081, 8088, 8200, 8443, 8500, 8888, 9000,
    9090, 9092, 9093, 9200, 9300, 9418, 11211, 15672, 27017,
))  # fmt: skip
_MIXED_CASE: Final = frozenset(("Rmd", "Rnw", "Rproj", "Dockerfile", "Containerfile"))
"""Of other endings, `pkg.Config` is a class."""
_DOI: Final = re.compile(r"10\.\d{4,9}")
_PRODUCT: Final = re.compile(
    r"(?:node|vue|next|nuxt|react|express|three|d3|chart|alpine|ember|backbone|nest|p5|moment|discord|socket|angular"
    r"|knockout|require|type|solid|ext|handlebars|mermaid|deck|ethers|web3)\.js",
    re.IGNORECASE,
)
"""What is called so is hardly ever a file."""


class Likeness(Enum):
    """How much a text looks like the path of a file."""

    FILE = 1
    PERHAPS = 2  # what exists decides
    NONE = 3


def is_port(number: int) -> bool:
    """Whether a number behind a colon is a port in common use."""
    return number in _PORTS


def ends_as_file(text: str) -> bool:
    """Whether a text may end with the name of a file: else it need not be looked at more closely."""
    return "." in text or text.lower().endswith(_NAME_ENDINGS)


def judge_path(path: str, before_port: bool = False) -> Likeness:
    """Whether a text is the path of a file, by its name. `before_port`: whether a port in common use follows."""
    first, slash, _ = path.partition("/")
    last = path.replace("\\", "/").rpartition("/")[2]
    if len(path) > MAX_PATH_CHARACTERS or _DOI.fullmatch(first) or not any(map(str.isalpha, last)):
        return Likeness.NONE
    if slash and _is_host(first):
        return Likeness.PERHAPS
    is_file = is_file_name(last, bool(slash)) and not (before_port and _may_have_port(path))
    return Likeness.FILE if is_file else Likeness.PERHAPS


def is_file_name(name: str, is_in_directory: bool) -> bool:
    """Whether a name, without directories, is that of a file: it has a known ending, or is well known."""
    lower = name.lower()
    stem, dot, ending = name.rpartition(".")
    if lower in _NAMES or lower.startswith(("dockerfile.", "dockerfile-", "makefile.", "containerfile.")):
        return is_in_directory or lower not in _NAMES_IN_CAPITALS or name.isupper()
    if _PRODUCT.fullmatch(name) and not is_in_directory:
        return False
    if name.startswith(".") and _HIDDEN.fullmatch(name):
        return True
    if not (stem and dot):  # `.md` alone is the ending of a name
        return False
    if ending in _COPIES and "." in stem:
        return is_file_name(stem, is_in_directory)
    return ending in _ENDINGS or (ending.lower() in _ENDINGS and (ending.isupper() or ending in _MIXED_CASE))


def _is_host(name: str) -> bool:
    """Whether the first of several names is more likely a host than a directory."""
    _, dot, domain = name.rpartition(".")
    return bool(dot) and name[0] != "." and domain.lower() in _DOMAINS


def _may_have_port(path: str) -> bool:
    """Whether it may be a host, such as `api.example.rs`."""
    return "/" not in path and path.count(".") > 1 and path.rpartition(".")[2].lower() in _DOMAINS_OR_ENDINGS
