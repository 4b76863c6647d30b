"""What a run is about: the text of a prompt file, or what the slug says."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gate_tests.errors import Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_text
from runner import suggestions
from runner.models.run import Prompt, Run

KEPT_AT = "prompts/original.txt"
"""Where the text is kept, below a run's `logs/`."""


@dataclass(frozen=True)
class PromptFile:
    """The text a run is about, and how the record names the file it came from."""

    name: str
    text: str

    @property
    def recorded(self) -> Prompt:
        """The file's name and the hash of its bytes."""
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
        try:
            name = path.resolve().relative_to(workspace.root.resolve()).as_posix()
        except ValueError:
            name = path.name
        return cls(check_text(name, "the prompt file's name"), text)


def topic_of(slug: str) -> str:
    """What a slug says, where there is no prompt file."""
    return slug.replace("-", " ")


def recorded_topic(workspace: Workspace, run: Run, prompt: PromptFile | None) -> str:
    """What a run that has begun is about: the text whose hash it recorded, wherever that still is. Raises Refused."""
    if prompt:
        return _agreed(run, prompt)
    if run.prompt is None:
        return topic_of(run.workflow.slug)
    for place in (f"{workspace.run_path(run.run_id)}/logs/{KEPT_AT}", run.prompt.file):
        if (text := _text_with_hash(workspace, place, run.prompt.sha256)) is not None:
            return text
    raise Refused(
        f"the text that run {run.run_id} is about is not here any more: {run.prompt.file}, as it was with the SHA-256"
        f" {run.prompt.sha256[:12]}…",
        next_command=f"orch run resume --run {run.run_id} --prompt-file FILE",
    )


def _agreed(run: Run, prompt: PromptFile) -> str:
    """The text of a file given anew, if it is the one that the run was started with."""
    recorded = run.prompt
    if recorded is None or prompt.recorded.sha256 != recorded.sha256:
        wanted = f"one with the SHA-256 {recorded.sha256[:12]}…" if recorded else "none"
        raise Refused(
            f"{prompt.name} is not what run {run.run_id} was started with, which was {wanted}; a run keeps its topic",
            next_command=suggestions.show_run(run.run_id),
        )
    return prompt.text


def _text_with_hash(workspace: Workspace, path: str, wanted: str) -> str | None:
    try:
        content = read_regular_file(workspace.root / workspace.confine(path, "prompt file"))
        return content.decode() if sha256(content).hexdigest() == wanted else None
    except (OSError, Refused, UnicodeDecodeError):
        return None
