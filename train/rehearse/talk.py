"""Natural sentences as people say them in a chat: contractions, casual words, numbers and names."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml
from pydantic import TypeAdapter

from train.rehearse.grammar import Subject, fill

SOURCE = Path(__file__).parent / "samples" / "talk.yaml"


@dataclass(frozen=True)
class Talk:
    """What people ask a chat, and the sentences that it answers with."""

    questions: tuple[str, ...]
    sentences: tuple[str, ...]


@cache
def talk() -> Talk:
    """The sentences of `samples/talk.yaml`."""
    return TypeAdapter(Talk).validate_python(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def small_talk(subject: Subject, number: int, rng: Random) -> list[str]:
    """That many natural sentences that somebody might say about a subject."""
    return [fill(sentence, subject, rng) for sentence in rng.sample(talk().sentences, number)]
