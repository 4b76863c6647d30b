"""Holds a JSON value against a JSON Schema that somebody wrote, whatever is in either; fetches nothing.

Only a check that needs it imports these modules, and jsonschema with them.
"""
