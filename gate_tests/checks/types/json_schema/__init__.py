"""`json_schema`: a JSON file against a JSON Schema that somebody wrote, whatever is in either; fetches nothing."""
