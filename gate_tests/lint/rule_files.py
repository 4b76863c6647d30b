"""Warnings about the files that are part of a check's rule: JSON schemas."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gate_tests.contract import Contract
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.findings import ContractWarning, WarningTopic


def find_file_warnings(root: Path, contract: Contract, samples: Iterable[CompiledSample]) -> Iterator[ContractWarning]:
    """Those that exist below `root`; each is read once for each sample."""
    for gate in (sample.gate for sample in samples):
        artifacts = gate.artifacts(root)
        for check in (each for each in gate.checks if each.rule.schema_paths):
            for topic, keys, message in check.rule.lint_files(artifacts):
                json_path = (*check.json_path, *keys)
                yield ContractWarning.at(WarningTopic(topic), contract.document, json_path, message)
