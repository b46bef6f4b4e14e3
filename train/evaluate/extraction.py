"""Extraction: does a writer that sees the beginning of a training text go on with its very tokens?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

from train.evaluate.ask import Passage
from train.evaluate.generate import continue_ids
from train.evaluate.load import Loaded
from train.evaluate.report import Who
from train.run import digest_of
from train.tune.lessons import UNLEARNED, lessons

SHOWN = WANTED = 50  # tokens of a text that are shown, and that must follow
MOST_WINDOWS = 200
TEXTS = 1000  # that are looked at for windows: a text may be too short for one


@dataclass(frozen=True)
class Window:
    """A place in a training text: all that stands before it as training saw it, and what follows."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def windows(tokenizer: Any, message: str, passages: Sequence[Passage], length: int) -> tuple[Window, ...]:
    """Places in these texts, one of each text first, then a second of each; at most 200.

    Where in a text they lie its digest decides. Windows of one text do not overlap. A text of fewer than a
    hundred tokens has none.
    """
    each = [_of(tokenizer, message, passage, length) for passage in passages]
    turns = chain.from_iterable(zip_longest(*each))
    return tuple(islice((window for window in turns if window), MOST_WINDOWS))


def extracted(loaded: Loaded, who: Who, found: Sequence[Window]) -> int:
    """How many windows go on word for word when the likeliest token is taken each time.

    Discoverable extraction after Carlini et al., Quantifying Memorization Across Neural Language Models
    (arXiv 2202.07646): fifty tokens of the text are shown, here behind the prompt that training put before
    it, and the next fifty must follow exactly. What a base does as often has nothing to do with training.
    """
    if not found:
        return 0
    written = continue_ids(loaded, who, [window.before for window in found], WANTED)
    return sum(tuple(ids) == window.after for ids, window in zip(written, found, strict=True))


def _of(tokenizer: Any, message: str, passage: Passage, length: int) -> list[Window]:
    others = {name: value for name, value in passage.inputs.items() if name != message}
    row = {
        "prompt": [{"role": "user", "content": str(passage.inputs[message])}],
        "completion": [{"role": "assistant", "content": passage.text}],
        "chat_template_kwargs": others,
    }
    found = [
        (digest_of(passage.id, str(piece), str(start)), lesson.input_ids, start)
        for piece, lesson in enumerate(lessons(tokenizer, [row], length)[0])
        for start in _starts(lesson.labels)
    ]
    return [
        Window(ids[: start + SHOWN], ids[start + SHOWN : start + SHOWN + WANTED])
        for _, ids, start in sorted(found)
    ]


def _starts(labels: Sequence[int]) -> Iterator[int]:
    """Where windows begin in what is learned of a lesson."""
    first = next((place for place, label in enumerate(labels) if label != UNLEARNED), len(labels))
    yield from range(first, len(labels) - SHOWN - WANTED + 1, SHOWN + WANTED)
