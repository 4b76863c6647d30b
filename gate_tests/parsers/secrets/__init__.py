"""Finds credentials in bytes, by their shape."""
