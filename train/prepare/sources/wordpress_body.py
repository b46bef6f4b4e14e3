"""What WordPress does to a text before it shows it: shortcodes, and paragraphs where lines are left free."""

import html
import re
from collections.abc import Callable

BLOCKS = (
    "address|article|aside|blockquote|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|iframe|li|main|map|math|menu|nav|noscript|object|ol|p|pre|script|section|style|summary|"
    "table|tbody|td|tfoot|th|thead|tr|ul|video"
)
APART = re.compile(rf"(\0[0-9]+\0|</?(?:{BLOCKS})(?:\s[^<>]*)?/?>)", re.IGNORECASE)
LINE_IN_TAG = re.compile(r"<[a-zA-Z/][^<>]*\n[^<>]*>")
VERBATIM = re.compile(r"<(pre|script|style|textarea)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
HIDDEN = re.compile("\0([0-9]+)\0")
BLOCK_COMMENT = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

LANGUAGES = (
    "actionscript3|as3|bash|c|clojure|coldfusion|cpp|c\\+\\+|csharp|c-sharp|css|delphi|diff|erlang|fsharp|go|groovy|"
    "haskell|html|java|javafx|javascript|js|json|latex|matlab|matlabkey|objc|pascal|perl|php|plain|powershell|py|"
    "python|r|rails|ruby|rust|scala|shell|sql|swift|text|typescript|vb|vbnet|xml|yaml"
)
CODE = re.compile(
    rf"(?<!\[)\[(?P<name>code|sourcecode|source|cc|cci|crayon|{LANGUAGES})(?P<values>\s[^\]\n]*)?\]"
    r"(?P<code>.*?)\[/(?P=name)\](?!\])",
    re.DOTALL | re.IGNORECASE,
)
CODE_LANGUAGE = re.compile(r"""\b(?:lang|language)\s*=\s*["']?([\w+#-]+)""")
CAPTION = re.compile(r"\[(?:wp_)?caption\b([^\]]*)\](.*?)\[/(?:wp_)?caption\]", re.DOTALL | re.IGNORECASE)
CAPTION_VALUE = re.compile(r"""\bcaption\s*=\s*(?:"([^"]*)"|'([^']*)')""")
PICTURE = re.compile(
    r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?|!\[[^\]]*\]\([^)]*\))(.*)", re.DOTALL | re.IGNORECASE
)
WITHOUT_WORDS = (  # what stands between the two marks is an address or a form
    "embed|youtube|vimeo|audio|video|playlist|googlemaps|gmap|soundcloud|gist|tweet|instagram|spotify|"
    "contact-form|contact-field|gravityform|mc4wp_form|polldaddy|wpvideo|flickr|dailymotion|slideshare|ted"
)
EMPTY = re.compile(rf"(?<!\[)\[({WITHOUT_WORDS})\b[^\]]*\](?:[^\[]*?\[/\1\])?(?!\])", re.IGNORECASE)
ALONE = re.compile(
    r"(?<!\[)\[(?:gallery|toc|more|nextpage|archives|sitemap|caption|wpforms|ngg\w*|jetpack[\w-]*|"
    r"[a-z][\w]*[-_][\w-]*)\s*/?\](?!\])"
    r"|(?<!\[)\[/?[a-zA-Z][\w-]*(?:\s+[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|\u201d[^\u201d]*\u201d|[^\s\]\"']+))+\s*/?\](?!\])"
)
ENCLOSING = re.compile(r"(?<!\[)\[/([a-zA-Z][\w-]*)\](?!\])")
ESCAPED = re.compile(r"\[(\[/?[a-zA-Z][\w-]*[^\[\]]*\])\]")
LATEX = re.compile(r"\$latex\s+([^$\n]+)\$")


def to_html(body: str) -> str:
    """The body as a browser would get it."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = CODE.sub(_pre, text) if "[/" in text else text
    has_blocks = bool(BLOCK_COMMENT.search(text))
    outside = _outside(VERBATIM, _without_shortcodes, text)
    return outside if has_blocks else _outside(VERBATIM, _paragraphs, outside)


def _outside(verbatim: re.Pattern[str], rule: Callable[[str], str], text: str) -> str:
    pieces: list[str] = []

    def hide(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"\0{len(pieces) - 1}\0"

    hidden = verbatim.sub(hide, text)
    return HIDDEN.sub(lambda match: pieces[int(match[1])], rule(hidden))


def _pre(match: re.Match[str]) -> str:
    named = CODE_LANGUAGE.search(match["values"] or "")
    name = match["name"].lower()
    language = (
        named[1] if named else "" if name in ("code", "sourcecode", "source", "cc", "cci", "crayon") else name
    )
    code = match["code"]
    shown = code if re.search(r"&(?:lt|gt|amp|quot|#\d+);", code) else html.escape(code, quote=False)
    return f'<pre class="language-{language}">{shown}</pre>' if language else f"<pre>{shown}</pre>"


def _without_shortcodes(text: str) -> str:
    if "[" in text:
        text = EMPTY.sub("", CAPTION.sub(_figure, text))
        closed = {name.lower() for name in ENCLOSING.findall(text)}
        if closed:
            names = "|".join(sorted(map(re.escape, closed), key=len, reverse=True))
            text = re.sub(rf"(?<!\[)\[/?(?:{names})\b[^\]]*\](?!\])", "", text, flags=re.IGNORECASE)
        text = ESCAPED.sub(r"\1", ALONE.sub("", text))
    return LATEX.sub(r"$\1$", text)


def _figure(match: re.Match[str]) -> str:
    value = CAPTION_VALUE.search(match[1])
    picture = PICTURE.match(match[2])
    words = (picture[2] if picture else match[2]).strip()
    if not words and value:
        words = html.unescape(value[1] or value[2] or "")
    image = picture[1] if picture else ""
    return (
        f"\n\n<figure>{image}<figcaption>{words}</figcaption></figure>\n\n" if words else f"\n\n{image}\n\n"
    )


def _paragraphs(text: str) -> str:
    text = LINE_IN_TAG.sub(lambda tag: tag[0].replace("\n", " "), COMMENT.sub("", text))
    pieces = APART.split(text)
    for place in range(0, len(pieces), 2):  # every second one is a tag
        pieces[place] = _lines(pieces[place], _holds_lines(pieces, place))
    return "".join(pieces)


def _holds_lines(pieces: list[str], place: int) -> bool:
    """Whether the text after this tag is already in a paragraph, heading, item or cell."""
    before = pieces[place - 1] if place else ""
    return bool(re.match(r"<(?:p|h[1-6]|li|dt|dd|t[dh]|figcaption|summary)\b", before, re.IGNORECASE))


def _lines(text: str, held: bool) -> str:
    if not text.strip():
        return text
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.strip("\n")) if part.strip()]
    broken = [re.sub(r"[ \t]*(?<!<br>)(?<!<br/>)(?<!<br />)\n", "<br>\n", part) for part in parts]
    if held:
        return "<br><br>".join(broken)
    return "\n".join(f"<p>{part}</p>" for part in broken)
