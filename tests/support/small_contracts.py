"""Small contracts in place of the shipped ones, for tests of what happens to checks and not of what they ask for.

With the shipped example G1 has one check, G2 has seven, and G3 three, of which one only warns.
"""

from typing import Any, Final

_RESEARCH: Final = "{artifact_path}/research"
_SPEC: Final = "orchestration/skills/visual-essay-invocation/specs/{slug}.md"
_ALL: Final = {"type": "file_exists", "target": "all_required"}
_DEEP: Final = {"required_for_depth": ["standard", "deep"]}
_NAMES: Final = ("CITATIONS", "SYNTHESIS", "FIGURES", "QUOTES", "TIMELINE", "VISUALS")

SMALL_CONTRACTS: Final[dict[str, dict[str, Any]]] = {
    "G1": {
        "name": "Intake Approval",
        "required_outputs": {
            "any_of": [
                {"path": "orchestration/projects/{slug}/INTAKE-APPROVAL.md"},
                {"path": f"{_RESEARCH}/INTAKE.md"},
            ]
        },
    },
    "G2": {
        "name": "Research Complete",
        "required_outputs": {
            "all_of": [
                {"path": f"{_RESEARCH}/{name}.md", "description": "Of the research", **(_DEEP if index == 1 else {})}
                for index, name in enumerate(_NAMES)
            ]
        },
        "validations": [
            _ALL,
            {
                "type": "min_sources",
                "target": f"{_RESEARCH}/CITATIONS.md",
                "thresholds": {"quick": 3, "standard": 8, "deep": 15},
                "description": "A claim needs enough sources for the depth of the run",
            },
        ],
    },
    "G3": {
        "name": "Spec Approval",
        "required_outputs": {"all_of": [{"path": _SPEC}]},
        "validations": [
            _ALL,
            {
                "type": "contains_headings",
                "target": _SPEC,
                "required_headings": [f"## Layer {number}" for number in range(1, 7)],
            },
            {"type": "not_contains", "target": _SPEC, "pattern": "[DRAFT]", "severity": "warning"},
        ],
    },
}
