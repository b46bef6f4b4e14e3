"""Topic: does a text come back to what its title is about? A sign of copying the topic, not of sense."""

import re

from train.evaluate.metrics.tokens import IS_UNSPACED, folded

STEM = 5  # letters: `gardening` and `gardens` meet in `garde`, `keep` and `keeping` in `keep`
ENGLISH = """
a about after all an and any are as at be before but by can do does for from get has have how i if in into
is it its make me more most much my no not of off on one or our out over should so some than that the their
them then there these they things this to up use was way we what when where which who why will with without
you your
"""
STOP_WORDS = frozenset(ENGLISH.split())


def on_topic(text: str, title: str) -> bool:
    """Whether a word of the body, below the title's line, begins like a content word of the title.

    A word's stem is its first letters; stop words count only in a title that has no others. Scripts
    without spaces are one long word, so there the stem may stand anywhere in the body.
    """
    below = body(text, title).casefold()
    words = _words(title)
    stems = {word[:STEM] for word in words if word not in STOP_WORDS} or {word[:STEM] for word in words}
    starts = _words(below)
    return any(
        stem in below if IS_UNSPACED.search(stem) else any(word.startswith(stem) for word in starts)
        for stem in stems
    )


def body(text: str, title: str) -> str:
    """A text without its title: saying that over again shows nothing."""
    first, _, rest = text.lstrip().partition("\n")
    below = rest if first.startswith("# ") else text
    asked = folded(title)
    longest = 2 * len(title) + 20  # the title with marks and spaces about it
    return "\n".join(
        line
        for line in below.split("\n")
        if len(line) > longest or folded(line.strip(" #*_:=\"'\t")) != asked
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))
