"""What HTML keeps word for word: code, verse and formulas, each taken out as finished Markdown."""

import json
import re

from selectolax.lexbor import LexborNode

KEPT = "data-kept"
NUMBERED = ".lineno, .linenos, .gutter, .rouge-gutter, .line-numbers-rows, .hljs-ln-numbers, .hljs-ln-n"
VERSE = re.compile(r"\b(?:wp-block-verse|poem|poetry|verse)\b")
LANGUAGE = re.compile(
    r"(?:^|\s)(?:language-|lang-|highlight-source-|brush:\s*)(?P<marked>[\w+#.-]+)"
    r"|(?:^|\s)(?:sourceCode|highlight|hljs|prettyprint|code)\s+(?P<bare>[a-z][\w+#]*)(?:\s|$)"
)
NO_LANGUAGE = {"none", "plaintext", "text", "plain", "auto", "highlighter", "linenums", "numberSource"}
SCRIPTED_MATH = 'script[type^="math/tex"]'
BLOCKS_IN_CODE = "div, p, li, tr"
RUN = re.compile(r"`+")


def keep_verbatim(body: LexborNode) -> list[str]:
    """Empty what is verbatim in `body`, each marked with the place of its Markdown in the list."""
    for forged in body.css(f"[{KEPT}], [data-note], [data-reference], [data-gap], [data-number]"):
        for name in (KEPT, "data-note", "data-reference", "data-gap", "data-number"):
            if name in forged.attrs:
                del forged.attrs[name]
    kept: list[str] = []
    for node in body.css("pre"):
        _keep(node, _verse(node) if _is_verse(node) else _fenced(node), kept)
    for node in body.css("code:has(br), .latex-rendered, .katex-display, .katex, " + SCRIPTED_MATH):
        markdown = _fenced(node) if node.tag == "code" else _formula(node)
        if markdown:
            _keep(node, markdown, kept)
    return kept


def _keep(node: LexborNode, markdown: str, kept: list[str]) -> None:
    if node.tag == "script":
        place = node.parser.create_node("code")
        place.attrs[KEPT] = str(len(kept))
        node.replace_with(place)
    else:
        node.inner_html = ""
        node.attrs[KEPT] = str(len(kept))
    kept.append(markdown)


def _is_verse(pre: LexborNode) -> bool:
    parent = pre.parent.attributes.get("class") if pre.parent else ""
    return (
        bool(VERSE.search(pre.attributes.get("class") or ""))
        or "preformatted-block" in (parent or "").split()
    )


def _fenced(code: LexborNode) -> str:
    language = _language(code)
    text = _lines(code)
    fence = "`" * max(3, 1 + max(map(len, RUN.findall(text)), default=0))
    return f"\n\n{fence}{language}\n{text}\n{fence}\n\n" if text.strip() else ""


def _verse(pre: LexborNode) -> str:
    stanzas = re.split(r"\n[ \t]*\n", _lines(pre))
    lines = ("  \n".join(line.strip() for line in stanza.split("\n") if line.strip()) for stanza in stanzas)
    return "\n\n" + "\n\n".join(filter(None, lines)) + "\n\n"


def _lines(code: LexborNode) -> str:
    for number in code.css(NUMBERED):
        number.decompose()
    for line_break in code.css("br"):
        line_break.replace_with("\n")
    for block in code.css(BLOCKS_IN_CODE):
        if block.next is not None and not block.text(deep=True).endswith("\n"):
            block.insert_after("\n")
    return code.text(deep=True).replace("\r\n", "\n").strip("\n").rstrip()


def _language(code: LexborNode) -> str:
    for node in (code, code.css_first("code"), code.parent, code.parent and code.parent.parent):
        if node is None or not node.attributes:
            continue
        values = node.attributes
        named = (
            values.get("data-lang") or values.get("data-language") or values.get("data-code-block-lang") or ""
        )
        found = re.fullmatch(r"[\w+#.-]+", named)
        language = found[0] if found else _in_class(values.get("class") or "")
        if language and language.lower() not in NO_LANGUAGE:
            return language
    return ""


def _in_class(names: str) -> str:
    found = LANGUAGE.search(names)
    return (found["marked"] or found["bare"]) if found else ""


def _formula(node: LexborNode) -> str:
    """TeX as Markdown's readers know it, from what a page's typesetter left of it."""
    display = node.css_matches(".latex-rendered, .katex-display, [type*='mode=display']")
    source = node.css_first('annotation[encoding="application/x-tex"]')
    tex = (
        node.text(deep=True)
        if node.tag == "script"
        else source.text(deep=True)
        if source
        else _attribute(node)
    )
    tex = tex.strip()
    if not tex:
        return ""
    return f"\n\n$$\n{tex}\n$$\n\n" if display else f"${tex}$"


def _attribute(node: LexborNode) -> str:
    try:
        values = json.loads(node.attributes.get("data-attrs") or "{}")
    except ValueError:
        return ""
    return str(values.get("persistentExpression", "")) if isinstance(values, dict) else ""
