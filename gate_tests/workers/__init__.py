"""Workers of pytest-xdist that share out the checks of a judgement.

Kept empty of imports: who only names workers pays for neither pytest nor pytest-xdist.
"""
