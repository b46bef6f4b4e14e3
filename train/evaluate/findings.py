"""The edge where the model is: one base in memory, asked with and without its adapter."""

from collections.abc import Sequence
from pathlib import Path

from train.evaluate.ask import Inputs, Passage
from train.evaluate.figures import Findings
from train.evaluate.generate import generate
from train.evaluate.load import Loaded, load
from train.evaluate.metrics.structure import lacking
from train.evaluate.report import Sample, Text, Who
from train.evaluate.score import score
from train.tune.report import TrainingReport, Writer


def findings(
    adapter: Path,
    writer: Writer,
    training: TrainingReport,
    asked: Sequence[Inputs],
    unseen: Sequence[Passage],
) -> tuple[Findings, Findings]:
    """What the base, then the adapter over that same base, makes of the requests and the unseen texts."""
    loaded = load(adapter, writer, training)
    return _find(loaded, "base", asked, unseen), _find(loaded, "adapter", asked, unseen)


def _find(loaded: Loaded, who: Who, asked: Sequence[Inputs], unseen: Sequence[Passage]) -> Findings:
    texts = generate(loaded, who, asked)
    samples = (_sample(loaded.writer, who, *each) for each in zip(asked, texts, strict=True))
    return Findings(tuple(samples), score(loaded, who, unseen))


def _sample(writer: Writer, who: Who, inputs: Inputs, written: Text) -> Sample:
    title = str(inputs[writer.message])
    return Sample(
        title=title,
        inputs={name: value for name, value in inputs.items() if name != writer.message},
        writer=who,
        seed=writer.decoding.seed,
        text=written.text,
        finished=written.finished,
        lacks=lacking(written.text, title, written.finished),
    )
