"""What the commands that run a pipeline share: their options, agents, worker, reports and notifications."""
