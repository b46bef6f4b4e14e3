"""What is wrong with the text of a card below its metadata."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cards.markdown import lines_of

_PARSER = MarkdownIt("commonmark").enable("table")
_PLACEHOLDERS = (
    (r"\[?more information needed\]?", "say it, or take the section out"),
    (r"\blorem ipsum\b", "write the text"),
    (r"\b(?:TODO|FIXME|TBD)\b", "do it, or take the line out"),
    (r"\{\{[^}\n]*\}\}", "fill the template in"),
)
_TEMPLATE = re.compile(
    r"<!--\s*(?:Provide|This section|Address|Relevant|These are|If the|Total emissions|Use the"
    r"|This model card has been generated automatically)[^>]*-->"
)
_SPACED_LINK = re.compile(r"\]\((?!<)[^)\s\"']+ [^)\"']+\)")
_LOCAL = re.compile(r"file://\S*|(?<![\w/.])(?:/home/|/Users/|[A-Z]:\\Users\\)\S*")
_UNFILLED = re.compile(r"PATH_TO_THIS_REPO|huggingface\.co/None\b|\bmodel=[\"']None[\"']")
_HERE = re.compile(r"https?://(?:localhost|127\.0\.0\.1)\S*")  # as a link; an example may well call it


@dataclass(frozen=True)
class Remark:
    """Something wrong on one line of the text, counted from the text's own first line, and what to do."""

    line: int
    what: str
    fix: str


def remarks(body: str) -> tuple[Remark, ...]:
    """Everything wrong with a text, from its top to its end."""
    tokens = _PARSER.parse(body)
    found = [
        *_sections(tokens),
        *_blocks(tokens, body),
        *(remark for token in tokens if token.type == "inline" for remark in _inline(token)),
        *_comments(tokens),
    ]
    return tuple(sorted(found, key=lambda remark: (remark.line, remark.what)))


def sentences(body: str) -> Iterator[tuple[int, str]]:
    """The text's paragraphs and headings without code, each with its line."""
    for token in _PARSER.parse(body):
        if token.type == "inline" and token.map:
            yield token.map[0] + 1, _words(token)


def _words(token: Token) -> str:
    return "".join(" " if each.type.endswith("break") else each.content for each in token.children or [])


def _sections(tokens: Sequence[Token]) -> Iterator[Remark]:
    """Headings that nothing follows before the next one of their own level or a higher one."""
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or not token.map:
            continue
        after = tokens[index + 3 :]
        text = next((each for each in after if each.type != "html_block" or not _is_comment(each)), None)
        is_empty = text is None or (text.type == "heading_open" and int(text.tag[1]) <= int(token.tag[1]))
        if is_empty:
            name = _words(tokens[index + 1])
            yield Remark(
                token.map[0] + 1, f"the section {name!r} is empty", "fill it, or take its heading out"
            )


def _is_comment(token: Token) -> bool:
    return token.content.strip().startswith("<!--") and token.content.strip().endswith("-->")


def _blocks(tokens: Sequence[Token], body: str) -> Iterator[Remark]:
    lines = lines_of(body)
    for token in tokens:
        if token.type != "fence" or not token.map:
            continue
        begin, end = token.map
        if token.info.split(" ")[0].lower() in ("python", "py"):
            yield from _python(token.content, begin + 1)
        if not lines[end - 1].strip().startswith(token.markup) or end - 1 == begin:
            yield Remark(begin + 1, "this code block is never closed", f"close it with {token.markup}")
        for number, line in enumerate(token.content.split("\n")):
            yield from _local(line, begin + 2 + number)
            yield from _unfilled(line, begin + 2 + number)


def _python(source: str, line: int) -> Iterator[Remark]:
    if source.lstrip().startswith(">>>"):
        return
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        at = line + (getattr(error, "lineno", None) or 1)
        what = f"this code block says python and is none: {getattr(error, 'msg', error)}"
        yield Remark(at, what, "mend it, or name the block's own language")


def _inline(token: Token) -> Iterator[Remark]:
    if not token.map:
        return
    for each in token.children or []:
        if each.type == "image" and not each.content:
            yield _remark(
                token,
                str(each.attrs["src"]),
                "the image has no alternative text",
                "say in words what it shows",
            )
        if each.type == "link_open":
            yield from _local(str(each.attrs["href"]), token.map[0] + 1, _HERE)
            yield from _unfilled(str(each.attrs["href"]), token.map[0] + 1)
        if each.type != "text":
            continue
        for pattern, fix in _PLACEHOLDERS:
            for found in re.findall(pattern, each.content, re.IGNORECASE if pattern.islower() else 0):
                yield _remark(token, found, f"{found!r} was left in", fix)
        for found in _SPACED_LINK.findall(each.content):
            yield _remark(
                token,
                found,
                f"{found[1:]!r} is no link: its address has a space in it",
                "write %20 for the space",
            )
        yield from _local(each.content, token.map[0] + 1)


def _remark(token: Token, words: str, what: str, fix: str) -> Remark:
    """A remark on the very line of a paragraph on which the words stand."""
    first = token.map[0] if token.map else 0
    at = token.content.find(words)
    return Remark(first + 1 + token.content.count("\n", 0, max(at, 0)), what, fix)


def _comments(tokens: Sequence[Token]) -> Iterator[Remark]:
    for token in tokens:
        if token.type == "html_block" and token.map and _TEMPLATE.search(token.content):
            yield Remark(token.map[0] + 1, "a template's own hint was left in", "take the comment out")


def _unfilled(text: str, line: int) -> Iterator[Remark]:
    """Where a tool had no name to write, and wrote something else."""
    for found in _UNFILLED.findall(text):
        yield Remark(line, f"{found} names no repository", "write the repository's own name")


def _local(text: str, line: int, also: "re.Pattern[str]" = _LOCAL) -> Iterator[Remark]:
    for found in {*_LOCAL.findall(text), *also.findall(text)}:
        yield Remark(line, f"{found} is on somebody's own machine", "name the repository on the Hub instead")
