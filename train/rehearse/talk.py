"""Natural sentences as people say them in a chat: contractions, casual words, numbers and names."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

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
