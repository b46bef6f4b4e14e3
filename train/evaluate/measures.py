"""The measures of a writer's texts, in the order in which they are shown."""

from collections.abc import Callable, Sequence
from math import nan

import numpy as np

from train.evaluate.kinds import (
    of_all,
    of_built,
    of_english,
    of_english_pairs,
    of_pairs,
    of_titled,
    of_voice,
)
from train.evaluate.measure import (
    Answer,
    Floats,
    Measure,
    Values,
    each,
    mean_of,
    median_of,
    number,
    quantile_of,
    rate,
    share,
)
from train.evaluate.metrics import length, repetition, retrieval, style, tone
from train.evaluate.metrics.invariants import lost
from train.evaluate.metrics.readability import lix
from train.evaluate.metrics.slop import slop
from train.evaluate.metrics.specifics import said, specifics
from train.evaluate.metrics.structure import lacking
from train.evaluate.metrics.topic import on_topic
from train.prepare.words import count
from train.recipe import Recipe

LIMIT = "words"  # the input that is a limit, in recipes that have one


def asked(recipe: Recipe) -> tuple[Measure, ...]:
    """The measures that mean something for this recipe's texts."""
    return tuple(measure for measure in MEASURES if measure.asked_of(recipe))


def _of_limited(recipe: Recipe) -> bool:
    return LIMIT in recipe.inputs


def _limited(value: Callable[[str, int], float]) -> Values:
    return each(lambda one: nan if one.limit is None else value(one.text, one.limit))


def _ranked(figure: Callable[[Floats], Floats]) -> Values:
    return lambda answers: figure(
        retrieval.ranks(tuple(one.text for one in answers), tuple(one.asked for one in answers))
    )


def _common(answers: Sequence[Answer]) -> Floats:
    return np.array(repetition.common_4_grams([answer.text for answer in answers]), dtype=np.float64)


def _repeated(answers: Sequence[Answer]) -> Floats:
    return np.array([repetition.repeated_4_grams(one.text) for one in answers], dtype=np.float64)


def _told(answer: Answer) -> str:
    return answer.asked if answer.limit is None else f"{answer.asked} {answer.limit}"


MEASURES: tuple[Measure, ...] = (
    share(
        "structure",
        "whole posts",
        "higher",
        of_built,
        each(lambda one: not lacking(one.text, one.asked, one.finished)),
    ),
    share(
        "words_over_limit",
        "texts more than a tenth over their word limit",
        "lower",
        _of_limited,
        _limited(length.is_over),
    ),
    share(
        "words_under_limit",
        "texts below 60% of their word limit",
        "lower",
        _of_limited,
        _limited(length.is_under),
    ),
    number("length", "keeping to the word limit (of 100)", "higher", _of_limited, _limited(length.score)),
    share(
        "unfinished",
        "texts that do not end by themselves",
        "lower",
        of_all,
        each(lambda one: not one.finished),
    ),
    share(
        "on_topic",
        "texts that come back to their title",
        "higher",
        of_titled,
        each(lambda one: on_topic(one.text, one.asked)),
    ),
    share("retrieval", "texts that find their own title", "higher", of_titled, _ranked(retrieval.is_first)),
    number(
        "retrieval_rank",
        "one over the own title's rank",
        "higher",
        of_titled,
        _ranked(retrieval.reciprocal),
    ),
    Measure(
        "repetition",
        "repeated 4-word runs in a text, median",
        "lower",
        "share",
        of_all,
        _repeated,
        median_of,
    ),
    Measure(
        "repetition_worst",
        "repeated 4-word runs in a text, 95th percentile",
        "lower",
        "share",
        of_all,
        _repeated,
        quantile_of(0.95),
    ),
    Measure(
        "repetition_most",
        "repeated 4-word runs in a text, the most",
        "lower",
        "share",
        of_all,
        _repeated,
        quantile_of(1.0),
    ),
    share(
        "repeated_lines",
        "repeated lines in a text",
        "lower",
        of_all,
        each(lambda one: repetition.repeated_lines(one.text)),
    ),
    Measure(
        "repeated_run",
        "words in a text's longest repeated run, median",
        "lower",
        "number",
        of_all,
        each(lambda one: repetition.repeated_run(one.text)),
        median_of,
    ),
    share("common_4_grams", "4-word runs that other texts have too", "lower", of_all, _common),
    rate(
        "slop",
        "overused phrases per 1,000 words",
        "lower",
        of_english,
        lambda one: slop(one.text, one.asked),
        lambda one: count(one.text),
        1000,
    ),
    rate(
        "specifics",
        "numbers, dates, quotes and names nobody gave, per 100 words",
        "lower",
        of_titled,
        lambda one: len(specifics(one.text, _told(one))),
        lambda one: said(one.text),
        100,
    ),
    number("readability", "reading difficulty (LIX)", "neither", of_all, each(lambda one: lix(one.text))),
    Measure(
        "style",
        "distance to the author's style (Burrows's Delta)",
        "lower",
        "number",
        of_voice,
        style.delta,
        mean_of,
        style.delta_of,
    ),
    Measure(
        "nearest",
        "nearer to the author's style than to any other",
        "higher",
        "share",
        of_voice,
        style.is_nearest,
        mean_of,
        style.nearest_of,
    ),
    share(
        "kept",
        "texts with every number, name, link and negation",
        "higher",
        of_pairs,
        each(lambda one: not lost(one.asked, one.text)),
    ),
    share(
        "copies",
        "texts that come out as they went in",
        "lower",
        of_pairs,
        each(lambda one: tone.is_copy(one.asked, one.text)),
    ),
    share(
        "length_kept",
        "texts of 0.8 to 1.25 times the words they went in with",
        "higher",
        of_pairs,
        each(lambda one: tone.keeps_length(one.asked, one.text)),
    ),
    rate(
        "contractions",
        "contractions per 1,000 words",
        "higher",
        of_english_pairs,
        lambda one: tone.contractions(one.text),
        lambda one: count(one.text),
        1000,
    ),
    number(
        "chrf",
        "likeness to the natural text (chrF)",
        "higher",
        of_pairs,
        each(lambda one: tone.chrf(one.text, one.reference)),
    ),
    number(
        "edit_distance",
        "distance to the natural text (edits per character)",
        "lower",
        of_pairs,
        each(lambda one: tone.edit_distance(one.text, one.reference)),
    ),
)
