"""Pages, or parts of pages, that are generated from the code. `python -m docs.generators` writes them."""
