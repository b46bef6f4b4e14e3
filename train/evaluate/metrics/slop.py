"""Slop: how often a text says what machine prose overuses. A sign of manner, and proof of no author."""

import re
from collections.abc import Iterable
from itertools import groupby

from train.evaluate.metrics.slop_phrases import PHRASES
from train.evaluate.metrics.tokens import folded

ENDINGS = re.compile(r"\\\(([^()]+?)\\\)")


def _pattern(phrase: str) -> str:
    """A phrase as a pattern: "delve(s)" may end in s, "leverag(e|ed)" must end in one of them."""
    escaped = re.escape(phrase).replace(r"\|", "|")
    return ENDINGS.sub(lambda found: f"(?:{found[1]}){'' if '|' in found[1] else '?'}", escaped)


def _any_of(phrases: Iterable[str]) -> str:
    """The longest first; parted by their first letters, which is twice as fast."""
    ordered = sorted(phrases, key=lambda each: (each[0], -len(each), each))
    grouped = groupby(ordered, key=lambda each: each[0])
    return "|".join(f"{first}(?:{'|'.join(_pattern(each[1:]) for each in them)})" for first, them in grouped)


SLOP = re.compile(rf"\b(?:{_any_of(PHRASES)})(?!\w)")


def slop(text: str, asked: str) -> int:
    """How many of the listed phrases stand in `text`; one that the request itself uses is none.

    The measure of EQ-Bench's slop score (matches per thousand words), with a list of Imprint's own, so that
    its figures compare with each other and not with that score's. English alone. People write them too:
    what counts is more of them than the base has.
    """
    own = frozenset(SLOP.findall(folded(asked)))
    return sum(found not in own for found in SLOP.findall(folded(text)))
