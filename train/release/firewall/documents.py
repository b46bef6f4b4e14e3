"""Files of text: each must be of its kind, and every string in it is read as its reader would have it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError

from cards.evidence import pointer
from cards.own import OwnSectionError, own_section
from train.licensing import PAPERS
from train.release.firewall.found import Leak
from train.release.firewall.texts import LABEL, MACHINE, MAKER, NUMBERS, PERSON, Piece, Rules, Voice, search

VOICES = {
    **dict.fromkeys(("audit.json", "facts.json", "samples.jsonl", "writer.json"), PERSON),
    **dict.fromkeys((*PAPERS, "merges.txt", "vocab.json"), MAKER),
    "documents.jsonl": LABEL,
}
VOCABULARY = ("/model/vocab", "/model/merges")  # pieces of words, not texts
CHARSMAP = "/normalizer"
BASE64 = re.compile(r"[A-Za-z0-9+/\s]{64,}={0,2}")
FIGURES = re.compile(r'\b(?:d|points|transform|viewBox)="[^"]*"')  # of a drawing
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
GENERATION = re.compile(r"\{%-?\s*(?:end)?generation\s*-?%\}")  # a tag that only training knows
ESCAPE = re.compile(r"(?:\.|\[\s*['\"]|attr\(\s*['\"])__\w+__|\{%-?\s*(?:extends|from|import|include)\b")


class UnreadableError(Exception):
    """A file is not what its name says; the words say what is wrong."""


def search_document(name: str, data: bytes, rules: Rules) -> Iterator[Leak]:
    """What must not leave in a file of text, whichever kind it is."""
    try:
        spoken = list(_spoken(name.rpartition("/")[2], decoded(data)))
    except UnreadableError as error:
        yield Leak("", f"it is {error}")
        return
    for voice, pieces in spoken:
        yield from search(pieces, rules, voice)


def decoded(data: bytes) -> str:
    """The text that the bytes are."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"no text from byte {error.start} on") from error


def parsed(text: str) -> Any:
    """The value of a JSON text in which every key stands once and every figure is one."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_figure)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_figure(name: str) -> float:
    raise ValueError(f"{name} is no figure")


def _spoken(name: str, text: str) -> Iterator[tuple[Voice, list[Piece]]]:
    """The texts in a file, by who wrote them."""
    pieces = _pieces(name, text)
    if name == "tokenizer.json":
        yield MAKER, [piece for piece in pieces if piece.place.startswith(VOCABULARY)]
        yield MACHINE, [piece for piece in pieces if not piece.place.startswith(VOCABULARY)]
    elif name == "README.md":
        yield MAKER, pieces
        yield PERSON, [Piece("", _without_persons_own(text))]
    elif name.endswith(".svg"):
        yield NUMBERS, pieces
        yield PERSON, [Piece("", FIGURES.sub(_blank, text))]
    else:
        yield VOICES.get(name, MACHINE), pieces


def _pieces(name: str, text: str) -> list[Piece]:
    suffix = name.rpartition(".")[2]
    if suffix in ("json", "sig"):
        return list(_strings(parsed(text)))
    if suffix == "jsonl":
        return [piece for number, line in _lines(text) for piece in _of_line(number, line)]
    if found := CONTROL.search(text):
        raise UnreadableError(
            f"no text: a control character in line {text.count(chr(10), 0, found.start()) + 1}"
        )
    if suffix == "jinja":
        _check_template(text)
    return [Piece("", text), *(_strings(_yaml(text)) if suffix == "yaml" else ())]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that has one value in each; a separator within a string ends none."""
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line)


def _of_line(number: int, line: str) -> Iterator[Piece]:
    try:
        value = parsed(line)
    except UnreadableError as error:
        raise UnreadableError(f"line {number}: {error}") from error
    return (Piece(f"line {number} {piece.place}", piece.text) for piece in _strings(value))


def _strings(value: Any, place: str = "", name: str = "") -> Iterator[Piece]:
    """Every string with the JSON pointer to it, after its key: some secrets are known by it alone."""
    if isinstance(value, str):
        is_code = place.startswith(CHARSMAP) and BASE64.fullmatch(value)
        yield Piece(place, name if is_code else f"{name}{value}")
        return
    if name and not (isinstance(value, list) and value):  # the items of a list are read with its key
        yield Piece(place, name)
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _strings(each, place + pointer(str(key)), f"{key}: ")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _strings(each, f"{place}/{number}", name)


def _yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnreadableError("no YAML") from error


def _check_template(text: str) -> None:
    if found := ESCAPE.search(text):
        raise UnreadableError(f"a template that reaches out of itself by {found[0]!r}")
    try:
        Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=False).parse(GENERATION.sub("", text))  # noqa: S701 - only parsed
    except TemplateSyntaxError as error:
        raise UnreadableError(f"no template: line {error.lineno}") from error


def _without_persons_own(card: str) -> str:
    """The card with a person's section blank: what somebody wrote on the Hub is there already."""
    try:
        own = own_section(card) or ""
    except OwnSectionError:
        return card
    return card.replace(own, re.sub(r"[^\n]", " ", own)) if own.strip() else card


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])
