"""What stands on a terminal: lines and their colours, progress, the question at a pause."""
