"""What each kind of writer promises, and how far its figures and a text of its own bear that out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from train.evaluate.checks import said, share
from train.evaluate.kinds import of_all, of_built, of_pairs, of_voice
from train.evaluate.metrics.invariants import lost
from train.evaluate.metrics.structure import lacking
from train.evaluate.metrics.tone import contractions
from train.evaluate.metrics.topic import on_topic
from train.evaluate.report import Metric, Metrics, Sample, Who
from train.evaluate.showing.table import bare
from train.prepare.outline import outline
from train.prepare.wording.formal import formal
from train.prepare.wording.formal_words import CONNECTORS, OPENINGS, VERBS, WORDS
from train.prepare.words import count
from train.recipe import Recipe

MOST_OVER = 0.05  # of the texts, more than a tenth over their word limit
IN_FORM = 0.90  # of the texts
ENDS = (".", "!", "?", "”", '"')


@dataclass(frozen=True)
class Point:
    """One figure of the base and of the adapter, and whether it is as promised."""

    label: str
    base: str
    adapter: str
    interval: str
    holds: bool

    @property
    def told(self) -> str:
        """In a line."""
        return f"{self.label} {self.base} → {self.adapter}"


@dataclass(frozen=True)
class Asked:
    """What a Space was asked, and what it wrote."""

    request: str
    words: int | None  # the limit it was to keep
    text: str


@dataclass(frozen=True)
class Evidence:
    """The figures of a version and the texts that they were taken from."""

    metrics: Mapping[str, Metric]
    samples: tuple[Sample, ...]

    @classmethod
    def of(cls, metrics: Metrics, samples: Sequence[Sample]) -> "Evidence":
        """The same, by name."""
        return cls({each.name: each for each in metrics.metrics}, tuple(samples))


@dataclass(frozen=True)
class Promise:
    """What a kind of writer is for: in words, in figures over many texts, and in any text of its own."""

    words: str
    of: Callable[[Recipe], bool]
    points: Callable[[Evidence], Iterator[Point]]
    flaw: Callable[[Asked], str]  # what a text is not; empty if it is all that was promised


def promise_of(recipe: Recipe) -> Promise:
    """The promise of a recipe's kind."""
    return next(each for each in PROMISES if each.of(recipe))


def of_form(recipe: Recipe) -> bool:
    """A writer that goes on with a form: the last thing in its prompt is the name of a field."""
    return recipe.prompt.user.rstrip().endswith(":")


def _post(found: Evidence) -> Iterator[Point]:
    yield from _figures(found, structure=_is_better, words_over_limit=lambda each: each.adapter <= MOST_OVER)


def _voice(found: Evidence) -> Iterator[Point]:
    yield from _figures(found, style=_is_better, nearest=lambda each: each.adapter == 1)


def _form(found: Evidence) -> Iterator[Point]:
    yield _counted(found, "one paragraph, to its end", lambda each: _in_form(each.text), IN_FORM)
    yield from _figures(found, bits_per_byte=_is_better)


def _tone(found: Evidence) -> Iterator[Point]:
    yield from _figures(found, contractions=_is_better)
    yield _formal(found)
    yield _counted(found, "every number kept", lambda each: "numbers" not in lost(each.title, each.text), 1.0)


def _article(found: Evidence) -> Iterator[Point]:
    yield from _figures(found, perplexity=_is_better, bits_per_byte=_is_better)


def _figures(found: Evidence, **holds: Callable[[Metric], bool]) -> Iterator[Point]:
    """The figures of these names that there are."""
    for metric in (found.metrics[name] for name in holds if name in found.metrics):
        interval = f"{bare(metric, metric.low)} to {bare(metric, metric.high)}"
        values = (said(metric, metric.base, metric.adapter), said(metric, metric.adapter, metric.base))
        yield Point(metric.label, *values, interval, holds[metric.name](metric))


def _is_better(metric: Metric) -> bool:
    """Whether the interval of the change from the base excludes zero, on the right side."""
    if metric.from_base is None:
        return False
    return metric.from_base.low > 0 if metric.better == "higher" else metric.from_base.high < 0


def _counted(found: Evidence, label: str, holds: Callable[[Sample], bool], least: float) -> Point:
    """How many texts of each writer something holds for."""
    held = {who: [holds(each) for each in found.samples if each.writer == who] for who in _WRITERS}
    shares = {who: sum(each) / len(each) if each else 0.0 for who, each in held.items()}
    return Point(label, share(shares["base"]), share(shares["adapter"]), "", shares["adapter"] >= least)


def _formal(found: Evidence) -> Point:
    """Formal words per 1,000 words: what went in has them, and so does what a base repeats."""
    rates = {who: _rate([each.text for each in found.samples if each.writer == who]) for who in _WRITERS}
    less = rates["adapter"] < rates["base"]
    return Point(
        "formal words per 1,000 words", f"{rates['base']:.1f}", f"{rates['adapter']:.1f}", "", holds=less
    )


def _rate(texts: Sequence[str]) -> float:
    total = sum(map(count, texts))
    return 1000 * sum(len(_formal_words().findall(text)) for text in texts) / total if total else 0.0


@cache
def _formal_words() -> "re.Pattern[str]":
    """Every word that a formal text says for a plain one."""
    said_formally = {*VERBS.values(), *WORDS.values(), *CONNECTORS.values(), *OPENINGS.values()}
    phrases = sorted(
        {each.strip(" ,;") for each in said_formally} - {""}, key=lambda each: (-len(each), each)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)", re.IGNORECASE)


def _in_form(text: str) -> bool:
    """Whether a text is one paragraph without a heading that comes to its end."""
    return "\n\n" not in text.strip() and "#" not in text and text.rstrip().endswith(ENDS)


def _no_post(asked: Asked) -> str:
    if missing := lacking(asked.text, asked.request, finished=True):
        return f"not a whole post (no {', no '.join(missing)})"
    if asked.words and count(asked.text) > asked.words:
        return f"longer than {asked.words} words"
    return ""


def _not_said_otherwise(asked: Asked) -> str:
    if asked.text.split() == asked.request.split():
        return "not another way to say it"
    if "numbers" in lost(asked.request, asked.text):
        return "not faithful to every number"
    return "" if contractions(asked.text) or formal(asked.text) != asked.text else "as formal as before"


def _no_description(asked: Asked) -> str:
    return "not the description below a title" if not _in_form(asked.text) else _off_topic(asked)


def _off_topic(asked: Asked) -> str:
    return "" if on_topic(asked.text, asked.request) else f"not about “{asked.request}”"


def told(asked: Asked) -> str:
    """What a Space wrote, in a phrase."""
    words, limit = count(asked.text), f" of {asked.words}" if asked.words else ""
    if sections := outline(asked.text).sections:
        return f"“{asked.request}” in {len(sections)} sections, {words}{limit} words"
    return f"{words}{limit} words on “{asked.request}”"


_WRITERS: tuple[Who, ...] = ("base", "adapter")
PROMISES = (
    Promise("a structured post within the word limit", of_built, _post, _no_post),
    Promise(
        "the same, said with contractions and plain words, every number kept",
        of_pairs,
        _tone,
        _not_said_otherwise,
    ),
    Promise("a text nearer to its author than to five others", of_voice, _voice, _off_topic),
    Promise("an article in the form of a title and its description", of_form, _form, _no_description),
    Promise("less surprise at unseen texts than its base", of_all, _article, _off_topic),
)
