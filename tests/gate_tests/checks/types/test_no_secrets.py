import json
import os
from typing import Any, Final

import pytest

from gate_tests.checks.types import no_secrets
from gate_tests.errors import InvalidFile
from gate_tests.files import file_blocks
from tests.support.checks import Tried, compiled, evaluate_all
from tests.support.repository import Repository

TOKEN: Final = "ghp_" + "a1B2" * 9  # of nobody
OUTPUTS: Final = {"all_of": [{"path": "a.md"}, {"path": "b.bin", "required": False}]}
BY_OUTPUTS: Final = {"required_outputs": OUTPUTS, "validations": [{"type": "no_secrets"}]}


def judge(repository: Repository, files: dict[str, str | bytes], **contract: Any) -> Tried:
    """The check of a contract, by default of its two outputs, where these files are."""
    for path, content in files.items():
        repository.write(path, content)
    return evaluate_all(repository, **(contract or BY_OUTPUTS))[-1]


def in_targets(*targets: str, **keys: Any) -> dict[str, Any]:
    return {"validations": [{"type": "no_secrets", "targets": list(targets), **keys}]}


def test_outputs_without_a_credential_pass(repository: Repository) -> None:
    tried = judge(repository, {"a.md": "ghp_ is a prefix", "b.bin": b"\0\xff", "c.md": TOKEN})
    assert tried.holds
    assert tried.row["found"] == []
    assert [file["path"] for file in tried.row["read"]] == ["a.md", "b.bin"]


def test_a_credential_in_any_output_is_told_by_kind_and_line_and_never_itself(repository: Repository) -> None:
    tried = judge(repository, {"a.md": f"\n\n{TOKEN}", "b.bin": b"\0\xff\n" + TOKEN.encode()})
    assert not tried.holds
    assert tried.row["found"] == [
        {"kind": "GitHub token", "path": "a.md", "line": 3},
        {"kind": "GitHub token", "path": "b.bin", "line": 2},
    ]
    assert tried.row["reason"].endswith("found GitHub token in a.md, line 3; GitHub token in b.bin, line 2")
    assert TOKEN[4:] not in json.dumps(tried.row)


def test_targets_are_searched_in_place_of_the_outputs(repository: Repository) -> None:
    contract = {**in_targets("c.md", "{artifact_path}/**/*.txt"), "required_outputs": OUTPUTS}
    below = f"{repository.context().artifact_path}/x/d.txt"
    assert judge(repository, {"a.md": TOKEN, "c.md": "", below: ""}, **contract).holds
    assert judge(repository, {below: TOKEN}, **contract).row["found"][0]["path"] == below


@pytest.mark.parametrize("target", ["x/*", "x/**", "x/?env", "x/**/*", "x/.env", "[x]/.env", "x/[slug]/a"])
def test_a_hidden_file_is_searched_and_one_in_a_folder_with_brackets(repository: Repository, target: str) -> None:
    files: dict[str, str | bytes] = {"x/a.md": "", "x/1env": "", "x/.env": TOKEN, "x/[slug]/a": TOKEN}
    assert {row["path"] for row in judge(repository, files, **in_targets(target)).row["found"]} <= set(files)
    assert not judge(repository, files, **in_targets(target)).holds


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("targets", "missing_ok", "holds"),
    [
        pytest.param(["c.md"], False, False, id="a missing file"),
        pytest.param(["a.md", "x/*"], False, False, id="a glob that finds none"),
        pytest.param(["c.md", "x/*"], True, True, id="which is allowed"),
        pytest.param(["a.md"], True, True, id="a file that is there and may be missing"),
    ],
)
def test_each_target_must_find_a_file(
    repository: Repository, targets: list[str], missing_ok: bool, holds: bool
) -> None:
    tried = judge(repository, {"a.md": ""}, **in_targets(*targets, missing_ok=missing_ok))
    assert tried.holds is holds
    assert holds or "matches no file" in tried.row["reason"]


def test_a_folder_is_told_from_a_missing_file(repository: Repository) -> None:
    tried = judge(repository, {"x/a.md": ""}, **in_targets("x"))
    assert "x matches no file, only a directory; use x/** for the files in it" in tried.row["reason"]


def test_what_may_be_missing_must_have_no_credential_where_it_is_there(repository: Repository) -> None:
    assert not judge(repository, {"a.md": TOKEN}, **in_targets("a.md", "b.md", missing_ok=True)).holds


def test_missing_outputs_are_the_matter_of_other_checks(repository: Repository) -> None:
    assert judge(repository, {}).holds


def test_a_file_whose_name_no_record_can_hold_is_no_way_out(repository: Repository) -> None:
    tried = judge(repository, {"x/a.md": "", "x/b\n.md": TOKEN}, **in_targets("x/*"))
    assert not tried.holds
    assert "1 not searched, with control characters in the name" in tried.row["reason"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_file_that_cannot_be_read_fails(repository: Repository) -> None:
    repository.write("a.md", TOKEN).chmod(0)
    assert "a.md was not searched (" in judge(repository, {}).row["reason"]


@pytest.mark.slow
def test_a_file_larger_than_any_text_is_searched_to_its_end(repository: Repository) -> None:
    limits = {"limits": {"text_bytes": 10}}
    path = repository.write("b.bin", b"")
    os.truncate(path, 3 << 20)
    with path.open("ab") as file:
        file.write(TOKEN.encode())
    tried = judge(repository, {}, **BY_OUTPUTS, **limits)
    assert [row["path"] for row in tried.row["found"]] == ["b.bin"]


def test_what_cannot_be_searched_in_time_fails(repository: Repository) -> None:
    tried = judge(repository, {"a.md": "tea"}, **BY_OUTPUTS, limits={"check_s": 1e-9})
    assert "the search timed out after 1e-09 s (limits.check_s)" in tried.row["reason"]


def test_a_file_that_changes_while_it_is_searched_fails(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_blocks, "_read", lambda *_: iter([b"other"]))
    tried = judge(repository, {"a.md": "tea"})
    assert "a.md was not searched (it was changed while the gate was judged)" in tried.row["reason"]


def test_of_many_only_the_first_are_recorded(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = judge(repository, {"a.md": f"{TOKEN}\n" * 60})
    assert len(tried.row["found"]) == 50
    assert tried.row["reason"].endswith("; and 50 more")
    monkeypatch.setattr(no_secrets, "MAX_FOUND", 12)
    assert judge(repository, {}).row["reason"].endswith("; and 2 more")


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        pytest.param(
            {"validations": [{"type": "no_secrets"}]},
            "$.validations[0]: has no 'targets', and the contract declares no required_outputs",
            id="nothing to search",
        ),
        pytest.param(in_targets(), "targets: must not be empty", id="no target"),
        pytest.param(in_targets("../a"), "$.validations[0].targets[0]: ", id="a symlink that of the root"),
        pytest.param(in_targets("{nobody}"), "unknown variable {nobody}", id="an unknown variable"),
        pytest.param(
            {"required_outputs": OUTPUTS, "validations": [{"type": "no_secrets", "missing_ok": True}]},
            "$.validations[0].missing_ok: not allowed without 'targets'",
            id="missing outputs",
        ),
        pytest.param(
            {"required_outputs": OUTPUTS, "validations": [{"type": "no_secrets", "target": "a.md"}]},
            "unknown key 'target', did you mean 'targets'?",
            id="one target",
        ),
    ],
)
def test_what_cannot_be_meant_is_a_contract_error(repository: Repository, contract: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, **contract)
    assert fault in refused.value.message
