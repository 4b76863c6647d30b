"""The table of hosts in docs/agents.md, made from the one that the hooks use.

`python docs/build_host_table.py` writes runner.agents.hooks.hosts.HOSTS between the two markers of the page. A test
compares what is there.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from runner.agents.hooks.decision import Decision
from runner.agents.hooks.hosts import HOSTS, Host

PAGE = Path(__file__).absolute().parents[1] / "docs/agents.md"
BEGIN, END = "<!-- made by docs/build_host_table.py: begin -->", "<!-- hosts: end -->"
_HEADS = (
    "`--target`", "host and source", "events", "session · agent · directory", "prompt · last words",
    "to send the agent back", "its own limit", "timeout", "configured in",
)  # fmt: skip


def with_table(page: str) -> str:
    """The page with the table as it is to be."""
    before, begin, rest = page.partition(BEGIN)
    return f"{before}{begin}\n{build_table()}\n{END}{rest.partition(END)[2]}"


def build_table() -> str:
    """A row for each host."""
    rows = [_HEADS, ("---",) * len(_HEADS), *(_cells(target, host) for target, host in HOSTS.items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(target: str, host: Host) -> tuple[str, ...]:
    fields, answer = host.fields, json.dumps(Decision(reason="…").to_json(host), ensure_ascii=False)
    return (
        f"`{target}`",
        f"{host.title}: {host.source}",
        _code((*host.stop_events, *host.task_events)),
        " · ".join(_code(names) for names in (fields.session, fields.agent, fields.directory)),
        " · ".join(_code(names) or "none" for names in (fields.turn, fields.message)),
        f"`{answer}`",
        host.own_limit,
        host.default_timeout,
        f"`{host.settings_path}`",
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
