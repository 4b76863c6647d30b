"""The worker of a pipeline that runs agents: their invocations, their output, how they end, what they use."""
