import os
from hashlib import sha256
from typing import Any

import pytest

from gate_tests.errors import InvalidFile
from gate_tests.workspace.run_context import OpenBaseline
from tests.support.checks import Tried, compiled, evaluate_all
from tests.support.repository import Repository

OUTPUTS = {"any_of": [{"path": "a.md"}], "all_of": [{"path": "b.md"}, {"path": "c.md", "required": False}]}


def judge(
    repository: Repository, before: dict[str, str] | None, now: dict[str, str | None], unread: tuple[str, ...] = ()
) -> Tried:
    """The check where these outputs stood when attempt 2 began, and these stand now; None: no attempt is open."""
    for path, text in now.items():
        if text is not None:
            repository.write(path, text)
    hashes = tuple((path, sha256(text.encode()).hexdigest()) for path, text in (before or {}).items())
    run = {} if before is None else {"baselines": {"GT": OpenBaseline(2, hashes, unread)}}
    validations = [{"type": "changed_in_attempt"}]
    return evaluate_all(repository, run=run, required_outputs=OUTPUTS, validations=validations)[-1]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        pytest.param({"a.md": "a", "b.md": "b"}, {"a.md": "A", "b.md": "b"}, [("a.md", "changed")], id="one changed"),
        pytest.param({"a.md": "a"}, {"a.md": "a", "b.md": ""}, [("b.md", "new")], id="an empty new one"),
        pytest.param({}, {"a.md": "a"}, [("a.md", "new")], id="where none was there"),
        pytest.param({"a.md": "a", "c.md": "c"}, {"a.md": "a"}, [("c.md", "removed")], id="one was removed"),
        pytest.param({"a.md": "a"}, {"a.md/x": ""}, [("a.md", "a directory")], id="a folder in its place"),
        pytest.param(
            {"b.md": "b"},
            {"b.md": "B", "a.md": "a"},
            [("a.md", "new"), ("b.md", "changed")],
            id="several, in order",
        ),
    ],
)
def test_one_output_that_differs_is_enough(
    repository: Repository, before: dict[str, str], now: dict[str, str], changed: list[tuple[str, str]]
) -> None:
    tried = judge(repository, before, dict(now))
    assert tried.holds
    assert tried.row["changed"] == [{"path": path, "reason": reason} for path, reason in changed]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"a.md": "a", "b.md": "b"}, {"a.md": "a", "b.md": "b"}, id="all as they were"),
        pytest.param({"a.md": "a"}, {"a.md": "a", "other.md": "new"}, id="what is no output is new"),
        pytest.param({}, {}, id="nothing was there, and nothing is"),
    ],
)
def test_where_no_output_differs_it_fails(repository: Repository, before: dict[str, str], now: dict[str, str]) -> None:
    tried = judge(repository, before, dict(now))
    assert not tried.holds
    expected = f"GT: expected an output changed since the start of attempt 2, found {len(before)} unchanged"
    assert tried.row["reason"] == expected
    assert tried.row["changed"] == []


def test_without_an_open_attempt_it_fails_and_says_so(repository: Repository) -> None:
    tried = judge(repository, None, {"a.md": "a"})
    assert not tried.holds
    assert tried.row["reason"].endswith("found no open attempt of gate GT")
    assert tried.check.id == "changed_in_attempt[GT]"


def test_what_could_not_be_hashed_then_does_not_count_as_changed(repository: Repository) -> None:
    tried = judge(repository, {"a.md": "a"}, {"a.md": "a", "b.md": "large"}, unread=("b.md",))
    assert not tried.holds
    assert tried.row["reason"].endswith("2 unchanged; unknown for b.md, not hashed at the start")
    assert judge(repository, {"a.md": "a"}, {"a.md": "A"}, unread=("b.md",)).holds


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_what_cannot_be_read_now_does_not_count_either(repository: Repository) -> None:
    repository.write("a.md", "A").chmod(0)
    assert not judge(repository, {"a.md": "a"}, {}).holds


def test_of_many_only_the_first_are_recorded(repository: Repository) -> None:
    names = [f"{number:02}.md" for number in range(60)]
    for name in names:
        repository.write(name, "")
    outputs = {"all_of": [{"path": name} for name in names]}
    run = {"baselines": {"GT": OpenBaseline(1, ())}}
    validations = [{"type": "changed_in_attempt"}]
    tried = evaluate_all(repository, run=run, required_outputs=outputs, validations=validations)[-1]
    assert tried.holds
    assert len(tried.row["changed"]) == 50


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        pytest.param(
            {}, "$.validations[0]: requires required_outputs, and the contract declares none", id="no outputs"
        ),
        pytest.param(
            {"required_outputs": OUTPUTS, "missing_ok": True}, "unknown key 'missing_ok'", id="missing outputs"
        ),
    ],
)
def test_what_cannot_be_meant_is_a_contract_error(repository: Repository, contract: dict[str, Any], fault: str) -> None:
    keys = {"missing_ok": True} if contract.pop("missing_ok", False) else {}
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[{"type": "changed_in_attempt", **keys}], **contract)
    assert fault in refused.value.message
