"""Binds a contract to one run: replaces variables, normalizes paths and confines them to the root."""

from collections.abc import Mapping

from gate_tests.checks.output import BoundOutput
from gate_tests.checks.registry import PATH_VARIABLES, load_path_finder
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.compiler.templates import UnknownVariable, expand, expand_regex
from gate_tests.contract import Contract, Limits, Output, Validation
from gate_tests.errors import InvalidFile, Refused
from gate_tests.files.glob import escape_brackets, escape_glob, has_wildcards
from gate_tests.files.path_or_glob import PathOrGlob
from gate_tests.programs.program import ProgramResults
from gate_tests.sanitize import escape_controls
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_encodable, check_slug, normal_path
from gate_tests.workspace.run_context import RunContext


class RunScope:
    """The scope of one gate's contract in one run. Implements `Scope`, which rules are bound to.

    `values` are the values of all variables; `unnameable` are paths that a record cannot contain, with the reason.
    """

    def __init__(
        self,
        workspace: Workspace,
        contract: Contract,
        context: RunContext,
        options: EvaluationOptions = DEFAULT_OPTIONS,
    ) -> None:
        check_slug(context.slug)  # wherever it comes from: paths are built from it
        check_encodable(context.artifact_path)
        self.workspace, self.contract, self.context, self.options = workspace, contract, context, options
        self.values = context.values()
        self.unnameable: dict[str, str] = {}
        for name in PATH_VARIABLES:
            is_used = f"{{{name}}}" in self.contract.document.text  # else no search is needed
            self.values[name] = self._find_path(name) if is_used else ""

    @property
    def gate(self) -> str:
        """The gate that is judged."""
        return self.contract.gate

    @property
    def depth(self) -> Depth:
        """The depth of the run."""
        return self.context.depth

    @property
    def limits(self) -> Limits:
        """The limits of each check."""
        return self.contract.limits

    @property
    def output_globs(self) -> tuple[str, ...]:
        """A glob for each declared output, `any_of` first: it finds the files of that output. Raises InvalidFile."""
        bound = map(self.bind_output, self.contract.outputs)
        return tuple(output.pattern or escape_glob(output.path) for output in bound)

    @property
    def offline(self) -> bool:
        """Whether the network must not be used."""
        return self.options.offline

    @property
    def programs(self) -> ProgramResults:
        """The results of the programs that the contract runs."""
        return self.options.programs

    def bind_output(self, output: Output) -> BoundOutput:
        """A declared output in this run. Raises InvalidFile."""
        path, pattern = self.path_or_glob_at(output.path, (*output.json_path, "path"))
        if output.min_files is not None and pattern is None:
            message = f"requires a path with * or ?, but {output.path!r} is a single file"
            raise self._invalid((*output.json_path, "min_files"), message)
        return BoundOutput(
            template=output.path,
            path=path,
            description=output.description,
            optional=output.is_optional(self.depth),
            pattern=pattern,
            allow_empty=output.allow_empty,
            min_files=output.min_files or 1,
        )

    def text(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`template` with its variables replaced. Raises InvalidFile."""
        return self.text_at(template, (*validation.json_path, *keys))

    def path(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`text` for a path, normalized and below the root. Raises InvalidFile."""
        return self.path_at(template, (*validation.json_path, *keys))

    def glob(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`path` for a glob, in which values are escaped. Raises InvalidFile."""
        return self._glob_at(template, (*validation.json_path, *keys))

    def regex(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`template`, a regex, with known variables replaced by their escaped values."""
        return expand_regex(template, self.values)

    def text_at(self, template: str, json_path: JsonPath) -> str:
        """`text` for the value at `json_path` of the contract."""
        return self._expand(template, json_path, self.values)

    def path_at(self, template: str, json_path: JsonPath) -> str:
        """`path` for the value at `json_path` of the contract."""
        return self._path(template, json_path, self.values)

    def path_or_glob_at(self, template: str, json_path: JsonPath) -> PathOrGlob:
        """`path_at` for a path in which `*`, `**` and `?` are wildcards, but brackets are not."""
        path = self.path_at(template, json_path)
        return PathOrGlob(
            path, self._glob_at(escape_brackets(template), json_path) if has_wildcards(template) else None
        )

    def _glob_at(self, template: str, json_path: JsonPath) -> str:
        return self._path(template, json_path, {name: escape_glob(value) for name, value in self.values.items()})

    def _path(self, template: str, json_path: JsonPath, values: Mapping[str, str]) -> str:
        try:
            path = normal_path(self._expand(template, json_path, values), "path")
        except Refused as error:
            raise self._invalid(json_path, error.message) from None
        return check_encodable(path)

    def _find_path(self, name: str) -> str:
        """The value of a path variable. A path that a record cannot contain is escaped, and fails its checks."""
        found = load_path_finder(name)(self.workspace.root, self.context.artifact_path)
        path = escape_controls(found)
        if path != found:
            self.unnameable[path] = "its name has control characters or is not UTF-8"
        return path

    def make_error(self, validation: Validation, message: str, *keys: str | int) -> InvalidFile:
        """The error to raise for an invalid parameter."""
        return self._invalid((*validation.json_path, *keys), message)

    def _expand(self, template: str, json_path: JsonPath, values: Mapping[str, str]) -> str:
        try:
            return expand(template, values)
        except UnknownVariable as error:
            raise self._invalid(json_path, str(error)) from None

    def _invalid(self, json_path: JsonPath, message: str) -> InvalidFile:
        return InvalidFile([f"{self.contract.document.at(json_path)}: {message}"])
