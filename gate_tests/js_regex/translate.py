"""Writes a JavaScript regex for the library `regex`, so that it means the same there."""

from typing import Final

from gate_tests.js_regex.nodes import (
    Assertion,
    BadRegex,
    Characters,
    Choice,
    Group,
    Look,
    Node,
    Place,
    Ranges,
    Reference,
    Repeat,
    Sequence,
    children,
    is_nullable,
)

Path = tuple[tuple[Node, int], ...]
"""The way from the root to a node: each node on it, and which of its children comes next."""

_NEVER: Final = "(?!)"
_ANY: Final = r"[\x00-\U0010ffff]"
_WORD: Final = "[0-9A-Z_a-z]"
_PLACES: Final = {
    Place.LINE_START: r"(?<![^\n\r\u2028\u2029])",
    Place.LINE_END: r"(?![^\n\r\u2028\u2029])",
    Place.TEXT_START: r"\A",
    Place.TEXT_END: r"\Z",
    Place.WORD_EDGE: rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    Place.NO_WORD_EDGE: rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}


def translate(tree: Node) -> str:
    """The regex for `regex`, without flags. Raises BadRegex where the two cannot be made to agree."""
    return _Writer(tree).write(tree, ())


class _Writer:
    def __init__(self, tree: Node) -> None:
        self.groups: dict[int, Path] = {}
        self.find_groups(tree, ())

    def find_groups(self, node: Node, path: Path) -> None:
        if isinstance(node, Group) and node.number:
            self.groups[node.number] = path
        for index, child in enumerate(children(node)):
            self.find_groups(child, (*path, (node, index)))

    def write(self, node: Node, path: Path) -> str:
        """The text for a node and all below it."""
        below = [self.write(child, (*path, (node, index))) for index, child in enumerate(children(node))]
        match node:
            case Characters():
                return _characters(node)
            case Assertion(place):
                return _PLACES[place]
            case Group(number=number):
                return f"({below[0]})" if number else f"(?:{below[0]})"
            case Look(behind=behind, negative=negative):
                return f"(?{'<' if behind else ''}{'!' if negative else '='}{below[0]})"
            case Repeat():
                return _repeat(node, below[0])
            case Reference():
                return self.reference(node, path)
        return "".join(below) if isinstance(node, Sequence) else f"(?:{'|'.join(below)})"

    def reference(self, reference: Reference, path: Path) -> str:
        """A group that has captured nothing, or not yet, is met by the empty text."""
        group = self.groups[reference.number]
        common = _common(group, path)
        if not _captures_before(group, path, common):
            return ""
        if _may_be_stale(group, common):
            raise BadRegex(
                f"not supported: a reference to a group that a repeat may skip or vary, at offset {reference.offset}"
            )
        return f"(?({reference.number})\\{reference.number}|)"


def _common(one: Path, other: Path) -> int:
    """How many steps two ways share."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine[0] is not theirs[0] or mine[1] != theirs[1]:
            break
        count += 1
    return count


def _captures_before(group: Path, reference: Path, common: int) -> bool:
    """Whether the group can have captured by the time that the reference is come to."""
    if common >= len(group) or common >= len(reference) or not isinstance(group[common][0], Sequence):
        return False  # inside the group, or in another branch
    looks = [node for node, _ in group[:common] if isinstance(node, Look)]
    backwards = bool(looks) and looks[-1].behind
    if (group[common][1] < reference[common][1]) is backwards:
        return False
    return not any(isinstance(node, Look) and node.negative for node, _ in group[common:])


def _may_be_stale(group: Path, common: int) -> bool:
    """Whether a repeat may leave an earlier round's capture, which JavaScript forgets at each round."""
    below = [node for node, _ in group[common:]]
    if any(_repeats(node) for node, _ in group[:common]) and any(_may_skip(node) for node in below):
        return True
    for index, node in enumerate(below):
        if isinstance(node, Repeat) and node.least != node.most and is_nullable(node.body):
            return True
        if _repeats(node) and (_varies(node) or any(_may_skip(inner) for inner in below[index + 1 :])):
            return True
    return False


def _repeats(node: Node) -> bool:
    return isinstance(node, Repeat) and node.most != 1


def _varies(repeat: Node) -> bool:
    """Whether its rounds may differ in length by a repeat: the library does not try all ways to divide a text then."""
    return any(_has_open_repeat(child) for child in children(repeat))


def _has_open_repeat(node: Node) -> bool:
    return (isinstance(node, Repeat) and node.least != node.most) or any(map(_has_open_repeat, children(node)))


def _may_skip(node: Node) -> bool:
    return isinstance(node, Choice) or (isinstance(node, Repeat) and node.least == 0)


def _repeat(node: Repeat, body: str) -> str:
    looks = isinstance(node.body, Look)
    if node.most == 0 or (looks and node.least == 0):
        return f"(?:{_NEVER}{body})?"  # never tried, but its groups keep their numbers
    if looks:
        return body
    if node.least != node.most and is_nullable(node.body) and _may_prefer_nothing(node.body):
        raise BadRegex(
            f"not supported: a repeat of what may match nothing before it tries the rest, at offset {node.offset}"
        )
    most = "" if node.most is None else node.most
    return f"(?:{body}){{{node.least},{most}}}{'?' if node.lazy else ''}"


def _may_prefer_nothing(node: Node) -> bool:
    """Whether it tries the empty text before something longer: there the two differ in how they go on."""
    match node:
        case Choice(branches):
            return any(is_nullable(branch) for branch in branches[:-1]) or _may_prefer_nothing(branches[-1])
        case Repeat(lazy=True):
            return True
        case Look() | Assertion():
            return False
    return any(_may_prefer_nothing(child) for child in children(node))


def _characters(node: Characters) -> str:
    if not node.ranges and not node.properties:
        return _ANY if node.negated else _NEVER
    if not node.negated and not node.properties and _is_one(node.ranges):
        return _escaped(node.ranges[0][0])
    members = "".join(
        _escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}" for low, high in node.ranges
    )
    return f"[{'^' if node.negated else ''}{members}{''.join(node.properties)}]"


def _is_one(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _escaped(code_point: int) -> str:
    character = chr(code_point)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}"
