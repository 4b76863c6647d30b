"""The commands of agents: as they are typed or kept on this machine, and what they may do."""
