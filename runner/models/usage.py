"""What an invocation of an agent used: tokens and money."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from gate_tests.errors import suggest
from gate_tests.plurals import format_count
from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Json

MAX_AMOUNT: Final = 1 << 53
"""No count and no cost is larger: other programs read these numbers as floats."""


class Usage(NamedTuple):
    """The tokens of an invocation, those read from a cache included, and its cost; None where it is not known.

    `source` says who reported it: the name of a host whose output was read, or `file`. The cost is that host's
    estimate, not a bill.
    """

    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    source: str

    @property
    def tokens(self) -> int | None:
        """Input and output together; None where neither is known."""
        known = [each for each in (self.input_tokens, self.output_tokens) if each is not None]
        return sum(known) if known else None

    def describe(self) -> str:
        """`3,250 tokens, $0.25 as claude-code estimates`."""
        tokens = [] if self.tokens is None else [f"{self.tokens:,} tokens"]
        cost = [] if self.cost_usd is None else [f"${self.cost_usd:.2f}{_name_source(self.source)}"]
        return ", ".join((*tokens, *cost))

    def to_json(self) -> Json:
        """The member `usage` of an invocation."""
        return self._asdict()

    @classmethod
    def from_json(cls, fields: Fields) -> "Usage":
        """Parse that member. Raises DamagedRecord."""
        for key in fields.value:
            if key not in cls._fields:
                raise fields.error(key, f"unknown key{suggest(key, cls._fields)}")
        for key in cls._fields:
            if key not in fields:
                raise fields.error(key, "is missing")
        return cls(
            _read_count(fields, "input_tokens"),
            _read_count(fields, "output_tokens"),
            _read_amount(fields, "cost_usd"),
            fields.text("source"),
        )

    @staticmethod
    def are_well_formed(values: Sequence[Json]) -> bool:
        """Whether all are certainly valid; False proves nothing."""
        return all(
            tuple(value) == Usage._fields
            and {type(value["input_tokens"]), type(value["output_tokens"])} <= _COUNT
            and type(value["cost_usd"]) in _AMOUNT
            and type(value["source"]) is str
            and all(0 <= (value[key] or 0) <= MAX_AMOUNT for key in Usage._fields[:3])
            for value in values
        )


def _name_source(source: str) -> str:
    return "" if source == "file" else f" as {source} estimates"


class UsageTotal(NamedTuple):
    """The usage of several invocations, and of how many it is not known."""

    tokens: int
    cost_usd: float
    without_tokens: int
    without_cost: int

    @classmethod
    def of(cls, usages: Iterable[Usage | None]) -> "UsageTotal":
        """The total of these invocations."""
        known = list(usages)
        tokens = [each.tokens for each in known if each and each.tokens is not None]
        costs = [each.cost_usd for each in known if each and each.cost_usd is not None]
        return cls(sum(tokens), sum(costs), len(known) - len(tokens), len(known) - len(costs))

    def describe(self) -> str:
        """`12,345 tokens, $0.50 as the hosts estimate (1 invocation reported nothing)`."""
        parts = [f"{self.tokens:,} tokens"] if self.tokens else []
        parts += [f"${self.cost_usd:.2f} as the hosts estimate"] if self.cost_usd else []
        unknown = max(self.without_tokens if self.tokens else 0, self.without_cost if self.cost_usd else 0)
        note = f" ({format_count(unknown, 'invocation')} reported nothing)" if parts and unknown else ""
        return f"{', '.join(parts)}{note}"


_COUNT: Final = {int, type(None)}
_AMOUNT: Final = {int, float, type(None)}


def _read_count(fields: Fields, key: str) -> int | None:
    value = fields.optional_number(key)
    if value is not None and not 0 <= value <= MAX_AMOUNT:
        raise fields.error(key, f"must be from 0 to {MAX_AMOUNT} (found {str(value)[:60]})")
    return value


def _read_amount(fields: Fields, key: str) -> float | None:
    value = fields.value.get(key)
    if value is not None and (type(value) not in _AMOUNT or not 0 <= value <= MAX_AMOUNT):
        raise fields.error(key, f"must be from 0 to {MAX_AMOUNT} US dollars (found {str(value)[:60]!r})")
    return value
