"""JSON Schemas (draft-07), read as files."""
