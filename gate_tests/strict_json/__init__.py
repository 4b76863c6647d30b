"""JSON with line numbers: strict parsing, typed access to fields, validation against a JSON Schema."""
