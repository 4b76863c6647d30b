"""What a contract may say of one kind of check: one `CheckType` for each module in `types/` and each custom check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Comparison
from gate_tests.contract import Validation


class Evidence(StrEnum):
    """What a passing check is evidence of, for the lint rules about a whole contract."""

    EXISTENCE = "existence"  # something exists, whatever it contains
    WORDING = "wording"  # a file has a certain wording: its author can write it without doing the work
    CONTENT = "content"  # more than that


@dataclass(frozen=True, eq=False, repr=False)  # there is one of each, and methods take time to be made
class CheckType:
    """A type of check: its name and keys in a contract, its documentation, and how it becomes a rule.

    `keys` maps each key that only this type has to its JSON Schema; `required` lists those that must be given.
    `summary` continues "Passes if", `fix` says how to fix a failure. `measures` says what each key means that
    a row of this type has in the record besides those that every row has. `example` is a valid entry of `validations`.

    `bind(validation, scope)` makes the rule for one run; it raises InvalidFile for parameters that cannot be used.
    `target_key` names the key with the target path, or with a list of paths of which the first is the target. None:
    the check has no target path, and the rule's `subject` is shown instead.
    `strictness` compares the values of each key in two versions of a contract; another key instead of a comparison is
    one with the same meaning. A key without is compared as `incomparable` ones are, the target path as `replaced` ones.
    `not_mutated` says why a mutation test of a contract skips the type; None: it does not.
    """

    name: str
    summary: str
    keys: Mapping[str, Any]
    required: tuple[str, ...]
    measures: Mapping[str, str]
    example: Mapping[str, Any]
    fix: str
    bind: Callable[[Validation, Scope], Rule]
    target_key: str | None = "target"
    evidence: Evidence = Evidence.CONTENT
    strictness: Mapping[str, Comparison | str] = field(default_factory=dict)
    not_mutated: str | None = None
