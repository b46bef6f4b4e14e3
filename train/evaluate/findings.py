"""The edge where the models are: one base in memory, asked with each adapter and without any."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from accelerate.utils.memory import clear_device_cache

from train.errors import StageError
from train.evaluate.ask import Questions
from train.evaluate.extraction import Window, extracted, windows
from train.evaluate.generate import generate
from train.evaluate.given import Given
from train.evaluate.heard import Heard
from train.evaluate.kept import Kept
from train.evaluate.last import Before
from train.evaluate.load import Loaded, load, load_beside, same_base
from train.evaluate.report import Who
from train.evaluate.score import score
from train.tune.checks import LENGTH
from train.tune.report import TrainingReport


def hear(
    adapter: Path, found: Given, questions: Questions, before: Before | None, kept: Path
) -> tuple[Mapping[Who, Heard], str]:
    """What base, adapter and last release say to the questions; or why the last one could not be asked.

    A last release over another base is asked once the first base is gone: there are never two in memory.
    """
    loaded = load(adapter, found.writer, found.training)
    length = _length(loaded, found.training)
    shown: Sequence[Window] | None = windows(loaded.tokenizer, questions.message, questions.learned, length)
    heard: dict[Who, Heard] = {
        "base": _hear(loaded, "base", questions, kept, shown),
        "adapter": _hear(loaded, "adapter", questions, kept, shown),
    }
    if before is None:
        return heard, ""
    theirs = questions.put_to(before.writer)
    writer = replace(before.writer, decoding=found.writer.decoding)
    try:
        if same_base(found.writer, found.training, before.writer, before.training):
            last = load_beside(loaded, before.folder, writer)
        else:
            del loaded
            shown = None  # another base may have other tokens
            clear_device_cache(garbage_collection=True)
            last = load(before.folder, writer, before.training)
        return heard | {"last": _hear(last, "last", theirs, kept, shown)}, ""
    except StageError as error:
        return heard, str(error)


def _length(loaded: Loaded, training: TrainingReport) -> int:
    """How many tokens of a text training saw at once."""
    return min(loaded.window, int(str(training.options.get("max_length", LENGTH) or loaded.window)))


def _hear(
    loaded: Loaded, who: Who, questions: Questions, kept: Path, shown: Sequence[Window] | None
) -> Heard:
    return Heard(
        prompts=tuple(map(loaded.prompt, questions.requests)),
        texts=generate(loaded, who, questions.requests, Kept(kept / f"{who}.jsonl")),
        costs=score(loaded, who, questions.passages),
        windows=len(shown or ()),
        extracted=None if shown is None else extracted(loaded, who, shown),
    )
