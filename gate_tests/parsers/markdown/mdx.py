"""What MDX has besides Markdown: comments and JavaScript in braces, imports and exports, tags that contain Markdown."""

import re
from typing import TYPE_CHECKING, Final

from markdown_it.rules_block import html_block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_COMMENT: Final = re.compile(r"\{\s*+/\*")
_COMMENT_END: Final = re.compile(r"\*/\s*+\}")
_MODULE: Final = re.compile(
    r"import\s*(?:['\"{*]|(?:type\s+)?[\w$]+\s+from\b|type\s*\{|[\w$]+\s*,\s*[{*])"
    r"|export\s*(?:[{*]|(?:default|const|let|var|function|async|class|type|interface|enum)\b)"
)
"""What begins JavaScript, and no sentence."""
_BRACKETS: Final = re.compile(r"[`(){}\[\]]")
_EXPRESSION: Final = r"\{(?:[^{}]{1,2000}+|\{(?:[^{}]{1,2000}+|\{[^{}]{1,2000}+\}){0,200}+\}){0,200}+\}"
_NAME: Final = r"(?!(?:pre|script|style|textarea)\b)[A-Za-z][\w.-]{0,100}+(?::[\w-]{1,100}+)?(?=[\s/>])"
_ATTRIBUTES: Final = rf"(?:[^<>{{}}\"']++|\"[^\"]{{0,2000}}+\"|'[^']{{0,2000}}+'|{_EXPRESSION}){{0,200}}+"
_TAGS: Final = re.compile(rf"(?:</?(?:{_NAME}{_ATTRIBUTES})?>[ \t]*+)++")
_MAX_LINES_OF_TAGS: Final = 50
_NOT_IN_HTML: Final = re.compile(rf"=?{_EXPRESSION}|</?>")
"""Of tags: what `HtmlRenderer` would take for text."""
_BRACES: Final = re.compile(r"[{}]")
_MAX_INLINE_COMMENT: Final = 2000  # characters
_LAST_COMMENT_END: Final = "mdx_last_comment_end"
_UNBALANCED: Final = "mdx_unbalanced"
_NO_EXPRESSION: Final = "mdx_no_expression"
"""Keys of the parser's `env`, which keep a hostile text from being searched again for what it does not have."""


def enable(parser: "MarkdownIt") -> None:
    """Let `parser` leave out comments and JavaScript."""
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "mdx_comment", _parse_comment_block, {"alt": interrupts})
    parser.block.ruler.before("fence", "mdx_module", _parse_module)
    parser.block.ruler.before("fence", "mdx_expression", _parse_expression)
    parser.block.ruler.before("html_block", "mdx_tags", _parse_tags, {"alt": interrupts})
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


def _parse_tags(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
    """Lines of nothing but tags: what follows them is Markdown, which it is not in HTML before a blank line.

    Of an element that holds a paragraph, such as `<p>`, text behind its tags is part of the block.
    """
    start = state.bMarks[start_line] + state.tShift[start_line]
    tags = _TAGS.match(state.src, start, state.eMarks[min(end_line, start_line + _MAX_LINES_OF_TAGS) - 1])
    if not tags:
        return False
    last_line = next(line for line in range(start_line, end_line) if state.eMarks[line] >= tags.end())
    if text_follows := tags.end() < state.eMarks[last_line]:
        if silent or not html_block(state, start_line, end_line, True):
            return False
    elif silent:
        return state.src[start + 1 : start + 3].lstrip("/")[:1].isupper()  # a component; the others as in HTML
    token = state.push("html_block", "", 0)
    token.map = [start_line, last_line + 1]
    written = state.getLines(start_line, last_line + 1, state.blkIndent, True)
    token.content = written if text_follows else _NOT_IN_HTML.sub(_keep_line_ends, written)
    state.line = last_line + 1
    return True


def _keep_line_ends(expression: re.Match[str]) -> str:
    return "\n" * expression[0].count("\n")


def _parse_expression(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
    """JavaScript in braces, of several lines and with nothing behind it."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    if silent or not state.src.startswith("{", start) or _NO_EXPRESSION in state.env:
        return False
    depth = 0
    for brace in _BRACES.finditer(state.src, start, state.eMarks[end_line - 1]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            last_line = next(line for line in range(start_line, end_line) if state.eMarks[line] >= brace.end())
            if last_line > start_line and not state.src[brace.end() : state.eMarks[last_line]].strip():
                state.line = last_line + 1
                return True
            if last_line == start_line:
                return False
            break
    state.env[_NO_EXPRESSION] = True
    return False


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
