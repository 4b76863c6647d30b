"""`viz_tech_match`: whether a TSX component imports the technologies that a specification claims for it."""
