"""The settings of Sphinx, which `python -m docs.site` runs."""

from runner.version import VERSION

project = "orch"
html_title = f"orch {VERSION}"
html_theme = "furo"
extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["files"]
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
html_use_index = False
html_static_path = ["static"]
html_css_files = ["site.css"]
highlight_language = "text"
smartquotes = False  # it makes one dash of two, as in --help

# As GitHub: headings have its anchors, and what only MyST knows is text.
myst_heading_anchors = 6
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_target", "myst_role", "math_inline"]

copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"
