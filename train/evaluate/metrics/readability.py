"""Readability: how long the sentences and the words of a text are. Said of it, never held against it."""

from dataclasses import dataclass

from train.evaluate.metrics.prose import prose
from train.evaluate.metrics.tokens import IS_UNSPACED, words_in
from train.prepare.wording.sentences import sentences
from train.prepare.words import count

LONG = 6  # letters; more make a word long
NOTHING = float("nan")


@dataclass(frozen=True)
class Reading:
    """What the formulas count in a text's prose; headings and code are none."""

    sentences: int
    words: int
    long: int  # words
    letters: int


def reading(text: str) -> Reading:
    """The counts of a text; a script without spaces has no words to count."""
    paragraphs = [each for each in prose(text) if not IS_UNSPACED.search(each)]
    found = [word for each in paragraphs for word in words_in(each) if word[0].isalnum()]
    sizes = [len(word.replace("'", "")) for word in found]
    ended = sum(count(sentence) > 0 for each in paragraphs for sentence in sentences(each))
    return Reading(ended, len(found), sum(size > LONG for size in sizes), sum(sizes))


def lix(text: str) -> float:
    """Words per sentence + 100 · words of more than six letters per word; NaN for no sentence.

    Björnsson, Läsbarhet (1968): about 30 is easy, 40 a newspaper, 60 an office. Any spaced alphabet will do.
    """
    seen = reading(text)
    return seen.words / seen.sentences + 100 * seen.long / seen.words if seen.words else NOTHING


def ari(text: str) -> float:
    """4.71 · letters per word + 0.5 · words per sentence - 21.43, a school year; NaN for no sentence.

    The automated readability index, Senter and Smith (1967); for English.
    """
    seen = reading(text)
    if not seen.words:
        return NOTHING
    return 4.71 * seen.letters / seen.words + 0.5 * seen.words / seen.sentences - 21.43


def coleman_liau(text: str) -> float:
    """5.88 · letters per word - 29.6 · sentences per word - 15.8, a school year; NaN for no sentence.

    Coleman and Liau (1975), its constants for 100 words written for one; for English.
    """
    seen = reading(text)
    if not seen.words:
        return NOTHING
    return 5.88 * seen.letters / seen.words - 29.6 * seen.sentences / seen.words - 15.8
