"""Invariants: what another tone must leave as it was: numbers, names, links and negations."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from train.evaluate.metrics.numerals import numbers
from train.evaluate.metrics.tokens import STRAIGHT, TEXTS, words
from train.prepare.wording.sentences import sentences

VERBATIM = re.compile(r"`[^`\n]+`|(?:https?://|www\.)[^\s<>]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TRAILING = ".,;:!?)]}'\"*_>"
NEGATION = re.compile(
    r"\bneither\b[^.;?!]{0,200}?\bnor\b|(?<!\bwhether or )\bnot\b|n't\b"
    r"|\b(?:cannot|unable|impossible|without|neither|nor|never|none|nobody|nothing|nowhere|no)\b"
    r"|\b(?:fail(?:s|ed|ing)? to|refrain(?:s|ed|ing)? from)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
SUFFIX = re.compile(r"(?<=\w)(?:n't|'(?:s|ll|d|ve|re|m))$", re.IGNORECASE)  # "do n't": a word of its own
ALNUM = re.compile(r"[^\W_]")
OPENS = re.compile(r"[\"(\[:\u2014]\s*'?$|(?:^|\s)'$")  # what follows begins as a sentence does
ONE = Decimal(1)


@dataclass(frozen=True)
class _Told:
    """What of a text must not change."""

    numbers: Counter[Decimal]
    ones: int  # written "1"
    pronouns: int  # "one", which may be a number
    names: frozenset[str]
    words: frozenset[str]
    verbatim: Counter[str]
    negations: int


def lost(asked: str, text: str) -> tuple[str, ...]:
    """The kinds of things that are not the same in `text` as in what was asked; none for a faithful one.

    Imprint's own definition, and no judgement of sense: each rule can be checked by eye.

    - numbers: the same values as often, in digits or in words ("5", "five"); "one" may be a pronoun, so it
      may stand for 1 and need not.
    - names: every word with a capital within a sentence stands in the other text too, wherever it stands
      there. The first word of a sentence has its capital from there, so it shows nothing by itself.
    - links: addresses, e-mail addresses and code in backquotes, letter for letter.
    - negations: as many, of whatever form ("cannot", "can't" and "unable" are one each).

    A text without words keeps nothing.
    """
    if not words(text):
        return ("text",)
    one, other = _told(asked), _told(text)
    same = {
        "numbers": _same_numbers(one, other),
        "names": one.names <= other.words and other.names <= one.words,
        "links": one.verbatim == other.verbatim,
        "negations": one.negations == other.negations,
    }
    return tuple(kind for kind, is_same in same.items() if not is_same)


@lru_cache(maxsize=TEXTS)
def _told(text: str) -> _Told:
    straight = text.translate(STRAIGHT)
    bare = VERBATIM.sub(" ", straight)
    found = numbers(bare)
    return _Told(
        numbers=Counter({value: times for value, times in found.items() if value != ONE}),
        ones=found[ONE],
        pronouns=words(text).count("one"),
        names=_names(bare),
        words=_spoken(bare),
        verbatim=Counter(match[0].rstrip(TRAILING) for match in VERBATIM.finditer(straight)),
        negations=len(NEGATION.findall(bare)),
    )


def _same_numbers(one: _Told, other: _Told) -> bool:
    ones = one.ones <= other.ones + other.pronouns and other.ones <= one.ones + one.pronouns
    return ones and one.numbers == other.numbers


def _spoken(text: str) -> frozenset[str]:
    """Every word of a text, with the capitals it has; one in capitals alone may be any of them."""
    found = frozenset(map(_bare, WORD.findall(text)))
    return found | {word.title() for word in found if word.isupper() and len(word) > 1}


def _names(text: str) -> frozenset[str]:
    return frozenset(name for each in sentences(text) if not each.isupper() for name in _names_in(each))


def _names_in(sentence: str) -> Iterator[str]:
    """Words whose capital does not come from their place; "I" has one anywhere."""
    for found in WORD.finditer(sentence):
        word = _bare(found[0])
        if word[0].isupper() and word not in ("I", "A", "O"):
            before = sentence[: found.start()]
            begins = OPENS.search(before[-4:]) or not ALNUM.search(before)
            if not (begins and word[1:].islower()):
                yield word


def _bare(word: str) -> str:
    return SUFFIX.sub("", word) if "'" in word else word
