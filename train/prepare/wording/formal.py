"""A natural English sentence as a formal text would put it: by rules, and with the same facts."""

import re
from collections.abc import Iterable

from train.prepare.wording.contractions import HEAD, TAIL, expand
from train.prepare.wording.formal_words import CONNECTORS, KEPT, NO_OPENING, OPENINGS, VERBS, WORDS

# Somebody's very words, code, addresses and tags stay as they are.
UNTOUCHED = re.compile(
    r"(\"[^\"]*\"|“[^”]*”|\u2018[^\u2019]*\u2019(?!\w)|`[^`]*`|\]\([^)]*\)|<[^>]*>|\$[^$]+\$|"
    r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+)"
)
NOUNISH = re.compile(
    r"\b(?:an?|another|any|each|every|her|his|its|my|no|our|some|the|their|this|your)\s+$", re.I
)
TURN = re.compile(r", (but|so) (?=(?:I|you|he|she|it|we|they|there|this|these|those)\b)")
TURNS = {"but": "; however, ", "so": "; therefore, "}
NUMBER = re.compile(rf"{HEAD}(?:about|around)(?= \d)")
NEW = "\0"  # before a word that was put in, whose article may have to change
ARTICLE = re.compile(rf"{HEAD}([Aa])n?(\s+){NEW}(?=([A-Za-z]))")
VOWELS = frozenset("aeiouAEIOU")


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, phrases), key=lambda each: (-len(each), each)))


SWAPS = {casual.lower(): formal for casual, formal in (VERBS | WORDS | CONNECTORS).items()}
SWAP = re.compile(rf"{HEAD}(?:{_any_of([*SWAPS, *KEPT])}){TAIL}", re.IGNORECASE)
OPENING = re.compile(
    rf"\A(?:({_any_of(each for each in OPENINGS if each.endswith(','))})"
    rf"|({_any_of(each for each in OPENINGS if not each.endswith(','))}),?)"
    rf"(?= (?!(?:{NO_OPENING})\b)\w)"
)


def formal(sentence: str) -> str:
    """The sentence without contractions, casual words and spoken connectors; the same if it has none."""
    asks = sentence.rstrip("\"'”\u2019)*_ ").endswith("?")
    shouts = sentence.isupper()
    parts = UNTOUCHED.split(sentence.replace(NEW, ""))
    parts[0] = OPENING.sub(lambda found: OPENINGS[found[1] or found[2]], parts[0])
    for place in range(0, len(parts), 2):
        parts[place] = _put(expand(parts[place], asks), first=place == 0, shouts=shouts)
    return "".join(parts)


def _put(text: str, *, first: bool, shouts: bool) -> str:
    start = re.match(r"\W*", text)
    beginning = start.end() if first and start else -1
    text = NUMBER.sub("approximately", TURN.sub(lambda found: TURNS[found[1]], text))
    text = SWAP.sub(lambda found: _swapped(found, beginning, shouts), text)
    return ARTICLE.sub(_article, text).replace(NEW, "")


def _swapped(found: re.Match[str], beginning: int, shouts: bool) -> str:
    casual, word = found[0].lower(), found[0]
    instead = SWAPS.get(casual)
    if instead is None or (casual in VERBS and NOUNISH.search(found.string[: found.start()])):
        return word
    if shouts:
        return NEW + instead.upper()
    if word[0].isupper():
        return NEW + instead[0].upper() + instead[1:] if found.start() == beginning else word
    return NEW + instead


def _article(found: re.Match[str]) -> str:
    return f"{found[1]}{'n' if found[3] in VOWELS else ''}{found[2]}"
