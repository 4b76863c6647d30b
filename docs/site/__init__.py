"""The site made from the Markdown pages. `python -m docs.site` builds it; needs the extra `docs`.

Sphinx with MyST and Furo, because MyST reads Markdown as GitHub does (nested lists, tables, anchors), so that pages are
written once, without a dialect; because links, anchors and pages that lead nowhere are errors; and because search works
from files on a disk. MkDocs and its theme Material read Markdown otherwise and are no longer developed; their successor
Zensical is unfinished and reads it as they do.
"""
