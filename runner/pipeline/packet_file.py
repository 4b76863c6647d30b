"""The files of a prompt packet, below the run's `logs/`: one for each attempt, and `prompt.txt`, the newest."""

from gate_tests.errors import Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.files.short_hash import hash_content
from runner.models.attempt import Attempt
from runner.storage.logs import write_log
from runner.storage.store import Store


def name_packet(gate: str, attempt: int) -> str:
    """The file of an attempt's packet, below the run's `logs/`."""
    return f"gates/{gate}/prompt-{attempt}.txt"


def read_packet(store: Store, run_id: str, gate: str, attempt: Attempt) -> str | None:
    """The packet whose hash the attempt recorded; None where its file is missing or another one."""
    path = f"{store.workspace.run_path(run_id)}/logs/{name_packet(gate, attempt.number)}"
    try:
        packet = read_regular_file(store.workspace.root / store.workspace.confine(path, "packet")).decode()
    except (OSError, UnicodeDecodeError, Refused):
        return None
    return packet if hash_content(packet.encode()) == attempt.prompt_sha256 else None


def write_packet(store: Store, run_id: str, gate: str, attempt: int, packet: str) -> str:
    """Writes the packet under its attempt's number and as `prompt.txt`; returns the path of the latter."""
    write_log(store, run_id, name_packet(gate, attempt), packet)
    return write_log(store, run_id, f"gates/{gate}/prompt.txt", packet)
