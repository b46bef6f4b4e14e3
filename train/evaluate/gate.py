"""The gate: figures held against the recipe's thresholds, each with its verdict in one sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from train.evaluate.ask import MOST_TITLES
from train.evaluate.audited import audited
from train.evaluate.checks import (
    FEWEST,
    Against,
    Bound,
    against,
    gain,
    held,
    loss,
    missing,
    nearest,
    noted,
    sure,
    surely_better,
)
from train.evaluate.claims import better_than_base, better_than_last
from train.evaluate.figures import counted
from train.evaluate.measures import asked
from train.evaluate.report import Audit, Check, Level, Metric, Metrics, Verdict, seal
from train.recipe import Recipe
from train.sections import Gate

BOUNDS = (  # by the name of the figure, which is that of the gate's threshold
    Bound("structure", "least", "got a whole post"),
    Bound("words_over_limit", "most", "got over a tenth more words than asked for"),
    Bound("words_under_limit", "most", "got under 60% of the words asked for"),
    Bound("length", "least", "The mean score of keeping to the word limit", counted=False),
    Bound("unfinished", "most", "got a text that does not end by itself"),
    Bound("repetition", "most", "The middle text's share of repeated 4-grams", counted=False),
    Bound("repetition_worst", "most", "The share of repeated 4-grams in one text of twenty", counted=False),
    Bound("repetition_most", "most", "The largest share of repeated 4-grams in a text", counted=False),
    Bound("retrieval", "least", "got a text that belongs to no other title"),
    Bound("kept", "least", "kept every number, name, link and negation"),
    Bound("copies", "most", "came out as they went in"),
    Bound("length_kept", "least", "kept to 0.8 to 1.25 times the words they went in with"),
    Bound("chrf", "least", "The mean likeness to the natural texts", counted=False),
)
AGAINST = (
    Against("retrieval", "base", 0.05),
    Against("common_4_grams", "base", 0.03, "warn"),
    Against("slop", "base", 0.0, "warn"),
    Against("specifics", "base", 0.0, "warn"),
    Against("structure", "last", 0.05),
    Against("retrieval", "last", 0.05),
    Against("kept", "last", 0.01),
    Against("readability", "last", 10.0, "warn"),  # a whole step of the scale, from easy to middling
)
SURE = 0.05  # below the threshold: what so many texts must vouch for


@dataclass(frozen=True)
class _Case:
    """What is judged, and what is asked of it."""

    gate: Gate
    metrics: Metrics
    found: Mapping[str, Metric]
    measured: frozenset[str]  # the figures that mean something for this recipe's texts

    def asks(self, name: str) -> bool:
        """Whether the figure has a threshold; a default one holds only where the figure is measured."""
        unset = _threshold(Gate(), name) is None
        return _threshold(self.gate, name) is not None and (unset or name in self.measured)

    @property
    def asks_anything(self) -> bool:
        """Whether any figure could shut the gate."""
        return any(threshold is not None and threshold is not False for threshold in vars(self.gate).values())

    @property
    def gating(self) -> list[Metric]:
        """The figures that may shut the gate."""
        names = [bound.metric for bound in BOUNDS if self.asks(bound.metric)]
        names += ["style"] * self.gate.nearest + ["contractions"] * self.gate.contractions + ["bits_per_byte"]
        return [self.found[name] for name in names if name in self.found]


def judge(recipe: Recipe, metrics: Metrics, audit: Audit) -> Verdict:
    """The verdict on these figures: passed only if every check that blocks passed."""
    found = {metric.name: metric for metric in metrics.metrics}
    measured = frozenset(measure.name for measure in asked(recipe))
    case = _Case(recipe.gate, metrics, found, measured)
    checks = [
        *_bounds(case),
        *_surely(case),
        *_costs(case),
        *_changes(case),
        *_comparisons(case),
        *audited(audit, recipe.gate),
        *_circumstances(case),
    ]
    passed = all(check.passed for check in checks if check.level == "block")
    may_claim = passed and case.asks_anything
    return Verdict(
        key=seal(metrics),
        passed=passed,
        checks=(*checks, *_notes(case, checks)),
        better_than_base=may_claim and better_than_base(metrics, case.gating),
        better_than_last=may_claim and better_than_last(metrics, case.gating),
    )


def _threshold(gate: Gate, name: str) -> float | None:
    """What the recipe asks of a figure; None: nothing."""
    asked_for: float | None = getattr(gate, name)
    return asked_for


def _bounds(case: _Case) -> Iterator[Check]:
    for bound in BOUNDS:
        limit, metric = _threshold(case.gate, bound.metric), case.found.get(bound.metric)
        if limit is not None and case.asks(bound.metric):
            yield held(metric, bound, limit) if metric else missing(bound.metric, limit)


def _surely(case: _Case) -> Iterator[Check]:
    """A demo has too few titles to be sure of anything: it is warned of."""
    structure = case.found.get("structure")
    if structure and case.gate.structure is not None and case.asks("structure"):
        yield sure(structure, max(0.0, case.gate.structure - SURE), _level(case))


def _costs(case: _Case) -> Iterator[Check]:
    metric = case.found.get("bits_per_byte")
    if (least := case.gate.bits_per_byte_gain) is not None:
        yield gain(metric, least) if metric else missing("bits_per_byte_gain", least)
    if (most := case.gate.bits_per_byte_loss) is not None and case.metrics.last:
        yield loss(metric, most) if metric else missing("bits_per_byte_loss", most)


def _changes(case: _Case) -> Iterator[Check]:
    """What a humanizer and a voice are there for: the base must be left behind, surely."""
    for name, is_asked in {"contractions": case.gate.contractions, "style": case.gate.nearest}.items():
        if is_asked:
            metric = case.found.get(name)
            yield surely_better(metric) if metric else missing(f"{name}_gain", 0.0)
    if case.gate.nearest:
        metric = case.found.get("nearest")
        yield nearest(metric) if metric else missing("nearest", 1.0)


def _comparisons(case: _Case) -> Iterator[Check]:
    """How the figures stand to the base's and the last version's; no reason to shut the gate on a demo."""
    bounds = {bound.metric for bound in BOUNDS}
    for rule in AGAINST:
        is_asked = case.asks(rule.metric) if rule.metric in bounds else rule.metric in case.measured
        if is_asked and (rule.other == "base" or case.metrics.last):
            level, metric = _level(case, rule.level), case.found.get(rule.metric)
            name = f"{rule.metric}_against_{rule.other}"
            yield against(metric, replace(rule, level=level)) if metric else missing(name, rule.margin, level)


def _level(case: _Case, level: Level = "block") -> Level:
    return "warn" if case.metrics.demo else level


def _notes(case: _Case, checks: list[Check]) -> Iterator[Check]:
    """What has no threshold is said too, so that the verdict names every figure."""
    judged = {check.metric for check in checks}
    for name, metric in case.found.items():
        if judged.isdisjoint({name, f"{name}_gain", f"{name}_against_base", f"{name}_against_last"}):
            yield noted(metric)


def _circumstances(case: _Case) -> Iterator[Check]:
    """Whether there was enough to go by."""
    metrics = case.metrics
    if not case.asks_anything:
        sentence = "The recipe asks nothing of its figures: none of them could shut this gate."
        yield Check("asked", 0.0, 1.0, False, sentence, "warn")
    if metrics.inert:
        sentence = "The adapter changes nothing: it writes and reads as its base does."
        yield Check("inert", 1.0, 0.0, False, sentence)
    if metrics.without_last:
        sentence = f"Judged without a last release: {metrics.without_last}"
        yield Check("without_last", 1.0, 0.0, False, sentence, "warn")
    if metrics.demo:
        sentence = "The corpus is a demo, under 50 documents or 100,000 words: no figure supports a claim."
        yield Check("demo", 1.0, 0.0, False, sentence, "warn")
    if metrics.titles < MOST_TITLES:
        few = f"{counted(metrics.titles, 'text')} {'was' if metrics.titles == 1 else 'were'} asked for"
        sentence = f"{few}; with fewer than {MOST_TITLES} a difference of ten points may stay unseen."
        yield Check("titles", float(metrics.titles), float(MOST_TITLES), False, sentence, "warn")
    if metrics.documents < FEWEST:
        few = f"{counted(metrics.documents, 'held-out text')} {'was' if metrics.documents == 1 else 'were'}"
        sentence = f"{few} read; an interval needs {FEWEST}."
        yield Check("documents", float(metrics.documents), float(FEWEST), False, sentence, "warn")
