"""What tests share: repositories, sample runs, hostile environments, servers, terminals."""

from pathlib import Path

CHECKOUT = Path(__file__).absolute().parents[2]
