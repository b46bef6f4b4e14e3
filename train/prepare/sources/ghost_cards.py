"""What Ghost's editors store, lexical and mobiledoc, as HTML."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt

Node = Mapping[str, Any]
FORMATS = ((16, "code"), (1, "strong"), (2, "em"), (4, "s"), (32, "sub"), (64, "sup"))
BLOCKS = {
    "paragraph": "p",
    "quote": "blockquote",
    "aside": "blockquote",
    "listitem": "li",
    "extended-quote": "blockquote",
}
SECTIONS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote")
DEEPEST = 60


def from_lexical(stored: Node) -> str:
    """HTML of a text that Ghost 5's editor stored."""
    return _lexical(stored.get("root"), 0)


def _lexical(node: Any, depth: int) -> str:
    if not isinstance(node, dict) or depth > DEEPEST:
        return ""
    kind = str(node.get("type", "")).removeprefix("extended-")
    if kind == "text":
        return _formatted(node)
    if kind in ("linebreak", "tab"):
        return "<br>" if kind == "linebreak" else " "
    inner = "".join(_lexical(child, depth + 1) for child in _list(node.get("children")))
    if kind == "link":
        return f'<a href="{escape(str(node.get("url") or ""))}">{inner}</a>'
    tag = BLOCKS.get(kind) or (_tag(node) if kind in ("heading", "list") else "")
    return f"<{tag}>{inner}</{tag}>" if tag else inner or card(kind, node)


def _tag(node: Node) -> str:
    tag = str(node.get("tag") or "")
    return tag if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol") else "p"


def _formatted(node: Node) -> str:
    text, format_ = escape(str(node.get("text") or "")), node.get("format")
    for bit, tag in FORMATS:
        if isinstance(format_, int) and format_ & bit:
            text = f"<{tag}>{text}</{tag}>"
    return text


def card(kind: str, values: Node) -> str:
    """HTML of what stands between paragraphs; of an embed only its caption."""
    word = {key: value for key, value in values.items() if isinstance(value, str)}
    if kind in ("markdown", "card-markdown"):
        return str(MarkdownIt().render(word.get("markdown", "")))
    if kind == "html":
        return word.get("html", "")
    if kind in ("code", "codeblock"):
        language = escape(word.get("language", ""))
        return f'<pre><code class="language-{language}">{escape(word.get("code", ""))}</code></pre>'
    if kind in ("horizontalrule", "hr"):
        return "<hr>"
    if kind == "callout":
        return f"<blockquote>{word.get('calloutText', '')}</blockquote>"
    if kind == "toggle":
        return f"<h4>{word.get('heading', '')}</h4>{word.get('content', '')}"
    if word.get("caption"):
        return f"<figure><figcaption>{word['caption']}</figcaption></figure>"
    return ""


def from_mobiledoc(stored: Node) -> str:
    """HTML of a text that Ghost's editor stored before."""
    return "".join(_section(section, stored) for section in _list(stored.get("sections")) if _list(section))


def _section(section: Sequence[Any], stored: Node) -> str:
    number, rest = section[0], section[1:]
    if number == 1 and len(rest) >= 2:
        tag = "blockquote" if rest[0] == "aside" else rest[0] if rest[0] in SECTIONS else "p"
        return f"<{tag}>{_markers(rest[1], stored)}</{tag}>"
    if number == 3 and len(rest) >= 2:
        tag = "ol" if rest[0] == "ol" else "ul"
        items = "".join(f"<li>{_markers(item, stored)}</li>" for item in _list(rest[1]))
        return f"<{tag}>{items}</{tag}>"
    if number == 10 and rest:
        found = _at(stored.get("cards"), rest[0])
        return (
            card(str(found[0]), found[1])
            if len(found) > 1 and isinstance(found[1], dict)
            else "<hr>" * (found[:1] == ["hr"])
        )
    return ""


def _markers(markers: Any, stored: Node) -> str:
    html, opened = "", list[str]()
    for marker in _list(markers):
        if not isinstance(marker, list) or len(marker) < 4:
            continue
        kind, opens, closes, value = marker[:4]
        for place in _list(opens):
            tag, link = _markup(stored, place)
            html += f"<{tag}{link}>"
            opened.append(tag)
        html += escape(str(value)) if kind == 0 else _atom(stored, value)
        for _ in range(min(closes, len(opened)) if isinstance(closes, int) else 0):
            html += f"</{opened.pop()}>"
    return html + "".join(f"</{tag}>" for tag in reversed(opened))


def _markup(stored: Node, place: Any) -> tuple[str, str]:
    found = _at(stored.get("markups"), place) or ["span"]
    values = _list(found[1]) if len(found) > 1 else []
    href = values[values.index("href") + 1] if "href" in values[:-1] else ""
    tag = str(found[0]) if str(found[0]).isalnum() else "span"
    return tag, f' href="{escape(str(href))}"' if href else ""


def _atom(stored: Node, place: Any) -> str:
    found = _at(stored.get("atoms"), place)
    if found[:1] == ["soft-return"]:
        return "<br>"
    return escape(str(found[1])) if len(found) > 1 else ""


def _at(rows: Any, place: Any) -> list[Any]:
    inside = isinstance(rows, list) and isinstance(place, int) and 0 <= place < len(rows)
    return _list(rows[place]) if inside else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
