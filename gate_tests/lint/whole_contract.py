"""Warnings about a contract as a whole: it is valid but proves less than its author may think."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from gate_tests.checks.check_type import Evidence
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate
from gate_tests.contract import Contract, Severity
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.lint.single_check import lint_check
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.names import Depth


class CompiledSample(NamedTuple):
    """A gate compiled for a sample run of this depth."""

    depth: Depth
    gate: CompiledGate


_VERDICT: Final = re.compile(
    r"\b(?:status|verdict|result|pass(?:ed)?|fail(?:ed|ure)?|approv(?:ed|al)|reject(?:ed|ion)?|certif\w+|no-go)\b",
    re.IGNORECASE,
)


def find_warnings(contract: Contract, samples: Iterable[CompiledSample]) -> Iterator[ContractWarning]:
    """At most one warning about the contract as a whole, then those about its checks."""
    samples = tuple(samples)
    for topic, (applies, message) in _CONTRACT_RULES.items():
        if depths := dict.fromkeys(each.depth for each in samples if applies(contract, each.gate)):
            at = "" if len(depths) == len({each.depth for each in samples}) else f" (at depth {', '.join(depths)})"
            yield ContractWarning.at(topic, contract.document, (), f"{message}{at}")
            break
    yield from _find_trivial_checks(contract, samples)
    found = [(check, warning) for each in samples for check in each.gate.checks for warning in lint_check(check)]
    for check, (topic, keys, message) in found:
        yield ContractWarning.at(topic, contract.document, (*check.json_path, *keys), message)


def _find_trivial_checks(contract: Contract, samples: tuple[CompiledSample, ...]) -> Iterator[ContractWarning]:
    """Warn of checks that require nothing at any depth; at a single depth that may be intended."""
    reasons: dict[JsonPath, list[str | None]] = {}
    for check in (check for each in samples for check in each.gate.checks):
        reasons.setdefault(check.json_path, []).append(check.rule.explain_triviality())
    for json_path, found in reasons.items():
        if all(found):
            words = f"it demands nothing but that something is there: {found[0]}"
            yield ContractWarning.at(WarningTopic.DEMANDS_NOTHING, contract.document, json_path, words)


def _only_warns(_: Contract, gate: CompiledGate) -> bool:
    return not _decisive(gate) and not _has_decisive_script(gate)


def _only_if_there(_: Contract, gate: CompiledGate) -> bool:
    return not _has_decisive_script(gate) and all(check.missing_ok for check in _decisive(gate))


def _only_existence(_: Contract, gate: CompiledGate) -> bool:
    evidence = {check.type.evidence for check in _decisive(gate)}
    return not _has_decisive_script(gate) and evidence <= {Evidence.EXISTENCE}


def _own_word(contract: Contract, gate: CompiledGate) -> bool:
    """Whether the only contents that are checked are outputs of the gate, each for a verdict on itself."""
    looked_into = [check for check in _decisive(gate) if check.type.evidence is not Evidence.EXISTENCE]
    outputs = {check.target.path for check in looked_into if gate.declares(check.target.path)}
    verdicts = {check.target.path for check in looked_into if _asks_for_verdict(contract, check)}
    return (
        not _has_decisive_script(gate)
        and all(check.type.evidence is Evidence.WORDING for check in looked_into)
        and {check.target.path for check in looked_into} <= outputs & verdicts
    )


def _decisive(gate: CompiledGate) -> list[Check]:
    """The checks that can fail the gate."""
    return [check for check in gate.checks if check.severity is Severity.ERROR]


def _has_decisive_script(gate: CompiledGate) -> bool:
    return any(not script.may_fail for script in gate.scripts)


def _asks_for_verdict(contract: Contract, check: Check) -> bool:
    if check.type.name == "frontmatter_status":
        return True
    keys = contract.validations[int(check.json_path[1])].keys
    written = [keys.get(key, ()) for key in ("pattern", "patterns", "regex")]
    texts = [text for each in written for text in ([each] if isinstance(each, str) else each)]
    return any(_VERDICT.search(text) for text in texts)


_CONTRACT_RULES: Final[Mapping[WarningTopic, tuple[Callable[[Contract, CompiledGate], bool], str]]] = {
    WarningTopic.ONLY_WARNINGS: (_only_warns, "every check is a warning, so the gate cannot fail"),
    WarningTopic.ONLY_IF_THERE: (_only_if_there, "every check allows its file to be missing, so no work at all passes"),
    WarningTopic.ONLY_EXISTENCE: (_only_existence, "only existence is checked, so any text passes"),
    WarningTopic.OWN_WORD: (
        _own_word,
        "the only evidence is the verdict that the gate's own output gives of itself; a check of the work would be"
        " more: command, json_schema, citations_resolve, quotes_resolve, unchanged_since, or a count in what was made",
    ),
}
