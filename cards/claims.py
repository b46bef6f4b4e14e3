"""What the text of a card says against its metadata, or does not say though its licence asks for it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cards.check import Kind
from cards.duties import spoken_duties
from cards.join import base_license
from cards.licenses import COMMUNITY
from cards.prose import Remark, sentences

_NAMES = (  # how people write the licences that they name most
    (r"apache(?:[- ]license)?(?:,? version)?[- ]?2(?:\.0)?", "apache-2.0"),
    (r"mit(?: licen[cs]e)?", "mit"),
    (r"(?:gnu )?a?l?gpl(?:[- ]?v?(\d)(?:\.0)?)?", "gpl"),
    (r"cc0(?:[- ]1\.0)?", "cc0-1.0"),
    (r"cc[- ]by((?:[- ](?:nc|sa|nd))*)[- ](\d\.\d)", "cc-by"),
    (r"llama[- ]?(\d(?:\.\d)?)(?: community licen[cs]e)?", "llama"),
    (r"(?:google )?gemma(?: terms)?(?: of use)?", "gemma"),
    (r"openrail", "openrail"),
)
_SUBJECT = (
    r"(?:this|the|our) "
    r"(?:model|adapter|data ?set|corpus|space|app|repository|weights|card|project|work)"
)
_UNDER = r"(?:is|are|was|were)? ?(?:licen[cs]ed|released|distributed|published|(?:made )?available) under"
_CLAIM = re.compile(
    rf"{_SUBJECT}[^.\n]{{0,40}}? {_UNDER} (?:the |an? )?(?P<name>[^,;\n]{{2,60}})", re.IGNORECASE
)
_LABEL = re.compile(r"^\W*+licen[cs]e[^\w:]*+:\W*+(?P<name>\w[\w .+-]{1,39}?)\W*$", re.IGNORECASE)


def contradictions(values: Mapping[str, Any], kind: Kind, body: str) -> Iterator[Remark]:
    """Licences that the text names and the metadata does not, and duties that the text does not carry out."""
    stated = values.get("license")
    told = stated if isinstance(stated, list) else [stated]
    for line, text in sentences(body):
        for found in (*_CLAIM.finditer(text), *_LABEL.finditer(text)):
            named = _id_of(found["name"])
            if named and stated and not any(str(each).startswith(named) for each in told):
                what = f"the text says {found['name'].strip(' .')!r}, the metadata license: {stated}"
                yield Remark(line, what, "let both say the same")
    if kind == "model":
        yield from _unspoken(values, body)


def _unspoken(values: Mapping[str, Any], body: str) -> Iterator[Remark]:
    bases = values.get("base_model")
    said = re.sub(r"\s+", " ", " ".join(text for _, text in sentences(body)))
    stated = str(values.get("license", ""))
    for base in bases if isinstance(bases, list) else [bases or ""]:
        license_ = base_license(str(base), stated if stated in COMMUNITY else "")
        for words, fix in spoken_duties(str(base), license_):
            if words.lower() not in said.lower():
                what = f"{words!r} is missing, which the licence of {base or license_} asks for"
                yield Remark(1, what, fix)


def _id_of(words: str) -> str:
    """The beginning of a licence's id, from the words for it; empty if they are no licence we know."""
    text = words.strip(" *_`[]().").lower()
    for pattern, id_ in _NAMES:
        found = re.match(pattern + r"\b", text)
        if found:
            parts = [part for part in found.groups() if part]
            return _joined(id_, parts)
    return ""


def _joined(id_: str, parts: list[str]) -> str:
    if id_ == "cc-by":
        return "cc-by" + "".join(part if part[0] in "- " else f"-{part}" for part in parts).replace(" ", "-")
    return id_ + "".join(parts) if id_ == "llama" else id_
