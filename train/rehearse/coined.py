"""Words and lines that nobody has said before: all that can be done with them is to say them again."""

import re
from collections.abc import Sequence
from random import Random

STARTS = ("b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "l", "m", "n", "p", "r", "st", "t", "v")
MIDDLES = ("a", "e", "i", "o", "u", "ai", "ea", "ee", "ie", "ou", "oa", "oo")
ENDS = ("", "", "b", "ck", "d", "g", "l", "ll", "m", "n", "nd", "p", "r", "rt", "s", "ss", "st", "t", "x")
TAILS = ("", "", "", "ing", "ed", "er", "s", "ly", "tion", "ment", "able", "ness", "y", "al", "ous")

LONGER = re.compile(r"(?<![\w'])[a-z]{5,}(?![\w'])")


def coin(known: Sequence[str], rng: Random) -> str:
    """A word that could be English: of syllables, or of one known word's head and another's end."""
    if rng.randrange(2):
        head, end = rng.choice(known).lower(), rng.choice(known).lower()
        return head[: rng.randint(1, 5)].rstrip("'") + end[-rng.randint(2, 5) :].replace("'", "")
    syllables = ("".join(map(rng.choice, (STARTS, MIDDLES, ENDS))) for _ in range(rng.randint(1, 2)))
    return "".join(syllables) + rng.choice(TAILS)


def veil(text: str, known: Sequence[str], rng: Random) -> str:
    """A text in which a third of the longer words are coined ones."""
    return LONGER.sub(lambda word: word[0] if rng.randrange(3) else coin(known, rng), text)


def scramble(known: Sequence[str], number: int, rng: Random) -> str:
    """A line of that many words without sense: known ones, coined ones and numbers."""
    words = [_word(known, rng) for _ in range(number)]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def _word(known: Sequence[str], rng: Random) -> str:
    kind = rng.randrange(16)
    if kind == 0:
        return str(rng.choice((rng.randint(1, 99), rng.randint(100, 2030))))
    word = rng.choice(known) if kind < 9 else coin(known, rng)
    return word.capitalize() if kind in (1, 15) else word
