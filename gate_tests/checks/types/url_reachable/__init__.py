"""`url_reachable`: requests the URLs in a file, which are untrusted, at public addresses only."""
