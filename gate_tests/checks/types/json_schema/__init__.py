"""`json_schema`: validates a JSON file against a JSON Schema; both are untrusted, and nothing is fetched.

The modules that import jsonschema are imported only when such a check is evaluated.
"""
