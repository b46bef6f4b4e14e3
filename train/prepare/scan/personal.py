"""Personal data in a text: found, counted, and put out of sight."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy

from train.prepare.scan.accounts import cards_and_ids, ibans
from train.prepare.scan.addresses import emails, ips
from train.prepare.scan.phones import CONTEXT, is_phone
from train.prepare.scan.spans import Span
from train.prepare.scan.views import plain

ZERO = numpy.uint8(ord("0"))  # what is below it becomes large
RUN = re.compile(r"[0-9](?:[(]?[0-9]|[ ./)-]{1,3}[(]?[0-9]){6,}+")
GAP = re.compile(r" [/|] ")  # between two numbers of one person
GAP_WIDTH = 3
GLUE = ("_", ".", ",")
GOES_ON = re.compile(r"\w|[,:%]\d")
PASSES = 20  # a mask may part what hid its neighbour; two settle all but contrived texts


def personal(text: str, wish: Literal["mask", "drop", "keep"]) -> tuple[str, dict[str, int]]:
    """The text, masked if that is the wish, and how often it holds each kind of personal data."""
    counts: Counter[str] = Counter()
    for _ in range(PASSES):
        spans = _spans(text)
        counts.update(span.kind for span in spans)
        if not spans or wish != "mask":
            break
        text = _masked(text, spans)
    return text, dict(sorted(counts.items()))


def mentions(text: str) -> Iterator[tuple[str, str]]:
    """Every piece of personal data that masking takes out of the text, after its kind."""
    for _ in range(PASSES):
        if not (spans := _spans(text)):
            return
        yield from ((span.kind, text[span.start : span.end]) for span in spans)
        text = _masked(text, spans)


def _spans(text: str) -> list[Span]:
    typed = plain(text)
    starts = _starts_of_numbers(typed)
    spans = [*emails(text, typed), *ips(typed, starts), *ibans(typed, starts), *_numbers(text, typed, starts)]
    found = sorted(spans, key=lambda each: (each.start, -each.end))
    apart: list[Span] = []
    for span in found:
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart


def _starts_of_numbers(typed: str) -> list[int]:
    if not any(digit in typed for digit in "0123456789"):
        return []
    digits = numpy.frombuffer(b" " + typed.encode("ascii"), numpy.uint8) - ZERO < 10
    return numpy.flatnonzero(digits[1:] & ~digits[:-1]).tolist()


def _masked(text: str, spans: list[Span]) -> str:
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], f"[{span.kind}]"]
        end = span.end
    return "".join([*parts, text[end:]])


def _numbers(text: str, typed: str, starts: Sequence[int]) -> Iterator[Span]:
    end = 0
    for start in starts:
        found = RUN.match(typed, start) if start >= end else None
        end = found.end() if found else end
        before = typed[max(0, start - 1) : start]
        if found and not (before.isalnum() or before in GLUE or GOES_ON.match(typed, end)):
            yield from list(cards_and_ids(typed, start)) or _phones(text, typed, start, end)


def _phones(text: str, typed: str, start: int, end: int) -> Iterator[Span]:
    first = start
    while first and typed[first - 1] in "+(" and start - first < 2:
        first -= 1
    before = text[max(0, first - CONTEXT) : first]
    if typed[first] == "+" and before[-1:].isalnum():
        return
    places = [first, *(first + gap.end() for gap in GAP.finditer(typed[first:end])), end + GAP_WIDTH]
    for one, other in pairwise(places):
        if is_phone(typed[one : other - GAP_WIDTH], before):
            yield Span(one, other - GAP_WIDTH, "phone")
