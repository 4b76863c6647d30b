"""`viz_tech_match`: the technologies that a page's metadata claims are imported and rendered by its component."""
