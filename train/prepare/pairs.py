"""Formal and natural sentences made of natural prose, for a writer that turns the first into the second."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from train.prepare.document import Document
from train.prepare.outline import blocks
from train.prepare.wording.formal import formal
from train.prepare.wording.sentences import sentences
from train.prepare.words import count
from train.sections import Keep, Pairs

WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc][^\W_]+)*")
WHOLE = re.compile(
    r"[\"'“\u2018(*_]*[A-Z0-9].*[.!?…][\"'”\u2019)*_]*"
)  # it begins and ends as a sentence does
NO_PROSE = re.compile(r"https?://|\]\(|`|<[a-z/!]|\||\\|\$\$|\[\^")


def pairs(document: Document, rules: Pairs, keep: Keep) -> tuple[list[Document], Counter[str]]:
    """The pairs that a document's prose makes, and how many sentences are left after each step."""
    steps, found = Counter[str](), dict[str, Document]()
    for piece in _pieces(document.text, rules, keep, steps):
        natural, stiff = " ".join(piece), " ".join(map(formal, piece))
        steps["changed"] += stiff != natural
        if stiff == natural or not rules.overlap[0] <= overlap(stiff, natural) <= rules.overlap[1]:
            continue
        steps["in overlap"] += 1
        found.setdefault(natural.casefold(), _pair(document, len(found) + 1, natural, stiff))
    steps["unique"] += len(found)
    return list(found.values()), steps


def overlap(one: str, other: str) -> float:
    """The share of two texts' different words that stand in both."""
    mine, theirs = (frozenset(WORD.findall(text.casefold())) for text in (one, other))
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0


def _pieces(text: str, rules: Pairs, keep: Keep, steps: Counter[str]) -> Iterator[list[str]]:
    """Sentences of the right length; a short one goes with those after it until they are long enough."""
    for block in blocks(text):
        held: list[str] = []
        for sentence in sentences(block.content) if block.kind == "paragraph" else ():
            steps["sentences"] += 1
            is_prose = WHOLE.fullmatch(sentence) and not NO_PROSE.search(sentence)
            held = [*held, sentence] if is_prose and count(sentence) <= rules.words[1] else []
            words = sum(map(count, held))
            if words >= max(rules.words[0], keep.words[0]):
                if words <= keep.words[1]:
                    steps["in length"] += 1
                    yield held
                held = []


def _pair(document: Document, number: int, natural: str, stiff: str) -> Document:
    place = f"#{number}"
    return replace(
        document,
        id=document.id + place,
        title="",
        text=natural,
        origin=document.origin + place,
        kind="pair",
        formal=stiff,
        head="",
    )
