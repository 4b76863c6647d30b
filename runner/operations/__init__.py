"""What the commands do to a run: start, judge, finish, fail, watch; every change goes through the store."""
