"""Runs a pytest session in an isolated process and turns what it reports into a verdict."""
