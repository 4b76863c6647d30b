"""The names of agents: who usually works at a gate, and which names are those of one agent."""

from gate_tests.strict_json.document import UnreadableDocument
from gate_tests.workspace.layout import Workspace


def usual_agent(workspace: Workspace, name: str, gate_id: str) -> str:
    """Who does the work of a gate as its workflow has it, for a hint; NAME where that cannot be told."""
    try:
        gates = workspace.read_document(workspace.workflow_path(name)).data["gates"]
        return next(str(gate["agent"]) for gate in gates if gate["gate"] == gate_id)
    except (OSError, UnreadableDocument, LookupError, TypeError, StopIteration):
        return "NAME"


def same_agent(one: str, other: str) -> bool:
    """Whether two names are those of one agent: letter case, width, white space and what is unseen make no other."""
    return _bare(one) == _bare(other)


def _bare(agent: str) -> str:
    from unicodedata import category, normalize

    seen = "".join(each for each in normalize("NFKC", agent) if category(each) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())
