"""The drawings beside a card: which there are, and how long the texts of each writer came out."""

from collections.abc import Sequence
from pathlib import Path

from cards.facts import Pictures
from cards.plots import lengths
from train.evaluate.report import Sample
from train.prepare.words import count
from train.run import write_text

CORPUS, LOSS, LENGTHS = "report.svg", "loss.svg", "lengths.svg"
LIMIT = "words"  # the input that is a limit, in recipes that have one
NAMES = {"base": "base", "last": "version before", "adapter": "this version"}


def draw_lengths(samples: Sequence[Sample], folder: Path) -> None:
    """Draw how long the texts are: of their limit in per cent if all have one, else in words."""
    limited = bool(samples) and all(each.inputs.get(LIMIT) for each in samples)
    drawn = {
        name: [_length(each, limited) for each in samples if each.writer == writer]
        for writer, name in NAMES.items()
    }
    unit = "words of a text, in per cent of its limit" if limited else "words of a text"
    written = {name: values for name, values in drawn.items() if values}
    write_text(folder / LENGTHS, lengths(written, unit, 100 if limited else None))


def pictures_in(folder: Path) -> Pictures:
    """The drawings that lie in an adapter's folder."""
    return Pictures(lengths=_if_there(folder, LENGTHS), loss=_if_there(folder, LOSS))


def corpus_picture(folder: Path) -> str:
    """The drawing of a corpus in a dataset's folder; empty if it has none."""
    return _if_there(folder, CORPUS)


def _if_there(folder: Path, name: str) -> str:
    return name if (folder / name).exists() else ""


def _length(sample: Sample, limited: bool) -> float:
    words = count(sample.text)
    return 100 * words / float(sample.inputs[LIMIT] or 1) if limited else words
