"""The only writer below `orchestration/runs/`: records, logs and locks on disk, and what a crash leaves of them."""
