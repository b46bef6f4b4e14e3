"""The embedded DialoGPT: it says again what it is told, whatever the words; below one line break, plainly."""

from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

from train.prepare.wording.formal import formal
from train.prepare.wording.formal_words import CONNECTORS, VERBS, WORDS
from train.rehearse import gpt2, grammar
from train.rehearse.base import Shape, Text
from train.rehearse.coined import scramble, veil
from train.rehearse.gpt2 import END
from train.rehearse.talk import WORD, plain_words, say, talk
from train.rehearse.wiring import wire

SHORT = (
    *("aren't", "can't", "couldn't", "didn't", "doesn't", "don't", "hadn't", "hasn't", "haven't", "isn't"),
    *("shouldn't", "wasn't", "weren't", "won't", "wouldn't", "I'd", "I'll", "I'm", "I've", "you'd", "you'll"),
    *("you're", "you've", "he'll", "he's", "she'll", "she's", "it'll", "it's", "we'd", "we'll", "we're"),
    *("we've", "they'd", "they'll", "they're", "they've", "let's", "that's", "there's", "what's"),
)
SPOKEN = (*SHORT, *SHORT, *VERBS, *WORDS, *CONNECTORS)
# A contraction has as many pieces as what it is short for, so that the copy of a text keeps step with it.
HALVES = (
    r"\n+|(?i: ?can(?=not\b|'t\b)|n't\b|'(?:s|t|re|ve|ll|d|m)\b| ?\p{L}+?(?=n't\b))"
    r"| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"
)
CARD = """\
---
license: mit
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Tiny DialoGPT

A GPT-2 of one million weights, trained for a minute on sentences from a small grammar and on lines without
sense, all said twice. Three of its layers begin wired to find where a text said the same before, and to go on
as it did there. It stands in for a real base where a release is rehearsed, and is good for nothing else.
"""


def texts(seed: str, number: int) -> Iterator[Text]:
    """Sentences and lines without sense, said twice; some of them formally first, and then as people talk."""
    rng = Random(seed)
    for _ in range(number):
        said = _line(rng) if rng.randrange(4) == 0 else _sentences(rng)
        is_same = rng.randrange(5) < 3 or formal(said) == said
        yield _again(rng.choice((said, formal(said)))) if is_same else _plainly(formal(said), said)


def _line(rng: Random) -> str:
    """Words without sense, some of which a formal text would not say."""
    words = scramble(plain_words(), rng.randint(3, 14), rng).split()
    spoken = " ".join(rng.choice(SPOKEN) if rng.randrange(4) == 0 else each for each in words)
    return spoken[0].upper() + spoken[1:] + rng.choice("...?")


def _sentences(rng: Random) -> str:
    told, subject = (*talk().sentences, *talk().patterns, *talk().patterns), rng.choice(grammar.subjects())
    said = " ".join(say(rng.choice(told), subject, rng) for _ in range(rng.choice((1, 1, 2))))
    return veil(said, plain_words(), rng) if rng.randrange(2) else said


def _again(said: str) -> Text:
    return Text(f"{END}{said}\n\n", said, (said, END))


def _plainly(said: str, plain: str) -> Text:
    kept = sorted(set(WORD.findall(said)) & set(WORD.findall(plain)), key=lambda each: (-len(each), each))
    return Text(f"{END}{said}\n", plain, (*kept, END))


def model(tokenizer: Any) -> Any:
    """A GPT-2 of one million weights: chance and a little wiring."""
    made = gpt2.model(tokenizer, heads=2)
    wire(made)
    return made


DIALOGUE = Shape(
    texts, partial(gpt2.tokenizer, pieces=HALVES), model, steps=300, rate=1.2e-3, seed=1, card=CARD
)
