"""Makes `pytest --gate G2 --run ID` work in a bare checkout; an installation brings the plugin along."""

pytest_plugins = ["gate_tests.plugin"]
