"""Hooks that the hosts of agents call: the hosts, what each hook answers, and how it is wired."""
