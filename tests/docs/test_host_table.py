"""The table of hosts on the page is the one that the hooks use."""

from docs.generators.host_table import build_table
from runner.agents.hooks.hosts import HOSTS


def test_the_table_has_a_row_with_a_source_for_each_target() -> None:
    rows = [line for line in build_table().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows[1:]] == [*HOSTS]
    assert all(host.source in row for row, host in zip(rows[1:], HOSTS.values(), strict=True))
