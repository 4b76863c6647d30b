"""Every message that a command line prints by itself, with that command line."""

from tests.acceptance.messages import agent_files, ci, contracts, hooks, json_files, paths, records, runs, verification
from tests.acceptance.messages.case import Case

CASES: dict[str, Case] = {
    **paths.CASES,
    **json_files.CASES,
    **contracts.CASES,
    **hooks.CASES,
    **runs.CASES,
    **records.CASES,
    **verification.CASES,
    **ci.CASES,
    **agent_files.CASES,
}
