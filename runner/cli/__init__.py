"""The commands people type: each parses, calls one function and renders what it gives. Nothing else prints."""
