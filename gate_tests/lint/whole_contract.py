"""Warnings about a contract as a whole: it is valid but proves less than its author may think."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from gate_tests.checks.check_type import Evidence
from gate_tests.compiler.check import Check
from gate_tests.contract import Contract
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.lint.single_check import lint_check, lint_scripts
from gate_tests.lint.trivial_content import find_trivial_outputs, passes_empty
from gate_tests.strict_json.document import JsonPath

_VERDICT: Final = re.compile(
    r"\b(?:status|verdict|result|pass(?:ed)?|fail(?:ed|ure)?|approv(?:ed|al)|reject(?:ed|ion)?|certif\w+|no-go)\b",
    re.IGNORECASE,
)


def find_warnings(contract: Contract, samples: Iterable[CompiledSample]) -> Iterator[ContractWarning]:
    """At most one warning about the contract as a whole, then those about its outputs and checks."""
    samples = tuple(samples)
    whole = next(_find_whole_warnings(contract, samples), None)
    if whole:
        yield whole
    if whole is None or whole.topic is WarningTopic.OWN_WORD:  # the others report already that no content is required
        yield from find_trivial_outputs(contract, samples)
    yield from _find_trivial_checks(contract, samples)
    for gate in (each.gate for each in samples):
        for topic, keys, message in lint_scripts(gate.scripts):
            yield ContractWarning.at(topic, contract.document, keys, message)
        found = [(check, warning) for check in gate.checks for warning in lint_check(check)]
        for check, (topic, keys, message) in found:
            yield ContractWarning.at(topic, contract.document, (*check.json_path, *keys), message)


def _find_whole_warnings(contract: Contract, samples: tuple[CompiledSample, ...]) -> Iterator[ContractWarning]:
    for topic, (applies, message) in _CONTRACT_RULES.items():
        if depths := dict.fromkeys(each.depth for each in samples if applies(contract, each)):
            at = "" if len(depths) == len({each.depth for each in samples}) else f" (at depth {', '.join(depths)})"
            yield ContractWarning.at(topic, contract.document, (), f"{message}{at}")


def _find_trivial_checks(contract: Contract, samples: tuple[CompiledSample, ...]) -> Iterator[ContractWarning]:
    """Warn of checks that require nothing at any depth; at a single depth that may be intended."""
    reasons: dict[JsonPath, list[str | None]] = {}
    for check in (check for each in samples for check in each.gate.checks):
        reasons.setdefault(check.json_path, []).append(check.rule.explain_triviality())
    for json_path, found in reasons.items():
        if all(found):
            words = f"requires only that the file exists: {found[0]}"
            yield ContractWarning.at(WarningTopic.DEMANDS_NOTHING, contract.document, json_path, words)


def _only_warns(_: Contract, sample: CompiledSample) -> bool:
    return not sample.decisive_checks and not sample.has_decisive_script


def _only_if_there(_: Contract, sample: CompiledSample) -> bool:
    return not sample.has_decisive_script and all(check.missing_ok for check in sample.decisive_checks)


def _only_existence(_: Contract, sample: CompiledSample) -> bool:
    return not sample.content_checks and not sample.has_decisive_script


def _passes_empty(_: Contract, sample: CompiledSample) -> bool:
    return passes_empty(sample)


def _own_word(contract: Contract, sample: CompiledSample) -> bool:
    """Whether the only contents that are checked are outputs of the gate, each for a verdict on itself."""
    looked_into = sample.content_checks
    outputs = {check.target.path for check in looked_into if sample.gate.declares(check.target.path)}
    verdicts = {check.target.path for check in looked_into if _asks_for_verdict(contract, check)}
    return (
        not sample.has_decisive_script
        and all(check.type.evidence is Evidence.WORDING for check in looked_into)
        and {check.target.path for check in looked_into} <= outputs & verdicts
    )


def _asks_for_verdict(contract: Contract, check: Check) -> bool:
    if check.type.name == "frontmatter_status":
        return True
    keys = contract.validations[int(check.json_path[1])].keys
    written = [keys.get(key, ()) for key in ("pattern", "patterns", "regex")]
    texts = [text for each in written for text in ([each] if isinstance(each, str) else each)]
    return any(_VERDICT.search(text) for text in texts)


_CONTRACT_RULES: Final[Mapping[WarningTopic, tuple[Callable[[Contract, CompiledSample], bool], str]]] = {
    WarningTopic.ONLY_WARNINGS: (_only_warns, "every check is a warning, so the gate cannot fail"),
    WarningTopic.ONLY_IF_THERE: (
        _only_if_there,
        "every check allows its file to be missing, so no work passes",
    ),
    WarningTopic.ONLY_EXISTENCE: (_only_existence, "only existence is checked, so any text passes"),
    WarningTopic.PASSES_EMPTY: (
        _passes_empty,
        "a file of one word, or an empty one, passes every check that reads it: the checks only forbid something or"
        " require almost nothing",
    ),
    WarningTopic.OWN_WORD: (
        _own_word,
        "the only evidence is a verdict written in the gate's own output; check the work itself: command, json_schema,"
        " citations_resolve, quotes_resolve, unchanged_since, or a count in the files",
    ),
}
