"""Finds good artifacts of a gate whose front matter cannot be read, though a check asks for its fields."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import compile_gate
from gate_tests.contract import Contract
from gate_tests.errors import OrchError
from gate_tests.files.regular_file import read_regular_file
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from runner.contracts.mutation.example import Example

_TYPE: Final = "frontmatter_status"


def find_unreadable_headers(workspace: Workspace, contract: Contract) -> Iterator[ContractWarning]:
    """A warning for each check of front matter whose target, among the good artifacts, has none that can be read."""
    if not any(validation.type == _TYPE for validation in contract.validations):
        return
    with suppress(OrchError):  # no good artifacts, or none of a run that the contract is for
        example = Example.find(workspace, contract.gate)
        context = example.build_context(workspace, contract, Depth.STANDARD, None, None)
        for check in compile_gate(workspace, contract, context).checks:
            if check.type.name == _TYPE and (error := _find_error(example.directory / check.target.path)):
                message = f"{check.target.path} of the good artifacts: {error}"
                yield _warn(contract, check, message)


def _warn(contract: Contract, check: Check, message: str) -> ContractWarning:
    json_path = (*check.json_path, "target")
    return ContractWarning.at(WarningTopic.NO_FRONT_MATTER, contract.document, json_path, message)


def _find_error(path: Path) -> str | None:
    """Why the file's front matter cannot be read; None also where it is missing, or no text."""
    from gate_tests.parsers.front_matter_fields import NoFrontMatter, read_front_matter

    try:
        read_front_matter(read_regular_file(path).decode("utf-8-sig").replace("\r\n", "\n"))
    except NoFrontMatter as error:
        return error.full_message
    except (OSError, UnicodeDecodeError):
        return None
    return None
