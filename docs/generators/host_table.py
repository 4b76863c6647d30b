"""The table of hosts in docs/how-to/agents.md, made from the one that the hooks use."""

import json
from collections.abc import Iterable

from docs.generators.page_files import read_page, replace_part
from docs.markdown import text as markdown
from runner.agents.hooks.decision import Decision
from runner.agents.hooks.hosts import HOSTS, Host

PAGE = "docs/how-to/agents.md"
_HEAD = (
    "`--target`", "host and source", "events", "session · agent · directory", "prompt · last words",
    "to send the agent back", "its own limit", "timeout", "configured in",
)  # fmt: skip


def generate() -> dict[str, str]:
    """The page with the table as it is to be."""
    return {PAGE: replace_part(read_page(PAGE), "hosts", build_table())}


def build_table() -> str:
    """A row for each host."""
    return markdown.build_table(_HEAD, (_cells(target, host) for target, host in HOSTS.items()))


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
