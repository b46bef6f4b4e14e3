"""Figures of an invented adapter that passes every check, to be spoiled one at a time."""

from dataclasses import replace
from typing import Any

from train import recipe as recipes
from train.evaluate.measures import asked
from train.evaluate.report import Audit, Change, Check, Copy, Last, Metric, Metrics, Verdict
from train.recipe import Recipe

BLOG, VOICE, HUMANIZER = (recipes.load(name) for name in ("blog", "voice", "humanizer"))
LAST = Last("v1.1.0", "acme/writer", "c" * 40, "a" * 64, "d" * 64, "acme/base", "b" * 40)
GOOD = {  # base, last version, adapter
    "structure": (0.02, 0.90, 0.96),
    "words_over_limit": (0.40, 0.03, 0.02),
    "words_under_limit": (0.30, 0.04, 0.03),
    "length": (50.0, 90.0, 92.0),
    "unfinished": (0.30, 0.02, 0.02),
    "retrieval": (0.90, 0.95, 0.96),
    "repetition": (0.05, 0.01, 0.01),
    "repetition_worst": (0.20, 0.05, 0.05),
    "repetition_most": (0.60, 0.12, 0.10),
    "common_4_grams": (0.10, 0.09, 0.09),
    "slop": (24.0, 6.0, 5.0),
    "specifics": (1.5, 1.0, 1.0),
    "readability": (45.0, 38.0, 38.0),
    "style": (1.40, 1.00, 0.90),
    "nearest": (0.0, 1.0, 1.0),
    "kept": (0.70, 1.0, 1.0),
    "copies": (0.50, 0.10, 0.10),
    "length_kept": (0.80, 0.98, 0.98),
    "contractions": (2.0, 20.0, 21.0),
    "chrf": (55.0, 75.0, 76.0),
    "bits_per_byte": (1.40, 1.25, 1.20),
}
AUDIT = Audit(
    key="key",
    copies=(Copy("On tea", 9, "my-blog/tea.md", "a cup of tea is the best part of it"),),
    windows=200,
    extracted_base=1,
    extracted_adapter=1,
    runs=40_000,
    shared=12,
)


def metrics(
    recipe: Recipe = BLOG,
    *,
    titles: int = 200,
    documents: int = 60,
    last: bool = False,
    demo: bool = False,
    **adapter: float,
) -> Metrics:
    """The figures of a good adapter, or others for the metrics that are named."""
    over = {measure.name: titles for measure in asked(recipe)} | {"bits_per_byte": documents}
    found = [_metric(recipe, name, over[name], last, adapter.get(name)) for name in GOOD if name in over]
    return Metrics(
        key="key",
        recipe=recipe.name,
        adapter="adapter",
        dataset="rows",
        titles=titles,
        documents=documents,
        metrics=tuple(found),
        files={},
        last=LAST if last else None,
        demo=demo,
    )


def asking(recipe: Recipe = BLOG, **thresholds: float | None) -> Recipe:
    """The recipe with other thresholds."""
    return replace(recipe, gate=replace(recipe.gate, **thresholds))  # type: ignore[arg-type]


def failing(verdict: Verdict, level: str = "block") -> list[str]:
    """The checks of that level that did not pass."""
    return [each.metric for each in verdict.checks if not each.passed and each.level == level]


def check(verdict: Verdict, name: str) -> Check:
    """The check of that name."""
    return next(each for each in verdict.checks if each.metric == name)


def changed(found: Metrics, name: str, **fields: Any) -> Metrics:
    """The same figures, with one metric changed."""
    return replace(
        found,
        metrics=tuple(replace(each, **fields) if each.name == name else each for each in found.metrics),
    )


def without(found: Metrics, name: str) -> Metrics:
    """The same figures, with one metric missing."""
    return replace(found, metrics=tuple(each for each in found.metrics if each.name != name))


def _metric(recipe: Recipe, name: str, texts: int, last: bool, figure: float | None) -> Metric:
    told = {measure.name: measure for measure in asked(recipe)}.get(name)
    base, before, usual = GOOD[name]
    value = usual if figure is None else figure
    noun = "unseen text" if told is None else "title"
    return Metric(
        name=name,
        label=told.label if told else "bits per byte",
        base=base,
        adapter=value,
        better=told.better if told else "lower",
        over=f"{texts} {noun}{'s' * (texts != 1)}",
        unit=told.unit if told else "number",
        low=value,
        high=value,
        last=before if last else None,
        from_base=_certain(value - base),
        from_last=_certain(value - before) if last else None,
        texts=texts,
    )


def _certain(difference: float) -> Change:
    """A difference that is the same on every text."""
    return Change(difference, difference, difference, 0.0002 if difference else 1.0)
