"""Translates a JavaScript regex for the library `regex` with the same meaning."""

from collections.abc import Iterator
from typing import Final

from gate_tests.js_regex.nodes import (
    WORD,
    Assertion,
    AssertionKind,
    BadRegex,
    Characters,
    Choice,
    Group,
    Lookaround,
    Node,
    Ranges,
    Reference,
    Repeat,
    Sequence,
    children,
    complement,
    edge_ranges,
    has_overlap,
    is_nullable,
)

Path = tuple[tuple[Node, int], ...]
"""The path from the root to a node: each node on it, and the index of its child that is next."""

_NEVER: Final = "(?!)"
_ANY: Final = r"[\x00-\U0010ffff]"
_WORD: Final = "[0-9A-Z_a-z]"
_NO_WORD: Final = complement(WORD)
_ASSERTIONS: Final = {
    AssertionKind.LINE_START: r"(?<![^\n\r\u2028\u2029])",
    AssertionKind.LINE_END: r"(?![^\n\r\u2028\u2029])",
    AssertionKind.TEXT_START: r"\A",
    AssertionKind.TEXT_END: r"\Z",
    AssertionKind.WORD_EDGE: rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    AssertionKind.NO_WORD_EDGE: rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}


def translate(tree: Node) -> str:
    """The equivalent pattern for `regex`, without flags. Raises BadRegex if there is none."""
    return _Writer(tree).write(tree, ())


class _Writer:
    def __init__(self, tree: Node) -> None:
        self.groups: dict[int, Path] = {}
        self.stale: dict[tuple[int, int], bool] = {}
        self.find_groups(tree, ())

    def find_groups(self, node: Node, path: Path) -> None:
        if isinstance(node, Group) and node.number:
            self.groups[node.number] = path
        for index, child in enumerate(children(node)):
            self.find_groups(child, (*path, (node, index)))

    def write(self, node: Node, path: Path) -> str:
        """The pattern of a node with its children."""
        below = [self.write(child, (*path, (node, index))) for index, child in enumerate(children(node))]
        match node:
            case Characters():
                return _write_characters(node)
            case Assertion(kind):
                return _ASSERTIONS[kind]
            case Group(number=number):
                return f"({below[0]})" if number else f"(?:{below[0]})"
            case Lookaround(behind=behind, negative=negative):
                return f"(?{'<' if behind else ''}{'!' if negative else '='}{below[0]})"
            case Repeat():
                return _write_repeat(node, below[0])
            case Reference():
                return self.reference(node, path)
        return "".join(_simplify_edges(node, below)) if isinstance(node, Sequence) else f"(?:{'|'.join(below)})"

    def reference(self, reference: Reference, path: Path) -> str:
        """A reference to a group that has captured nothing matches the empty string."""
        group = self.groups[reference.number]
        common = _count_common_steps(group, path)
        if not _may_capture_before(group, path, common):
            return ""
        if self.may_be_stale(reference.number, common):
            raise BadRegex(
                f"not supported: a backreference to a group inside a repetition, at offset {reference.offset}"
            )
        same = f"\\{reference.number}"
        return f"(?({reference.number}){f'(?i:{same})' if reference.ignores_case else same}|)"

    def may_be_stale(self, number: int, common: int) -> bool:
        """As `_may_be_stale`, which looks through the whole group: once for all references to it from one place."""
        if (number, common) not in self.stale:
            self.stale[number, common] = _may_be_stale(self.groups[number], common)
        return self.stale[number, common]


def _simplify_edges(sequence: Sequence, written: list[str]) -> Iterator[str]:
    """The parts; `\\b` beside what is known to be of letters, or of none, looks to one side only, which is faster."""
    for index, part in enumerate(sequence.parts):
        simpler = None
        if isinstance(part, Assertion) and part.kind is AssertionKind.WORD_EDGE:
            after = edge_ranges(sequence.parts[index + 1], 0) if index + 1 < len(written) else None
            before = edge_ranges(sequence.parts[index - 1], -1) if index else None
            simpler = _look_for_word("<", after) or _look_for_word("", before)
        yield simpler or written[index]


def _look_for_word(direction: str, beside: Ranges | None) -> str | None:
    if not beside:
        return None
    if not has_overlap(beside, _NO_WORD):
        return f"(?{direction}!{_WORD})"
    return None if has_overlap(beside, WORD) else f"(?{direction}={_WORD})"


def _count_common_steps(one: Path, other: Path) -> int:
    """The length of the common prefix of two paths."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine[0] is not theirs[0] or mine[1] != theirs[1]:
            break
        count += 1
    return count


def _may_capture_before(group: Path, reference: Path, common: int) -> bool:
    """Whether the group can have captured before the reference is evaluated."""
    if common >= len(group) or common >= len(reference) or not isinstance(group[common][0], Sequence):
        return False  # inside the group, or in another branch
    looks = [node for node, _ in group[:common] if isinstance(node, Lookaround)]
    backwards = bool(looks) and looks[-1].behind
    if (group[common][1] < reference[common][1]) is backwards:
        return False
    return not any(isinstance(node, Lookaround) and node.negative for node, _ in group[common:])


def _may_be_stale(group: Path, common: int) -> bool:
    """Whether a capture of an earlier iteration may remain, which JavaScript clears at each iteration."""
    below = [node for node, _ in group[common:]]
    if any(_may_repeat(node) for node, _ in group[:common]) and any(_may_skip(node) for node in below):
        return True
    for index, node in enumerate(below):
        if isinstance(node, Repeat) and node.min_count != node.max_count and is_nullable(node.body):
            return True
        if _may_repeat(node) and (_may_vary_in_length(node) or any(_may_skip(inner) for inner in below[index + 1 :])):
            return True
    return False


def _may_repeat(node: Node) -> bool:
    return isinstance(node, Repeat) and node.max_count != 1


def _may_vary_in_length(repeat: Node) -> bool:
    """Whether iterations may differ in length by a repeat: the library does not try all ways to split a text then."""
    return any(_has_open_repeat(child) for child in children(repeat))


def _has_open_repeat(node: Node) -> bool:
    return (isinstance(node, Repeat) and node.min_count != node.max_count) or any(map(_has_open_repeat, children(node)))


def _may_skip(node: Node) -> bool:
    return isinstance(node, Choice) or (isinstance(node, Repeat) and node.min_count == 0)


def _write_repeat(node: Repeat, body: str) -> str:
    looks = isinstance(node.body, Lookaround)
    if node.max_count == 0 or (looks and node.min_count == 0):
        return f"(?:{_NEVER}{body})?"  # never tried, but its groups keep their numbers
    if looks:
        return body
    if node.min_count != node.max_count and is_nullable(node.body) and _may_prefer_nothing(node.body):
        raise BadRegex(
            f"not supported: a repetition of a group that may match the empty text first, at offset {node.offset}"
        )
    most = "" if node.max_count is None else node.max_count
    return f"(?:{body}){{{node.min_count},{most}}}{'?' if node.lazy else ''}"


def _may_prefer_nothing(node: Node) -> bool:
    """Whether it tries the empty string before a longer match: JavaScript and `regex` then continue differently."""
    match node:
        case Choice(branches):
            return any(is_nullable(branch) for branch in branches[:-1]) or _may_prefer_nothing(branches[-1])
        case Repeat(lazy=True):
            return True
        case Lookaround() | Assertion():
            return False
    return any(_may_prefer_nothing(child) for child in children(node))


def _write_characters(node: Characters) -> str:
    if not node.ranges and not node.properties:
        return _ANY if node.negated else _NEVER
    if not node.negated and not node.properties and _is_single(node.ranges):
        return _escape(node.ranges[0][0])
    members = "".join(_escape(low) if low == high else f"{_escape(low)}-{_escape(high)}" for low, high in node.ranges)
    return f"[{'^' if node.negated else ''}{members}{''.join(node.properties)}]"


def _is_single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _escape(code_point: int) -> str:
    character = chr(code_point)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}"
