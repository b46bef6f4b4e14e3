"""An SVG drawing: shapes only, nothing that runs or that fetches."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from train.release.firewall.documents import UnreadableError, decoded
from train.release.firewall.found import Leak

SHAPES = frozenset(
    {
        *("svg", "g", "defs", "style", "metadata", "title", "desc", "clipPath", "symbol", "use"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
        *("RDF", "Work", "type", "format", "linearGradient", "radialGradient", "stop", "marker", "pattern"),
    }
)
DECLARED = re.compile(r"<!(?!--|DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1\.1//EN\"\s+\"http://www\.w3\.org/)")
FETCHED = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:|\\", re.IGNORECASE)


def strange_in_drawing(data: bytes) -> Iterator[Leak]:
    """What a drawing holds that is no drawing."""
    try:
        text = decoded(data)
        if DECLARED.search(text) or "<?xml-stylesheet" in text:
            raise UnreadableError("no plain drawing: it declares what stands elsewhere")
        root = ElementTree.fromstring(text)  # noqa: S314 - without a declaration there is nothing to expand
    except (UnreadableError, ElementTree.ParseError) as error:
        yield Leak(
            "", f"it is {error}" if isinstance(error, UnreadableError) else f"it is no drawing: {error}"
        )
        return
    for element in root.iter():
        yield from _strange(element)


def _strange(element: ElementTree.Element) -> Iterator[Leak]:
    tag = str(element.tag).rpartition("}")[2]
    if tag not in SHAPES:
        yield Leak(f"element {tag[:40]}", "no shape, and a drawing holds shapes only")
    for name, value in element.attrib.items():
        short = name.rpartition("}")[2]
        if short.lower().startswith("on") or (short == "href" and not value.startswith("#")):
            yield Leak(f"element {tag[:40]}, attribute {short[:40]}", "it runs or fetches something")
        elif FETCHED.search(value):
            yield Leak(f"element {tag[:40]}, attribute {short[:40]}", "it fetches something")
    if FETCHED.search(element.text or ""):
        yield Leak(f"element {tag[:40]}", "its style fetches something")
