"""The repair of a corrupted or inconsistent record: what can still be read of it, and the record rebuilt from that."""
