"""What a writer had to say, as measures and people look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from train.evaluate.ask import Inputs, Questions, seed_of
from train.evaluate.figures import Findings
from train.evaluate.measure import Answer, Measure
from train.evaluate.measures import LIMIT
from train.evaluate.metrics.bits_per_byte import bits
from train.evaluate.metrics.structure import lacking
from train.evaluate.report import Cost, Document, Sample, Text, Who
from train.sections import Decoding

CLOSE = 1e-6  # of a cost: rounding, and no adapter


@dataclass(frozen=True)
class Heard:
    """What one writer wrote on the requests, the prompts it read, and what the held-out texts cost it."""

    prompts: tuple[str, ...]
    texts: tuple[Text, ...]
    costs: tuple[Cost, ...]
    windows: int = 0  # of training texts whose beginnings it was shown
    extracted: int | None = None  # of them, went on word for word; None: it was not asked


def findings(heard: Heard, questions: Questions, references: Mapping[str, str]) -> Findings:
    """What the figures are taken from."""
    asked = zip(questions.requests, heard.texts, strict=True)
    answers = (_answer(questions.message, inputs, text, references) for inputs, text in asked)
    return Findings(tuple(answers), heard.costs)


def samples(
    who: Who,
    heard: Heard,
    found: Findings,
    questions: Questions,
    decoding: Decoding,
    measures: Sequence[Measure],
) -> list[Sample]:
    """A line of `samples.jsonl` for each text."""
    scored = {measure.name: measure.each(found.answers).tolist() for measure in measures}
    return [
        Sample(
            title=answer.asked,
            inputs={name: each for name, each in inputs.items() if name != questions.message},
            writer=who,
            seed=seed_of(decoding.seed, answer.asked),
            text=answer.text,
            finished=answer.finished,
            lacks=lacking(answer.text, answer.asked, answer.finished),
            prompt=prompt,
            decoding=decoding,
            scores={name: values[at] for name, values in scored.items() if values[at] == values[at]},
        )
        for at, (inputs, answer, prompt) in enumerate(
            zip(questions.requests, found.answers, heard.prompts, strict=True)
        )
    ]


def documents(heard: Mapping[Who, Heard]) -> list[Document]:
    """A line of `documents.jsonl` for each held-out text."""
    base, adapter = heard["base"].costs, heard["adapter"].costs
    last = heard["last"].costs if "last" in heard else (None,) * len(base)
    return [
        Document(one.id, one.bytes, bits(one), bits(two), _bits(three, one.bytes))
        for one, two, three in zip(base, adapter, last, strict=True)
    ]


def is_inert(base: Heard, adapter: Heard) -> bool:
    """Whether the adapter wrote and read just as its base did."""
    costs = zip(base.costs, adapter.costs, strict=True)
    return base.texts == adapter.texts and all(isclose(a.nats, b.nats, rel_tol=CLOSE) for a, b in costs)


def _answer(message: str, inputs: Inputs, text: Text, references: Mapping[str, str]) -> Answer:
    title, limit = str(inputs[message]), inputs.get(LIMIT)
    return Answer(
        asked=title,
        text=text.text,
        finished=text.finished,
        limit=limit if isinstance(limit, int) and limit > 0 else None,  # of zero words: of any number
        reference=references[title],
    )


def _bits(cost: Cost | None, size: int) -> float | None:
    """Its bits for just as many bytes: another base may look at less of a long text."""
    return None if cost is None else bits(cost) * size / cost.bytes
