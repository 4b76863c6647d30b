"""A new run that repeats an unfinished one is started all the same, with a warning that names the other."""

import pytest

from tests.support.messages import message
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

START = ("run", "start", "--workflow", "visual-essay")
PIPELINE = ("run", "visual-essay")
BOTH = ("--slug", SLUG, "--artifact-path", ARTIFACTS)


def warns(ended: Ended, shared: str, run_id: str) -> bool:
    return (
        f"orch: {message('related-run', shared=shared)}\n  to continue it: orch run resume --run {run_id}\n"
    ) in ended.err


def warns_of_several(ended: Ended, count: int, shared: str, newest: str) -> bool:
    warning = message("related-runs", count=count, shared=shared)
    return f"orch: {warning}\n  to continue the newest: orch run resume --run {newest}\n" in ended.err


@pytest.mark.parametrize(("command", "code"), [(START, 0), (PIPELINE, 5)], ids=["run start", "run <workflow>"])
@pytest.mark.parametrize(
    ("arguments", "shared"),
    [
        (BOTH, "slug and artifact path"),
        (("--slug", SLUG, "--artifact-path", "elsewhere"), "slug"),
        (("--slug", "other", "--artifact-path", f"./{ARTIFACTS}/"), "artifact path"),
    ],
    ids=["both", "slug", "artifact path"],
)
def test_the_unfinished_run_with_the_same_slug_or_path_is_named(
    shipped: Repository, command: tuple[str, ...], code: int, arguments: tuple[str, ...], shared: str
) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    ended = shipped.orch(*command, *arguments)
    assert ended.code == code
    assert warns(ended, shared, run_id), ended.err
    assert shipped.orch("run", "resume", "--run", run_id).code == 5


def test_of_several_the_newest_is_named_and_they_are_counted(shipped: Repository) -> None:
    _, newest = shipped.start_run(ARTIFACTS), shipped.start_run(ARTIFACTS)
    assert warns_of_several(shipped.orch(*START, *BOTH), 2, "slug and artifact path", newest)


def test_of_several_that_share_different_things_both_are_named(shipped: Repository) -> None:
    shipped.start_run(ARTIFACTS)
    newest = shipped.start_run("elsewhere")
    assert warns_of_several(shipped.orch(*START, *BOTH), 2, "slug or artifact path", newest)


def test_a_run_that_is_completed_or_about_something_else_is_not_named(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    assert shipped.orch("run", "complete", "--run", run_id).code == 0
    assert shipped.orch(*START, *BOTH).err == ""
    assert shipped.orch(*START, "--slug", "other", "--artifact-path", "elsewhere").err == ""


def test_a_damaged_run_keeps_no_other_from_being_started(shipped: Repository) -> None:
    shipped.write(f"orchestration/runs/run_20261122T093000Z_{SLUG}_aaaaaa/record/RUN.json", "{")
    ended = shipped.orch(*START, *BOTH)
    assert (ended.code, ended.err) == (0, "")


def test_with_q_nothing_is_said_and_with_json_nothing_on_standard_output(shipped: Repository) -> None:
    shipped.start_run(ARTIFACTS)
    assert shipped.orch(*START, *BOTH, "-q").err == ""
    assert shipped.orch(*START, *BOTH, "--json").json["run_id"]
