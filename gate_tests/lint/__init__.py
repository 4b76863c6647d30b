"""Judges contracts themselves: what is wrong with one, and what of it proves little."""
