"""The elements of a WordPress export, one after the other, from XML that is not always XML."""

import codecs
import html
import re
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, XMLPullParser

CHUNK_BYTES = 1 << 20
OPENS, CLOSES = "<![CDATA[", "]]>"
DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*encoding=["']([\w.-]+)["']""")
DOCUMENT_TYPE = re.compile(r"<!(?:ENTITY|DOCTYPE(?!\s+html\s*>))", re.IGNORECASE)
LOOSE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#(?:[0-9]{1,7}|x[0-9a-fA-F]{1,6});)(\w{2,31};)?")
NOWHERE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NO_CHARACTER = re.compile(r"&#(?:0*(?:[0-8]|1[1-24-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
WANTED = ("item", "author", "language")
ROOT = re.compile(r"<rss\b[^<>]*")
PREFIX = re.compile(r"</?([a-zA-Z][\w.-]*):[a-zA-Z]")
MARGIN = 64  # characters; longer than any mark that a chunk's end may cut


class RefusedError(ValueError):
    """The file declares a document type, which could make it grow without end."""


def elements(file: IO[bytes]) -> Iterator[Element]:
    """Each author and item as soon as it is whole; what was read is forgotten."""
    parser: XMLPullParser[Any] = XMLPullParser(events=("start", "end"))
    open_elements: list[Element] = []
    for text in _mended(_bound(_decoded(file))):
        parser.feed(text)
        yield from _whole(parser, open_elements)
    parser.close()
    yield from _whole(parser, open_elements)


def _whole(parser: "XMLPullParser[Any]", open_elements: list[Element]) -> Iterator[Element]:
    events: Any = parser.read_events()
    for event, element in events:
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        depth = len(open_elements)
        if depth == 2 and element.tag.rpartition("}")[2] in WANTED:
            yield element
        if depth in (1, 2):
            open_elements[-1].clear()


def _decoded(file: IO[bytes]) -> Iterator[str]:
    head = file.read(CHUNK_BYTES)
    declared = DECLARED.match(head)
    encoding = declared[1].decode() if declared else "utf-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif encoding.lower().replace("-", "") in ("utf8", "utf16"):
        encoding = "utf-8-sig"
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    text = decoder.decode(head).lstrip()
    while head:
        yield text
        head = file.read(CHUNK_BYTES)
        text = decoder.decode(head, final=not head)
    yield text


def _bound(chunks: Iterator[str]) -> Iterator[str]:
    """The chunks, with a name for every prefix that the export's head forgets to declare."""
    first = next(chunks)
    if root := ROOT.search(first):
        used = {each for each in PREFIX.findall(first) if not each.lower().startswith("xml")}
        named = "".join(
            f' xmlns:{each}="undeclared:{each}"' for each in sorted(used) if f"xmlns:{each}=" not in root[0]
        )
        first = f"{first[: root.end()]}{named}{first[root.end() :]}"
    yield first
    yield from chunks


def _mended(chunks: Iterator[str]) -> Iterator[str]:
    rest, inside = "", False
    for chunk in chunks:
        rest += chunk
        while (place := rest.find(CLOSES if inside else OPENS)) >= 0:
            end = place + len(CLOSES if inside else OPENS)
            yield _segment(rest[:end], inside)
            rest, inside = rest[end:], not inside
        cut = len(rest) - MARGIN if inside else max(len(rest) - MARGIN, 0)
        if not inside and (bare := max(rest.rfind("<", max(cut, 0)), rest.rfind("&", max(cut, 0)))) >= 0:
            cut = bare
        if cut > 0:
            yield _segment(rest[:cut], inside)
            rest = rest[cut:]
    yield _segment(rest, inside)


def _segment(text: str, inside: bool) -> str:
    text = NOWHERE.sub("", text)
    if inside:
        return text
    if DOCUMENT_TYPE.search(text):
        raise RefusedError
    return LOOSE.sub(_meant, NO_CHARACTER.sub("", text))


def _meant(loose: re.Match[str]) -> str:
    """The character of an entity that HTML has and XML has not; an ampersand for one that is alone."""
    meant = html.unescape(loose[0])
    return (
        meant
        if loose[1] and len(meant) <= 2 and meant != loose[0] and meant not in "<>&"
        else f"&amp;{loose[1] or ''}"
    )
