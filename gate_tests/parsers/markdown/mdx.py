"""What MDX has besides Markdown: comments in braces, and lines of JavaScript that import and export."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_COMMENT: Final = re.compile(r"\{\s*+/\*")
_COMMENT_END: Final = re.compile(r"\*/\s*+\}")
_MODULE: Final = re.compile(r"(?:import|export)\b")
_BRACKETS: Final = re.compile(r"[`(){}\[\]]")
_MAX_INLINE_COMMENT: Final = 2000  # characters
_LAST_COMMENT_END: Final = "mdx_last_comment_end"
_UNBALANCED: Final = "mdx_unbalanced"
"""Keys of the parser's `env`, which keep a hostile text from being searched again for what it does not have."""


def enable(parser: "MarkdownIt") -> None:
    """Let `parser` leave out comments and JavaScript."""
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "mdx_comment", _parse_comment_block, {"alt": interrupts})
    parser.block.ruler.before("fence", "mdx_module", _parse_module)
    parser.inline.ruler.before("escape", "mdx_comment", _parse_comment)


def _parse_comment_block(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
    """A comment that begins a line, up to the end of the line where it ends; what follows it there is text."""
    closed = _match_comment(state, start_line, end_line)
    if not closed:
        return False
    last_line = next(line for line in range(start_line, end_line) if state.eMarks[line] >= closed.end())
    text_follows = bool(state.src[closed.end() : state.eMarks[last_line]].strip())
    if text_follows and last_line == start_line:
        return False  # a paragraph with a comment in it
    if not silent:
        if text_follows:  # it becomes a line of its own
            state.bMarks[last_line], state.tShift[last_line], state.sCount[last_line] = closed.end(), 0, state.blkIndent
        state.line = last_line + (not text_follows)
    return True


def _match_comment(state: "StateBlock", start_line: int, end_line: int) -> re.Match[str] | None:
    """The end of the comment with which the line begins; None if there is none."""
    opened = _COMMENT.match(state.src, state.bMarks[start_line] + state.tShift[start_line])
    if not opened or state.sCount[start_line] < state.blkIndent or opened.end() > _find_last_comment_end(state):
        return None
    return _COMMENT_END.search(state.src, opened.end(), state.eMarks[end_line - 1])


def _find_last_comment_end(state: "StateBlock") -> int:
    if _LAST_COMMENT_END not in state.env:
        state.env[_LAST_COMMENT_END] = max((match.start() for match in _COMMENT_END.finditer(state.src)), default=-1)
    last: int = state.env[_LAST_COMMENT_END]
    return last


def _parse_module(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
    """Lines from `import` or `export` on, to the first blank line where its brackets and backticks are balanced."""
    if silent or state.level or not _MODULE.match(state.src, state.bMarks[start_line]):
        return False
    blank_lines = (line for line in range(start_line, end_line) if state.isEmpty(line))
    first_blank = next(blank_lines, end_line)
    state.line = first_blank
    if _UNBALANCED not in state.env:
        balanced = _find_balanced_end(state, start_line, end_line)
        if balanced is None:
            state.env[_UNBALANCED] = True
        state.line = balanced or first_blank
    return True


def _find_balanced_end(state: "StateBlock", start_line: int, end_line: int) -> int | None:
    """The first blank line, or `end_line`, before which all brackets are closed; None if there is none."""
    depth, in_template = 0, False
    for line in range(start_line, end_line + 1):
        if depth <= 0 and not in_template and (line == end_line or state.isEmpty(line)):
            return line
        if line < end_line:
            for bracket in _BRACKETS.findall(state.src, state.bMarks[line], state.eMarks[line]):
                in_template ^= bracket == "`"
                depth += 0 if in_template or bracket == "`" else 1 if bracket in "([{" else -1
    return None


def _parse_comment(state: "StateInline", silent: bool) -> bool:
    opened = _COMMENT.match(state.src, state.pos, state.posMax)
    limit = min(state.posMax, state.pos + _MAX_INLINE_COMMENT)
    closed = _COMMENT_END.search(state.src, opened.end(), limit) if opened else None
    if not closed:
        return False
    state.pos = closed.end()
    return True
