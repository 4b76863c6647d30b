"""The prompt text of a run: from its prompt file, else from the slug."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from gate_tests.errors import LostFile, Refused
from gate_tests.files.blank import is_blank
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_text
from runner import suggestions
from runner.models.run import Prompt, Run

PROMPT_LOG: Final = "prompts/original.txt"
"""Where the prompt text is stored, below a run's `logs/`."""


@dataclass(frozen=True)
class PromptFile:
    """The prompt text, and the name of its file in the record."""

    name: str
    text: str

    @property
    def reference(self) -> Prompt:
        """What the record has of it: the file's name and the hash of its bytes."""
        return Prompt(self.name, sha256(self.text.encode()).hexdigest())

    @classmethod
    def read(cls, workspace: Workspace, path: Path) -> "PromptFile":
        """Reads a UTF-8 file. A file outside the root is named by its base name alone. Raises Refused."""
        try:
            text = read_regular_file(path).decode()
        except UnicodeDecodeError:
            raise Refused(f"{path}: the prompt file is not UTF-8") from None
        except OSError as error:
            raise Refused(f"{path}: the prompt file cannot be read ({error.strerror})") from None
        if is_blank(text.encode()):
            raise Refused(f"{path}: the prompt file is empty")
        try:
            name = path.resolve().relative_to(workspace.root.resolve()).as_posix()
        except ValueError:
            name = path.name
        return cls(check_text(name, "the prompt file's name"), text)


def default_prompt_text(slug: str) -> str:
    """The prompt text of a run without a prompt file."""
    return slug.replace("-", " ")


def find_prompt_text(workspace: Workspace, run: Run, prompt: PromptFile | None) -> str:
    """The prompt text of an existing run: the text with the recorded hash, wherever it is found. Raises Refused.

    `prompt` is a file that was given again; its hash must match.
    """
    if prompt:
        return _check_prompt(run, prompt)
    if run.prompt is None:
        return default_prompt_text(run.workflow.slug)
    for path in (f"{workspace.run_path(run.run_id)}/logs/{PROMPT_LOG}", run.prompt.file):
        if (text := _read_text_with_hash(workspace, path, run.prompt.sha256)) is not None:
            return text
    is_missing = not os.path.lexists(workspace.root / run.prompt.file)
    state = "is missing" if is_missing else "has changed"
    raise Refused(
        f"the prompt file of run {run.run_id}, {run.prompt.file}, {state} (expected SHA-256 {run.prompt.sha256[:12]}…)",
        advice=f"give the original file with --prompt-file to {suggestions.resume_run(run.run_id)}",
        lost_file=LostFile(workspace.root, run.prompt.file) if is_missing else None,
    )


def _check_prompt(run: Run, prompt: PromptFile) -> str:
    """The text of the file, if the run was started with it. Raises Refused."""
    recorded = run.prompt
    if recorded is None or prompt.reference.sha256 != recorded.sha256:
        expected = f"SHA-256 {recorded.sha256[:12]}…" if recorded else "no prompt file"
        raise Refused(
            f"{prompt.name} is not the prompt file that run {run.run_id} was started with (expected {expected})",
            next_command=suggestions.show_run(run.run_id),
        )
    return prompt.text


def _read_text_with_hash(workspace: Workspace, path: str, expected_sha256: str) -> str | None:
    try:
        content = read_regular_file(workspace.root / workspace.confine(path, "prompt file"))
        return content.decode() if sha256(content).hexdigest() == expected_sha256 else None
    except (OSError, Refused, UnicodeDecodeError):
        return None
