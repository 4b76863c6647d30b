"""Records: runs, attempts, invocations and events as JSON has them, and the state machine that changes them."""
