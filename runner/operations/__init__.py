"""The operations on a run: start, judge, finish, fail, watch. Every change goes through the store."""
