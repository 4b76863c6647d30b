pytest_plugins = ["gate_tests.plugin"]  # `pytest --gate G2 --run ID` in a bare checkout
