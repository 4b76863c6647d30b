"""JSON that knows its lines: strict parsing, typed access to fields, validation against a JSON Schema."""
