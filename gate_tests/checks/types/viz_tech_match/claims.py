"""Reads which visualizations the metadata of a page claims: objects such as `{ name: 'Tree', type: 'D3' }`."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from gate_tests.checks.types.viz_tech_match.tsx import Source

_LIST = "visualizations"
_METADATA = "ESSAY_META"
_TOKEN = re.compile(r'"\d+"|[\w$]+|\S')
_WORD = re.compile(r'"\d+"|[\w$]+')
_PARTNERS = {"{": "}", "[": "]", "(": ")"}
_DECLARES = frozenset(("const", "let", "var", "export", "return"))
_KEPT = 4  # tokens of a value: enough to know a string from all else
_ENDINGS: tuple[list[str], ...] = ([], ["as", "const"])
"""What may follow a string, or an object of the list, and does not change it."""
_JOINS = frozenset("?|&+[")
"""Signs behind a list after which it may be another one."""
_GROWS = re.compile(rf"\b{_LIST}\s*\.\s*(?:push|unshift|splice)\s*\(\s*(?!\{{)")
_TYPE = re.compile(r"\s*(?:readonly\s+)?(?:[\w$.]+\s*\[\s*\]|(?:Readonly)?Array\s*<|(?:any|unknown)\b)")
"""What follows the name of a list where its type is declared, and nothing is in it."""


class Claim(NamedTuple):
    """A visualization that the metadata claims."""

    name: str
    type: str


class Claims(NamedTuple):
    """What a page claims, and where it claims something that cannot be read."""

    claims: tuple[Claim, ...]
    unreadable: tuple[str, ...]


def read_claims(source: Source) -> Claims:
    """Every object with a `name` and a `type`, both plain strings, in any order and wherever it stands.

    An element of a list called `visualizations` that is no such object cannot be read; nor can what is called so and
    is no list, what is put into a list later, or an `ESSAY_META` from elsewhere where nothing is claimed. What is
    spoken of must be there: an empty list is no answer to a second one that cannot be read.
    """
    reader = _Reader(source)
    for token in _TOKEN.finditer(source.code):
        reader.take(token[0], token.start())
    reader.take(";", len(source.code))
    reader.unreadable += (
        (match.start(), f"a list `{_LIST}` that grows later") for match in _GROWS.finditer(source.code)
    )
    reader.unreadable.sort()
    unreadable = [f"line {source.line(offset)}: {what}" for offset, what in reader.unreadable[:50]]
    if not reader.claims and (reader.takes_metadata or (reader.speaks_of_it and not reader.lists)):
        unreadable.append(f"no list `{_LIST}: [{{ name: '…', type: '…' }}]` that can be read, though it is spoken of")
    return Claims(tuple(reader.claims), tuple(unreadable))


@dataclass
class _Bracket:
    """What stands between two brackets, as far as it has been read."""

    opening: str
    offset: int
    is_list: bool = False  # the list of visualizations
    key: str = ""
    key_offset: int = 0
    value: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)

    def end_member(self) -> None:
        if self.key:
            self.members[self.key] = self.value
        self.key, self.value = "", []


class _Reader:
    """Follows the brackets of a file, and what is called `name`, `type` and `visualizations` between them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.claims: list[Claim] = []
        self.unreadable: list[tuple[int, str]] = []
        self.lists = 0
        self.speaks_of_it = self.speaks_of_metadata = self.has_metadata = False
        self.brackets = [_Bracket("", 0)]
        self.before = ""

    def take(self, token: str, offset: int) -> None:
        """The next token."""
        name = self.source.string(token) or token
        self.speaks_of_it |= name in (_LIST, _METADATA)
        self.speaks_of_metadata |= name == _METADATA
        bracket = self.brackets[-1]
        if token in _PARTNERS:
            self._open(bracket, token, offset)
        elif token in _PARTNERS.values():
            self._close(offset)
        elif token in ",;":
            self._end_element(bracket, offset)
        elif (token == ":" and not bracket.key) or (token == "=" and bracket.key != _LIST):
            self._begin_value(bracket, offset)
        elif token == "=":
            bracket.value = []  # what stood before it was the list's type
        elif token in _DECLARES and bracket.opening != "[":
            bracket.key, bracket.value = "", []
        else:
            self._keep(bracket, token)
        self.before = name if _WORD.fullmatch(token) else token

    @property
    def takes_metadata(self) -> bool:
        """Whether the metadata comes from elsewhere."""
        return self.speaks_of_metadata and not self.has_metadata

    def _begin_value(self, bracket: _Bracket, offset: int) -> None:
        bracket.key, bracket.key_offset, bracket.value = "", offset, []
        if _WORD.fullmatch(self.before):
            bracket.key = self.before
            self.has_metadata |= self.before == _METADATA

    def _open(self, bracket: _Bracket, token: str, offset: int) -> None:
        is_list = token == "[" and bracket.key == _LIST and not bracket.value
        self.lists += is_list
        self._keep(bracket, token)
        self.brackets.append(_Bracket(token, offset, is_list))

    def _close(self, offset: int) -> None:
        bracket = self.brackets[-1]
        self._end_element(bracket, offset)
        if len(self.brackets) == 1:
            return
        self.brackets.pop()
        if bracket.opening == "{":
            self._object(bracket, self.brackets[-1])

    def _object(self, bracket: _Bracket, parent: _Bracket) -> None:
        name, type_ = (self._literal(bracket.members.get(key, [])) for key in ("name", "type"))
        if name is not None and type_ is not None:
            self.claims.append(Claim(name, type_))
        elif parent.is_list and parent.value == ["{"]:
            self.unreadable.append((bracket.offset, "a visualization whose name and type are no plain strings"))

    def _end_element(self, bracket: _Bracket, offset: int) -> None:
        is_object = bracket.value[:1] == ["{"] and bracket.value[1:] in _ENDINGS
        if bracket.is_list and bracket.value and not is_object:
            self.unreadable.append((offset, "a visualization that is not written as `{ name: '…', type: '…' }`"))
        if bracket.key == _LIST and bracket.value:
            self._end_list(bracket)
        bracket.end_member()

    def _end_list(self, bracket: _Bracket) -> None:
        """What is called `visualizations`: a list, its type, a tag's attribute, the list itself once more; or not."""
        value, at = bracket.value, bracket.key_offset
        if value[0] == "[":
            if value[1:3] == [".", "concat"] or not _JOINS.isdisjoint(value[1:2]):
                self.unreadable.append((at, f"a list `{_LIST}` to which another is joined"))
            return
        is_attribute = value[0] == "{" and self.source.code[at] == "="
        is_type = value[:2] == ["{", "["] or _TYPE.match(self.source.code, at + 1)
        if not (is_attribute or is_type or _LIST in value):
            self.unreadable.append((at, f"`{_LIST}` that is no list which can be read"))

    def _keep(self, bracket: _Bracket, token: str) -> None:
        if len(bracket.value) < _KEPT:
            bracket.value.append(token)

    def _literal(self, value: list[str]) -> str | None:
        return self.source.string(value[0]) if value and value[1:] in _ENDINGS else None
