"""All problems of a contract in one run; compiling stops at the first one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gate_tests.checks.registry import check_type
from gate_tests.compiler.gate import compile_gate, draft_validations, named_target, output_severities
from gate_tests.compiler.pre_script import bind_script
from gate_tests.compiler.scope import RunScope
from gate_tests.compiler.skill import bind_skill
from gate_tests.compiler.templates import VARIABLE
from gate_tests.contract import Contract, Skill, Validation
from gate_tests.errors import InvalidFile
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


def find_problems(workspace: Workspace, contract: Contract, context: RunContext) -> list[str]:
    """Every problem of compiling the contract for this run; `compile_gate` raises only the first."""
    scope = RunScope(workspace, contract, context)
    alone = [contract._replace(validations=(validation,)) for validation in contract.validations]
    bindings: list[Callable[[], Any]] = [
        *(partial(scope.bind_output, output) for output in contract.outputs),
        partial(output_severities, contract),
        *(partial(_bind_all, each, scope) for each in alone),
        *(partial(_bind_target, each, scope) for each in contract.validations),
        *(partial(bind_script, script, scope) for script in contract.pre_scripts),
        *(partial(_read_skill, skill, scope) for skill in contract.skills),
    ]
    problems = [problem for binding in bindings for problem in _try_binding(binding)]
    return problems or list(_try_binding(partial(compile_gate, workspace, contract, context)))


def _bind_all(contract: Contract, scope: RunScope) -> None:
    for _ in draft_validations(contract, scope, ()):
        pass


def _read_skill(skill: Skill, scope: RunScope) -> None:
    """Binds the skill and reads its files, except those with a variable in their path: an agent may create them."""
    for file in bind_skill(skill, scope).files:
        templates = (skill.path, *(skill.inject if isinstance(skill.inject, tuple) else ()))
        if not any(VARIABLE.search(template) for template in templates):
            file.read(scope.workspace)


def _bind_target(validation: Validation, scope: RunScope) -> None:
    """Binds the target alone: the rule is bound first, and may raise."""
    target_key = check_type(validation.type).target_key
    if target_key is not None:
        named_target(target_key, validation, scope)


def _try_binding(binding: Callable[[], Any]) -> tuple[str, ...]:
    try:
        binding()
    except InvalidFile as error:
        return error.problems
    return ()
