"""What stands in a text, as its format has it: headings, sources, quotations, citations, imports. Judges nothing."""
