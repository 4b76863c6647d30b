"""The names of agents: who usually works at a gate, and whether two names mean the same agent."""

from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace


def find_usual_agent(workspace: Workspace, name: str, gate_id: str) -> str:
    """The agent that the workflow assigns to a gate, for a hint; NAME where it cannot be determined."""
    try:
        gates = workspace.read_document(workspace.workflow_path(name)).data["gates"]
        return next(str(gate["agent"]) for gate in gates if gate["gate"] == gate_id)
    except (OSError, UnreadableDocument, LookupError, TypeError, StopIteration):
        return "NAME"


def is_same_agent(one: str, other: str) -> bool:
    """Whether two names mean the same agent: letter case, width, white space and invisible characters are ignored."""
    return _normalize_name(one) == _normalize_name(other)


def _normalize_name(agent: str) -> str:
    from unicodedata import category, normalize

    visible = "".join(each for each in normalize("NFKC", agent) if category(each) != "Cf")
    return " ".join(normalize("NFKC", visible.casefold()).split())
