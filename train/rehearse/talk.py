"""Natural sentences as people say them in a chat: contractions, casual words, numbers and names."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml
from pydantic import TypeAdapter

from train.rehearse.grammar import Subject, fill

SOURCE = Path(__file__).parent / "samples" / "talk.yaml"
SLOT = re.compile(r"\{(\w+)\}")
WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Talk:
    """What people ask a chat, and the sentences that it answers with."""

    questions: tuple[str, ...]
    sentences: tuple[str, ...]
    examples: tuple[str, ...]  # what a demo offers: no chat holds them
    patterns: tuple[str, ...]  # sentences too, most of whose words change
    slots: dict[str, tuple[str, ...]]  # with what


@cache
def talk() -> Talk:
    """The sentences of `samples/talk.yaml`."""
    return TypeAdapter(Talk).validate_python(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def say(pattern: str, subject: Subject, rng: Random) -> str:
    """The sentence that a pattern makes, its slots filled and theirs."""
    slots = talk().slots
    while set(SLOT.findall(pattern)) & set(slots):
        pattern = SLOT.sub(lambda slot: rng.choice(slots.get(slot[1], (slot[0],))), pattern)
    return fill(pattern, subject, rng)


@cache
def plain_words() -> tuple[str, ...]:
    """Every word of the sentences and of what they hold."""
    said = (*talk().sentences, *talk().patterns, *(each for slot in talk().slots.values() for each in slot))
    return tuple(sorted({word for each in said for word in WORD.findall(SLOT.sub("", each))}))
