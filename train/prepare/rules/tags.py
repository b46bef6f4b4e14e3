"""Rules for HTML between Markdown: structure goes through the parser, inline tags become Markdown's marks."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from train.prepare.rules.html import from_html
from train.prepare.rules.inline_tags import INLINE, Tag, line_before, written
from train.prepare.rules.spans import replaced

VALUE = r"""(?:"[^"<]*+"|'[^'<]*+'|“[^”<]*+”|[^\s"'=<>`]++)"""
TAG = re.compile(rf"<(/?)([A-Za-z][\w:.-]*+)((?:\s++[A-Za-z_:@][\w:.@-]*+(?:\s*+=\s*+{VALUE})?)*+)\s*+(/?)>")
UNSEEN = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "noscript",
        "svg",
        "video",
        "audio",
        "canvas",
        "select",
        "math",
        "textarea",
        "template",
    ]
)
STRUCTURE = frozenset(["table", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"])
WRAPPERS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "details",
        "dialog",
        "div",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "main",
        "nav",
        "p",
        "section",
        "summary",
        "li",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "dt",
        "dd",
        "caption",
        "col",
        "colgroup",
        "amp-img",
        "picture",
        "source",
        "iframe",
        "link",
        "meta",
        "param",
        "head",
        "title",
        "input",
        "button",
        "option",
        "noscript",
    ]
)
MARKED_LINE = re.compile(r"\s*(?:>|\||[-*+] |\d+\. )")
QUOTE = re.compile(r"<blockquote[^<>]*>(.*)</blockquote\s*>", re.DOTALL | re.IGNORECASE)
HOLDS_BLOCKS = re.compile(r"<(?:p|div|ul|ol|pre|table|h[1-6]|blockquote|footer)\b", re.IGNORECASE)
INDENTED = re.compile(r"^[ \t]+(?![-*+>] |\d+\. )", re.MULTILINE)


def tags_of(prose: str) -> list[Tag]:
    """All that looks like a tag, in order."""
    return [
        Tag(match.start(), match.end(), match[2], bool(match[1]), match[3], bool(match[4]))
        for match in TAG.finditer(prose)
    ]


def open_tags(prose: str) -> str:
    """Write HTML as Markdown; a sign that is no tag stays."""
    if "<" not in prose or ">" not in prose:
        return prose
    prose = replaced(prose, _pairs(prose, UNSEEN), lambda _: "\n\n")
    prose = replaced(prose, _pairs(prose, STRUCTURE), _structured)
    prose = _unwrapped(prose)
    found = [tag for tag in tags_of(prose) if tag.name.lower() in INLINE]
    return written(prose, found) if found else prose


def _structured(span: str) -> str:
    quoted = QUOTE.fullmatch(span)
    if quoted and not HOLDS_BLOCKS.search(quoted[1]):
        return (
            "\n\n"
            + "\n".join(f"> {line.strip()}".rstrip() for line in quoted[1].strip().split("\n"))
            + "\n\n"
        )
    return f"\n\n{from_html(span)}\n\n"


def _pairs(prose: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """From each outermost opening tag of a kind to the one that closes it."""
    found = [tag for tag in tags_of(prose) if tag.name.lower() in names and not tag.alone]
    closed_by = _closings(found)
    end = 0
    for place, tag in enumerate(found):
        if tag.start >= end and place in closed_by:
            end = found[closed_by[place]].end
            yield tag.start, end


def _closings(found: Sequence[Tag]) -> dict[int, int]:
    opened: dict[str, list[int]] = defaultdict(list)
    closed_by: dict[int, int] = {}
    for place, tag in enumerate(found):
        name = tag.name.lower()
        if not tag.closes:
            opened[name].append(place)
        elif opened[name]:
            closed_by[opened[name].pop()] = place
    return closed_by


def _unwrapped(prose: str) -> str:
    """The text without the tags that only hold others, and without components that are no prose."""
    found = tags_of(prose)
    closed = {tag.name for tag in found if tag.closes}
    pieces, last, depth = [], 0, 0
    for tag in found:
        name = tag.name.lower()
        if name in INLINE or not (
            name in WRAPPERS or name in UNSEEN or name in STRUCTURE or _is_component(tag, closed)
        ):
            continue
        pieces += [_dedented(prose[last : tag.start], depth), _gap(prose, tag) if name in WRAPPERS else ""]
        depth = max(0, depth + (0 if tag.alone or name in ("hr", "p") else -1 if tag.closes else 1))
        last = tag.end
    return "".join([*pieces, _dedented(prose[last:], depth)]) if pieces else prose


def _gap(prose: str, tag: Tag) -> str:
    """What parts paragraphs where a wrapper was, but not inside a quote, an item or a row."""
    return "" if MARKED_LINE.match(line_before(prose, tag.start)) else "\n\n"


def _dedented(piece: str, depth: int) -> str:
    return INDENTED.sub("", piece) if depth and "\n" in piece else piece


def _is_component(tag: Tag, closed: set[str]) -> bool:
    named = tag.name[0].isupper() or "-" in tag.name
    return tag.name in closed or (named and tag.alone) or "=" in tag.attributes
