"""Tone: does a formal text come out as people talk, and as the text that was held out says it?"""

import re

from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics.chrf import CHRF

from train.evaluate.metrics.tokens import STRAIGHT, words
from train.prepare.words import count

NOTHING = float("nan")
CHRF_2 = CHRF()  # character n-grams up to six, recall counted twice: the paper's and the library's default
CONTRACTION = re.compile(
    r"\b(?:\w+n't|y'all|let's|(?:he|she|it|that|this|there|here|what|who|where|when|how|why"
    r"|everyone|everybody|everything|someone|somebody|something|nobody|nothing|one)'s(?!\w)"
    r"|\w+'(?:m|re|ve|ll|d))(?!\w)",
    re.IGNORECASE,
)
NATURAL = 0.8, 1.25  # of the words asked with


def contractions(text: str) -> int:
    """How many contractions a text has; a genitive ("Anna's", "today's") is none. English alone.

    Posts by people have 8 to 17 of them per thousand words in the median.
    """
    return sum(1 for _ in CONTRACTION.finditer(text.translate(STRAIGHT)))


def is_copy(asked: str, text: str) -> bool:
    """Whether a text came out as it went in, spacing aside."""
    return text.split() == asked.split()


def keeps_length(asked: str, text: str) -> float:
    """1 for a text of 0.8 to 1.25 times the words it was asked with, else 0; NaN if asked with none."""
    size = count(asked)
    return float(NATURAL[0] <= count(text) / size <= NATURAL[1]) if size else NOTHING


def chrf(text: str, reference: str) -> float:
    """chrF between a text and the natural one that was held out, 0 to 100; NaN without such a one.

    Popović (WMT 2015): the F2 score of character n-grams, by sacrebleu. It saturates between two tones of
    one sentence, where even the untouched formal text has about 90, so read it beside the edit distance.
    """
    return CHRF_2.sentence_score(text, [reference]).score if words(reference) else NOTHING


def edit_distance(text: str, reference: str) -> float:
    """Characters to change until a text is the held-out one, per character of the longer; NaN without one.

    Levenshtein (1966), normalised as by rapidfuzz: 0 for the same text, 1 for nothing in common.
    """
    return Levenshtein.normalized_distance(text, reference) if words(reference) else NOTHING
