"""The repair of a damaged record: what can still be read of it, and the record that is rebuilt from that."""
