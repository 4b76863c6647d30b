"""`frontmatter_status`: the fields of a text's front matter have the required values."""
