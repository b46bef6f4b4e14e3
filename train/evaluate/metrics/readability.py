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
    """What the formula counts in a text's prose; headings and code are none."""

    sentences: int
    words: int
    long: int  # words


def reading(text: str) -> Reading:
    """The counts of a text; a script without spaces has no words to count."""
    paragraphs = [each for each in prose(text) if not IS_UNSPACED.search(each)]
    found = [word for each in paragraphs for word in words_in(each) if word[0].isalnum()]
    long = sum(len(word.replace("'", "")) > LONG for word in found)
    ended = sum(count(sentence) > 0 for each in paragraphs for sentence in sentences(each))
    return Reading(ended, len(found), long)


def lix(text: str) -> float:
    """Words per sentence + 100 · words of more than six letters per word; NaN for no sentence.

    Björnsson, Läsbarhet (1968): about 30 is easy, 40 a newspaper, 60 an office. Any spaced alphabet will do.
    """
    seen = reading(text)
    return seen.words / seen.sentences + 100 * seen.long / seen.words if seen.sentences else NOTHING
