"""The prompt text of a run: read from a file, recorded by its hash, and found again wherever it still is."""

from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.models.run import Prompt, Run
from runner.pipeline.prompt_file import PROMPT_LOG, PromptFile, default_prompt_text, find_prompt_text
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, new_run

TEXT = "Über Tee.\r\n"
HASH = sha256(TEXT.encode()).hexdigest()


def about(repository: Repository, text: str = TEXT, name: str = "topic.txt") -> Run:
    """A run that was started with a prompt file of this text, which exists no more."""
    return new_run()._replace(prompt=Prompt(name, sha256(text.encode()).hexdigest()))


def keep(repository: Repository, content: bytes) -> None:
    repository.write(f"{repository.workspace.run_path(RUN_ID)}/logs/{PROMPT_LOG}", content)


def test_a_file_is_read_byte_for_byte_and_named_from_the_root(repository: Repository) -> None:
    path = repository.write("notes/topic.txt", TEXT)
    prompt = PromptFile.read(repository.workspace, path)
    assert prompt == PromptFile("notes/topic.txt", TEXT)
    assert prompt.reference == Prompt("notes/topic.txt", HASH)


def test_a_file_outside_the_root_is_named_by_its_base_name(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.txt"
    path.write_text(TEXT, newline="")
    assert PromptFile.read(repository.workspace, path).name == "elsewhere.txt"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"directory"], ids=["missing", "no UTF-8", "a directory"])
def test_what_cannot_be_read_as_text_is_refused(repository: Repository, content: bytes | None) -> None:
    path = repository.root / "topic.txt"
    if content == b"directory":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=r"topic\.txt"):
        PromptFile.read(repository.workspace, path)


def test_a_run_without_a_prompt_file_is_about_what_its_slug_says(repository: Repository) -> None:
    assert find_prompt_text(repository.workspace, new_run(), None) == default_prompt_text("tea") == "tea"
    assert default_prompt_text("the-word-robot") == "the word robot"


def test_the_text_is_found_in_the_logs_of_the_run(repository: Repository) -> None:
    keep(repository, TEXT.encode())
    assert find_prompt_text(repository.workspace, about(repository), None) == TEXT


@pytest.mark.parametrize("kept", [None, b"changed", b"\xff"], ids=["missing", "changed", "no UTF-8"])
def test_else_it_is_found_in_its_file_if_that_was_not_changed(repository: Repository, kept: bytes | None) -> None:
    if kept is not None:
        keep(repository, kept)
    repository.write("topic.txt", TEXT)
    assert find_prompt_text(repository.workspace, about(repository), None) == TEXT
    repository.write("topic.txt", "Another one.")
    with pytest.raises(Refused) as caught:
        find_prompt_text(repository.workspace, about(repository), None)
    expected = f"give the original file with --prompt-file to orch run resume --run {RUN_ID}"
    assert (caught.value.next_command, caught.value.advice) == (None, expected)


def test_a_recorded_name_that_leads_out_of_the_root_is_not_followed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "topic.txt").write_text(TEXT, newline="")
    with pytest.raises(Refused):
        find_prompt_text(repository.workspace, about(repository, name="../topic.txt"), None)


def test_a_file_that_is_given_again_must_have_the_text_that_was_recorded(repository: Repository) -> None:
    run = about(repository)
    assert find_prompt_text(repository.workspace, run, PromptFile("copy.txt", TEXT)) == TEXT
    for other in (run, new_run()):
        with pytest.raises(Refused) as caught:
            find_prompt_text(repository.workspace, other, PromptFile("topic.txt", "Another one."))
        assert caught.value.next_command == f"orch run show --run {RUN_ID}"
