"""Workers of pytest-xdist for an isolated session: isolated themselves, on this machine or another.

No import here: code that only parses worker specs imports neither pytest nor pytest-xdist.
"""
