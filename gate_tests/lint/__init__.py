"""Lints contracts: errors, for which a contract is refused, and warnings about checks that prove little."""
