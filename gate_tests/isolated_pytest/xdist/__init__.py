"""Workers of pytest-xdist for an isolated session: isolated themselves, on this machine or another.

Kept empty of imports: who only names workers pays for neither pytest nor pytest-xdist.
"""
