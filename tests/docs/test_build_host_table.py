"""The table of hosts on the page is the one that the hooks use."""

from docs.build_host_table import BEGIN, END, PAGE, with_table
from runner.agents.hooks.hosts import HOSTS


def test_the_page_shows_the_hosts_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert with_table(page) == page, "out of step; write it anew with: python docs/build_host_table.py"


def test_the_table_has_a_row_with_a_source_for_each_target() -> None:
    table = PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows[1:]] == [*HOSTS]
    assert all(host.source in row for row, host in zip(rows[1:], HOSTS.values(), strict=True))
