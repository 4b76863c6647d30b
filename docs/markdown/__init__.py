"""Markdown: reads pages as GitHub does, and writes tables and code."""
