"""The repair of a damaged record: what of it can still be read, and the record that is made of that."""
