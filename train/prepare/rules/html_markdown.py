"""markdownify with this project's Markdown: few escapes, `-` bullets, whole emphasis, tables with a head."""

import re
from collections.abc import Callable
from typing import Any

from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from train.prepare.rules.html_escape import escape, escape_start
from train.prepare.rules.html_verbatim import KEPT

BLOCKS = {
    *("p", "div", "ul", "ol", "li", "blockquote", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("figure", "section", "article", "dl", "header", "footer", "details"),
}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BREAK_OR_BLOCK = {"br"} | BLOCKS
LINE_HOLDERS = BLOCKS | {"body", "td", "[document]"}
RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}
APART = "\n\n"  # what is left of an empty block: the words around it are not one
LINE = "\0"  # at the start of a verbatim line; in no HTML that comes here
FREE_LINE = re.compile(r"([ >]*)\0(?=\n|\Z)")
_Library: Any = MarkdownConverter  # its types leave out most of what a converter may change
Convert = Callable[["ToMarkdown", Tag, str, set[str]], str]


def _emphasis(mark: str, *tags: str) -> Convert:
    def convert(self: "ToMarkdown", el: Tag, text: str, parent_tags: set[str]) -> str:
        again = parent_tags.intersection(tags) or (mark == "**" and parent_tags & HEADINGS)
        if again or "_noformat" in parent_tags or not text.strip() or _has_blocks(el):
            return text
        return "\n\n".join(_wrapped(part, mark, el, tags) for part in text.split("\n\n"))

    return convert


def _has_blocks(el: Tag) -> bool:
    return any(getattr(inner, "name", None) in BLOCKS for inner in el.descendants)


def _wrapped(text: str, mark: str, el: Tag, same: tuple[str, ...]) -> str:
    """`text` between marks that stand where Markdown takes them for marks."""
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    before, after = text[:start], text[start + len(core) :]
    previous, following = el.previous_sibling, el.next_sibling
    if not after and isinstance(following, NavigableString) and following[:1].isalnum():
        ended = re.sub(r"[^\w)\]`*~]+$", "", core) or core
        core, after = ended, core[len(ended) :]
    if not before and isinstance(previous, NavigableString) and previous[-1:].isalnum():
        begun = re.sub(r"^[^\w(\[`*~\\!]+", "", core) or core
        core, before = begun, core[: len(core) - len(begun)]
    opens = "" if not before and isinstance(previous, Tag) and previous.name in same else mark
    closes = "" if not after and isinstance(following, Tag) and following.name in same else mark
    return f"{before}{opens}{core}{closes}{after}"


class _Element(Tag):
    """An element that is in no `pre`: those were kept before. Asking each took half of the time."""

    def find_parent(self, *asked: Any, **more: Any) -> None:
        """Nothing."""


class ToMarkdown(_Library):  # type: ignore[misc]
    """A converter for HTML whose verbatim parts are in `kept`."""

    def __init__(self, kept: list[str]) -> None:
        soup = {"features": "html.parser", "element_classes": {Tag: _Element}}
        super().__init__(bs4_options=soup, bullets="-", heading_style="atx", wrap=True, wrap_width=None)
        self.kept = kept

    def process_tag(self, node: Tag, parent_tags: set[str] | None = None) -> str:
        """The tag's Markdown, or what was kept of it."""
        if node.attrs and KEPT in node.attrs:
            return _held(self.kept[int(str(node[KEPT]))])
        return str(super().process_tag(node, parent_tags))

    def convert(self, html: str) -> str:
        """The Markdown of well-formed HTML: blocks one blank line apart, verbatim lines as they were."""
        text = _collapsed(str(super().convert(html))).strip()
        return FREE_LINE.sub(lambda line: line[1].rstrip(), text).replace(LINE, "")

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        """The text, escaped at the start of its line too."""
        text = str(super().process_text(el, parent_tags))
        previous = el.previous_sibling
        if getattr(previous, "name", None) == "br":
            text = text.lstrip()
        if "_noformat" in (parent_tags or set()):
            return text
        begins = previous is None and getattr(el.parent, "name", "") in LINE_HOLDERS
        if begins or getattr(previous, "name", None) in BREAK_OR_BLOCK:
            return escape_start(text, below=getattr(previous, "name", None) == "br")
        return text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Only what Markdown would take for a mark of its own is escaped."""
        return escape(text)

    convert_b = convert_strong = _emphasis("**", "b", "strong")
    convert_i = convert_em = _emphasis("*", "i", "em", "cite")
    convert_del = convert_s = convert_strike = _emphasis("~~", "del", "s", "strike")

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """x², where there is such a character."""
        return text.translate(RAISED) if re.fullmatch(r"[0-9+\-n]+", text) else text

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """H₂O, where there is such a character."""
        return text.translate(LOWERED) if re.fullmatch(r"[0-9+\-]+", text) else text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link with its words; a call of a footnote as one; a place on the same page as words alone."""
        if el.get("data-reference"):
            return f"[^{el['data-reference']}]"
        href = re.sub(r"\s+", " ", str(el.get("href") or "")).strip()
        core = text.strip()
        plain = href.startswith("#") or re.match(r"(?i)(?:javascript|data|vbscript):", href)
        if not core or not href or plain or "\n" in core or "_noformat" in parent_tags:
            return text
        start = text.index(core)
        return text[:start] + _link(core, href) + text[start + len(core) :]

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An image with its description; an emoji drawn as an image is the emoji."""
        alt = re.sub(r"[\[\]\s]+", " ", str(el.get("alt") or "")).strip()
        source = str(el.get("src") or el.get("data-src") or "").strip()
        if {"emoji", "wp-smiley"} & set(str(" ".join(el.get_attribute_list("class") or [])).split()):
            return alt
        if "_noformat" in parent_tags or "_inline" in parent_tags or not source or source.startswith("data:"):
            return ""
        return f"![{alt}]({_address(source)})"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A hard break; two are a new paragraph."""
        if "_inline" in parent_tags or "_noformat" in parent_tags:
            return " "
        return "\n\n" if el.get("data-gap") else "  \n"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        """A heading with hashes, unless it is empty; one in another is a part of it."""
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        return str(super().convert_hN(n, el, text, parent_tags)) if text.strip() else APART

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A paragraph, or a footnote."""
        return self.convert_div(el, text, parent_tags)

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A block of its own, or a footnote."""
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        if el.get("data-note"):
            return _indented(text, f"[^{el['data-note']}]: ", 4)
        return f"\n\n{text.strip()}\n\n" if text.strip() else APART

    convert_article = convert_section = convert_figure = convert_figcaption = convert_caption = convert_div
    convert_header = convert_footer = convert_main = convert_aside = convert_address = convert_body = (
        convert_div
    )
    convert_details = convert_summary = convert_center = convert_fieldset = convert_legend = convert_div
    convert_hgroup = convert_form = convert_dl = convert_div

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A quotation, apart from what is above it."""
        quoted = str(super().convert_blockquote(el, _collapsed(text), parent_tags))
        return "\n\n" + quoted.lstrip("\n") if text.strip() else APART

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A list, apart from what follows it."""
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        return (
            ("\n" if "li" in parent_tags else "\n\n") + text.strip("\n") + "\n\n" if text.strip() else APART
        )

    convert_ul = convert_ol = convert_menu = convert_dir = convert_list

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An item with its bullet, its number, or as a footnote."""
        if el.get("data-note"):
            return _indented(text, f"[^{el['data-note']}]: ", 4)
        bullet = f"{el['data-number']}. " if el.get("data-number") else "- "
        return _indented(text, bullet, len(bullet)).strip("\n") + "\n" if text.strip() else ""

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A cell on one line."""
        return " " + re.sub(r"(?<!\\)\|", r"\|", " ".join(text.split())) + " |" * _width(el)

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A row; the first is the table's head."""
        if el.find_previous_sibling("tr"):
            return f"|{text}\n"
        width = sum(_width(cell) for cell in el.find_all(["td", "th"]))
        return f"\n\n|{text}\n|{' --- |' * width}\n"

    convert_tt = _Library.convert_code


def _held(kept: str) -> str:
    """What was kept, its lines marked: blank ones among them are no gaps between blocks."""
    core = kept.strip("\n")
    space = (len(kept) - len(core)) // 2 * "\n"
    return space + core.replace("\n", "\n" + LINE) + space


def _collapsed(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)


def _width(cell: Tag) -> int:
    span = str(cell.get("colspan") or "")
    return max(1, min(100, int(span))) if re.fullmatch("[0-9]{1,4}", span) else 1


def _indented(text: str, start: str, width: int) -> str:
    return "\n\n" + start + re.sub(r"\n(?=[^\n])", "\n" + " " * width, _collapsed(text.strip())) + "\n\n"


def _link(words: str, href: str) -> str:
    bare = re.sub(r"\\(?=[_*<&\[\]#])", "", words)
    if bare in (href, href.rstrip("/")) or f"mailto:{bare}" == href:
        return bare
    if words.count("[") != words.count("]"):
        words = re.sub(r"(?<!\\)([\[\]])", r"\\\1", words)
    return f"[{words}]({_address(href)})"


def _address(url: str) -> str:
    return "".join(IN_ADDRESS.get(sign, sign) for sign in " ".join(url.split()))
